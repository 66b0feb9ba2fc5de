from odoo import api, models

from ..canonical import Code
from ..models.ir_sequence import TRIAL
from .importer import QUIET
from .receipts import received


class CiamaPreviewImporter(models.AbstractModel):
    """The steps of the import without what follows a sale order: nothing is reserved,
    delivered, invoiced or paid. The caller rolls everything back."""

    _name = "ciama.preview.importer"
    _inherit = "ciama.importer"
    _description = "Import of Shop Orders for a Preview"

    @api.model
    def _of(self, shop):
        """The importer in the context that an import of ``shop`` has."""
        company = shop.company_id
        return (
            self.sudo()
            .with_company(company)
            .with_context(
                **QUIET,
                **{TRIAL: True},
                lang=company.partner_id.lang,
                allowed_company_ids=company.ids,
            )
        )

    def _leave_out(self, drafts):
        """The start date of a shop that is not live is still to be chosen: what is older is
        shown, with a warning."""
        result = super()._leave_out(drafts)
        for draft in drafts:
            problem = draft.problem
            if problem and problem.code == Code.TOO_OLD and not draft.card.shop_id.live:
                draft.problem = None
                # While a shop is being connected, its start date is still to be chosen.
                if draft.card.shop_id.onboarding_state != "open":
                    draft.warn(Code.TOO_OLD, **problem.params)
        return result

    def _confirm(self, drafts):
        """A confirmed order reserves stock and may reach out to others: left out."""

    def _make_documents(self, drafts):
        """Only whether the money could be booked, which is what an import asks first."""
        receipts = [receipt for draft in drafts for receipt in received(draft)]
        if receipts:
            self.env["ciama.payments"]._resolve(drafts[0].card.shop_id, receipts)

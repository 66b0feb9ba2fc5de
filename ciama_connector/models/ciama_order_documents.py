from odoo import api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from psycopg2.errors import UniqueViolation

from ..canonical import Code

# Warnings about documents: every import looks for them; the others come with the content.
FOUND_ANEW = (Code.ALREADY_PAID, Code.INVOICE_CANCELLED, Code.OVERPAID)
ACCOUNTANTS = "account.group_account_readonly,account.group_account_invoice"


class CiamaOrder(models.Model):
    """The documents that followed an order, and what a person should look at although it
    went through."""

    _inherit = "ciama.order"

    warnings = fields.Json(readonly=True, copy=False, help="Parameters by code of the cause.")
    warning_text = fields.Text(string="To Look At", compute="_compute_warning_text")
    to_review = fields.Boolean(readonly=True, copy=False)

    invoice_count = fields.Integer(related="sale_order_id.invoice_count", string="Invoices")
    delivery_count = fields.Integer(related="sale_order_id.delivery_count", string="Deliveries")
    payment_ids = fields.One2many(
        "account.payment", "ciama_order_id", string="Payments", groups=ACCOUNTANTS
    )
    payment_count = fields.Integer(
        string="Number of Payments", compute="_compute_payment_count", groups=ACCOUNTANTS
    )

    _to_review_idx = models.Index("(shop_id) WHERE to_review")

    @api.depends("warnings")
    @api.depends_context("lang")
    def _compute_warning_text(self):
        for order in self:
            found = [
                (self.env["ciama.problem"]._of(code), params)
                for code, params in (order.warnings or {}).items()
            ]
            found.sort(key=lambda row: row[0].sequence)
            order.warning_text = "\n".join(cause._sentence(params) for cause, params in found)

    def _set_warnings(self, warnings, *, content_known=False):
        """``warnings`` is {code: Problem}; only news ask for a person again. Of an order
        whose content was not looked at, since it is known, what was found then stays."""
        found = {code: problem.params for code, problem in warnings.items()}
        if content_known:
            old = (self.warnings or {}).items()
            found = {code: params for code, params in old if code not in FOUND_ANEW} | found
        if found != (self.warnings or {}):
            self.write({"warnings": found, "to_review": bool(found)})

    def action_reviewed(self):
        """A person has looked at it."""
        self._checked().write({"to_review": False})
        return True

    @api.depends("payment_ids")
    def _compute_payment_count(self):
        for order in self:
            order.payment_count = len(order.payment_ids)

    # -- buttons
    def action_open_invoices(self):
        self.ensure_one()
        return self.sale_order_id.action_view_invoice()

    def action_open_deliveries(self):
        self.ensure_one()
        return self.sale_order_id.action_view_delivery()

    def action_open_payments(self):
        self.ensure_one()
        return self.payment_ids._get_records_action(
            name=self.env._("Payments of %s", self.display_name), context={"create": False}
        )

    # -- jobs
    def _job_documents(self):
        """Make the documents that the imported orders of ``self`` lack."""
        imported = self.exists().filtered(lambda order: order.state == "imported")
        if not imported:
            return "Nothing to do."
        try:
            return self.env["ciama.documents"]._run(imported)
        except UniqueViolation as error:
            raise RetryableJobError(
                "Another job made the same record.", seconds=5, ignore_retry=True
            ) from error

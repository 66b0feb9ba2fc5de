from odoo import api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import identity_exact

from ..canonical import Problem
from .draft import good

# In this order: what is paid or given back is what was invoiced.
STEPS = ("ciama.invoices", "ciama.payments")


class CiamaDocuments(models.AbstractModel):
    """Last step: invoices, payments and credit notes of imported orders.

    Every step makes what is missing, so it may run as often as anybody likes: with each
    import, when goods leave, when a card is retried.
    """

    _name = "ciama.documents"
    _description = "Documents of Shop Orders"

    @api.model
    def _bring_up_to_date(self, drafts):
        """Make the documents that the ``drafts`` (imported, of one shop) lack. One that has
        a problem keeps its sale order, but nothing that this call made; a refund that asks
        for a person keeps no invoice back."""
        self.env["ciama.importer"]._in_savepoint(drafts, self._make)
        self.env["ciama.importer"]._in_savepoint(good(drafts), self._give_back)

    def _make(self, drafts):
        shop = drafts[0].card.shop_id
        self._read_ahead(drafts)
        for step in STEPS:
            self.env[step]._make(shop, good(drafts))
            self.env["ciama.importer"]._reject(drafts)

    def _read_ahead(self, drafts):
        """Read at once what the steps look at order by order."""
        orders = self.env["sale.order"].browse([draft.sale_order.id for draft in drafts])
        moves = orders.order_line.invoice_lines.move_id
        moves.mapped("state")
        moves.line_ids.account_id.mapped("account_type")

    def _give_back(self, drafts):
        self.env["ciama.refunds"]._make(drafts[0].card.shop_id, drafts)

    # -- without an import
    @api.model
    def _enqueue(self, cards, description):
        """One job for each batch of imported ``cards``; one that waits already is enough."""
        imported = cards.sudo().filtered(lambda card: card.state == "imported").sorted("id")
        for shop, of_shop in imported.grouped("shop_id").items():
            for start in range(0, len(of_shop), shop.batch_size):
                batch = of_shop[start : start + shop.batch_size]
                batch.with_company(shop.company_id).with_delay(
                    description=description, identity_key=identity_exact
                )._job_documents()

    @api.model
    def _run(self, cards):
        """Bring the documents of ``cards`` (imported, of one shop) up to date.

        Raises RetryableJobError while another job has some of them: what that job sees may
        be older than what this one is for.
        """
        taken = self.env["ciama.importer"]._take(cards)
        if len(taken) < len(cards):
            raise RetryableJobError("Another job has these orders.", seconds=5, ignore_retry=True)
        # Also makes the snapshot of an import that waits for these rows stale.
        taken.write({"last_attempt": fields.Datetime.now()})
        importer = taken.env["ciama.importer"]
        drafts = importer._drafts(taken)
        for draft in drafts:
            draft.sale_order = draft.card.sale_order_id
            known = (draft.card.warnings or {}).items()
            draft.warnings = {code: Problem(code, **params) for code, params in known}
        importer.env["ciama.rules"]._resolve(taken.shop_id, drafts)
        importer.env["ciama.refunds"]._take_off(taken.shop_id, drafts, known_only=True)
        importer.env["ciama.documents"]._bring_up_to_date(good(drafts))
        importer._make_cards([draft for draft in drafts if draft.problem])
        importer._note_warnings(drafts)
        return f"{len(good(drafts))} up to date"

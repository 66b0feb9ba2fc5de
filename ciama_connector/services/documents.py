from odoo import api, models

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
        a problem keeps its sale order, but nothing that this call made."""
        self.env["ciama.importer"]._in_savepoint(drafts, self._make)

    def _make(self, drafts):
        shop = drafts[0].card.shop_id
        for step in STEPS:
            self.env[step]._make(shop, good(drafts))

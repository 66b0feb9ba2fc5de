from odoo import api, models

CHANGED = "ciama.changed"


class CiamaLive(models.AbstractModel):
    """Tells the open screens that something changed; they ask anew for what they show."""

    _name = "ciama.live"
    _description = "News for Open Screens"

    @api.model
    def _changed(self, shops):
        """Orders or figures of ``shops`` changed; sent when the transaction is committed.

        Only ids leave: everybody of the connector hears it, whatever their company.
        """
        self.env.ref("ciama_connector.group_user")._bus_send(CHANGED, {"shop_ids": shops.ids})

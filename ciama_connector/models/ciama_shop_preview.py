import json

from odoo import models
from odoo.exceptions import AccessError

from ..platforms.errors import PlatformError
from .notification import notification
from .translated import translated

LATEST = 10


class CiamaShop(models.Model):
    """What would become of the orders placed last, as the shop is set up now."""

    _inherit = "ciama.shop"

    def action_preview(self):
        """Ask the shop for its latest orders and show what an import would do with them."""
        self.ensure_one()
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group("ciama_connector.group_manager")):
            raise AccessError(self.env._("Only managers of the connector preview orders."))
        journal = []
        try:
            raws = self._connector(journal).latest(LATEST)
        except PlatformError as error:
            return notification(translated(self.env, error.message), "danger")
        finally:
            self.env["ciama.exchange"]._record(self, journal)
        rows = self.env["ciama.preview"]._run(self, list(raws))
        data = self.env["ciama.vault"]._encrypt(json.dumps(rows))
        # The dialog is shown, not edited: nobody else may write such a thing.
        wizard = self.env["ciama.preview.wizard"].sudo().create({"shop_id": self.id, "data": data})
        return {
            "type": "ir.actions.act_window",
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Latest Orders of %s", self.name),
            "context": {"dialog_size": "extra-large"},
        }

from odoo import models
from odoo.exceptions import UserError

# Dialogs by the action of a cause; see ciama_mend.py.
DIALOGS = {
    "map_product": "ciama.mend.product",
    "map_carrier": "ciama.mend.mapping",
    "map_payment": "ciama.mend.mapping",
    "decide_vat": "ciama.mend.vat",
    "choose_customer": "ciama.mend.customer",
    "name_customer": "ciama.mend.order",
    "mend_amounts": "ciama.mend.order",
}


class CiamaOrder(models.Model):
    """The button on the card that does what its cause suggests, where the card is."""

    _inherit = "ciama.order"

    def action_mend(self):
        """The suggested action of the card's cause."""
        self.ensure_one()
        self.check_access("read")
        action = self.problem_id.action
        if action in DIALOGS:
            return self._open_mend(DIALOGS[action])
        return {
            "retry": self.action_retry,
            "refetch": self.action_refetch,
            "accept": self.action_accept,
            "import_anyway": self.action_import_anyway,
            "open_sale_order": self.action_open_sale_order,
            "open_shop": self._open_shop_form,
            "ask_vies": self.action_ask_vies,
            "create_tax": self._open_create_tax,
        }.get(action, self.action_retry)()

    def _open_mend(self, dialog):
        if self.state == "received":
            raise UserError(self.env._("This order is being imported already."))
        return self.env[dialog]._open(self)

    def action_mend_first(self):
        """The list of what holds most orders."""
        self.check_access("read")
        return self.env["ciama.mend.first"].action_open()

    def _open_create_tax(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "ciama.create.tax",
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Create the Tax"),
            "context": {"default_order_id": self.id},
        }

    def _open_shop_form(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "ciama.shop",
            "res_id": self.shop_id.id,
            "view_mode": "form",
        }

from odoo import models
from odoo.exceptions import UserError

from ..canonical import Problem
from .ciama_order import PROBLEM_STATES
from .ciama_vault import KeyLost
from .notification import RELOAD, notification


class CiamaOrder(models.Model):
    _inherit = "ciama.order"

    def action_ask_vies(self):
        """Ask VIES now for the VAT numbers of ``self``; the orders go on with the answers."""
        asked = self.sudo().browse()
        for shop, cards in self._checked().grouped("shop_id").items():
            numbers = {}
            for card in cards:
                number = card._foreign_vat_number()
                if number:
                    numbers[number] = {"shop_id": shop.id, "order_id": card.id}
                    asked |= card
            if numbers:
                self.env["ciama.vies"]._ask_anew(shop.company_id, numbers)
        if not asked:
            raise UserError(
                self.env._("VIES can be asked only for the VAT numbers of other member states.")
            )
        asked.filtered(lambda card: card.state in PROBLEM_STATES)._retry_now()
        return notification(self.env._("VIES is being asked in the background."), then=RELOAD)

    def _foreign_vat_number(self):
        """The number that VIES can be asked for, with prefix; empty where there is none, or
        the order cannot be read."""
        try:
            return self.env["ciama.vies"]._foreign_number(self.company_id, self._normalize())
        except (Problem, KeyLost):
            return ""

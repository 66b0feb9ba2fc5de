from odoo import fields, models
from odoo.exceptions import UserError

from ..models.ciama_mapping_payment import CONFIRM_POLICIES, MONEY_JOURNALS

MODELS = {"map_payment": "ciama.mapping.payment", "map_carrier": "ciama.mapping.carrier"}
FIELDS = {
    "map_payment": ("confirm", "journal_id"),
    "map_carrier": ("carrier_id", "lead_days", "warehouse_id"),
}
KINDS = {"map_payment": "payment", "map_carrier": "carrier"}


class CiamaMendMapping(models.TransientModel):
    """Say what a payment or shipping method of the shop is in Odoo."""

    _name = "ciama.mend.mapping"
    _description = "Map a Value of a Shop"
    _inherit = "ciama.mend"
    _check_company_auto = True

    kind = fields.Selection(
        [("map_payment", "Payment Method"), ("map_carrier", "Shipping Method")],
        required=True,
        readonly=True,
    )
    value = fields.Char(string="Value in the Shop", related="order_id.waits_for")
    label = fields.Char(string="Name in the Shop", readonly=True)
    reason = fields.Char(string="Why This Is Proposed", readonly=True)
    journal_needed = fields.Boolean(readonly=True)
    confirm = fields.Selection(
        [("shop", "As the shop says"), *CONFIRM_POLICIES],
        string="Confirm Orders",
        help="Cash on delivery and payment by invoice are confirmed before any money came: "
        "choose Always, or leave it to the shop's rule.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "in", MONEY_JOURNALS)],
        help="Where the money is booked. Left empty: the shop's journal.",
    )
    carrier_id = fields.Many2one("delivery.carrier", check_company=True)
    lead_days = fields.Integer(
        string="Lead Time (Days)", help="From the order to the delivery that the shop promises."
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Where these orders leave from. Left empty: the shop's warehouse.",
    )

    def _proposal(self, order):
        kind = order.problem_action
        mapping = self._mapping_of(order)
        values = mapping.read(FIELDS[kind], load=None)[0] if mapping else {}
        values.pop("id", None)
        suggestion = None if mapping.mapped else self._suggested(KINDS[kind], order, mapping.label)
        return {
            **values,
            **self._plain(suggestion.values() if suggestion else {}, kind),
            "kind": kind,
            "label": mapping.label,
            "reason": suggestion and suggestion.reason,
            "journal_needed": order.problem_id.code == "payment_journal_missing",
        }

    @staticmethod
    def _plain(values, kind):
        return {name: value for name, value in values.items() if name in FIELDS[kind]}

    def _mapping_of(self, order):
        return self.env[MODELS[order.problem_action]].search(
            [("shop_id", "=", order.shop_id.id), ("value", "=", order.waits_for)]
        )

    def _waiting(self):
        mapping = self._mapping_of(self.order_id) if self.kind else None
        return self.order_id.search(mapping._waiting()) if mapping else self.order_id

    def _may(self):
        return self.env[MODELS[self.kind]].has_access("write")

    def _what(self):
        return self.env._("Mapping payment and shipping methods")

    def action_mend(self):
        """Store the mapping and import what waits for it."""
        waiting = self._begin()
        if self.kind == "map_payment" and not (self.confirm or self.journal_id):
            raise UserError(self.env._("Say when these orders are confirmed, or choose a journal."))
        if self.kind == "map_carrier" and not self.carrier_id:
            raise UserError(self.env._("Choose the carrier."))
        shop, model = self.order_id.shop_id, self.env[MODELS[self.kind]]
        mapping = model._of_values(shop, {self.value: self.label})[self.value]
        mapping.write({name: self[name] for name in FIELDS[self.kind]})
        return self._go_on(waiting)

from odoo import api, fields, models

WAITING_STATES = ("held", "blocked", "failed")


class CiamaMapping(models.AbstractModel):
    """A value of a shop and what it means in Odoo.

    A value never seen before makes its row by itself, empty; filling it in and pressing
    the button frees every order that waits for it. Models declare ``_problem_codes`` and
    ``_is_mapped``.
    """

    _name = "ciama.mapping"
    _description = "Mapping of a Value of a Shop"
    _order = "shop_id, value"
    _rec_name = "value"
    _problem_codes = ()

    shop_id = fields.Many2one("ciama.shop", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    value = fields.Char(string="Value in the Shop", required=True)
    label = fields.Char(string="Name in the Shop")
    mapped = fields.Boolean(compute="_compute_mapped", search="_search_mapped")
    waiting_count = fields.Integer(string="Waiting Orders", compute="_compute_waiting_count")

    _value_unique = models.Constraint("UNIQUE(shop_id, value)", "This value is there already.")

    def _compute_mapped(self):
        for mapping in self:
            mapping.mapped = mapping._is_mapped()

    def _search_mapped(self, operator, value):
        mapped = self.search([]).filtered(lambda mapping: mapping._is_mapped())
        return [("id", operator if operator == "in" else "not in", mapped.ids)]

    def _is_mapped(self):
        raise NotImplementedError

    def _waiting_orders(self):
        """Cards that wait for the value of ``self`` (one mapping)."""
        return self.env["ciama.order"].search(
            [
                ("shop_id", "=", self.shop_id.id),
                ("state", "in", WAITING_STATES),
                ("problem_id.code", "in", self._problem_codes),
                ("waits_for", "=", self.value),
            ]
        )

    def _compute_waiting_count(self):
        groups = self.env["ciama.order"]._read_group(
            [
                ("shop_id", "in", self.shop_id.ids),
                ("state", "in", WAITING_STATES),
                ("problem_id.code", "in", self._problem_codes),
                ("waits_for", "in", self.mapped("value")),
            ],
            ["shop_id", "waits_for"],
            ["__count"],
        )
        counts = {(shop.id, value): count for shop, value, count in groups}
        for mapping in self:
            mapping.waiting_count = counts.get((mapping.shop_id.id, mapping.value), 0)

    def action_free_orders(self):
        """Import the orders that waited for these values."""
        orders = self.env["ciama.order"]
        for mapping in self.filtered("mapped"):
            orders |= mapping._waiting_orders()
        return orders.action_retry()

    @api.model
    def _of_values(self, shop, labels):
        """{value: mapping} of a shop; ``labels`` is {value: label}; new ones are created."""
        found = {
            mapping.value: mapping
            for mapping in self.search([("shop_id", "=", shop.id), ("value", "in", list(labels))])
        }
        missing = [value for value in labels if value not in found]
        for mapping in self.create(
            [{"shop_id": shop.id, "value": value, "label": labels[value]} for value in missing]
        ):
            found[mapping.value] = mapping
        return found

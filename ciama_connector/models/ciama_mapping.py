from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

WAITING_STATES = ("held", "blocked", "failed")


class CiamaMapping(models.AbstractModel):
    """A value of a shop and what it means in Odoo.

    A value never seen before makes its row by itself, empty; filling it in and pressing
    the button frees every order that waits for it. Models declare ``_problem_codes``, the
    causes of cards that wait, and ``_mapped_by``, the fields one of which must be filled.
    """

    _name = "ciama.mapping"
    _description = "Mapping of a Value of a Shop"
    _order = "shop_id, value"
    _rec_name = "value"
    _check_company_auto = True
    _problem_codes = ()
    _mapped_by = ()

    shop_id = fields.Many2one("ciama.shop", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    value = fields.Char(string="Value in the Shop", required=True)
    label = fields.Char(string="Name in the Shop")
    mapped = fields.Boolean(compute="_compute_mapped", search="_search_mapped")
    waiting_count = fields.Integer(string="Waiting Orders", compute="_compute_waiting_count")

    _value_unique = models.Constraint("UNIQUE(shop_id, value)", "This value is there already.")

    @api.depends(lambda self: self._mapped_by)
    def _compute_mapped(self):
        for mapping in self:
            mapping.mapped = any(mapping[field] for field in self._mapped_by)

    def _search_mapped(self, operator, values):
        if operator != "in":
            return NotImplemented
        mapped = Domain.OR([(field, "!=", False)] for field in self._mapped_by)
        return Domain.OR(mapped if value else ~mapped for value in values)

    def _waiting(self):
        """Domain of the cards that wait for the values of ``self``."""
        of_values = Domain.OR(
            [("shop_id", "=", mapping.shop_id.id), ("waits_for", "=", mapping.value)]
            for mapping in self
        )
        causes = Domain("problem_id.code", "in", self._problem_codes)
        return causes & Domain("state", "in", WAITING_STATES) & of_values

    def _compute_waiting_count(self):
        groups = self.env["ciama.order"]._read_group(
            self._waiting(), ["shop_id", "waits_for"], ["__count"]
        )
        counts = {(shop.id, value): count for shop, value, count in groups}
        for mapping in self:
            mapping.waiting_count = counts.get((mapping.shop_id.id, mapping.value), 0)

    def action_free_orders(self):
        """Import the orders that waited for these values."""
        mapped = self.filtered("mapped")
        if not mapped:
            raise UserError(self.env._("Say first what the value means in Odoo."))
        return self.env["ciama.order"].search(mapped._waiting()).action_retry()

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

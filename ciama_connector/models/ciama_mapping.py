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
    _order = "mapped, shop_id, value"
    _rec_name = "value"
    _check_company_auto = True
    _problem_codes = ()
    _mapped_by = ()
    _meaning_fields = ()

    shop_id = fields.Many2one("ciama.shop", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    value = fields.Char(string="Value in the Shop", required=True)
    label = fields.Char(string="Name in the Shop")
    mapped = fields.Boolean(compute="_compute_mapped", store=True, index=True)
    waiting_count = fields.Integer(string="Waiting Orders", compute="_compute_waiting_count")

    _value_unique = models.Constraint("UNIQUE(shop_id, value)", "This value is there already.")

    @api.depends(lambda self: self._mapped_by)
    def _compute_mapped(self):
        for mapping in self:
            mapping.mapped = any(mapping[field] for field in self._mapped_by)

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

    def _meaning(self):
        """What this value means, as values to write on the row of another."""
        self.ensure_one()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._meaning_fields
        }

    def _meaning_text(self):
        """What this value means, as a person reads it; empty where nobody said."""
        self.ensure_one()
        return ", ".join(self._text_of(name) for name in self._mapped_by if self[name])

    def _text_of(self, name):
        value, kind = self[name], self._fields[name]
        if kind.type == "selection":
            return selection_text(self.env, self._name, name, value)
        if kind.type == "boolean":
            return kind._description_string(self.env)
        return ", ".join(value.mapped("display_name"))


def selection_text(env, model, name, key):
    """The option ``key`` of a selection as the user reads it."""
    return dict(env[model]._fields[name]._description_selection(env))[key]

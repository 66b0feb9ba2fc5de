from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .ciama_order import PROBLEM_STATES


class CiamaMapping(models.AbstractModel):
    """A value of a shop and what it means in Odoo.

    A value never seen before makes its row by itself, empty; filling it in and pressing
    the button frees every order that waits for it. Models declare ``_problem_codes``, the
    causes of cards that wait, ``_mapped_by``, the fields one of which must be filled (the
    foremost first), and ``_meaning_fields``, all that a person can say of a value.
    """

    _name = "ciama.mapping"
    _description = "Mapping of a Value of a Shop"
    _order = "mapped, shop_id, value"
    _rec_name = "value"
    _check_company_auto = True
    _problem_codes = ()
    _mapped_by = ()
    _meaning_fields = ()

    shop_id = fields.Many2one(
        "ciama.shop",
        required=True,
        ondelete="cascade",
        index=True,
        help="The shop whose orders use the value.",
    )
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    platform = fields.Selection(related="shop_id.platform")
    value = fields.Char(
        string="Value in the Shop",
        required=True,
        help="The word, code or number by which the shop's orders speak of it.",
    )
    label = fields.Char(string="Name in the Shop", help="As the shop shows it to people.")
    mapped = fields.Boolean(
        compute="_compute_mapped", store=True, index=True, help="Somebody said what it means."
    )
    waiting_count = fields.Integer(
        string="Waiting Orders",
        compute="_compute_waiting",
        search="_search_waiting_count",
        help="Orders on the board that cannot go on before this value is mapped.",
    )
    waiting_total = fields.Char(
        string="Held Amount",
        compute="_compute_waiting",
        help="Total of the waiting orders, in each currency.",
    )
    _value_unique = models.Constraint("UNIQUE(shop_id, value)", "This value is there already.")

    @api.depends(lambda self: self._mapped_by)
    def _compute_mapped(self):
        for mapping in self:
            mapping.mapped = any(mapping[field] for field in self._mapped_by)

    # -- what waits
    def _waiting(self):
        """Domain of the cards that wait for the values of ``self``."""
        of_values = Domain.OR(
            Domain("shop_id", "=", shop.id) & Domain("waits_for", "in", [row.value for row in rows])
            for shop, rows in self.grouped("shop_id").items()
        )
        causes = Domain("problem_id.code", "in", self._problem_codes)
        return causes & Domain("state", "in", PROBLEM_STATES) & of_values

    def _compute_waiting(self):
        groups = self.env["ciama.order"]._read_group(
            self._waiting(),
            ["shop_id", "waits_for", "currency_id"],
            ["__count", "amount_total:sum"],
        )
        counts, totals = defaultdict(int), defaultdict(list)
        for shop, value, currency, count, total in groups:
            counts[shop.id, value] += count
            totals[shop.id, value].append(currency.format(total) if currency else f"{total:.2f}")
        for mapping in self:
            key = (mapping.shop_id.id, mapping.value)
            mapping.waiting_count = counts[key]
            mapping.waiting_total = ", ".join(totals[key])

    def _waiting_sql(self, alias, what):
        """``what`` of the cards that wait for the row ``alias`` of the table."""
        cards = self.env["ciama.order"]

        def column(name):
            return SQL.identifier("card", name, to_flush=cards._fields[name])

        return SQL(
            "(SELECT %(what)s FROM ciama_order card JOIN ciama_problem cause "
            "ON cause.id = %(problem)s WHERE %(shop)s = %(own_shop)s "
            "AND %(waits_for)s = %(value)s AND %(state)s IN %(states)s "
            "AND cause.code = ANY(%(codes)s))",
            what=what,
            problem=column("problem_id"),
            shop=column("shop_id"),
            waits_for=column("waits_for"),
            state=column("state"),
            own_shop=SQL.identifier(alias, "shop_id"),
            value=SQL.identifier(alias, "value"),
            states=PROBLEM_STATES,
            codes=[str(code) for code in self._problem_codes],
        )

    def _search_waiting_count(self, operator, value):
        """Only whether there are any: ``("waiting_count", ">", 0)``."""
        if operator != ">" or value:
            return NotImplemented
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "EXISTS %s", model._waiting_sql(alias, SQL("1"))
            ),
            predicate=lambda mapping: mapping.waiting_count > 0,
        )

    @api.model
    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Lists are sorted by what a value holds up, without storing it."""
        if field_name == "waiting_count":
            return SQL("%s %s", self._waiting_sql(alias, SQL("count(*)")), direction)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def action_free_orders(self):
        """Import the orders that waited for these values."""
        mapped = self.filtered("mapped")
        if not mapped:
            raise UserError(self.env._("Say first what the value means in Odoo."))
        return self.env["ciama.order"].search(mapped._waiting()).action_retry()

    def action_open_orders(self):
        """The orders that wait for these values."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "ciama.order",
            "view_mode": "list,form",
            "name": self.env._("Waiting for %s", ", ".join(row.value for row in self[:3])),
            "domain": list(self._waiting()),
        }

    # -- what it means
    @api.model
    def _of_values(self, shop, labels):
        """{value: mapping} of a shop; ``labels`` is {value: label}; new ones are created."""
        domain = [("shop_id", "=", shop.id), ("value", "in", list(labels))]
        found = {mapping.value: mapping for mapping in self.search(domain, order="id")}
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
            text = selection_text(self.env, self._name, name, value)
            if not self._mapped_by[1:]:
                return text
            # "As the shop says" does not tell what, beside a journal.
            setting = kind._description_string(self.env)
            return self.env._("%(setting)s: %(value)s", setting=setting, value=text)
        if kind.type == "boolean":
            return kind._description_string(self.env)
        return ", ".join(value.mapped("display_name"))


def selection_text(env, model, name, key):
    """The option ``key`` of a selection as the user reads it."""
    return dict(env[model]._fields[name]._description_selection(env))[key]

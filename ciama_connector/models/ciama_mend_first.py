from odoo import api, fields, models
from odoo.tools import SQL

from .ciama_order import PROBLEM_STATES

MAPPINGS = ("map_product", "map_payment", "map_carrier")
ONE_BY_ONE = ("import_anyway", "accept", "open_sale_order")
FOR_ALL = {"retry": "action_retry", "refetch": "action_refetch", "ask_vies": "action_ask_vies"}


class CiamaMendFirst(models.Model):
    """What to mend first: causes that hold orders up, those that hold most of them first.

    One row for each shop, cause and missing value. Its id is that of the eldest of its
    orders, whose dialog mends it for all.
    """

    _name = "ciama.mend.first"
    _description = "What to Mend First"
    _auto = False
    _order = "order_count desc, amount desc, id"
    _rec_name = "problem_id"
    _depends = {
        "ciama.order": [
            "amount_total",
            "company_id",
            "currency_code",
            "order_date",
            "problem_id",
            "shop_id",
            "state",
            "waits_for",
        ],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    shop_id = fields.Many2one("ciama.shop", readonly=True)
    platform = fields.Selection(related="shop_id.platform")
    problem_id = fields.Many2one("ciama.problem", string="Cause", readonly=True)
    problem_action = fields.Selection(related="problem_id.action")
    remedy = fields.Char(related="problem_id.remedy")
    waits_for = fields.Char(string="Missing Value", readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    amount = fields.Float(readonly=True)  # over all currencies: to sort by
    amounts = fields.Json(readonly=True)
    amounts_text = fields.Char(string="Total", compute="_compute_amounts_text")
    oldest = fields.Datetime(string="Oldest Order", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(id) AS id, company_id, shop_id, problem_id, waits_for,
                   sum(orders)::int AS order_count, sum(total) AS amount,
                   jsonb_object_agg(currency, total) AS amounts, min(oldest) AS oldest
              FROM (SELECT min(id) AS id, company_id, shop_id, problem_id, waits_for,
                           coalesce(currency_code, '') AS currency, count(*) AS orders,
                           coalesce(sum(amount_total), 0) AS total, min(order_date) AS oldest
                      FROM ciama_order
                     WHERE state IN %s AND problem_id IS NOT NULL
                  GROUP BY company_id, shop_id, problem_id, waits_for, currency) AS by_currency
          GROUP BY company_id, shop_id, problem_id, waits_for
            """,
            PROBLEM_STATES,
        )

    @api.depends("amounts")
    @api.depends_context("lang")
    def _compute_amounts_text(self):
        codes = {code for row in self for code in row.amounts or ()}
        currencies = self.env["res.currency"].with_context(active_test=False)
        by_code = currencies.search([("name", "in", list(codes))]).grouped("name")
        for row in self:
            row.amounts_text = " + ".join(
                by_code[code].format(total) if code in by_code else f"{total:.2f} {code}"
                for code, total in sorted((row.amounts or {}).items())
                if total
            )

    def _orders(self):
        """The cards of one row."""
        self.ensure_one()
        return [
            ("shop_id", "=", self.shop_id.id),
            ("state", "in", PROBLEM_STATES),
            ("problem_id", "=", self.problem_id.id),
            ("waits_for", "=", self.waits_for),
        ]

    def action_open(self):
        """The list, headed by a sentence that says what there is to gain."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "ciama_connector.action_ciama_mend_first"
        )
        return {**action, "name": self.heading(), "display_name": self.heading()}

    def heading(self):
        """A sentence that counts what there is to mend."""
        self.check_access("read")
        groups = self._read_group([], ["problem_id"], ["__count", "order_count:sum"])
        if not groups:
            return self.env._("What to Mend First")
        mappings = [row for row in groups if row[0].action in MAPPINGS]
        causes = sum(count for _cause, count, _orders in mappings or groups)
        orders = sum(orders for _cause, _count, orders in mappings or groups)
        if mappings:
            return self.env._(
                "%(causes)s missing mappings hold %(orders)s orders", causes=causes, orders=orders
            )
        return self.env._("%(causes)s causes hold %(orders)s orders", causes=causes, orders=orders)

    def action_mend(self):
        """What the cause suggests, for all orders of the row; where each is a decision of its
        own, their list."""
        self.ensure_one()
        self.check_access("read")
        if self.problem_action in ONE_BY_ONE:
            return self.action_open_orders()
        if self.problem_action in FOR_ALL:
            orders = self.env["ciama.order"].search(self._orders())
            return getattr(orders, FOR_ALL[self.problem_action])()
        return self.env["ciama.order"].browse(self.id).action_mend()

    def action_retry(self):
        """Import all orders of these rows again."""
        self.check_access("read")
        orders = self.env["ciama.order"]
        for row in self:
            orders |= orders.search(row._orders())
        return orders.action_retry()

    def action_open_orders(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "ciama.order",
            "name": self.problem_id.name,
            "view_mode": "kanban,list,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": self._orders(),
        }

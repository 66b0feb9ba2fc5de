from odoo import fields, models
from odoo.tools import SQL

from ..models.ciama_order import PROBLEM_STATES

# An order with one of these is no sale (any more), whatever became of it in Odoo.
NO_SALE = ("cancelled", "refunded", "failed", "deleted")


class CiamaFigures(models.Model):
    """Orders, revenue, lead times and failures of the shops: one row for each shop order.

    Revenue is the total in the shop, tax included, in the company's currency at the rate of
    the day on which the order was placed (UTC), rounded for each order. Orders that are no
    sale count nothing: ignored, cancelled, refunded in full, failed payment, deleted.
    """

    _name = "ciama.figures"
    _description = "Figures of the Shops"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one("ciama.order", string="Shop Order", readonly=True)
    shop_id = fields.Many2one("ciama.shop", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    platform = fields.Selection("_selection_platform", readonly=True)
    date = fields.Datetime(string="Order Date", readonly=True)
    state = fields.Selection("_selection_state", readonly=True)
    problem_id = fields.Many2one("ciama.problem", string="Cause", readonly=True)
    sold = fields.Boolean(
        string="Counts as Sale",
        readonly=True,
        help="Neither ignored nor cancelled, refunded in full, unpaid for good or deleted.",
    )
    orders = fields.Integer(readonly=True)
    imported = fields.Integer(readonly=True)
    problems = fields.Integer(
        string="Need a Person", readonly=True, help="Orders that are held, blocked or failed."
    )
    revenue = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="Totals of sales in the shop, tax included, in the company's currency at the "
        "rate of the day of the order.",
    )
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    hours_to_import = fields.Float(
        string="Hours to Import",
        readonly=True,
        aggregator="avg",
        help="From the moment the connector first saw the order until it was imported.",
    )
    hours_to_delivery = fields.Float(
        string="Hours to Delivery",
        readonly=True,
        aggregator="avg",
        help="From the order in the shop until its first delivery left.",
    )

    _depends = {
        "ciama.order": [
            "amount_total",
            "company_id",
            "create_date",
            "currency_id",
            "imported_at",
            "order_date",
            "platform",
            "problem_id",
            "sale_order_id",
            "shop_id",
            "state",
            "status",
        ],
        "res.company": ["currency_id"],
        "res.currency": ["decimal_places"],
        "res.currency.rate": ["company_id", "currency_id", "name", "rate"],
        "sale.order": ["effective_date"],
    }

    def _selection_platform(self):
        return self.env["ciama.shop"]._selection_platform()

    def _selection_state(self):
        return self.env["ciama.order"]._fields["state"]._description_selection(self.env)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT card.id,
                   card.id AS order_id,
                   card.shop_id,
                   card.company_id,
                   card.platform,
                   card.order_date AS date,
                   card.state,
                   card.problem_id,
                   %(sold)s AS sold,
                   1 AS orders,
                   CASE WHEN card.state = 'imported' THEN 1 ELSE 0 END AS imported,
                   CASE WHEN card.state IN %(problem_states)s THEN 1 ELSE 0 END AS problems,
                   CASE WHEN %(sold)s THEN ROUND(
                       card.amount_total * %(rate)s, own.decimal_places) ELSE 0
                   END AS revenue,
                   company.currency_id AS company_currency_id,
                   EXTRACT(EPOCH FROM card.imported_at - card.create_date) / 3600
                       AS hours_to_import,
                   EXTRACT(EPOCH FROM sale.effective_date - card.order_date) / 3600
                       AS hours_to_delivery
              FROM ciama_order card
              JOIN res_company company ON company.id = card.company_id
              JOIN res_currency own ON own.id = company.currency_id
              LEFT JOIN sale_order sale ON sale.id = card.sale_order_id
            """,
            sold=SQL("(card.state <> 'ignored' AND COALESCE(card.status, '') NOT IN %s)", NO_SALE),
            problem_states=PROBLEM_STATES,
            rate=SQL(
                """(CASE WHEN card.currency_id = own.id THEN 1
                         WHEN card.currency_id IS NOT NULL THEN %s / %s END)""",
                self._rate(SQL("own.id")),
                self._rate(SQL("card.currency_id")),
            ),
        )

    def _rate(self, currency):
        """The rate of ``currency`` that Odoo takes on the day of the order: the last one up
        to that day, else the first one, the company's own before those of all."""
        rates = SQL(
            """SELECT rate.rate FROM res_currency_rate rate
                WHERE rate.currency_id = %s
                  AND (rate.company_id IS NULL
                       OR rate.company_id = SPLIT_PART(company.parent_path, '/', 1)::int)""",
            currency,
        )
        return SQL(
            """COALESCE(
                (%(rates)s AND rate.name <= card.order_date::date
                  ORDER BY rate.company_id, rate.name DESC LIMIT 1),
                (%(rates)s ORDER BY rate.company_id, rate.name LIMIT 1),
                1.0)""",
            rates=rates,
        )

    def action_open_order(self):
        """The shop order that the row stands for."""
        self.ensure_one()
        return self.order_id._get_records_action()

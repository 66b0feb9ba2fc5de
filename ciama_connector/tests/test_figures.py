"""The figures of the shops: sums over shops, currencies and companies."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import ImportCase, line, order


class TestFigures(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        dollar = cls.env.ref("base.USD")
        dollar.active = True
        cls.rate(dollar, "2026-01-01", 1.25)
        cls.rate(dollar, "2026-03-02", 2.0)
        cls.rate(dollar, "2026-03-03", 4.0)
        cls.second = cls.make_shop(name="Second")

    @classmethod
    def rate(cls, currency, day, dollars, company=None):
        cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": day,
                "rate": dollars,
                "company_id": (company or cls.company).id,
            }
        )

    def figures(self, domain=(), groupby=("shop_id",), measures=("orders:sum", "revenue:sum")):
        rows = self.env["ciama.figures"]._read_group(
            [("shop_id", "in", (self.shop | self.second).ids), *domain], groupby, measures
        )
        return {row[: len(groupby)]: row[len(groupby) :] for row in rows}

    def placed(self, day, net, shop=None, **values):
        moment = f"2026-{day}T10:00:00+00:00"
        body = order(line(net), created_at=moment, updated_at=moment, **values)
        return self.stage(body, shop=shop)

    def test_orders_and_revenue_of_two_shops_in_two_currencies(self):
        self.placed("03-02", "10.00")
        self.placed("03-02", "20.00")
        self.placed("03-02", "30.00", shop=self.second)
        self.placed("03-02", "50.00", shop=self.second, currency="USD")  # 60 USD at 2.0
        self.placed("03-04", "50.00", shop=self.second, currency="USD")  # 60 USD at 4.0
        self.placed("02-01", "50.00", shop=self.second, currency="USD")  # 60 USD at 1.25
        found = self.figures()
        self.assertEqual(found[(self.shop,)], (2, 36.0))
        self.assertEqual(found[(self.second,)], (4, 36.0 + 30.0 + 15.0 + 48.0))

    def test_each_order_is_rounded_as_odoo_rounds_it(self):
        """12.01 USD at 1.25 are 9.608 EUR each."""
        for _ in range(3):
            self.placed("02-01", "10.01", currency="USD")
        self.assertEqual(self.figures()[(self.shop,)], (3, 28.83))

    def test_what_is_no_sale_has_no_revenue(self):
        self.placed("03-02", "10.00")
        self.placed("03-02", "10.00", status="cancelled")
        self.placed("03-02", "10.00", status="refunded")
        ignored = self.placed("03-02", "10.00")
        ignored._ignored_by("entered by hand")
        self.assertEqual(self.figures()[(self.shop,)], (4, 12.0))
        self.assertEqual(self.figures([("sold", "=", True)])[(self.shop,)], (1, 12.0))

    def test_failures_by_cause(self):
        self.placed("03-02", "10.00")
        cards = self.import_orders(order(line(sku="UNKNOWN")), order(line(sku="UNKNOWN")))
        found = self.figures(
            groupby=("problem_id", "state"), measures=("orders:sum", "problems:sum")
        )
        self.assertEqual(found[(cards.problem_id, "blocked")], (2, 2))
        self.assertEqual(found[(self.env["ciama.problem"], "received")], (1, 0))

    def test_lead_times_are_hours(self):
        (card,) = self.imported(order()).ciama_order_ids
        self.env.cr.execute(
            """UPDATE ciama_order SET order_date = '2026-03-02 08:00', imported_at =
               '2026-03-02 12:30', create_date = '2026-03-02 12:00' WHERE id = %s""",
            (card.id,),
        )
        card.invalidate_recordset()
        card.sale_order_id.effective_date = "2026-03-03 10:00:00"
        found = self.figures(measures=("hours_to_import:avg", "hours_to_delivery:avg"))
        self.assertEqual(found[(self.shop,)], (0.5, 26.0))

    def test_a_company_counts_its_own_in_its_currency(self):
        dollar = self.env.ref("base.USD")
        other = self.env["res.company"].create({"name": "Inc.", "currency_id": dollar.id})
        self.rate(self.env.ref("base.EUR"), "2026-01-01", 0.5, company=other)
        theirs = self.make_shop(name="Theirs", company_id=other.id)
        self.placed("03-02", "10.00")
        self.placed("03-02", "10.00", shop=theirs)  # 12 EUR at 0.5 EUR a dollar
        rows = self.env["ciama.figures"].search([("shop_id", "in", (self.shop | theirs).ids)])
        found = {row.shop_id: (row.revenue, row.company_currency_id) for row in rows}
        self.assertEqual(found[self.shop], (12.0, self.company.currency_id))
        self.assertEqual(found[theirs], (24.0, dollar))
        groups = "ciama_connector.group_user"
        stranger = new_test_user(
            self.env, "figures", groups, company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        mine = self.env["ciama.figures"].with_user(stranger)
        self.assertEqual(mine.search([]).shop_id, theirs)
        with self.assertRaises(AccessError):
            rows.with_user(stranger).read(["revenue"])

"""Screens ask the database as often for many orders as for few."""

from odoo.tests import new_test_user
from odoo.tools import SQL

from .common import ImportCase, line, order
from .screens import asked, copy_rows, fill

FEW, MANY = 100, 600
MAPPINGS = ("product", "payment", "carrier", "group", "tax", "status")


class TestQueries(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "queries", "ciama_connector.group_administrator", company_id=cls.company.id
        )
        cls.shops = cls.shop | cls.make_shop(name="Second") | cls.make_shop(name="Third")

    def setUp(self):
        super().setUp()
        self.card = self.imported(order(line())).ciama_order_ids
        self.grow(FEW)

    def grow(self, count):
        fill(self.env, self.shops, self.card, count)

    def queries(self, model, view_type, **options):
        """How many queries it takes to open a view, once the caches of the process know
        views, rights and fields."""
        field = "id" if model == "ciama.shop" else "shop_id"
        model = self.env[model].with_user(self.user)
        calls = asked(model, view_type, domain=[(field, "in", self.shops.ids)], **options)
        for _ in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for method, values in calls:
                arguments = {key: value for key, value in values.items() if key != "context"}
                getattr(model.with_context(**values["context"]), method)(**arguments)
        return self.env.cr.sql_log_count - before

    def assert_constant(self, model, view_type, *, most, grow, **options):
        few = self.queries(model, view_type, **options)
        grow()
        self.assertEqual(self.queries(model, view_type, **options), few)
        self.assertLessEqual(few, most)

    def more_orders(self):
        self.grow(MANY)

    def test_overview_with_more_orders(self):
        self.assert_constant("ciama.shop", "kanban", most=15, grow=self.more_orders)

    def test_overview_with_more_shops(self):
        def grow():
            # As many open orders, days and answers for the new ones as the others have.
            self.shops |= self.env["ciama.shop"].union(
                *(self.make_shop(name=f"Shop {number}") for number in range(15))
            )
            self.grow(MANY)

        self.assert_constant("ciama.shop", "kanban", most=15, grow=grow)

    def test_board(self):
        self.assert_constant("ciama.order", "kanban", most=40, grow=self.more_orders)

    def test_list_of_orders(self):
        self.assert_constant("ciama.order", "list", most=15, grow=self.more_orders)

    def test_list_of_orders_by_cause(self):
        self.assert_constant(
            "ciama.order", "list", most=15, grow=self.more_orders, group_by="problem_id"
        )

    def test_lists_of_mappings(self):
        """With more values to map, and more orders that wait for them."""
        for kind in MAPPINGS:
            model = f"ciama.mapping.{kind}"
            (row, *_) = self.env[model].create(
                [{"shop_id": self.shop.id, "value": f"{kind} {n}"} for n in range(5)]
            )

            def grow(row=row):
                copy_rows(self.env, row, {"value": "'copy ' || n"}, 40)
                self.env.cr.execute(
                    SQL(
                        """UPDATE ciama_order SET waits_for = 'copy ' || (id %% 40 + 1)
                            WHERE shop_id = %s AND state = 'blocked'""",
                        self.shop.id,
                    )
                )

            with self.subTest(kind=kind):
                self.assert_constant(model, "list", most=40, grow=grow)

    def test_journal_and_figures(self):
        self.assert_constant("ciama.exchange", "list", most=10, grow=self.more_orders)
        self.assert_constant("ciama.figures", "list", most=15, grow=self.more_orders)

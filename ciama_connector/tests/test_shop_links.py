"""The ways between a shop's order and the documents that Odoo made of it, for those with
rights in the connector, and for colleagues who have none."""

from odoo.tests import Form, new_test_user

from .common import address, order
from .invoice_case import InvoiceCase, payment
from .screens import asked

GROUPS = {
    "salesman": "sales_team.group_sale_salesman_all_leads",
    "biller": "account.group_account_invoice",
    "accountant": "account.group_account_user",
    # Odoo's own list of carriers on a delivery needs more than the rights of the warehouse.
    "packer": "stock.group_stock_user,base.group_partner_manager",
    "user": "ciama_connector.group_user,account.group_account_invoice,stock.group_stock_user",
}
# Who opens what, besides the user of the connector, who opens all.
MAY_OPEN = {
    "salesman": ("sale.order", "res.partner"),
    "biller": ("account.move", "account.payment", "res.partner"),
    "accountant": ("account.move", "account.payment", "res.partner"),
    "packer": ("stock.picking", "res.partner"),
}


class TestShopLinks(InvoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(cls.env, f"link-{role}", groups, company_id=cls.company.id)
            for role, groups in GROUPS.items()
        }

    def documents(self, **values):
        """{model: document} of one imported, invoiced and paid order."""
        sale_order = self.imported(order(payments=[payment("12.00")], **values))
        invoice = self.invoices(sale_order)
        found = {
            "sale.order": sale_order,
            "account.move": invoice,
            "account.payment": self.payments(sale_order),
            "stock.picking": sale_order.picking_ids,
            "res.partner": sale_order.partner_id,
        }
        self.assertEqual([len(document) for document in found.values()], [1] * len(found))
        return found

    def as_role(self, record, role):
        self.env.invalidate_all()
        return record.with_user(self.users[role])

    def opened(self, document, form):
        """The shop orders that the smart button of ``document`` opens, and its count."""
        self.assertIn("ciama_order_count", form._view["fields"])
        button = "action_open_ciama_orders" if document._name == "res.partner" else (
            "action_open_ciama_order"
        )  # fmt: skip
        action = getattr(document, button)()
        self.assertEqual(action["res_model"], "ciama.order")
        domain = action.get("domain") or [("id", "=", action["res_id"])]
        return self.env["ciama.order"].search(domain), form.ciama_order_count

    def test_every_document_leads_to_the_order_and_names_the_shop(self):
        documents = self.documents()
        for model, document in documents.items():
            with self.subTest(model=model):
                mine = self.as_role(document, "user")
                cards, count = self.opened(mine, Form(mine))
                self.assertEqual(cards, documents["sale.order"].ciama_order_ids)
                self.assertEqual(count, 1)
                (sign,) = mine.ciama_shops
                self.assertEqual((sign["name"], sign["code"]), ("Hub", "ciama"))

    def test_colleagues_open_documents_and_see_the_shop_but_no_way_to_it(self):
        documents = self.documents()
        documents["sale.order"].user_id = self.users["salesman"]
        for role, models in MAY_OPEN.items():
            for model in models:
                with self.subTest(role=role, model=model):
                    mine = self.as_role(documents[model], role)
                    form = Form(mine)
                    self.assertNotIn("ciama_order_count", form._view["fields"])
                    self.assertEqual([sign["name"] for sign in form.ciama_shops], ["Hub"])

    def test_colleagues_find_and_group_documents_by_shop(self):
        documents = self.documents()
        for role, models in MAY_OPEN.items():
            for model in models:
                if model == "res.partner":
                    continue
                with self.subTest(role=role, model=model):
                    mine = self.as_role(documents[model], role)
                    self.assertIn("from_a_shop", mine.get_view(view_type="search")["arch"])
                    from_shops = [("ciama_shop_id", "!=", False), ("id", "=", mine.id)]
                    self.assertEqual(mine.search(from_shops), mine)
                    (group,) = mine.formatted_read_group(from_shops, ["ciama_shop_id"])
                    self.assertEqual(group["ciama_shop_id"], (self.shop.id, "Hub"))
                    specification = {"ciama_shop_id": {"fields": {"display_name": {}}}}
                    (row,) = mine.web_read(specification)
                    self.assertEqual(row["ciama_shop_id"]["display_name"], "Hub")

    def test_a_salesman_finds_the_customers_of_shops(self):
        customer = self.documents()["res.partner"]
        mine = self.as_role(customer, "salesman")
        self.assertIn("Customers of Shops", mine.get_view(view_type="search")["arch"])
        stranger = self.env["res.partner"].create({"name": "Nobody"})
        found = mine.search(
            [("sale_order_ids.ciama_shop_id", "!=", False), ("id", "in", (customer | stranger).ids)]
        )
        self.assertEqual(found, customer)
        self.assertNotIn(
            "Customers of Shops",
            self.as_role(customer, "packer").get_view(view_type="search")["arch"],
        )

    def test_documents_of_no_shop_show_nothing(self):
        partner = self.env["res.partner"].create({"name": "By phone"})
        sale_order = self.env["sale.order"].create({"partner_id": partner.id})
        for document in (partner, sale_order):
            form = Form(self.as_role(document, "user"))
            self.assertFalse(form.ciama_shops)
            self.assertEqual(form.ciama_order_count, 0)

    def test_an_invoice_of_several_orders_counts_them(self):
        self.shop.invoice_policy = "never"
        sale_orders = self.imported(order(), order())
        invoice = sale_orders._create_invoices(grouped=False)
        mine = self.as_role(invoice, "user")
        cards, count = self.opened(mine, Form(mine))
        self.assertEqual((cards, count), (sale_orders.ciama_order_ids, 2))

    def test_a_credit_note_made_by_hand_leads_to_the_order(self):
        documents = self.documents()
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": documents["account.move"].ids,
                "journal_id": documents["account.move"].journal_id.id,
            }
        )
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        note.line_ids.sale_line_ids = False
        mine = self.as_role(note, "user")
        cards, _count = self.opened(mine, Form(mine))
        self.assertEqual(cards, documents["sale.order"].ciama_order_ids)
        self.assertEqual([sign["name"] for sign in mine.ciama_shops], ["Hub"])

    def test_a_customer_of_several_shops_and_their_contacts(self):
        other = self.make_shop(name="Second")
        customer = self.documents()["res.partner"]
        self.imported(order(), shop=other)
        home = address(street="1 rue Neuve", first_name="Irène")
        self.imported(order(shipping_address=home), shop=other)
        family = customer | customer.child_ids
        self.assertGreater(len(family), 1)
        for partner in family:
            mine = self.as_role(partner, "user")
            self.assertEqual([sign["name"] for sign in mine.ciama_shops], ["Hub", "Second"])
            self.assertEqual(mine.ciama_order_count, 3)

    def test_an_account_in_a_shop_is_known_without_an_order(self):
        partner = self.env["res.partner"].create({"name": "Only registered"})
        self.env["ciama.binding"]._bind(self.shop, "customer", {"77": partner})
        mine = self.as_role(partner, "packer")
        self.assertEqual([sign["name"] for sign in mine.ciama_shops], ["Hub"])

    def test_shops_of_other_companies_are_not_told(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.make_shop(name="Foreign", company_id=company.id)
        partner = self.env["res.partner"].create({"name": "Known abroad"})
        self.env["ciama.binding"]._bind(foreign, "customer", {"78": partner})
        self.assertFalse(self.as_role(partner, "user").ciama_shops)

    def test_lists_ask_as_often_for_many_as_for_few(self):
        few = self.documents()
        counts = {model: self.queries(few[model]) for model in MAY_OPEN["biller"][:2]}
        counts |= {model: self.queries(few[model]) for model in ("sale.order", "stock.picking")}
        self.documents(), self.documents()
        for model, count in counts.items():
            with self.subTest(model=model):
                self.assertEqual(self.queries(few[model]), count)

    def queries(self, record):
        """How many queries the column and the groups of shops cost in a list."""
        model = record.browse().with_user(self.users["user"])
        read = {"ciama_shop_id": {"fields": {"display_name": {}}}}
        domain = [("ciama_shop_id", "=", self.shop.id)]
        self.assertIn(
            "ciama_shop_id", dict(asked(model, "list"))["web_search_read"]["specification"]
        )
        for _ in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            model.web_search_read(domain, read)
            model.formatted_read_group(domain, ["ciama_shop_id"], ["__count"])
        return self.env.cr.sql_log_count - before

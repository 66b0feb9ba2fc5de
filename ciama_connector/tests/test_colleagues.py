"""People who work with imported sale orders and have no right in the connector itself."""

from odoo.tests import Form, new_test_user

from .common import ImportCase, line, order, shipping

GROUPS = {
    "salesman": "sales_team.group_sale_salesman_all_leads",
    "sales_manager": "sales_team.group_sale_manager",
    "warehouse": "stock.group_stock_manager",
    "accountant": "account.group_account_invoice",
}


class TestColleagues(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(cls.env, f"colleague-{role}", group, company_id=cls.company.id)
            for role, group in GROUPS.items()
        }

    def as_role(self, records, role):
        self.env.invalidate_all()
        return records.with_user(self.users[role])

    def test_a_salesman_reads_confirms_and_cancels(self):
        pending = order(status="pending", payment_status="pending")
        quotation = self.as_role(self.imported(pending), "salesman")
        with Form(quotation) as form:
            form.client_order_ref = "seen by sales"
        self.assertEqual(quotation.ciama_payment_method or "", "")
        self.assertEqual(quotation.ciama_platform, "ciama")
        quotation.action_confirm()
        self.assertEqual(quotation.state, "sale")
        quotation._action_cancel()
        self.assertEqual(quotation.state, "cancel")

    def test_a_sales_manager_changes_the_customer(self):
        customer = self.as_role(self.imported(order()).partner_id, "sales_manager")
        with Form(customer, view="base.view_partner_form") as form:
            form.comment = "called back"
        self.assertIn("called back", customer.comment)

    def test_the_warehouse_ships(self):
        sale_order = self.imported(order(line("30.00", quantity="3"), shipping()))
        picking = self.as_role(sale_order.picking_ids, "warehouse")
        Form(picking)
        picking.move_ids.quantity = 3
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def test_an_accountant_invoices(self):
        sale_order = self.as_role(self.imported(order()), "accountant")
        invoice = sale_order._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.amount_total, sale_order.amount_total)

    def test_a_deleted_sale_order_comes_back_as_a_card(self):
        card = self.import_orders(order(status="pending", payment_status="pending"))
        self.as_role(card.sale_order_id, "sales_manager").unlink()
        self.env.invalidate_all()
        self.assert_card(card, "blocked", "sale_order_deleted")
        card.action_retry()
        self.env["ciama.importer"]._run(card)
        self.assertEqual(card.state, "imported")
        self.assertEqual(len(card.sale_order_id), 1)

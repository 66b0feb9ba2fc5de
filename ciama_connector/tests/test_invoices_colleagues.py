"""People without rights in the connector do their own work; the jobs do the rest."""

from odoo.tests import new_test_user

from .common import line, order
from .invoice_case import InvoiceCase, payment


class TestColleagues(InvoiceCase):
    def colleague(self, login, groups):
        return new_test_user(
            self.env,
            login=login,
            groups=groups,
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def test_who_packs_has_the_invoice_made(self):
        self.shop.invoice_policy = "delivery"
        sale_order = self.imported(order(payments=[payment("12.00")]))
        packer = self.colleague("packer", "stock.group_stock_user")
        picking = sale_order.picking_ids.with_user(packer)
        with self.trap() as jobs:
            picking.move_ids.quantity = 1
            picking.move_ids.picked = True
            picking.button_validate()
            self.env.flush_all()
            jobs.assert_jobs_count(1)
            jobs.perform_enqueued_jobs()
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.invoices(sale_order).payment_state, "paid")

    def test_who_bills_has_the_payments_matched(self):
        self.shop.invoice_policy = "never"
        sale_order = self.imported(order(payments=[payment("12.00")]))
        draft = sale_order._create_invoices()
        biller = self.colleague("biller", "account.group_account_invoice")
        with self.trap() as jobs:
            draft.with_user(biller).action_post()
            self.env.flush_all()
            jobs.assert_jobs_count(1)
            jobs.perform_enqueued_jobs()
        self.assertEqual(draft.payment_state, "paid")

    def test_who_sells_invoices_a_part_by_hand(self):
        self.shop.invoice_policy = "never"
        self.chair.invoice_policy = "delivery"
        sale_order = self.imported(order(line("16.66", 20, "3.33", quantity="3")))
        seller = self.colleague("seller", "sales_team.group_sale_salesman_all_leads")
        for _piece in range(3):
            picking = sale_order.picking_ids.filtered(lambda row: row.state != "done")
            picking.move_ids.quantity = 1
            picking.move_ids.picked = True
            picking._action_done()
            sale_order.with_user(seller)._create_invoices().sudo().action_post()
        self.assertEqual(self.invoices(sale_order).mapped("amount_untaxed"), [5.55, 5.56, 5.55])
        self.assertAlmostEqual(sum(self.invoices(sale_order).mapped("amount_total")), 19.99, 2)

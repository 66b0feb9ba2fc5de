"""What the tests of invoices and payments share."""

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import ImportCase

PAID_AT = "2026-03-02T10:05:00+00:00"
CARD = {"code": "stripe", "label": "Credit card"}


def payment(amount, number=1, **values):
    """A canonical payment by card, received when the order was placed."""
    return {
        "id": str(number),
        "transaction_id": f"ch_{number}",
        "method": CARD,
        "amount": str(amount),
        "currency": "EUR",
        "paid_at": PAID_AT,
        **values,
    }


class InvoiceCase(ImportCase):
    """A shop that invoices at once and books what it received in the company's bank."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.invoice_policy = "order"
        cls.shop.invoice_date = "order"

    def trap(self):
        """Jobs enqueued inside are kept, to be counted and run."""
        return trap_jobs()

    def invoices(self, sale_order):
        return sale_order.invoice_ids.sorted("id")

    def payments(self, sale_order):
        """Booked payments of a sale order's shop order, in the order they were booked."""
        card = sale_order.ciama_order_ids
        bindings = self.env["ciama.binding"].search(
            [("kind", "=", "payment"), ("external_id", "=like", f"{card.external_id}/%")]
        )
        return self.env["account.payment"].browse(bindings.mapped("res_id")).sorted("id")

    def paid_invoice(self, *orders, **values):
        """The one posted and paid invoice of one order."""
        invoice = self.invoices(self.imported(*orders, **values))
        self.assertRecordValues(invoice, [{"state": "posted", "payment_state": "paid"}])
        return invoice

    def assert_receivable(self, sale_order, open_amount):
        """What the customer still owes for the order, in its currency; negative: too much
        paid."""
        customer = sale_order.partner_invoice_id.commercial_partner_id
        rows = self.env["account.move.line"].search(
            [
                ("partner_id", "=", customer.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        digits = sale_order.currency_id.decimal_places
        found = sum(rows.mapped("amount_residual_currency"))
        self.assertEqual(f"{found:.{digits}f}", open_amount)

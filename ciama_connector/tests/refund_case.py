"""What the tests of refunds, returns and changes after the invoice share."""

from decimal import Decimal

from odoo.fields import Date

from .common import order
from .invoice_case import CARD, InvoiceCase, payment

__all__ = ["CARD", "RefundCase", "back", "payment", "refund"]


def back(line_id, net, tax, quantity="0", **values):
    """What was given back of a line."""
    return {"line_id": line_id, "net": net, "tax": tax, "quantity": quantity, **values}


def refund(amount, *lines, number=1, **values):
    """Money given back on the day after the order."""
    return {
        "id": f"r{number}",
        "created_at": f"2026-03-03T10:0{number}:00+00:00",
        "amount": amount,
        "lines": lines,
        "transaction_ids": [f"re_{number}"],
        **values,
    }


class RefundCase(InvoiceCase):
    """A shop that invoices at once, or as a test says; orders are paid by card."""

    def setUp(self):
        super().setUp()
        self.make_product("TABLE")
        self.hour = 0

    def sell(self, *lines, **values):
        """Import an order that was paid; its sale order."""
        body = order(*lines)
        self.body = {"payments": [payment(body["total"])], **body, **values}
        self.sale_order = self.imported(self.body)
        self.card = self.sale_order.ciama_order_ids
        return self.sale_order

    def change(self, *lines, **values):
        """Import a later version three times: what came of it the first time stays; the
        card."""
        if lines:
            totals = order(*lines)
            values = {**{key: totals[key] for key in ("lines", "total", "total_tax")}, **values}
        self.hour += 1
        self.body = {
            **self.body, **values, "updated_at": f"2026-03-04T{self.hour:02}:00:00+00:00",
        }  # fmt: skip
        self.import_orders(self.body)
        before = self.everything()
        for _time in range(2):
            if self.card.state == "imported":
                self.card.state = "received"
            self.env["ciama.importer"]._run(self.card)
            self.env.flush_all()
        self.assertEqual(self.everything(), before)
        self.env.invalidate_all()
        return self.card

    def changed(self, *lines, **values):
        """The same, and it must go through."""
        card = self.change(*lines, **values)
        self.assertEqual(card.state, "imported", card.message or card.problem_detail)

    def refunded(self, *refunds, **values):
        self.changed(refunds=list(refunds), payment_status="partially_refunded", **values)

    def everything(self):
        """All documents of the order, as text."""
        pickings = self.sale_order.picking_ids
        return {
            "card": (self.card.state, self.card.message),
            "order": (self.sale_order.state, self.sale_order.order_line.mapped("price_total")),
            "moves": sorted(
                (m.id, m.state, m.product_uom_qty, m.product_id.id) for m in pickings.move_ids
            ),
            "documents": sorted(
                (m.id, m.state, m.payment_state, m.amount_total)
                for m in self.sale_order.invoice_ids
            ),
            "payments": sorted((p.id, p.state, p.amount) for p in self.booked_payments()),
            "messages": len(self.sale_order.message_ids),
        }

    def booked_payments(self):
        return self.env["account.payment"].search(
            [("payment_reference", "=", self.body["number"])], order="id"
        )

    # -- checking
    def notes(self):
        moves = self.sale_order.invoice_ids
        return moves.filtered(lambda move: move.move_type == "out_refund").sorted("id")

    def issued(self):
        return (self.sale_order.invoice_ids - self.notes()).sorted("id")

    def assert_note(self, *rows, taxes, total, payment_state="paid", note=None):
        """The credit note, posted; ``rows`` are (reference, quantity, untaxed), ``taxes`` by
        rate."""
        note = note or self.notes()
        self.assertEqual(len(note), 1)
        digits = note.currency_id.decimal_places
        found = [
            (row.product_id.default_code, row.quantity, f"{row.price_subtotal:.{digits}f}")
            for row in note.invoice_line_ids
        ]
        self.assertEqual(found, list(rows))
        self.assert_taxes(note, **taxes)
        self.assertEqual(f"{note.amount_total:.{digits}f}", total)
        untaxed = sum(Decimal(row[2]) for row in rows)
        self.assertEqual(f"{note.amount_untaxed:.{digits}f}", str(untaxed))
        self.assertRecordValues(
            note,
            [{"state": "posted", "payment_state": payment_state, "ciama_shop_id": self.shop.id}],
        )
        return note

    def assert_payments(self, *amounts):
        """Booked for the order: received positive, given back negative."""
        found = [
            f"{'-' if p.payment_type == 'outbound' else ''}{p.amount:.2f}"
            for p in self.booked_payments()
        ]
        self.assertEqual(found, list(amounts))

    def assert_moves(self, *rows):
        """(reference, quantity, state) of what leaves, or left, for the customer."""
        moves = self.sale_order.picking_ids.move_ids.filtered(
            lambda move: move.location_dest_usage == "customer"
        )
        found = [
            (move.product_id.default_code, move.product_uom_qty, move.picking_id.state)
            for move in moves.sorted("id")
        ]
        self.assertEqual(sorted(found), sorted(rows))

    def lock(self, day):
        self.company.sale_lock_date = Date.to_date(day)

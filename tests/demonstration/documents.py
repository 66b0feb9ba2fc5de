"""What a run left in Odoo's books: invoices, credit notes, payments of every order."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

MOVES = """
    SELECT card.platform, card.external_id, move.id, move.name, move.move_type, move.state,
           move.payment_state, move.amount_total, move.amount_tax, move.amount_residual,
           move.invoice_date
      FROM ciama_order card
      JOIN sale_order_line line ON line.order_id = card.sale_order_id
      JOIN sale_order_line_invoice_rel link ON link.order_line_id = line.id
      JOIN account_move_line item ON item.id = link.invoice_line_id
      JOIN account_move move ON move.id = item.move_id
     GROUP BY card.id, move.id
     ORDER BY move.id
"""
PAYMENTS = """
    SELECT card.platform, card.external_id, payment.id, payment.payment_type, payment.state,
           payment.amount, payment.is_reconciled
      FROM ciama_binding link
      JOIN account_payment payment ON payment.id = link.res_id
      JOIN ciama_order card ON card.shop_id = link.shop_id
           AND card.external_id = split_part(link.external_id, '/', 1)
     WHERE link.kind IN ('payment', 'refund_payment')
     ORDER BY payment.id
"""
UNBALANCED = "SELECT move_id FROM account_move_line GROUP BY move_id HAVING sum(balance) != 0"


@dataclass
class Books:
    """Of one order."""

    invoices: list = field(default_factory=list)
    credit_notes: list = field(default_factory=list)
    received: list = field(default_factory=list)
    given_back: list = field(default_factory=list)

    @property
    def documents(self):
        return [*self.invoices, *self.credit_notes]


def read(cursor):
    """{(platform, external id): :class:`Books`}, and the ids of moves out of balance."""
    books = defaultdict(Books)
    for row in _rows(cursor, MOVES):
        book = books[row["platform"], row["external_id"]]
        (book.invoices if row["move_type"] == "out_invoice" else book.credit_notes).append(row)
    for row in _rows(cursor, PAYMENTS):
        book = books[row["platform"], row["external_id"]]
        (book.received if row["payment_type"] == "inbound" else book.given_back).append(row)
    return books, _rows(cursor, UNBALANCED)


def _rows(cursor, query):
    cursor.execute(query)
    rows = [dict(row) for row in cursor.fetchall()]
    for row in rows:
        for name, value in row.items():
            if isinstance(value, float):
                row[name] = Decimal(str(value))
    return rows


def total(rows, name="amount_total"):
    return sum((Decimal(str(row[name])) for row in rows), Decimal(0))

"""What a case is made of, and the documents that it expects.

Amounts are texts in the digits of the order's currency: ``"59.97"``, ``"1480"`` for yen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Order = Mapping[str, Any]  # a canonical order as JSON, made by ``build.order``
# Internal reference of the product or kind of the line ("shipping"), quantity, untaxed
Row = tuple[str, str, str]
ByRate = Mapping[str, tuple[str, str]]  # percent: (base, tax); untaxed lines are not in it


@dataclass(frozen=True)
class Document:
    """A sale order, an invoice or a credit note; amounts positive."""

    rows: tuple[Row, ...]
    taxes: ByRate
    total: str  # with tax
    state: str = "paid"  # payment state of an invoice; state of a sale order


@dataclass(frozen=True)
class Delivery:
    """A delivery order: what it moves, {internal reference: quantity}."""

    goods: Mapping[str, str]
    state: str = "open"  # "open", "done" or "cancel"


@dataclass(frozen=True)
class Expected:
    """What Odoo holds after a step."""

    card: str = "imported"  # state of the card on the board
    code: str = ""  # cause that the card shows
    warnings: tuple[str, ...] = ()  # codes of what is to be looked at
    position: str = "domestic"  # fiscal position, see POSITIONS
    sale: Document | None = None
    deliveries: tuple[Delivery, ...] = ()
    invoices: tuple[Document, ...] = ()
    credit_notes: tuple[Document, ...] = ()
    payments: tuple[str, ...] = ()  # received "59.97", given back "-10.00"
    ships_to: str = ""  # city of the delivery, where it matters

    @property
    def owed(self) -> str:
        """What the customer owes by the documents; negative: paid too much, or in advance."""
        invoiced = sum((Decimal(invoice.total) for invoice in self.invoices), Decimal(0))
        credited = sum((Decimal(note.total) for note in self.credit_notes), Decimal(0))
        received = sum((Decimal(amount) for amount in self.payments), Decimal(0))
        sold = Decimal(self.sale.total) if self.sale else Decimal(0)
        # With the digits of the currency
        return str((invoiced - credited - received).quantize(sold))

    @property
    def vat_kind(self) -> str:
        """How the VAT report counts the invoices."""
        return POSITIONS[self.position.partition(":")[0]]


# Fiscal positions ("oss:DE" is that of a country) and their kind in the VAT report
POSITIONS = {
    "domestic": "domestic",
    "monaco": "domestic",  # French VAT
    "oss": "oss",
    "intra_eu": "intra_eu",
    "export": "export",
    "united_states": "other",  # sales tax of a foreign country
}


@dataclass(frozen=True)
class Step:
    """One thing that happens, in the shop or in Odoo, and what is there afterwards.

    Exactly one of ``order``, ``deliver``, ``answer``.
    """

    order: Order | None = None  # the shop shows the order so
    deliver: Mapping[str, str] | None = None  # goods leave, {internal reference: quantity}
    answer: Mapping[str, str] | None = None  # VIES: {number: "valid", "invalid", "unavailable"}
    shop: int = 1  # 2: another shop of the same platform and company
    expected: Expected | None = None


@dataclass(frozen=True)
class Case:
    name: str
    tells: str  # what it proves, in a sentence
    steps: tuple[Step, ...]
    rules: Mapping[str, str] = field(default_factory=dict)  # fields of the shop that differ

    @property
    def orders(self) -> tuple[Order, ...]:
        """The states of the order that the shop shows, in their order."""
        return tuple(step.order for step in self.steps if step.order is not None)

"""Expected documents in few words: by default all of them are of one content."""

from collections.abc import Mapping
from typing import Any

from .case import ByRate, Delivery, Document, Expected, Row
from .catalogue import PRODUCTS


def imported(*rows: Row, taxes: ByRate, total: str, **changes: Any) -> Expected:
    """Sold, to be delivered, invoiced and paid: sale order, invoice and payment all of
    the same amounts; ``changes`` to the fields of ``Expected``. ``paid`` is the invoice's
    payment state."""
    paid = changes.pop("paid", "paid")
    whole = document(*rows, taxes=taxes, total=total, state=paid)
    values = {
        "sale": sold(*rows, taxes=taxes, total=total),
        "deliveries": deliveries(*rows),
        "invoices": (whole,),
        "payments": (total,),
    }
    return Expected(**values | changes)


def document(*rows: Row, taxes: ByRate, total: str, state: str = "paid") -> Document:
    return Document(rows, taxes, total, state)


def sold(*rows: Row, taxes: ByRate, total: str, state: str = "sale") -> Document:
    return Document(rows, taxes, total, state)


def deliveries(*rows: Row, state: str = "open") -> tuple[Delivery, ...]:
    """One delivery order with all goods of ``rows``; none where there are no goods."""
    goods = _goods(rows)
    return (Delivery(goods, state),) if goods else ()


def _goods(rows: tuple[Row, ...]) -> Mapping[str, str]:
    moved: dict[str, str] = {}
    for sku, quantity, _net in rows:
        if sku in PRODUCTS and PRODUCTS[sku].goods:
            moved[sku] = str(int(moved.get(sku, "0")) + int(quantity))
    return moved


def stopped(state: str, code: str, **changes: Any) -> Expected:
    """A card on the board, and no document."""
    return Expected(card=state, code=code, **changes)

"""What Odoo's documents depend on in an order, in a form that can be compared and read."""

from decimal import Decimal
from typing import Any

from ciama_connector.canonical import (
    Address,
    Line,
    LineKind,
    Order,
    Refund,
    SettledLine,
    cents,
    check,
)

ZERO = Decimal(0)


def essence(order: Order) -> dict[str, Any]:
    """Without ids, names and words, which each platform has of its own. Lines are in
    whole cents, as they go to Odoo, and in no order; raises Problem like ``check``."""
    settled = check(order).lines
    lines = {line.line.id: line.line for line in settled}
    return {
        "currency": order.currency,
        "prices_include_tax": order.prices_include_tax,
        "status": str(order.status),
        "payment_status": str(order.payment_status),
        "fulfillment_status": str(order.fulfillment_status),
        "total": cents(order.total, order.currency),
        "total_tax": cents(order.total_tax, order.currency),
        "total_paid": cents(order.total_paid, order.currency),
        "total_refunded": cents(order.total_refunded, order.currency),
        "lines": sorted((_line(line) for line in settled), key=repr),
        "payments": sorted((_payment(order, paid) for paid in order.payments), key=repr),
        "refunds": sorted((_refund(order, back, lines) for back in order.refunds), key=repr),
        "customer": (order.customer.email, order.customer.company),
        "billing_address": _address(order.billing_address),
        "shipping_address": _address(order.shipping_address),
        "vat_candidates": sorted({candidate.value for candidate in order.vat_candidates}),
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def _line(settled: SettledLine) -> dict[str, Any]:
    line = settled.line
    taxes: dict[Decimal | None, Decimal] = {}
    for tax, amount in zip(line.taxes, settled.taxes, strict=True):
        if amount:
            rate = None if tax.rate is None else tax.rate.normalize()
            taxes[rate] = taxes.get(rate, ZERO) + amount
    return {
        "of": _name(line),
        "quantity": line.quantity.normalize(),
        "quantity_removed": line.quantity_removed.normalize(),
        "net": settled.net,
        "taxes": {f"{rate:f}" if rate is not None else "?": taxes[rate] for rate in sorted(taxes)},
        "requires_shipping": line.requires_shipping,
        "bundle": line.bundle.title if line.bundle else "",
    }


def _payment(order: Order, paid) -> dict[str, Any]:
    return {
        "kind": str(paid.kind),
        "amount": cents(paid.amount, paid.currency),
        "currency": paid.currency,
        "paid_at": paid.paid_at if paid.captured else None,
        "captured": paid.captured,
    }


def _refund(order: Order, back: Refund, lines: dict[str, Line]) -> dict[str, Any]:
    rows = [
        {
            "of": _name(lines[row.line_id]),
            "quantity": row.quantity.normalize() if _is_sold(lines[row.line_id]) else None,
            "net": cents(row.net, order.currency),
            "tax": cents(row.tax, order.currency),
        }
        for row in back.lines
    ]
    return {
        "amount": cents(back.amount, order.currency),
        "created_at": back.created_at,
        "paid_out": back.paid_out,
        "lines": sorted(rows, key=repr),
    }


def _name(line: Line) -> tuple[str, str]:
    return str(line.kind), line.sku if _is_sold(line) else ""


def _is_sold(line: Line) -> bool:
    """By the piece; what is beside it, shipping and fees, has no number to be given back."""
    return line.kind is LineKind.PRODUCT


def _address(place: Address | None) -> tuple[str, ...]:
    if place is None:
        return ()
    return (
        place.company,
        place.full_name,
        place.street,
        place.zip,
        place.city,
        place.state_code,
        place.country,
    )

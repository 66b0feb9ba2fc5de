"""A PrestaShop order as canonical order; pure. The payload is described in ``source``."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ...canonical import Attribute, Code, Order, OrderStatus, Problem, cents
from ..normalizing import build, label, long, mapping, plausible, text
from . import const, lines, parties, payments, refunds, status
from .fields import flag, identifier, row_id
from .related import tax_ids
from .source import Source, zones

__all__ = ["normalize", "zones"]

ZERO = Decimal(0)


@plausible
def normalize(payload: Mapping[str, Any]) -> Order:
    """The order; raises Problem where it is unreadable or contradicts itself."""
    source = Source(payload)
    order = source.order
    money = _money(source)
    message = long(order.get("gift_message"))
    created = _date(source, "date_add")
    return build(
        Order,
        platform="prestashop",
        external_id=row_id(order),
        number=label(order.get("reference")) or row_id(order),
        cart_reference=_cart_reference(source),
        created_at=created,
        updated_at=source.date(order, "date_upd") or created,
        cancelled_at=_cancelled_at(source, money["status"]),
        shop_status=status.shop_status(source),
        prices_include_tax=lines.with_tax(source),
        tax_exempt=_is_exempt(source),
        customer=parties.customer(source),
        billing_address=parties.billing_address(source),
        shipping_address=parties.shipping_address(source),
        vat_candidates=tuple(parties.vat_candidates(source)),
        language=parties.language(source),
        customer_note=parties.customer_note(source),
        staff_note=parties.staff_note(source),
        gift_message=message,
        is_gift=flag(order.get("gift")) or bool(message),
        attributes=tuple(_attributes(source)),
        payment_method=payments.method(source),
        risk=parties.risk(source),
        shipments=tuple(refunds.shipments(source)),
        **_currencies(source),
        **money,
    )


def _money(source: Source) -> dict[str, Any]:
    """Lines, totals, payments, refunds and the statuses that follow from them."""
    made, discounts = lines.all_lines(source)
    total = _total(source)
    received = payments.payments(source)
    paid = payments.total(source, received)
    stands = status.status(source, total, paid)
    given_back = refunds.refunds(source, stands, paid)
    refunded = sum((refund.amount for refund in given_back), ZERO)
    return {
        "lines": tuple(made),
        "discounts": tuple(discounts),
        "total": total,
        "total_tax": _paid_with_tax(source) - source.amount(source.order, "total_paid_tax_excl"),
        "payments": tuple(received),
        "total_paid": paid,
        "refunds": tuple(given_back),
        "total_refunded": refunded,
        "status": stands,
        "payment_status": status.payment_status(
            source, stands, cents(total, source.currency), paid, refunded
        ),
        "fulfillment_status": status.fulfillment_status(source, stands),
    }


def _total(source: Source) -> Decimal:
    """``total_paid_tax_incl``, which ``total_paid`` repeats. Where the two disagree (in
    the demo orders of a new shop) the latter, so that the lines are found not to add up."""
    total, repeated = _paid_with_tax(source), source.amount(source.order, "total_paid")
    return total if abs(total - repeated) <= Decimal("0.01") else repeated


def _paid_with_tax(source: Source) -> Decimal:
    return source.amount(source.order, "total_paid_tax_incl")


def _currencies(source: Source) -> dict[str, Any]:
    """``conversion_rate``: units of the order's currency for one of the shop's own."""
    own = text(source.shop.get("currency"))
    if not own or own == source.currency:
        return {"currency": source.currency}
    rate = source.amount(source.order, "conversion_rate") or None
    return {"currency": source.currency, "shop_currency": own, "exchange_rate": rate}


def _cart_reference(source: Source) -> str:
    """The reference, where carriers or warehouses split a cart into several orders."""
    split = len(source.rows("siblings")) > 1
    return label(source.order.get("reference")) if split else ""


def _is_exempt(source: Source) -> bool:
    """Reverse charge and other exemptions leave a tax without an id on the lines."""
    ids = {key for detail in source.rows("details") for key in tax_ids(detail)}
    return ids == {const.NO_TAX}


def _attributes(source: Source) -> list[Attribute]:
    found = {"shop_invoice_number": identifier(source.order.get("invoice_number"))}
    if flag(source.order.get("recyclable")):
        found["recyclable_packaging"] = "yes"
    shops = mapping(source.shop.get("shops"))  # where there are several
    found["shop"] = label(shops.get(identifier(source.order.get("id_shop"))))
    return [build(Attribute, name=name, value=value) for name, value in found.items() if value]


def _cancelled_at(source: Source, stands: OrderStatus) -> datetime | None:
    if stands is not OrderStatus.CANCELLED:
        return None
    return status.reached(source, stands) or source.date(source.order, "date_upd")


def _date(source: Source, field: str) -> datetime:
    found = source.date(source.order, field)
    if found is None:
        raise Problem(Code.BAD_DATE, field=field, value=text(source.order.get(field))[:40])
    return found

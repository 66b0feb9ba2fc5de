"""Money received: payments hang on the reference, which split orders share."""

from collections.abc import Sequence
from decimal import Decimal

from ...canonical import Payment, PaymentKind, PaymentMethod, cents
from ..normalizing import build, label, text
from . import const
from .fields import identifier, row_id
from .source import Row, Source

ZERO = Decimal(0)


def method(source: Source) -> PaymentMethod:
    """The module is the stable key; its name is in the buyer's language."""
    return build(
        PaymentMethod,
        code=label(source.order.get("module")) or const.NO_MODULE,
        label=label(source.order.get("payment")),
    )


def payments(source: Source) -> list[Payment]:
    """Payments of this order, none of them also of another one. An order that was paid
    without a payment of its own (as modules of marketplaces do) has one all the same."""
    own = [_payment(source, row) for row in _of_this_order(source)]
    paid = cents(source.amount(source.order, "total_paid_real"), source.currency)
    if own or paid <= 0 or _received(source):
        return own
    return [
        build(
            Payment,
            id="total_paid_real",
            method=method(source),
            kind=_kind(source),
            amount=paid,
            currency=source.currency,
            paid_at=source.date(source.order, "invoice_date"),
        )
    ]


def total(source: Source, found: Sequence[Payment]) -> Decimal:
    """What ``found`` are worth in the order's currency."""
    rates = {row_id(row): exchange(source, row) for row in source.rows("payments")}
    paid = sum((p.amount * rates.get(p.id, Decimal(1)) for p in found), ZERO)
    return cents(paid, source.currency)


def given_back(source: Source) -> list[Row]:
    """Payments that staff entered with a negative amount, on an order of its own."""
    if len(source.rows("siblings")) > 1:
        return []
    return [row for row in source.rows("payments") if source.amount(row, "amount") < 0]


def exchange(source: Source, row: Row) -> Decimal:
    """Order currency per unit of a payment's currency. Both know their rate to the
    shop's own; payments entered through the webservice may lack it."""
    theirs = source.amount(row, "conversion_rate")
    if source.currency_of(row) == source.currency or not theirs:
        return Decimal(1)
    return (source.amount(source.order, "conversion_rate") or Decimal(1)) / theirs


def _payment(source: Source, row: Row) -> Payment:
    return build(
        Payment,
        id=row_id(row),
        transaction_id=label(row.get("transaction_id")),
        method=_method_of(source, row),
        kind=_kind(source),
        amount=cents(source.amount(row, "amount"), source.currency_of(row)),
        currency=source.currency_of(row),
        paid_at=source.date(row, "date_add"),
    )


def _method_of(source: Source, row: Row) -> PaymentMethod:
    """The order's own, though the text differs: a payment that comes with a state bears
    the module's name in the language of staff. One that staff entered says its own."""
    told, own = label(row.get("payment_method")), method(source)
    if identifier(row.get("id_employee")) and told and told != own.label:
        return build(PaymentMethod, code=told, label=told)
    return own


def _kind(source: Source) -> PaymentKind:
    on_delivery = text(source.order.get("module")) in const.CASH_ON_DELIVERY
    return PaymentKind.CASH_ON_DELIVERY if on_delivery else PaymentKind.PAYMENT


# -- split orders


def _received(source: Source) -> list[Row]:
    return [row for row in source.rows("payments") if source.amount(row, "amount") > 0]


def _of_this_order(source: Source) -> list[Row]:
    """Those payments of the reference that belong to this order.

    PrestaShop does not tell: an order only knows how much it was paid
    (``total_paid_real``; all of it on one order of a split cart). So each payment goes
    to the order that this sum calls for, and where none does, to the one that lacks most.
    All orders of the reference come to the same answer.
    """
    received, siblings = _received(source), source.rows("siblings")
    own = row_id(source.order)
    if len(siblings) < 2 or own not in {row_id(row) for row in siblings}:
        return received
    claimed = {row_id(row): source.amount(row, "total_paid_real") for row in siblings}
    owed = {row_id(row): source.amount(row, "total_paid_tax_incl") for row in siblings}
    found = []
    for row in received:
        amount = source.amount(row, "amount") * exchange(source, row)
        owner = _owner(amount, claimed, owed)
        claimed[owner] -= amount
        owed[owner] -= amount
        if owner == own:
            found.append(row)
    return found


def _owner(amount: Decimal, claimed: dict[str, Decimal], owed: dict[str, Decimal]) -> str:
    enough = [key for key, sum_left in claimed.items() if sum_left >= amount]
    if enough:
        return min(enough, key=claimed.__getitem__)
    if max(claimed.values()) > 0:
        return max(claimed, key=claimed.__getitem__)
    return max(owed, key=owed.__getitem__)

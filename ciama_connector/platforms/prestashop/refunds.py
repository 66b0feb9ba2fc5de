"""Money given back, and parcels.

The ``amount`` of an order_slip is without tax for groups that are shown prices without
it, and ``partial`` is always 0: its totals tell. A state "Refunded" says that all was
given back, with or without slips.
"""

from decimal import Decimal

from ...canonical import Code, OrderStatus, Problem, Refund, RefundLine, Shipment, cents
from ..normalizing import build, label, long, mapping, objects, text
from . import payments
from .fields import row_id
from .lines import SHIPPING_ID, carrier_name
from .source import Row, Source
from .status import reached

ZERO = Decimal(0)


def refunds(source: Source, status: OrderStatus, paid: Decimal) -> list[Refund]:
    """Slips; without any, negative payments; and what the state "Refunded" adds."""
    moved = paid > 0  # before the first payment there is nothing to pay back
    found = [_slip(source, row, moved) for row in source.rows("slips")]
    if not found:
        found = [_payout(source, row) for row in payments.given_back(source)]
    rest = paid - sum((refund.amount for refund in found), ZERO)
    if status is OrderStatus.REFUNDED and rest > 0:
        found.append(
            build(
                Refund,
                id="state",
                created_at=reached(source, OrderStatus.REFUNDED),
                amount=rest,
                reason=label(source.worded(_state(source).get("name"))),
            )
        )
    return found


def _state(source: Source) -> Row:
    return source.shared("order_states", source.order.get("current_state"))


def _slip(source: Source, row: Row, moved: bool) -> Refund:
    products = source.amount(row, "total_products_tax_incl")
    shipping = source.amount(row, "total_shipping_tax_incl")
    lines = [_line(source, entry) for entry in _entries(row)]
    net = source.amount(row, "total_shipping_tax_excl")
    if shipping or net:
        lines.append(build(RefundLine, line_id=SHIPPING_ID, net=net, tax=shipping - net))
    if not products and not shipping:  # slips from before PrestaShop 1.6.0.10 have no totals
        products = sum((line.net + line.tax for line in lines), ZERO)
    return build(
        Refund,
        id=row_id(row) or _no_id("order_slip"),
        created_at=source.date(row, "date_add"),
        amount=cents(products + shipping, source.currency),
        lines=tuple(lines),
        paid_out=moved,
    )


def _no_id(what: str) -> str:
    raise Problem(Code.INVALID_ORDER, field=f"{what}.id", reason="missing")


def _entries(slip: Row) -> list[Row]:
    return objects(mapping(slip.get("associations")).get("order_slip_details"))


def _line(source: Source, entry: Row) -> RefundLine:
    net = source.amount(entry, "amount_tax_excl")
    line_id = text(entry.get("id_order_detail"))
    return build(
        RefundLine,
        line_id=line_id,
        quantity=source.amount(entry, "product_quantity"),
        net=net,
        tax=source.amount(entry, "amount_tax_incl") - net,
        restocked=line_id in _restocked(source) or None,
    )


def _restocked(source: Source) -> set[str]:
    """Lines of which all units that came back, or never left, are in stock again."""
    found = set()
    for detail in source.rows("details"):
        taken = source.amount(detail, "product_quantity_refunded")
        taken += source.amount(detail, "product_quantity_return")
        if 0 < taken <= source.amount(detail, "product_quantity_reinjected"):
            found.add(row_id(detail))
    return found


def _payout(source: Source, row: Row) -> Refund:
    transaction = label(row.get("transaction_id"))
    amount = -source.amount(row, "amount") * payments.exchange(source, row)
    return build(
        Refund,
        id=f"payment-{row_id(row)}",
        created_at=source.date(row, "date_add"),
        amount=cents(amount, source.currency),
        reason=label(row.get("payment_method")),
        transaction_ids=(transaction,) if transaction else (),
    )


def shipments(source: Source) -> list[Shipment]:
    """Parcels that have a tracking number. Their own date is that of the order; they left
    when the order came to a state that says so."""
    shipped_at = reached(source, OrderStatus.FULFILLED)
    found = []
    for row in source.rows("shipments"):
        number = label(row.get("tracking_number"))
        if number:
            carrier = source.shared("carriers", row.get("id_carrier"))
            found.append(
                build(
                    Shipment,
                    id=row_id(row),
                    created_at=shipped_at,
                    carrier=carrier_name(source, text(row.get("id_carrier"))),
                    tracking_number=number,
                    tracking_url=long(text(carrier.get("url")).replace("@", number)),
                )
            )
    return found

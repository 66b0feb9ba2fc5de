"""A Wix order with its transactions and fulfilments as canonical order; no I/O.

Payload: ``{"order": {...}, "payments": [...], "refunds": [...], "fulfillments": [...]}``,
each in the words of Wix's REST API.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...canonical import (
    Attribute,
    Code,
    FulfillmentStatus,
    Order,
    OrderStatus,
    PaymentKind,
    PaymentStatus,
    Problem,
    Tax,
)
from ...canonical.texts import _lt
from ..normalizing import build, label, long, mapping, objects, plausible, text, utc
from . import const, lines, parties, transactions
from .lines import amount, percent


@plausible
def normalize(payload: Mapping[str, Any]) -> Order:
    """The canonical order; raises Problem."""
    order = payload.get("order")
    if not isinstance(order, Mapping):
        raise Problem(Code.INVALID_ORDER, field="order", reason=_lt("not an object"))
    if not text(order.get("id")):
        raise Problem(Code.INVALID_ORDER, field="id", reason=_lt("missing"))
    if order.get("status") == "INITIALIZED":
        raise Problem(Code.INCOMPLETE_PAYLOAD, what=_lt("the end of the checkout"))
    return _Reader(order, payload).build()


def shop_status(state: str, money: str, goods: str) -> str:
    """The word for an order's status that mappings know, from its three statuses."""
    return label(" / ".join((state, money, goods)))


class _Reader:
    """One order being read."""

    def __init__(self, order: Mapping[str, Any], payload: Mapping[str, Any]):
        self.order = order
        self.currency = text(order.get("currency"))
        self.paid = objects(payload.get("payments"))
        self.back = objects(payload.get("refunds"))
        self.sent = objects(payload.get("fulfillments"))
        items = objects(order.get("lineItems"))
        self.factors = {text(item.get("id")): lines.factor(item) for item in items}

    def build(self) -> Order:
        order = self.order
        shipped = transactions.shipped_units(self.sent, order, self.factors)
        found = lines.all_lines(order, shipped)
        status, payment_status, fulfillment = self._statuses()
        fields = parties.custom_fields(order)
        return build(
            Order,
            platform="wix",
            external_id=text(order["id"]),
            number=text(order.get("number")) or text(order["id"]),
            channel=self._channel(),
            test=self._is_test(),
            created_at=utc(order.get("purchasedDate") or order.get("createdDate"), "createdDate"),
            updated_at=utc(order.get("updatedDate") or order.get("createdDate"), "updatedDate"),
            cancelled_at=self._activity_date("ORDER_CANCELED"),
            status=status,
            payment_status=payment_status,
            fulfillment_status=fulfillment,
            shop_status=self._shop_status(),
            tax_exempt=bool(mapping(order.get("taxInfo")).get("taxExempt")),
            lines=found,
            discounts=lines.discounts(order, found),
            **self._totals(),
            **self._money(found),
            shipments=transactions.shipments(self.sent, found, self.factors),
            customer=parties.customer(order),
            billing_address=parties.billing_address(order),
            shipping_address=parties.shipping_address(order),
            pickup_point=parties.pickup_point(order),
            vat_candidates=parties.vat_candidates(order),
            language=label(order.get("buyerLanguage")),
            customer_note=long(order.get("buyerNote")),
            staff_note=long(self._staff_note()),
            po_number=next(
                (label(value) for title, value in fields if const.PO_NUMBER.search(title)), ""
            ),
            tags=[text(tag) for tag in self._tag_ids()],
            attributes=self._attributes(fields),
        )

    # -- status

    def _statuses(self) -> tuple[OrderStatus, PaymentStatus, FulfillmentStatus]:
        word = text(self.order.get("paymentStatus"))
        status, payment = const.PAYMENT_STATUS.get(
            word, (OrderStatus.PENDING, PaymentStatus.PENDING)
        )
        fulfillment = const.FULFILLMENT_STATUS.get(
            text(self.order.get("fulfillmentStatus")), FulfillmentStatus.UNFULFILLED
        )
        if status is OrderStatus.PENDING and self._authorized():
            status, payment = OrderStatus.AUTHORIZED, PaymentStatus.AUTHORIZED
        elif status is OrderStatus.PENDING and word == "NOT_PAID" and self._paid_on_delivery():
            status = OrderStatus.ACCEPTED
        return self._overall(status, fulfillment), payment, fulfillment

    def _overall(self, status: OrderStatus, fulfillment: FulfillmentStatus) -> OrderStatus:
        state = text(self.order.get("status"))
        if state == "CANCELED":
            return OrderStatus.CANCELLED
        if state == "REJECTED":
            return OrderStatus.FAILED
        if state != "APPROVED":  # PENDING, or a word that Wix adds one day
            waits = status in (OrderStatus.FAILED, OrderStatus.AUTHORIZED)
            return status if waits else OrderStatus.PENDING
        over = status in (OrderStatus.REFUNDED, OrderStatus.FAILED)
        if fulfillment is FulfillmentStatus.FULFILLED and not over:
            return OrderStatus.FULFILLED
        return status

    def _authorized(self) -> bool:
        balance = mapping(self.order.get("balanceSummary"))
        return amount(balance.get("authorized")) > 0 or any(
            transactions.status(payment) == "AUTHORIZED" for payment in self.paid
        )

    def _paid_on_delivery(self) -> bool:
        """The buyer chose to pay in person, or a method of that kind."""
        items = objects(self.order.get("lineItems"))
        chosen = {text(item.get("paymentOption")) for item in items}
        return (bool(chosen) and chosen <= const.PAID_ON_DELIVERY) or any(
            transactions.payment_method(payment).code == "cash_on_delivery" for payment in self.paid
        )

    def _shop_status(self) -> str:
        words = ("status", "paymentStatus", "fulfillmentStatus")
        return shop_status(*(text(self.order.get(word)) for word in words))

    # -- money

    def _totals(self) -> dict[str, Any]:
        order = self.order
        summary, tax_info = mapping(order.get("priceSummary")), mapping(order.get("taxInfo"))
        if summary.get("total") is None:
            raise Problem(Code.INVALID_ORDER, field="priceSummary.total", reason=_lt("missing"))
        conversion = mapping(order.get("currencyConversionDetails"))
        shop_currency = text(conversion.get("originalCurrency"))
        foreign = bool(shop_currency) and shop_currency != self.currency
        rate = text(conversion.get("conversionRate"))
        tax = summary.get("tax")
        return {
            "currency": self.currency,
            "shop_currency": shop_currency if foreign else None,
            "exchange_rate": rate if foreign and rate else None,
            "prices_include_tax": bool(order.get("taxIncludedInPrices")),
            "total": amount(summary["total"], "priceSummary.total"),
            "total_tax": amount(tax if tax is not None else tax_info.get("totalTax"), "tax"),
            "tax_totals": [
                build(
                    Tax,
                    rate=percent(part.get("rate")),
                    amount=amount(part.get("aggregatedTaxAmount"), "taxInfo"),
                    label=label(part.get("taxName")),
                    jurisdiction=label(part.get("jurisdiction")),
                )
                for part in objects(tax_info.get("taxBreakdown"))
            ],
        }

    def _money(self, found) -> dict[str, Any]:
        balance = mapping(self.order.get("balanceSummary"))
        payments = transactions.payments(self.paid, self.currency)
        refunds = transactions.refunds(
            self.back, self.order, found, self.factors, self.currency
        ) + transactions.chargebacks(self.paid)
        received = sum((part.amount for part in payments if part.captured), Decimal(0))
        given_back = sum((part.amount for part in refunds), Decimal(0))
        # the balance is kept with the order, so it is never older than the lists
        if balance.get("paid") is not None:
            received = amount(balance["paid"], "balanceSummary.paid")
        regular = [part for part in payments if part.kind is not PaymentKind.GIFT_CARD]
        methods = [part.method for part in regular or payments]
        methods += [transactions.payment_method(payment) for payment in self.paid]
        return {
            "payment_method": methods[0] if methods else None,
            "payments": payments,
            "refunds": refunds,
            "total_paid": received,
            "total_refunded": given_back,
        }

    # -- the rest

    def _channel(self) -> str:
        kind = text(mapping(self.order.get("channelInfo")).get("type"))
        return const.CHANNELS.get(kind, kind.lower())

    def _is_test(self) -> bool:
        methods = {transactions.payment_method(payment).code for payment in self.paid}
        return const.TEST_METHOD in methods

    def _activity_date(self, kind: str):
        dates = [
            activity.get("createdDate")
            for activity in objects(self.order.get("activities"))
            if kind in (activity.get("activityType"), activity.get("type"))
        ]
        return utc(dates[-1], "activities") if dates and dates[-1] else None

    def _staff_note(self) -> str:
        comments = [
            text(mapping(activity.get("merchantComment")).get("message"))
            for activity in objects(self.order.get("activities"))
        ]
        return "\n".join(comment for comment in comments if comment)

    def _tag_ids(self) -> list[Any]:
        tags = mapping(self.order.get("tags"))
        groups = [mapping(tags.get(group)).get("tagIds") for group in ("tags", "privateTags")]
        return [tag for group in groups if isinstance(group, list) for tag in group]

    def _attributes(self, fields: list[tuple[str, str]]) -> list[Attribute]:
        order = self.order
        channel = mapping(order.get("channelInfo"))
        logistics = mapping(mapping(order.get("shippingInfo")).get("logistics"))
        slot = mapping(logistics.get("deliveryTimeSlot"))
        pairs = [
            *fields,
            ("externalOrderId", text(channel.get("externalOrderId"))),
            ("businessLocation", text(mapping(order.get("businessLocation")).get("name"))),
            ("deliverByDate", text(logistics.get("deliverByDate"))),
            ("deliveryTimeSlot.from", text(slot.get("from"))),
            ("deliveryTimeSlot.to", text(slot.get("to"))),
            ("archived", "true" if order.get("archived") else ""),
            ("imported", "true" if order.get("imported") else ""),
        ]
        return [build(Attribute, name=name, value=long(value)) for name, value in pairs if value]

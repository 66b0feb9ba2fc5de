"""Money that a shop received for an order: what it is worth, and how its entry looks."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ..canonical import Payment, cents
from .calendar import day_of

# A shop's exchange rate that is further from Odoo's is no rate of a market: some shops that
# sell at one figure in all currencies say 1.
PLAUSIBLE = Decimal("0.2")


@dataclass(eq=False)
class Receipt:
    """A payment of a shop and where it is booked."""

    draft: Any  # services.draft.Draft
    payment: Payment
    rules: Any = None  # services.rules.Rules of its own payment method
    currency: Any = None  # res.currency
    rounding: Decimal = Decimal(0)  # paid more (negative: less) than owed, for lack of coins

    @property
    def external_id(self) -> str:
        return f"{self.draft.order.external_id}/{self.payment.id}"

    @property
    def day(self):
        """Of the payment in the books' time zone; of the order where it is not told."""
        moment = self.payment.paid_at or self.draft.order.created_at
        return day_of(self.draft.card.company_id, moment)

    @property
    def memo(self) -> str:
        return self.payment.transaction_id or self.draft.order.number

    @property
    def worth(self) -> Decimal | None:
        """In the order's currency, at the shop's rate; None where the shop has none."""
        order, payment = self.draft.order, self.payment
        if payment.currency == order.currency:
            return payment.amount
        if payment.currency == order.shop_currency and order.exchange_rate:
            return cents(payment.amount * order.exchange_rate, order.currency)
        return None


def received(draft) -> list[Receipt]:
    """What brought money: authorizations and transfers on their way did not."""
    return [
        Receipt(draft, payment)
        for payment in draft.order.payments
        if payment.captured and payment.amount > 0
    ]


def cash_rounding(order) -> Decimal:
    """How much more than owed was paid (negative: less), for lack of smaller coins."""
    found = Decimal(0)
    for attribute in order.attributes:
        if attribute.name == "cash_rounding":
            try:
                found += Decimal(attribute.value)
            except InvalidOperation:
                continue
    return found


def company_amount(receipt) -> float | None:
    """Force of the entry in the company's currency: what the shop's own rate makes of it;
    None: Odoo's rate of the day. The difference to the invoice is posted by Odoo."""
    order, company = receipt.draft.order, receipt.draft.card.company_id
    books = company.currency_id
    if receipt.currency == books:
        return None
    at_odoo = receipt.currency._convert(float(receipt.payment.amount), books, company, receipt.day)
    at_shop = None
    if receipt.worth is not None and order.currency == books.name:
        at_shop = float(receipt.worth)
    elif (
        receipt.payment.currency == order.currency
        and order.shop_currency == books.name
        and order.exchange_rate
    ):
        at_shop = books.round(float(receipt.payment.amount / order.exchange_rate))
    if at_shop is None or abs(at_shop - at_odoo) > at_odoo * float(PLAUSIBLE):
        return None
    return at_shop

"""The canonical order: typed, immutable, validated; also the hub's wire format.

Amounts are the shop's own, never recomputed; money is ``Decimal`` in the order's
``currency`` (ISO 4217); times are aware UTC. Signs: what the customer pays is
positive, discounts lines and refunded amounts follow the text of their field.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from .texts import storable

SCHEMA_VERSION = "1"


def _clean(value: Any) -> Any:
    """A text without half an emoji, at which a shop cut it."""
    return storable(value) if isinstance(value, str) else value


def _no_float(value: Any) -> Any:
    if isinstance(value, float):
        raise PydanticCustomError("float_money", "money must be a decimal string, not a float")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("date_range", "date out of range") from None


Text = Annotated[str, BeforeValidator(_clean), StringConstraints(strip_whitespace=True)]
Name = Annotated[Text, Field(max_length=1000)]
Id = Annotated[Text, Field(min_length=1, max_length=200)]
LongText = Annotated[Text, Field(max_length=20000)]
Money = Annotated[
    Decimal,
    BeforeValidator(_no_float),
    Field(allow_inf_nan=False, max_digits=20, decimal_places=8),
]
Rate = Annotated[
    Decimal,
    BeforeValidator(_no_float),
    Field(allow_inf_nan=False, ge=0, le=100, max_digits=12, decimal_places=8),
]
Quantity = Annotated[
    Decimal,
    BeforeValidator(_no_float),
    Field(allow_inf_nan=False, max_digits=20, decimal_places=6),
]
Utc = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OrderStatus(StrEnum):
    """Where the order stands as a whole, mapped from each shop's own words."""

    PENDING = "pending"  # placed, waiting for the money
    AUTHORIZED = "authorized"  # card authorized, not captured
    ACCEPTED = "accepted"  # to be shipped before it is paid: cash on delivery, terms
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    FULFILLED = "fulfilled"  # the shop counts it as shipped or handed over
    CANCELLED = "cancelled"
    REFUNDED = "refunded"  # everything was given back
    FAILED = "failed"  # payment refused, order abandoned
    DELETED = "deleted"  # trashed or erased in the shop


class PaymentStatus(StrEnum):
    PENDING = "pending"
    AUTHORIZED = "authorized"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"
    VOIDED = "voided"


class FulfillmentStatus(StrEnum):
    UNFULFILLED = "unfulfilled"
    PARTIAL = "partial"
    FULFILLED = "fulfilled"
    RETURNED = "returned"


class LineKind(StrEnum):
    PRODUCT = "product"
    SHIPPING = "shipping"
    FEE = "fee"  # payment surcharge, small order fee, import duty ...
    GIFT_WRAP = "gift_wrap"
    TIP = "tip"
    GIFT_CARD = "gift_card"  # a gift card *sold*; one that pays is a payment
    DISCOUNT = "discount"  # a reduction no line can carry; amounts negative
    DEPOSIT = "deposit"


class Attribute(_Part):
    """A named value the shop attached: custom option, checkout field, plugin meta."""

    name: Name
    value: LongText


class Tax(_Part):
    """One tax on one line (or, in ``Order.tax_totals``, on the whole order)."""

    rate: Rate | None = None  # percent: 20, 5.5; None where the shop hides it
    amount: Money
    label: Name = ""  # "TVA 20%"
    jurisdiction: Name = ""  # "France", "California", "Los Angeles County"
    code: Name = ""  # the shop's own id of the tax or rate
    compound: bool = False  # computed on top of the taxes before it


class LineDiscount(_Part):
    """Part of a discount that is already inside the line's amounts; positive."""

    code: Name = ""  # voucher code; joins Order.discounts
    title: Name = ""
    net: Money  # without tax
    tax: Money = Decimal(0)


class ShippingMethod(_Part):
    code: Name  # stable key for the carrier mapping
    title: Name = ""
    carrier: Name = ""
    delivery_time: Name = ""


class Bundle(_Part):
    """The bundle (pack, kit) that a line is a part of."""

    id: Id  # same for all parts of one bundle
    title: Name = ""
    sku: Name = ""
    quantity: Quantity = Decimal(1)


class Line(_Part):
    """A row of the order. ``gross == net + tax`` and ``tax == sum(taxes)``, all after
    every discount, for the whole quantity, in the digits the shop gave."""

    id: Id
    kind: LineKind = LineKind.PRODUCT
    name: Name
    sku: Name = ""
    barcode: Name = ""
    product_id: Name = ""
    variant_id: Name = ""
    quantity: Quantity = Decimal(1)
    quantity_removed: Quantity = Decimal(0)  # cancelled or refunded before shipping
    net: Money
    tax: Money
    gross: Money
    taxes: tuple[Tax, ...] = ()
    list_price: Money | None = None  # per unit before discounts, as the shop shows it
    discounts: tuple[LineDiscount, ...] = ()
    options: tuple[Attribute, ...] = ()  # choices, personalisation texts
    bundle: Bundle | None = None
    shipping: ShippingMethod | None = None  # on kind "shipping"
    requires_shipping: bool = True
    weight: Quantity | None = None  # kg a unit

    @model_validator(mode="after")
    def _adds_up(self):
        if self.gross != self.net + self.tax:
            raise PydanticCustomError("gross_differs", "net + tax is not gross")
        if self.tax != sum((tax.amount for tax in self.taxes), Decimal(0)):
            raise PydanticCustomError("taxes_differ", "the taxes do not add up to tax")
        return self


class Discount(_Part):
    """A voucher or promotion on the order, for information: the amounts are already in
    the lines. ``gross`` is what the customer saved, positive."""

    code: Name = ""
    title: Name = ""
    gross: Money
    free_shipping: bool = False


class PaymentKind(StrEnum):
    PAYMENT = "payment"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"
    CASH_ON_DELIVERY = "cash_on_delivery"


class PaymentMethod(_Part):
    code: Name  # stable key for the payment method mapping: "stripe", "bacs"
    label: Name = ""


class Payment(_Part):
    """Money received. Authorizations are payments with ``captured=False``."""

    id: Id  # unique within the order
    transaction_id: Name = ""  # the provider's reference, on the bank statement
    method: PaymentMethod
    kind: PaymentKind = PaymentKind.PAYMENT
    amount: Money  # positive
    currency: Currency
    paid_at: Utc | None = None
    captured: bool = True


class RefundLine(_Part):
    """What was given back of one line; amounts positive."""

    line_id: Id
    quantity: Quantity = Decimal(0)
    net: Money
    tax: Money
    restocked: bool | None = None


class Refund(_Part):
    """Money or goods given back. ``amount`` positive, with tax; where ``lines`` leave a
    part of it unexplained, the shop did not say what it was for."""

    id: Id
    created_at: Utc | None = None
    amount: Money
    lines: tuple[RefundLine, ...] = ()
    reason: LongText = ""
    paid_out: bool = True  # False: units removed by an edit, no money moved
    transaction_ids: tuple[Name, ...] = ()


class ShipmentLine(_Part):
    line_id: Id
    quantity: Quantity


class Shipment(_Part):
    """A parcel the shop already knows of."""

    id: Id
    created_at: Utc | None = None
    carrier: Name = ""
    tracking_number: Name = ""
    tracking_url: LongText = ""
    lines: tuple[ShipmentLine, ...] = ()


class VatCandidate(_Part):
    """A text that may be a VAT number, untouched, and where the shop keeps it."""

    value: Name
    source: Name  # "billing_address.vat_number", "meta:_billing_vat", "note"


class Customer(_Part):
    external_id: Name = ""  # empty for guests the shop keeps no record of
    is_guest: bool = False
    email: Name = ""
    phone: Name = ""
    first_name: Name = ""
    last_name: Name = ""
    company: Name = ""
    company_external_id: Name = ""  # B2B company record of the shop
    language: Name = ""  # "fr", "fr_FR", "pt-BR"
    group_id: Name = ""
    group_name: Name = ""
    tax_exempt: bool = False


class Address(_Part):
    external_id: Name = ""
    first_name: Name = ""
    last_name: Name = ""
    company: Name = ""
    street: Name = ""
    street2: Name = ""
    zip: Name = ""
    city: Name = ""
    state_code: Name = ""  # without the country: "CA", "BE"
    state_name: Name = ""
    country: Country = ""  # ISO 3166-1 alpha-2, GR for Greece
    phone: Name = ""
    email: Name = ""
    identification: Name = ""  # national id: DNI, codice fiscale, SIRET ...
    instructions: LongText = ""  # for the driver

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def is_empty(self) -> bool:
        return not any((self.street, self.street2, self.zip, self.city))


class PickupPoint(_Part):
    id: Name = ""
    name: Name = ""
    carrier: Name = ""
    address: Address | None = None


class PaymentTerms(_Part):
    name: Name = ""
    due_days: int | None = None
    due_at: Utc | None = None


class Risk(_Part):
    level: Name  # "low", "medium", "high", or the shop's own word
    recommendation: Name = ""  # "accept", "investigate", "cancel"


class Order(_Part):
    schema_version: str = SCHEMA_VERSION
    platform: Id
    external_id: Id
    number: Name
    cart_reference: Name = ""  # shared by the orders one cart was split into
    channel: Name = ""  # "web", "pos", "draft"
    test: bool = False
    created_at: Utc
    updated_at: Utc
    cancelled_at: Utc | None = None

    status: OrderStatus
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus = FulfillmentStatus.UNFULFILLED
    shop_status: Name = ""  # the shop's own word(s), as shown to its staff

    currency: Currency
    shop_currency: Currency | None = None  # where the buyer paid in another one
    exchange_rate: Money | None = None  # order currency per unit of shop_currency
    prices_include_tax: bool
    tax_exempt: bool = False
    total: Money  # what the customer owes for the order, before any refund
    total_tax: Money
    tax_totals: tuple[Tax, ...] = ()  # per rate, where the shop states it
    total_paid: Money = Decimal(0)
    total_refunded: Money = Decimal(0)

    lines: Annotated[tuple[Line, ...], Field(max_length=2000)] = ()
    discounts: tuple[Discount, ...] = ()
    payment_method: PaymentMethod | None = None
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    shipments: tuple[Shipment, ...] = ()

    customer: Customer = Customer()
    billing_address: Address | None = None
    shipping_address: Address | None = None
    pickup_point: PickupPoint | None = None
    vat_candidates: tuple[VatCandidate, ...] = ()
    language: Name = ""
    customer_note: LongText = ""
    staff_note: LongText = ""
    gift_message: LongText = ""
    is_gift: bool = False
    po_number: Name = ""  # the buyer's own reference
    payment_terms: PaymentTerms | None = None
    risk: Risk | None = None
    tags: tuple[Name, ...] = ()
    attributes: tuple[Attribute, ...] = ()

    def digest_source(self) -> str:
        """Text that changes only when something changed that Odoo would use."""
        data = self.model_dump(mode="json", exclude={"updated_at", "schema_version"})
        return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def earliest_plausible() -> datetime:
    """Shops write 1970 or 0000 for "never"; no order that matters is older than this."""
    return datetime(1995, 1, 1, tzinfo=UTC)

"""Tables of codes of the GraphQL Admin API, as its official schema lists them."""

import re

from ...canonical import FulfillmentStatus, OrderStatus, PaymentKind, PaymentStatus

API_VERSION = "2026-07"

# What the queries need (one of each group; the first is the one to ask for), as the
# schema's access facts say; a test derives them anew.
REQUIRED_SCOPES = (
    ("read_orders",),
    ("read_customers",),
    ("read_products",),
    ("read_locations", "read_markets_home"),
    ("read_payment_terms",),
    (
        "read_merchant_managed_fulfillment_orders",
        "read_assigned_fulfillment_orders",
        "read_third_party_fulfillment_orders",
        "read_marketplace_fulfillment_orders",
    ),
)
# Without it orders older than 60 days stay hidden, silently.
HISTORY_SCOPE = "read_all_orders"

# OrderDisplayFinancialStatus
PAYMENT_STATUSES = {
    "AUTHORIZED": PaymentStatus.AUTHORIZED,
    "EXPIRED": PaymentStatus.FAILED,
    "PAID": PaymentStatus.PAID,
    "PARTIALLY_PAID": PaymentStatus.PARTIALLY_PAID,
    "PARTIALLY_REFUNDED": PaymentStatus.PARTIALLY_REFUNDED,
    "PENDING": PaymentStatus.PENDING,
    "REFUNDED": PaymentStatus.REFUNDED,
    "VOIDED": PaymentStatus.VOIDED,
}
ORDER_STATUSES = {
    "AUTHORIZED": OrderStatus.AUTHORIZED,
    "EXPIRED": OrderStatus.PENDING,  # the authorization lapsed, the money is still owed
    "PAID": OrderStatus.PAID,
    "PARTIALLY_PAID": OrderStatus.PARTIALLY_PAID,
    "PARTIALLY_REFUNDED": OrderStatus.PAID,
    "PENDING": OrderStatus.PENDING,
    "REFUNDED": OrderStatus.REFUNDED,
    "VOIDED": OrderStatus.FAILED,
}
# OrderDisplayFulfillmentStatus; the others count as unfulfilled
FULFILLMENT_STATUSES = {
    "FULFILLED": FulfillmentStatus.FULFILLED,
    "PARTIALLY_FULFILLED": FulfillmentStatus.PARTIAL,
}

# OrderTransaction.gateway of money that is not a payment by card, transfer or cash
PAYMENT_KINDS = {
    "gift_card": PaymentKind.GIFT_CARD,
    "shopify_store_credit": PaymentKind.STORE_CREDIT,
    "cash_on_delivery": PaymentKind.CASH_ON_DELIVERY,
    "cash on delivery (cod)": PaymentKind.CASH_ON_DELIVERY,
    "cash on delivery": PaymentKind.CASH_ON_DELIVERY,
}
MONEY_IN = frozenset({"SALE", "CAPTURE"})
AUTHORIZATIONS = frozenset({"AUTHORIZATION", "EMV_AUTHORIZATION"})
# FulfillmentStatus of parcels that never left
DEAD_FULFILLMENTS = frozenset({"CANCELLED", "ERROR", "FAILURE"})
# RiskAssessmentResult, worst last
RISK_LEVELS = ("NONE", "PENDING", "LOW", "MEDIUM", "HIGH")
# WeightUnit in kg
KILOGRAMS = {
    "KILOGRAMS": "1",
    "GRAMS": "0.001",
    "POUNDS": "0.45359237",
    "OUNCES": "0.028349523125",
}
CHANNELS = {"web": "web", "pos": "pos", "shopify_draft_order": "draft"}

# Names of checkout fields in which shops ask for a VAT number.
VAT_FIELD = re.compile(
    r"\b(vat|tva|ust|uid|mwst|btw|iva|nif|cif|moms|dph|alv|tax[ _-]?(id|number|no)|partita)"
    r"(?![a-z]{4})|vat[ _-]?(id|number|no)|steuernummer|num[ée]ro.*(tva|taxe)",
    re.I,
)
# Italian codice fiscale of a person: identifies, but is no VAT number.
CODICE_FISCALE = re.compile(r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]", re.I)
GIFT_FIELD = re.compile(r"gift|cadeau|geschenk|regalo", re.I)
MESSAGE_FIELD = re.compile(r"message|note|nachricht|messaggio|mensaje|text", re.I)
YES = frozenset({"1", "yes", "true", "oui", "ja", "si", "sì", "sí", "on", "vrai"})

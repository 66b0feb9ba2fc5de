"""THE order, whatever shop it came from: plain Python, no Odoo.

Import from here: ``from ..canonical import Order, Line, Problem, check``.
"""

from .check import check
from .credits import Credit, Taken, everything_left, explain_refunds
from .missing_tax import with_missing_tax
from .money import cents, decimal_places, readable, spread
from .order import (
    Address,
    Attribute,
    Bundle,
    Customer,
    Discount,
    FulfillmentStatus,
    Line,
    LineDiscount,
    LineKind,
    Order,
    OrderStatus,
    Payment,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    PaymentTerms,
    PickupPoint,
    Refund,
    RefundLine,
    Risk,
    Shipment,
    ShipmentLine,
    ShippingMethod,
    Tax,
    VatCandidate,
)
from .problems import Code, Problem
from .refunded import without_refunds
from .settle import Discrepancy, Settled, SettledLine, settle

__all__ = [
    "Address",
    "Attribute",
    "Bundle",
    "Code",
    "Credit",
    "Customer",
    "Discount",
    "Discrepancy",
    "FulfillmentStatus",
    "Line",
    "LineDiscount",
    "LineKind",
    "Order",
    "OrderStatus",
    "Payment",
    "PaymentKind",
    "PaymentMethod",
    "PaymentStatus",
    "PaymentTerms",
    "PickupPoint",
    "Problem",
    "Refund",
    "RefundLine",
    "Risk",
    "Settled",
    "SettledLine",
    "Shipment",
    "ShipmentLine",
    "ShippingMethod",
    "Taken",
    "Tax",
    "VatCandidate",
    "cents",
    "check",
    "decimal_places",
    "everything_left",
    "explain_refunds",
    "readable",
    "settle",
    "spread",
    "with_missing_tax",
    "without_refunds",
]

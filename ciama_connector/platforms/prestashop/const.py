"""Words of PrestaShop and its modules, and what is kept of its rows.

States, their flags and templates: PrestaShop's install-dev/data/xml/order_state.xml and
replies of 1.7.8, 8.2 and 9.1 shops.
"""

import re

from ...canonical import OrderStatus

# -- resources: a key needs the required ones; without the others a pull knows less

REQUIRED = (
    "orders",
    "order_details",
    "order_carriers",
    "order_cart_rules",
    "order_payments",
    "order_slip",
    "order_states",
    "customers",
    "addresses",
    "configurations",
    "countries",
    "currencies",
    "languages",
    "states",
    "taxes",
)
OPTIONAL = (
    "carriers",  # names; the number of the carrier stands in for them
    "cart_rules",  # codes of vouchers
    "customizations",
    "groups",
    "messages",
    "order_histories",
    "product_customization_fields",
    "products",  # which are virtual
    "shops",
)
# Name of the list in a reply, where it is not the resource's
LIST_NAMES = {"order_slip": "order_slips"}

SETTINGS = (
    "PS_TIMEZONE",
    "PS_VERSION_DB",
    "PS_CURRENCY_DEFAULT",
    "PS_LANG_DEFAULT",
    "PS_WEIGHT_UNIT",
    "PS_OS_CANCELED",
    "PS_OS_REFUND",
    "PS_OS_ERROR",
)

# -- what is kept of a row; everything else is a secret, a trace, or not used

ORDER_DROPPED = frozenset({"associations", "mobile_theme", "secure_key", "shipping_number"})
KEPT = {
    "order_details": (
        "id",
        "product_id",
        "product_attribute_id",
        "id_customization",
        "product_name",
        "product_reference",
        "product_ean13",
        "product_isbn",
        "product_upc",
        "product_quantity",
        "product_quantity_refunded",
        "product_quantity_reinjected",
        "product_quantity_return",
        "product_weight",
        "ecotax",
        "original_product_price",
        "tax_computation_method",
        "total_price_tax_excl",
        "total_price_tax_incl",
        "unit_price_tax_excl",
        "unit_price_tax_incl",
        "associations",
    ),
    "order_cart_rules": (
        "id",
        "id_cart_rule",
        "name",
        "value",
        "value_tax_excl",
        "free_shipping",
        "deleted",
    ),
    "order_slip": (
        "id",
        "date_add",
        "total_products_tax_excl",
        "total_products_tax_incl",
        "total_shipping_tax_excl",
        "total_shipping_tax_incl",
        "associations",
    ),
    "order_payments": (
        "id",
        "id_currency",
        "amount",
        "payment_method",
        "conversion_rate",
        "transaction_id",
        "date_add",
        "id_employee",
    ),
    "order_carriers": ("id", "id_carrier", "tracking_number", "date_add"),
    "order_histories": ("id", "id_order_state", "date_add"),
    "messages": ("id", "id_employee", "message"),
    "customers": (
        "id",
        "firstname",
        "lastname",
        "email",
        "company",
        "siret",
        "id_default_group",
        "id_risk",
        "id_lang",
        "is_guest",
    ),
    "addresses": (
        "id",
        "company",
        "firstname",
        "lastname",
        "vat_number",
        "address1",
        "address2",
        "postcode",
        "city",
        "other",
        "phone",
        "phone_mobile",
        "dni",
        "id_country",
        "id_state",
    ),
    "taxes": ("id", "rate", "name"),
    "countries": ("id", "iso_code"),
    "states": ("id", "iso_code", "name"),
    "currencies": ("id", "iso_code"),
    "languages": ("id", "iso_code", "locale"),
    "groups": ("id", "name", "price_display_method"),
    "carriers": ("id", "id_reference", "name", "delay", "url"),
    "order_states": ("id", "name", "paid", "shipped", "template", "module_name"),
    "cart_rules": ("id", "code", "gift_product", "gift_product_attribute", "reduction_product"),
    "products": ("id", "is_virtual"),
    "customizations": ("id", "associations"),
    "product_customization_fields": ("id", "name"),
}
SIBLING = ("id", "reference", "total_paid_real", "total_paid_tax_incl")

# -- states of orders: staff may rename and add some, so flags and templates count before
# the numbers that PrestaShop installs

ENDED = {
    "PS_OS_CANCELED": OrderStatus.CANCELLED,
    "PS_OS_REFUND": OrderStatus.REFUNDED,
    "PS_OS_ERROR": OrderStatus.FAILED,
}
TEMPLATES = {
    "order_canceled": OrderStatus.CANCELLED,
    "refund": OrderStatus.REFUNDED,
    "payment_error": OrderStatus.FAILED,
}
INSTALLED = {
    "6": OrderStatus.CANCELLED,
    "7": OrderStatus.REFUNDED,
    "8": OrderStatus.FAILED,
}
AUTHORIZED = re.compile(r"\bauth?ori[sz]", re.I)  # states of card and PayPal modules

CASH_ON_DELIVERY = frozenset(
    {"ps_cashondelivery", "cashondelivery", "codfee", "cashondeliveryplus"}
)
NO_MODULE = "unknown"

COUNTRIES = {"EL": "GR", "UK": "GB"}
KILOGRAMS = {"kg": "1", "g": "0.001", "lb": "0.45359237", "lbs": "0.45359237", "oz": "0.028349523"}
# TaxCalculator::ONE_AFTER_ANOTHER_METHOD: each tax is computed on top of those before it
COMPOUND = "2"
NO_TAX = "0"  # the id that order_details give where a customer is exempt

# ``id_risk`` of a customer, as the shop's staff rates him: the rows that every installation
# makes (install-dev/data/xml/risk.xml: None, Low, Medium, High); 0 is not rated
RISK_LEVELS = {"1": "none", "2": "low", "3": "medium", "4": "high"}

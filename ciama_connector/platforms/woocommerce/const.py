"""Words of WooCommerce and its plugins, and what they mean here.

Order statuses: https://woocommerce.com/document/managing-orders/order-statuses/.
Meta keys are those the named plugins write to orders; where a table has several, the
first that an order carries counts.
"""

import re

from ...canonical import OrderStatus

# Carts and half-made orders; they become orders later or never
CART = "checkout-draft"
DRAFTS = frozenset({"auto-draft", CART, "new"})
TRASH = "trash"
STATUSES = {
    "pending": OrderStatus.PENDING,
    "on-hold": OrderStatus.PENDING,
    "processing": OrderStatus.PAID,  # ACCEPTED where no payment date says so
    "completed": OrderStatus.FULFILLED,
    "cancelled": OrderStatus.CANCELLED,
    "refunded": OrderStatus.REFUNDED,
    "failed": OrderStatus.FAILED,
    TRASH: OrderStatus.DELETED,
    "shipped": OrderStatus.FULFILLED,  # Advanced Shipment Tracking
    "delivered": OrderStatus.FULFILLED,  # Advanced Shipment Tracking
    "partially-paid": OrderStatus.PARTIALLY_PAID,  # WooCommerce Deposits
}
PARTLY_SHIPPED = frozenset({"partial-shipped", "partially-shipped"})

CHANNELS = {
    "checkout": "web",
    "store-api": "web",
    "rest-api": "api",
    "pos-rest-api": "pos",
    "woocommerce-pos": "pos",
}
CASH_ON_DELIVERY = frozenset({"cod", "codpf", "cash_on_delivery"})
NO_METHOD = "unknown"  # orders made by hand may have a payment date and no method

# "all" is no role, and the others are those of WordPress for staff
NO_CUSTOMER_ROLES = frozenset(
    {"all", "administrator", "editor", "author", "contributor", "shop_manager"}
)

# (key, value) by which a gateway marks money that is authorized and not captured
AUTHORIZED = (
    ("_stripe_charge_captured", "no"),  # WooCommerce Stripe
    ("_intention_status", "requires_capture"),  # WooPayments
    ("_ppcp_paypal_captured", "false"),  # PayPal Payments
)
# (key, value) of orders paid in a gateway's test mode
TEST_MODE = (
    ("_wcpay_mode", "test"),  # WooPayments
    ("_ppcp_paypal_payment_mode", "sandbox"),  # PayPal Payments
    ("_mollie_payment_mode", "test"),  # Mollie
)

# -- VAT numbers and other numbers of a company or person

VAT_KEYS = (
    "_billing_vat_number",  # EU VAT Number (WooCommerce.com)
    "_vat_number",  # EU VAT Number before 2.4
    "vat_number",  # EU VAT Assistant (Aelia)
    "_billing_eu_vat_number",  # EU/UK VAT for WooCommerce (WPFactory), Booster
    "billing_eu_vat_number",
    "_billing_vat",  # Checkout Field Editor (ThemeHigh) and most field editors
    "billing_vat",
    "billing_vat_number",  # Multiple Customer Addresses
    "_billing_vat_id",  # Germanized
    "_shipping_vat_id",  # Germanized
    "_billing_yweu_vat",  # YITH EU VAT
    "yweu_billing_vat",
    "VAT Number",  # EU VAT Compliance (David Anderson)
    "_billing_wc_avatax_vat_id",  # AvaTax
    "_billing_piva",  # Italian fiscal plugins
    "_billing_partita_iva",
    "_billing_wcexd_piva",  # WooCommerce Exporter for Danea / P.IVA
    "_billing_nif",  # NIF/CIF/NIE field (Art Project Group)
    "_billing_cif",
    "_billing_nip",  # Poland
    "_billing_dic",  # Toret: Czech Republic, Slovakia
    "_billing_ic_dph",
    "_billing_tax_id",
    "_billing_tax_number",
    "_billing_company_vat",
    "_billing_afm",  # Greece
    "_billing_uid",
    "_billing_ustid",
)
# Keys of other plugins, and fields that a shop named itself ("boutique/vat-number")
VAT_WORDS = re.compile(
    r"(?:^|[^a-z])(?:vat|tva|ust|ust-?id(?:nr)?|btw|p?iva|partita|nif|cif|nip|dic|mwst|moms|afm|"
    r"tax[^a-z]?(?:id|number|no))(?:[^a-z]|id|nr|no|num|$)",
    re.I,
)
NOT_A_NUMBER = re.compile(
    r"exempt|valid|country|check|date|response|name|address|verif|amount|rate|total|consult|"
    r"request|status|label|class|display|hash|reverse|reduc|includ",
    re.I,
)
VAT_SHAPE = re.compile(r"(?=(?:.*\d){4})[0-9A-Za-z][0-9A-Za-z .\-/]{4,24}")
ID_KEYS = (
    "_billing_siret",
    "billing_siret",
    "_billing_siren",
    "_billing_codice_fiscale",
    "_billing_cod_fisc",
    "_billing_cf",
    "_billing_wcexd_cf",
    "_billing_cpf",  # Brazilian Market
    "_billing_cnpj",
    "_billing_dni",
    "_billing_rut",
    "_billing_ic",  # Toret
    "_billing_ico",
    "_billing_oib",
    "_billing_kvk",
)
ID_WORDS = re.compile(
    r"(?:^|[^a-z])(?:siret|siren|codice.?fiscale|cod.?fisc|cpf|cnpj|dni|nie|rut|kvk|oib|ico)"
    r"(?:[^a-z]|$)",
    re.I,
)

# -- checkout fields and notes

# Additional fields of the block checkout: <prefix><namespace>/<field>
BLOCK_FIELDS = ("_wc_billing/", "_wc_shipping/", "_wc_other/")
PO_KEYS = (
    "_purchase_order_number",  # Purchase Order gateways
    "_po_number",
    "po_number",
    "_billing_po_number",
    "_billing_po",
)
PO_WORDS = re.compile(
    r"(?:^|[^a-z])(?:po|p-?o-?(?:ref|number|no)|purchase.?order|order.?ref(?:erence)?|"
    r"bestellnummer|bon.?de.?commande)(?:[^a-z]|$)",
    re.I,
)
GIFT_MESSAGE_KEYS = (
    "gift_message",
    "_gift_message",
    "gift_wrap_message",
    "_gift_wrap_message",
    "_gift_note",
    "gift_note",
    "wcgwp_note",  # Gift Wrapper
)
LANGUAGE_KEYS = (
    "wpml_language",  # WPML
    "trp_language",  # TranslatePress
    "_trp_language",
    "pll_language",  # Polylang
    "_pll_language",
    "weglot_language",  # Weglot
    "_locale",
    "user_lang",
)
# Hidden fields that logistics or accounting ask for; the name they get
NOTABLE_KEYS = {
    "_delivery_date": "delivery_date",
    "_delivery_time": "delivery_time",
    "_delivery_time_frame": "delivery_time",
    "_orddd_timestamp": "delivery_timestamp",  # Order Delivery Date
    "jckwds_date": "delivery_date",  # Delivery Slots
    "jckwds_timeslot": "delivery_time",
    "_pickup_date": "pickup_date",
    "_billing_pec": "pec",  # Italian e-invoicing
    "_billing_sdi": "sdi",
    "_billing_pa_code": "sdi",
    "_billing_codice_destinatario": "sdi",
    "_billing_sdi_type": "sdi_type",
    "_subscription_renewal": "subscription_renewal",  # Subscriptions
    "_subscription_switch": "subscription_switch",
    "_wcpdf_invoice_number": "shop_invoice_number",  # PDF Invoices & Packing Slips
    "_invoice_number": "shop_invoice_number",
}
UNREMARKABLE_KEYS = frozenset({"is_vat_exempt"})

# -- money of plugins

# Fields that plugins add to the order: name -> keys of (code, amount) of an entry
GIFT_CARD_FIELDS = {
    "gift_cards": ("code", "amount"),  # Gift Cards (WooCommerce.com)
    "pw_gift_cards_redeemed": ("number", "amount"),  # PW Gift Cards
}
# Order metas that hold {code: amount}
GIFT_CARD_METAS = (
    "_ywgc_applied_gift_cards",  # YITH Gift Cards
    "smart_coupons_contribution",  # Smart Coupons
)
# (meta with the shop's own currency, meta with order currency per unit of it)
CURRENCY_METAS = (
    (
        "_wcpay_multi_currency_order_default_currency",
        "_wcpay_multi_currency_order_exchange_rate",
    ),
    ("_woocs_order_base_currency", "_woocs_order_rate"),  # FOX (WOOCS)
)
GIFT_CARD_TYPES = frozenset({"gift-card", "gift_card", "pw-gift-card"})
TIP = re.compile(r"\b(tips?|gratuity|pourboire|trinkgeld|mancia|propina|gorjeta|fooi)\b", re.I)
GIFT_WRAP = re.compile(
    r"gift[\s_-]?wrap|emballage[\s_-]cadeau|papier[\s_-]cadeau|geschenkverpackung|"
    r"confezione[\s_-]regalo|envoltorio|cadeauverpakking",
    re.I,
)

# -- lines

# Hidden line metas that hold what the buyer chose or wrote: (key, name of, value of)
HIDDEN_OPTIONS = (
    ("_tmcartepo_data", "name", "value"),  # Extra Product Options (ThemeComplete)
    ("_WCPA_order_meta_data", "label", "value"),  # Custom Product Addons (Acowebs)
)
# How the part of a bundle names its container: (meta of the part, meta of the container)
BUNDLE_METAS = (
    ("_bundled_by", "_bundle_cart_key"),  # Product Bundles
    ("_composite_parent", "_composite_cart_key"),  # Composite Products
    ("_mnm_container", "_mnm_cart_key"),  # Mix and Match
)
BUNDLE_FIELDS = ("bundled_by", "composite_parent")  # line id, of the same plugins' REST
BUNDLE_PRODUCT_META = "_woosb_parent_id"  # product id of the container; WPC Product Bundles

# Countries whose state codes carry the country without a hyphen ("JP13", "TR34")
GLUED_STATES = frozenset({"JP", "TR"})
COUNTRIES = {"EL": "GR", "UK": "GB"}

# -- logistics

LOCAL_PICKUP = frozenset({"local_pickup", "pickup_location", "local_pickup_plus"})
# (id, name, address, carrier) metas of relay points
PICKUP_METAS = (
    ("_lpc_meta_pickUpLocationId", "_lpc_meta_pickUpLocationLabel", "", "Colissimo"),
    (
        "Mondial Relay Parcel Shop ID",
        "Mondial Relay Parcel Shop Name",
        "Mondial Relay Parcel Shop Address",
        "Mondial Relay",
    ),
    ("_easypack_parcel_machine_id", "", "_easypack_parcel_machine_description", "InPost"),
    ("_parcel_machine_id", "", "", "InPost"),
    ("bw_parcel_point_code", "bw_parcel_point_name", "", ""),  # Boxtal Connect
)
CHRONOPOST_PICKUP = "_shipping_method_chronorelais"  # {"id", "name", "address", ...}
SENDCLOUD_PICKUP = "sendcloudshipping_service_point_meta"  # {"id", "extra": "name|street|..."}

TRACKING_ITEMS = "_wc_shipment_tracking_items"  # Shipment Tracking, Advanced Shipment Tracking
# (number, carrier, link) metas; a carrier in angle brackets is the name itself
TRACKING_METAS = (
    ("_tracking_number", "_tracking_provider", "_tracking_url"),
    ("tracking_number", "tracking_provider", "tracking_url"),
    ("_shipping_tracking_number", "_shipping_company", "_shipping_tracking_url"),
    ("tracking", "", ""),
    ("lpc_outward_parcel_number", "<Colissimo>", ""),
    ("_ywot_tracking_code", "_ywot_carrier_name", ""),  # YITH Order Tracking
)

# What WooPayments hangs on its orders: the level of Stripe Radar, and what the shop's own
# rules against fraud said (OrderService of the plugin)
RISK_META = "_charge_risk_level"
RISK_LEVELS = {"normal": "low", "elevated": "medium", "highest": "high"}
FRAUD_META = "_wcpay_fraud_outcome_status"
FRAUD_ADVICE = {"allow": "accept", "review": "investigate", "block": "cancel"}

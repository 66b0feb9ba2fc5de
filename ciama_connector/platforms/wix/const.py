"""Words of the Wix eCommerce API and what they mean here.

Enumerations: npm ``@wix/auto_sdk_ecom_orders`` 1.0.300 and
``@wix/auto_sdk_ecom_order-transactions`` 1.0.108.
"""

import re

from ...canonical import FulfillmentStatus, OrderStatus, PaymentStatus

DEFAULT_URL = "https://www.wixapis.com"

# Order.paymentStatus while the order itself is approved
PAYMENT_STATUS = {
    "NOT_PAID": (OrderStatus.PENDING, PaymentStatus.PENDING),
    "PENDING": (OrderStatus.PENDING, PaymentStatus.PENDING),
    "PENDING_MERCHANT": (OrderStatus.PENDING, PaymentStatus.PENDING),
    "PARTIALLY_PAID": (OrderStatus.PARTIALLY_PAID, PaymentStatus.PARTIALLY_PAID),
    "PAID": (OrderStatus.PAID, PaymentStatus.PAID),
    "PARTIALLY_REFUNDED": (OrderStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED),
    "FULLY_REFUNDED": (OrderStatus.REFUNDED, PaymentStatus.REFUNDED),
    "CANCELED": (OrderStatus.FAILED, PaymentStatus.VOIDED),
    "DECLINED": (OrderStatus.FAILED, PaymentStatus.FAILED),
}
FULFILLMENT_STATUS = {
    "NOT_FULFILLED": FulfillmentStatus.UNFULFILLED,
    "PARTIALLY_FULFILLED": FulfillmentStatus.PARTIAL,
    "FULFILLED": FulfillmentStatus.FULFILLED,
}
# Payment states in which money has come in, whatever went back later
MONEY_CAME = frozenset({"APPROVED", "REFUNDED", "PARTIALLY_REFUNDED", "CHARGED"})
# The buyer pays on delivery or in person: the shop ships first
PAID_ON_DELIVERY = frozenset({"FULL_PAYMENT_OFFLINE"})
# Tax numbers of people and companies in Brazil; every other vatId is a VAT number
NATIONAL_IDS = frozenset({"CPF", "CNPJ"})

CHANNELS = {"WEB": "web", "POS": "pos", "BACKOFFICE_MERCHANT": "backoffice", "UNSPECIFIED": ""}
NO_VARIANT = "00000000-0000-0000-0000-000000000000"
POUND_IN_KG = "0.45359237"
# Provider of test payments
TEST_METHOD = "fake"

TIP = re.compile(r"\b(tips?|gratuity|pourboire|trinkgeld|mancia|propina|gorjeta|fooi)\b", re.I)
GIFT_WRAP = re.compile(
    r"gift[\s_-]?wrap|emballage[\s_-]cadeau|papier[\s_-]cadeau|geschenkverpackung|"
    r"confezione[\s_-]regalo|envoltorio|envuelto|cadeauverpakking",
    re.I,
)
CASH_ON_DELIVERY = re.compile(
    r"cash[\s_-]?on[\s_-]?delivery|\bCOD\b|contre[\s_-]?remboursement|paiement à la livraison|"
    r"nachnahme|contrassegno|contra[\s_-]?reembolso|rembours\b",
    re.I,
)
PO_NUMBER = re.compile(
    r"\b(PO|P\.O\.)\b|purchase order|bon de commande|n° de commande|votre référence|"
    r"bestellnummer|numero d.ordine|orden de compra|inkooporder",
    re.I,
)
# Titles of checkout fields that ask for a VAT number
VAT_TITLE = re.compile(
    r"\b(VAT|TVA|IVA|MwSt|USt|UID|BTW|MOMS|NIF|CIF|ΑΦΜ|NIP|DIČ|P\.? ?IVA|tax (id|number))\b"
    r"|ust.?id|umsatzsteuer|intracom|partita",
    re.I,
)
# Titles of checkout fields that ask for another number of a person or company
ID_TITLE = re.compile(
    r"codice fiscale|siret|siren|\b(DNI|NIE|CPF|CNPJ|CURP|RFC|KVK)\b|handelsregister", re.I
)

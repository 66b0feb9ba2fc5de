"""Synthetic Wix orders in the site's own arithmetic, from the SKUs of the recordings."""

import uuid
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

CENT = Decimal("0.01")
_SPACE = uuid.UUID("6f2c9a3e-8f1b-5a61-9d0a-5a0f0e6d8c11")
_NAMES = ("Alix", "Basile", "Célia", "Dorian", "Elsa", "Félix", "Gaëlle", "Hugo", "Inès", "Jules")
_FAMILIES = ("Arnaud", "Blanc", "Colin", "Da Silva", "Étienne", "Faure", "Guérin", "Hamidi")
_TOWNS = (("FR", "Lyon", "69003"), ("FR", "Lille", "59000"), ("FR", "Brest", "29200"))
_RATES = {"0.2": "TVA 20 %", "0.1": "TVA 10 %", "0.055": "TVA 5,5 %"}
_DEFAULT_PRODUCT = ("POT-TC-20", "Pot en terre cuite 20 cm", Decimal("12.90"), "0.2")


def money(value: Decimal) -> dict[str, str]:
    shown = f"{value.quantize(CENT):f}"
    return {"amount": shown, "formattedAmount": f"€{shown}"}


def catalogue(orders: list[dict]) -> list[tuple[str, str, Decimal, str]]:
    """(SKU, name, price with tax, rate) of products sold in euro with a French rate."""
    found = {}
    for order in orders:
        if order.get("currency") != "EUR" or not order.get("taxIncludedInPrices"):
            continue
        for item in order.get("lineItems", []):
            sku = item.get("physicalProperties", {}).get("sku")
            rate = item.get("taxInfo", {}).get("taxRate")
            if sku and rate in _RATES:
                price = Decimal(item["price"]["amount"])
                found.setdefault(sku, (sku, item["productName"]["original"], price, rate))
    return sorted(found.values()) or [_DEFAULT_PRODUCT]


class Grower:
    """Makes order number ``index`` the same way each time."""

    def __init__(self, products: list[tuple[str, str, Decimal, str]]):
        self.products = products

    def make(self, index: int, number: int, when: datetime) -> tuple[dict, dict, dict]:
        """(order, its transactions, its fulfilments)"""
        random = Random(index)
        order_id = self._id(index, "order")
        lines = self._lines(random)
        shipping = _priced(Decimal("6.50"), "0.2")
        total = sum((part["after"] for part in [*lines, shipping]), Decimal(0))
        created, updated = _iso(when), _iso(when + timedelta(seconds=30))
        order = {
            "id": order_id,
            "number": str(number),
            "createdDate": created,
            "updatedDate": updated,
            "purchasedDate": created,
            "lineItems": [self._item(row, line) for row, line in enumerate(lines, 1)],
            "paymentStatus": "PAID",
            "fulfillmentStatus": "NOT_FULFILLED",
            "status": "APPROVED",
            "archived": False,
            "currency": "EUR",
            "currencyConversionDetails": {"originalCurrency": "EUR", "conversionRate": "1"},
            "taxIncludedInPrices": True,
            "weightUnit": "KG",
            "buyerLanguage": "fr",
            "siteLanguage": "fr",
            "appliedDiscounts": [],
            "additionalFees": [],
            "activities": [],
            "customFields": [],
            "channelInfo": {"type": "WEB"},
            "checkoutId": self._id(index, "checkout"),
            **_summaries(lines, shipping, total),
            **self._people(index, random, shipping),
        }
        payment = {
            "id": self._id(index, "payment"),
            "createdDate": created,
            "updatedDate": created,
            "amount": money(total),
            "refundDisabled": False,
            "regularPaymentDetails": {
                "paymentOrderId": self._id(index, "paymentOrder"),
                "gatewayTransactionId": self._id(index, "gateway"),
                "providerTransactionId": f"pi_{index:024d}",
                "paymentMethod": "CreditCard",
                "offlinePayment": False,
                "status": "APPROVED",
            },
        }
        return (
            order,
            {"orderId": order_id, "payments": [payment], "refunds": []},
            {"orderId": order_id, "fulfillments": []},
        )

    @staticmethod
    def _id(index: int, kind: str) -> str:
        return str(uuid.uuid5(_SPACE, f"{kind}-{index}"))

    def _lines(self, random: Random) -> list[dict[str, Any]]:
        lines = []
        for _ in range(random.randint(1, 4)):
            sku, name, price, rate = random.choice(self.products)
            quantity = random.randint(1, 5)
            line = _priced(price * quantity, rate)
            lines.append(line | {"sku": sku, "name": name, "price": price, "quantity": quantity})
        return lines

    @staticmethod
    def _item(row: int, line: dict[str, Any]) -> dict[str, Any]:
        name = {"original": line["name"], "translated": line["name"]}
        return {
            "id": f"00000000-0000-0000-0000-{row:012d}",
            "productName": name,
            "quantity": line["quantity"],
            "totalDiscount": money(Decimal(0)),
            "descriptionLines": [],
            "physicalProperties": {"sku": line["sku"], "weight": 0.5, "shippable": True},
            "itemType": {"preset": "PHYSICAL"},
            "refundQuantity": 0,
            "price": money(line["price"]),
            "priceBeforeDiscounts": money(line["price"]),
            "lineItemPrice": money(line["after"]),
            "totalPriceBeforeTax": money(line["before"]),
            "totalPriceAfterTax": money(line["after"]),
            "paymentOption": "FULL_PAYMENT_ONLINE",
            "taxInfo": _tax_info(line),
            "catalogReference": {
                "catalogItemId": str(uuid.uuid5(_SPACE, line["sku"])),
                "appId": "215238eb-22a5-4c36-9e7b-e7c08025e04e",
                "options": {"variantId": "00000000-0000-0000-0000-000000000000"},
            },
        }

    def _people(self, index: int, random: Random, shipping) -> dict[str, Any]:
        first, family = random.choice(_NAMES), random.choice(_FAMILIES)
        country, city, zip_code = random.choice(_TOWNS)
        address = {
            "country": country,
            "city": city,
            "postalCode": zip_code,
            "addressLine": f"{random.randint(1, 200)} rue de la République",
        }
        contact = {"firstName": first, "lastName": f"{family} {index}"}
        place = {"address": address, "contactDetails": contact}
        return {
            "buyerInfo": {
                "contactId": self._id(index, "contact"),
                "visitorId": self._id(index, "visitor"),
                "email": f"client{index}@example.com",
            },
            "billingInfo": place,
            "recipientInfo": place,
            "shippingInfo": {
                "code": "a705c467-6d95-4b97-a4c9-e29285745f70",
                "title": "Colissimo",
                "logistics": {"deliveryTime": "3-5 business days", "shippingDestination": place},
                "cost": {
                    "price": money(shipping["after"]),
                    "totalPriceBeforeTax": money(shipping["before"]),
                    "totalPriceAfterTax": money(shipping["after"]),
                    "taxInfo": _tax_info(shipping),
                    "discount": money(Decimal(0)),
                },
            },
        }


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _priced(after: Decimal, rate: str) -> dict[str, Any]:
    tax = (after * Decimal(rate) / (1 + Decimal(rate))).quantize(CENT, ROUND_HALF_UP)
    return {"after": after, "before": after - tax, "tax": tax, "rate": rate}


def _tax_info(part: dict[str, Any]) -> dict[str, Any]:
    taxed = {
        "jurisdiction": "France",
        "jurisdictionType": "COUNTRY",
        "rate": part["rate"],
        "taxName": _RATES[part["rate"]],
        "taxType": "VAT",
        "taxAmount": money(part["tax"]),
        "taxableAmount": money(part["before"]),
    }
    return {
        "taxAmount": money(part["tax"]),
        "taxableAmount": money(part["before"]),
        "taxRate": part["rate"],
        "taxIncludedInPrice": True,
        "taxBreakdown": [taxed],
    }


def _summaries(lines, shipping, total: Decimal) -> dict[str, Any]:
    parts = [*lines, shipping]
    tax = sum((part["tax"] for part in parts), Decimal(0))
    rates = sorted({part["rate"] for part in parts})
    by_rate = [
        {
            "taxName": _RATES[rate],
            "taxType": "VAT",
            "jurisdiction": "France",
            "jurisdictionType": "COUNTRY",
            "rate": rate,
            "aggregatedTaxAmount": money(
                sum((part["tax"] for part in parts if part["rate"] == rate), Decimal(0))
            ),
        }
        for rate in rates
    ]
    zero = money(Decimal(0))
    return {
        "priceSummary": {
            "subtotal": money(total - shipping["after"]),
            "shipping": money(shipping["after"]),
            "tax": money(tax),
            "discount": zero,
            "total": money(total),
            "totalAdditionalFees": zero,
        },
        "taxInfo": {"totalTax": money(tax), "taxBreakdown": by_rate, "taxExempt": False},
        "balanceSummary": {
            "balance": zero,
            "paid": money(total),
            "refunded": zero,
            "authorized": zero,
            "pendingRefund": zero,
            "pending": zero,
        },
    }

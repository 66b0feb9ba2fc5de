"""Synthetic orders in the shape of the recorded ones, with Shopify's own arithmetic."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

CENT = Decimal("0.01")
_FIRST_ID = 7_700_000_000_000
_NAMES = ("Amélie", "Bruno", "Chiara", "Dieter", "Élodie", "Fátima", "Gérard", "Hanna")
_FAMILIES = ("Martin", "Rossi", "Müller", "Lefèvre", "O’Brien", "Nowak", "García", "Jansen")
_TOWNS = (
    ("FR", "France", "Lyon", "69002"),
    ("FR", "France", "Nantes", "44000"),
    ("DE", "Germany", "Köln", "50667"),
    ("IT", "Italy", "Torino", "10121"),
    ("BE", "Belgium", "Liège", "4000"),
)
_TAXES = {  # title and (rate of most goods, reduced rate) where the goods go
    "FR": ("FR TVA", "0.2", "0.055"),
    "DE": ("DE MwSt", "0.19", "0.07"),
    "IT": ("IT IVA", "0.22", "0.04"),
    "BE": ("BE TVA", "0.21", "0.06"),
}
_PRODUCT = ("TEST-1", "Test product", Decimal("10.00"), False, None, None)


class Grower:
    """Adds orders to ``store``, newer than all others; the same ones in every run."""

    def __init__(self, store):
        self._store = store
        self._products = _products(store) or [_PRODUCT]
        recorded = [entry["order"] for entry in store.entries.values()]
        self._entity = recorded[0].get("merchantBusinessEntity") if recorded else None
        self._made = 0

    def grow(self, count: int) -> list[dict[str, Any]]:
        when = self._store.newest().replace(microsecond=0)
        orders = []
        for _ in range(count):
            self._made += 1
            when += timedelta(seconds=30)
            order = self._order(self._made, when)
            self._store.add(order)
            orders.append(order)
        return orders

    def _order(self, index: int, when: datetime) -> dict[str, Any]:
        random = Random(index)
        base = _FIRST_ID + index * 1000
        country, country_name, city, zip_code = random.choice(_TOWNS)
        lines = [self._line(base + row, random, country) for row in range(1, random.randint(2, 5))]
        shipping = _shipping(base + 50, country)
        total = sum((part["gross"] for part in [*lines, shipping]), Decimal(0))
        moment = _iso(when)
        address = {
            "id": f"gid://shopify/MailingAddress/{base + 60}?model_name=Address",
            "firstName": random.choice(_NAMES),
            "lastName": f"{random.choice(_FAMILIES)} {index}",
            "name": f"Client {index}",
            "company": None,
            "address1": f"{random.randint(1, 200)} rue de la République",
            "address2": None,
            "city": city,
            "zip": zip_code,
            "province": None,
            "provinceCode": None,
            "country": country_name,
            "countryCodeV2": country,
            "phone": None,
        }
        return {
            **_head(base, index, moment),
            **_customer(base, index, address),
            **_totals(lines, shipping, total),
            "merchantBusinessEntity": self._entity,
            "billingAddress": address,
            "shippingAddress": {
                **address,
                "id": address["id"].replace(str(base + 60), str(base + 61)),
            },
            "lineItems": {"nodes": [line["node"] for line in lines]},
            "shippingLines": {"nodes": [shipping["node"]]},
            "transactions": [_sale(base + 70, total, moment)],
            "fulfillmentOrders": {"nodes": [_fulfillment_order(base + 80)]},
        }

    def _line(self, number: int, random: Random, country: str) -> dict[str, Any]:
        sku, name, price, reduced, variant, product = random.choice(self._products)
        quantity = random.randint(1, 5)
        gross = price * quantity
        tax_line, tax = _tax(gross, country, reduced)
        node = {
            "id": f"gid://shopify/LineItem/{number}",
            "name": name,
            "title": name,
            "sku": sku,
            "quantity": quantity,
            "currentQuantity": quantity,
            "unfulfilledQuantity": quantity,
            "refundableQuantity": quantity,
            "taxable": True,
            "requiresShipping": True,
            "isGiftCard": False,
            "variant": variant,
            "product": product,
            "originalUnitPriceSet": _bag(price),
            "originalTotalSet": _bag(gross),
            "discountedTotalSet": _bag(gross),
            "taxLines": [tax_line],
        }
        return {"node": node, "gross": gross, "tax": tax, "tax_line": tax_line}


def _products(store) -> list[tuple]:
    """(SKU, name, price with tax, reduced rate, variant, product) of what was sold."""
    found = {}
    for entry in store.entries.values():
        order = entry["order"]
        if not order.get("taxesIncluded") or order["currencyCode"] != "EUR":
            continue
        for item in order["lineItems"]["nodes"]:
            rates = [Decimal(str(tax["rate"])) for tax in item.get("taxLines") or []]
            if item.get("sku") and item.get("variant") and len(rates) == 1:
                price = Decimal(item["originalUnitPriceSet"]["shopMoney"]["amount"])
                row = (item["sku"], item["name"], price, rates[0] < Decimal("0.15"))
                found.setdefault(item["sku"], (*row, item["variant"], item.get("product")))
    return list(found.values())


def _tax(gross: Decimal, country: str, reduced: bool) -> tuple[dict[str, Any], Decimal]:
    title, normal_rate, low_rate = _TAXES[country]
    rate = Decimal(low_rate if reduced else normal_rate)
    tax = (gross * rate / (1 + rate)).quantize(CENT, ROUND_HALF_UP)
    line = {
        "title": title,
        "rate": float(rate),
        "ratePercentage": float(rate * 100),
        "source": None,
        "channelLiable": False,
        "priceSet": _bag(tax),
    }
    return line, tax


def _shipping(number: int, country: str) -> dict[str, Any]:
    gross = Decimal("5.90") if country == "FR" else Decimal("12.00")
    title = "Colissimo Domicile" if country == "FR" else "International"
    tax_line, tax = _tax(gross, country, False)
    node = {
        "id": f"gid://shopify/ShippingLine/{number}",
        "title": title,
        "code": title.partition(" ")[0].upper(),
        "source": "shopify",
        "isRemoved": False,
        "originalPriceSet": _bag(gross),
        "discountedPriceSet": _bag(gross),
        "taxLines": [tax_line],
    }
    return {"node": node, "gross": gross, "tax": tax, "tax_line": tax_line}


def _head(base: int, index: int, moment: str) -> dict[str, Any]:
    return {
        "__typename": "Order",
        "id": f"gid://shopify/Order/{base}",
        "legacyResourceId": str(base),
        "name": f"#{20000 + index}",
        "number": 20000 + index,
        "sourceName": "web",
        "test": False,
        "createdAt": moment,
        "updatedAt": moment,
        "processedAt": moment,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "returnStatus": "NO_RETURN",
        "currencyCode": "EUR",
        "presentmentCurrencyCode": "EUR",
        "taxesIncluded": True,
        "taxExempt": False,
        "dutiesIncluded": False,
        "estimatedTaxes": False,
        "edited": False,
        "customerLocale": "fr",
        "paymentGatewayNames": ["shopify_payments"],
        "discountApplications": {"nodes": []},
        "refunds": [],
        "fulfillments": [],
        "risk": {"recommendation": "NONE", "assessments": [{"riskLevel": "LOW"}]},
    }


def _customer(base: int, index: int, address: dict[str, Any]) -> dict[str, Any]:
    email = f"client{index}@example.com"
    gid = f"gid://shopify/Customer/{base + 90}"
    return {
        "email": email,
        "customer": {
            "id": gid,
            "displayName": f"{address['firstName']} {address['lastName']}",
            "firstName": address["firstName"],
            "lastName": address["lastName"],
            "locale": "fr",
            "taxExempt": False,
            "defaultEmailAddress": {"emailAddress": email},
            "taxSettings": {"taxId": None},
        },
        "purchasingEntity": {"__typename": "Customer", "id": gid},
    }


def _totals(lines, shipping, total: Decimal) -> dict[str, Any]:
    by_rate: dict[float, dict[str, Any]] = {}
    for part in [*lines, shipping]:
        line = by_rate.setdefault(part["tax_line"]["rate"], {**part["tax_line"], "sum": Decimal(0)})
        line["sum"] += part["tax"]
    taxes = [{**line, "priceSet": _bag(line.pop("sum"))} for line in by_rate.values()]
    zero = _bag(Decimal(0))
    tax = sum((part["tax"] for part in [*lines, shipping]), Decimal(0))
    subtotal = total - shipping["gross"]
    return {
        "taxLines": taxes,
        "currentTaxLines": taxes,
        "subtotalPriceSet": _bag(subtotal),
        "currentSubtotalPriceSet": _bag(subtotal),
        "totalDiscountsSet": zero,
        "totalShippingPriceSet": _bag(shipping["gross"]),
        "totalTaxSet": _bag(tax),
        "currentTotalTaxSet": _bag(tax),
        "totalPriceSet": _bag(total),
        "originalTotalPriceSet": _bag(total),
        "currentTotalPriceSet": _bag(total),
        "totalTipReceivedSet": zero,
        "totalReceivedSet": _bag(total),
        "totalOutstandingSet": zero,
        "totalRefundedSet": zero,
        "netPaymentSet": _bag(total),
    }


def _sale(number: int, total: Decimal, moment: str) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/OrderTransaction/{number}",
        "kind": "SALE",
        "status": "SUCCESS",
        "gateway": "shopify_payments",
        "formattedGateway": "Shopify Payments",
        "paymentId": f"r{number:x}",
        "createdAt": moment,
        "processedAt": moment,
        "amountSet": _bag(total),
    }


def _fulfillment_order(number: int) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/FulfillmentOrder/{number}",
        "status": "OPEN",
        "assignedLocation": {"name": "Entrepôt Lille", "countryCode": "FR"},
        "deliveryMethod": {
            "id": f"gid://shopify/DeliveryMethod/{number}",
            "methodType": "SHIPPING",
        },
    }


def _bag(amount: Decimal) -> dict[str, Any]:
    amount = amount.quantize(CENT)
    text = f"{amount:f}".removesuffix("0")  # Shopify writes 5.9 and 6.0
    money = {"amount": text, "currencyCode": "EUR"}
    return {"shopMoney": money, "presentmentMoney": money}


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

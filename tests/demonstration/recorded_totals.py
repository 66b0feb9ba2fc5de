"""What the shops themselves say of their orders, read straight from the recordings.

Nothing of the connector is used here: this is the other side of the comparison.
"""

import json
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

DIGITS = {"JPY": 0, "KWD": 3}


@dataclass(frozen=True)
class Totals:
    """Of one order, in its ``currency``, as its customer pays them."""

    total: Decimal
    tax: Decimal
    currency: str


def of_shop(code: str, folder: Path) -> dict[str, Totals]:
    """{external id: totals} of all orders in the recordings of a platform."""
    return _READERS[code](folder)


def _load(path):
    return json.loads(path.read_text("utf-8"))


def _totals(total, tax, currency):
    unit = Decimal(1).scaleb(-DIGITS.get(currency, 2))
    exact = (Decimal(str(amount)).quantize(unit, ROUND_HALF_UP) for amount in (total, tax))
    return Totals(*exact, currency)


def _prestashop(folder):
    currencies = {
        str(row["id"]): row["iso_code"] for row in _load(folder / "currencies.json")["currencies"]
    }
    found = {}
    for order in _load(folder / "orders_full.json")["orders"]:
        total = Decimal(order["total_paid_tax_incl"])
        tax = total - Decimal(order["total_paid_tax_excl"])
        found[str(order["id"])] = _totals(total, tax, currencies[str(order["id_currency"])])
    return found


def _shopify(folder):
    found = {}
    for page in sorted(folder.glob("orders.page*.json")):
        for order in _load(page)["data"]["orders"]["nodes"]:
            rounding = order["totalCashRoundingAdjustment"]["paymentSet"]
            total = sum(
                Decimal(bag["presentmentMoney"]["amount"])
                for bag in (order["totalPriceSet"], rounding)
            )
            tax = order["totalTaxSet"]["presentmentMoney"]["amount"]
            key = order["id"].rpartition("/")[2]
            found[key] = _totals(total, tax, order["presentmentCurrencyCode"])
    return found


def _woocommerce(folder):
    orders = [order for page in folder.glob("orders_page*.json") for order in _load(page)]
    orders.append(_load(folder / "order_trashed_direct.json"))
    return {
        str(order["id"]): _totals(order["total"], order["total_tax"], order["currency"])
        for order in orders
    }


def _wix(folder):
    found = {}
    for page in folder.glob("orders.search.page*.json"):
        for order in _load(page)["orders"]:
            summary = order["priceSummary"]
            found[order["id"]] = _totals(
                summary["total"]["amount"], summary["tax"]["amount"], order["currency"]
            )
    return found


def _ciama(folder):
    return {
        order["external_id"]: _totals(order["total"], order["total_tax"], order["currency"])
        for order in _load(folder / "orders.json")["orders"]
    }


_READERS = {
    "prestashop": _prestashop,
    "shopify": _shopify,
    "woocommerce": _woocommerce,
    "wix": _wix,
    "ciama": _ciama,
}

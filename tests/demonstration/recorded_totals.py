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
    """Of one order, in its ``currency``, as its customer pays them.

    ``paid`` is what the shop received, of all orders of the ``cart`` that they were split
    from; ``refunded`` what it gave back.
    """

    total: Decimal
    tax: Decimal
    currency: str
    paid: Decimal
    refunded: Decimal
    cart: str


def of_shop(code: str, folder: Path) -> dict[str, Totals]:
    """{external id: totals} of all orders in the recordings of a platform."""
    return _READERS[code](folder)


def _load(path):
    return json.loads(path.read_text("utf-8"))


def _totals(total, tax, currency, *, paid, refunded, cart):
    unit = Decimal(1).scaleb(-DIGITS.get(currency, 2))

    def exact(amount):
        return Decimal(str(amount)).quantize(unit, ROUND_HALF_UP)

    return Totals(exact(total), exact(tax), currency, exact(paid), exact(refunded), cart)


def _sum(amounts):
    return sum((Decimal(str(amount)) for amount in amounts), Decimal(0))


def _prestashop(folder):
    currencies = {
        str(row["id"]): row["iso_code"] for row in _load(folder / "currencies.json")["currencies"]
    }
    payments = _load(folder / "order_payments.json")["order_payments"]
    slips = _load(folder / "order_slip.json")["order_slips"]
    found = {}
    for order in _load(folder / "orders_full.json")["orders"]:
        total = Decimal(order["total_paid_tax_incl"])
        found[str(order["id"])] = _totals(
            total,
            total - Decimal(order["total_paid_tax_excl"]),
            currencies[str(order["id_currency"])],
            paid=_sum(row["amount"] for row in payments
                      if row["order_reference"] == order["reference"]),
            refunded=_sum(slip[amount] for slip in slips
                          if str(slip["id_order"]) == str(order["id"])
                          for amount in ("total_products_tax_incl", "total_shipping_tax_incl")),
            cart=order["reference"],
        )  # fmt: skip
    return found


def _shopify(folder):
    found = {}
    for page in sorted(folder.glob("orders.page*.json")):
        for order in _load(page)["data"]["orders"]["nodes"]:
            rounding = order["totalCashRoundingAdjustment"]["paymentSet"]

            def amount(bag):
                return Decimal(bag["presentmentMoney"]["amount"])

            key = order["id"].rpartition("/")[2]
            found[key] = _totals(
                amount(order["totalPriceSet"]) + amount(rounding),
                amount(order["totalTaxSet"]),
                order["presentmentCurrencyCode"],
                paid=amount(order["totalReceivedSet"]),
                refunded=amount(order["totalRefundedSet"]),
                cart=key,
            )
    return found


def _woocommerce(folder):
    orders = [order for page in folder.glob("orders_page*.json") for order in _load(page)]
    orders.append(_load(folder / "order_trashed_direct.json"))
    return {
        str(order["id"]): _totals(
            order["total"],
            order["total_tax"],
            order["currency"],
            # On delivery the driver takes the money: the shop calls it paid when it is done.
            paid=order["total"] if order["date_paid"] else 0,
            refunded=-_sum(refund["total"] for refund in order["refunds"]),
            cart=str(order["id"]),
        )
        for order in orders
    }


def _wix(folder):
    found = {}
    for page in folder.glob("orders.search.page*.json"):
        for order in _load(page)["orders"]:
            summary, balance = order["priceSummary"], order["balanceSummary"]
            found[order["id"]] = _totals(
                summary["total"]["amount"],
                summary["tax"]["amount"],
                order["currency"],
                paid=balance["paid"]["amount"],
                refunded=balance["refunded"]["amount"],
                cart=order["id"],
            )
    return found


def _ciama(folder):
    return {
        order["external_id"]: _totals(
            order["total"],
            order["total_tax"],
            order["currency"],
            paid=_sum(
                payment["amount"]
                for payment in order.get("payments", ())
                if payment.get("captured", True)
            ),
            refunded=_sum(refund["amount"] for refund in order.get("refunds", ())),
            cart=order["external_id"],
        )
        for order in _load(folder / "orders.json")["orders"]
    }


_READERS = {
    "prestashop": _prestashop,
    "shopify": _shopify,
    "woocommerce": _woocommerce,
    "wix": _wix,
    "ciama": _ciama,
}

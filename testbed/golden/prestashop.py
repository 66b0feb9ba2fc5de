"""An order as PrestaShop's webservice gives it, with all that belongs to it (version 8).

Ids are texts in the rows and numbers as ``id``, dates are the shop's own time, amounts
have six decimals; what is free of the buyer's choice (carrier, states) has the ids that
PrestaShop installs.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ..prestashop.money import six
from .prestashop_rows import Rows
from .wire import CannotExpress, money

Json = dict[str, Any]
_PARIS = ZoneInfo("Europe/Paris")
_NEVER = "0000-00-00 00:00:00"
_MODULES = {
    "card": ("stripe_official", "Carte bancaire (Stripe)"),
    "bank_wire": ("ps_wirepayment", "Virement bancaire"),
    "cash_on_delivery": ("ps_cashondelivery", "Paiement à la livraison"),
}
_FREE = ("free_order", "Commande gratuite")
# id: (name, paid, shipped, e-mail template, module)
_STATES = {
    "2": ("Paiement accepté", "1", "0", "payment", ""),
    "4": ("Expédié", "1", "1", "shipped", ""),
    "6": ("Annulé", "0", "0", "order_canceled", ""),
    "7": ("Remboursé", "0", "0", "refund", ""),
    "10": ("En attente de virement bancaire", "0", "0", "bankwire", "ps_wirepayment"),
    "13": ("En attente de paiement", "0", "0", "cashondelivery", "ps_cashondelivery"),
}
_UNPAID = {"pending": "10", "partially_paid": "10", "accepted": "13"}
_ENDED = {"cancelled": "6", "refunded": "7"}
_GROUPS = {"3": ("Client", "0"), "4": ("Professionnels (HT)", "1")}
_CURRENCIES = {"EUR": "1", "CHF": "2", "JPY": "3", "KWD": "4"}
# Where PrestaShop's own list writes states with their country
_STATES_WITH_COUNTRY = ("ES",)


def render(order: Mapping[str, Any]) -> Json:
    rows = Rows(order)
    states = _history(order)
    customer = _customer(order)
    places = _places(order)
    payments = _payments(order)
    return {
        "order": _order(order, rows, states[-1], customer, places, payments),
        "details": rows.details,
        "cart_rules": rows.cart_rules,
        "slips": [{**slip, "date_add": _local(slip["date_add"])} for slip in rows.slips],
        "shipments": [],
        "histories": _histories(order, states),
        "messages": _messages(order),
        "payments": payments,
        "siblings": [_sibling(order, payments)],
        "customer": customer,
        "addresses": {place["id_text"]: _row(place) for place in places.values()},
        "tables": _tables(order, rows, states, places),
        "shop": {
            "timezone": str(_PARIS),
            "timezones": {},
            "shops": {},
            "currency": order.get("shop_currency") or order["currency"],
            "language": "1",
            "weight_unit": "kg",
            "states": {"PS_OS_CANCELED": "6", "PS_OS_REFUND": "7", "PS_OS_ERROR": "8"},
        },
    }


def _order(order, rows: Rows, state: str, customer: Json, places: Json, payments) -> Json:
    total = money(order["total"])
    module, label = _MODULES[order["payment_method"]["code"]] if total else _FREE
    paid = sum((money(row["amount"]) for row in payments), Decimal(0))
    return {
        "id": int(order["external_id"]),
        "id_address_delivery": places["shipping_address"]["id_text"],
        "id_address_invoice": places["billing_address"]["id_text"],
        "id_cart": order["external_id"],
        "id_currency": _CURRENCIES[order["currency"]],
        "id_lang": "1",
        "id_customer": str(customer["id"]),
        "id_carrier": rows.carrier,
        "current_state": state,
        "module": module,
        "payment": label,
        "invoice_number": order["external_id"] if state in ("2", "4") else "0",
        "invoice_date": _local(order["created_at"]) if state in ("2", "4") else _NEVER,
        "delivery_number": order["external_id"] if state == "4" else "0",
        "delivery_date": _local(order["updated_at"]) if state == "4" else _NEVER,
        "valid": "1" if state in ("2", "4") else "0",
        "date_add": _local(order["created_at"]),
        "date_upd": _local(order["updated_at"]),
        "note": "",
        "id_shop_group": "1",
        "id_shop": "1",
        "recyclable": "0",
        "gift": "1" if rows.wrapping.incl else "0",
        "gift_message": "",
        "round_mode": "2",
        "round_type": rows.round_type,
        "conversion_rate": six(money(order.get("exchange_rate") or 1)),
        "reference": order["number"],
        "total_paid": six(total),
        "total_paid_tax_incl": six(total),
        "total_paid_tax_excl": six(total - money(order["total_tax"])),
        "total_paid_real": six(paid),
        **rows.totals,
    }


# -- money received


def _payments(order: Mapping[str, Any]) -> list[Json]:
    return [
        _payment(order, number, paid["amount"], paid["paid_at"], paid["transaction_id"])
        for number, paid in enumerate(map(_received, order["payments"]), start=1)
    ] + [
        _payment(order, 50 + number, -money(back["amount"]), back["created_at"], "")
        for number, back in enumerate(order["refunds"], start=1)
        if not back["lines"]
    ]


def _received(paid: Mapping[str, Any]) -> Mapping[str, Any]:
    if paid["kind"] in ("gift_card", "store_credit"):
        raise CannotExpress("in PrestaShop a gift card is a voucher, which lowers the price")
    if not paid["captured"]:
        raise CannotExpress("PrestaShop lists payments once the money is there")
    return paid


def _payment(order, number: int, amount: Any, date: str, transaction: str) -> Json:
    return {
        "id": int(order["external_id"]) * 100 + number,
        "id_currency": _CURRENCIES[order["currency"]],
        "amount": six(money(amount)),
        "payment_method": _MODULES[order["payment_method"]["code"]][1],
        "conversion_rate": six(money(order.get("exchange_rate") or 1)),
        "transaction_id": transaction,
        "date_add": _local(date),
        "id_employee": "",
    }


def _sibling(order: Mapping[str, Any], payments: list[Json]) -> Json:
    return {
        "id": int(order["external_id"]),
        "reference": order["number"],
        "total_paid_real": six(sum((money(row["amount"]) for row in payments), Decimal(0))),
        "total_paid_tax_incl": six(money(order["total"])),
    }


# -- states


def _history(order: Mapping[str, Any]) -> list[str]:
    """Ids of the states that the order went through."""
    unpaid = _UNPAID.get(order["status"])
    if unpaid:
        return [unpaid]
    first = "13" if order["payment_method"]["code"] == "cash_on_delivery" else "2"
    shipped = ["4"] if order["fulfillment_status"] == "fulfilled" else []
    ended = _ENDED.get(order["status"])
    return [first, *shipped, *([ended] if ended else [])]


def _histories(order: Mapping[str, Any], states: list[str]) -> list[Json]:
    dates = [order["created_at"], *[order["updated_at"]] * (len(states) - 1)]
    return [
        {
            "id": int(order["external_id"]) * 100 + number,
            "id_order_state": state,
            "date_add": _local(date),
        }
        for number, (state, date) in enumerate(zip(states, dates, strict=True))
    ]


# -- people


def _customer(order: Mapping[str, Any]) -> Json:
    person = order["customer"]
    return {
        "id": int(person["external_id"]),
        "firstname": person["first_name"],
        "lastname": person["last_name"],
        "email": person["email"],
        "company": person["company"],
        "siret": "",
        "id_default_group": _group(order),
        "id_lang": "1",
        "is_guest": "0",
    }


def _group(order: Mapping[str, Any]) -> str:
    """Whether a buyer is shown prices with tax is a matter of the group."""
    return "3" if order["prices_include_tax"] else "4"


def _places(order: Mapping[str, Any]) -> Json:
    """{kind: row}: one row where both addresses are the same."""
    numbers = [candidate["value"] for candidate in order["vat_candidates"]]
    billing = _place(order, order["billing_address"], 1, numbers[0] if numbers else "")
    shipping = billing
    if order["shipping_address"] != order["billing_address"]:
        shipping = _place(order, order["shipping_address"], 2, "")
    return {"billing_address": billing, "shipping_address": shipping}


def _place(order, place: Mapping[str, Any], number: int, vat: str) -> Json:
    key = int(order["external_id"]) * 10 + number
    return {
        "id": key,
        "id_text": str(key),
        "place": place,
        "company": place["company"],
        "firstname": place["first_name"],
        "lastname": place["last_name"],
        "vat_number": vat,
        "address1": place["street"],
        "address2": place["street2"],
        "postcode": place["zip"],
        "city": place["city"],
        "other": "",
        "phone": place["phone"],
        "phone_mobile": "",
        "dni": place["identification"],
        "id_country": _country_id(place["country"]),
        "id_state": _country_id(place["state_code"]) if place["state_code"] else "0",
    }


def _row(place: Json) -> Json:
    return {key: value for key, value in place.items() if key not in ("id_text", "place")}


def _country_id(code: str) -> str:
    """Two letters as a number: every shop numbers its countries and states itself."""
    return str(int(code, 36))


def _messages(order: Mapping[str, Any]) -> list[Json]:
    if not order["customer_note"]:
        return []
    key = int(order["external_id"])
    return [{"id": key, "id_employee": "0", "message": order["customer_note"]}]


# -- rows that orders share


def _tables(order, rows: Rows, states: list[str], places: Json) -> Json:
    codes = {place["place"]["country"] for place in places.values()}
    regions = {
        (place["place"]["country"], place["place"]["state_code"]) for place in places.values()
    }
    group, currency = _group(order), order["currency"]
    return {
        **rows.tables,
        "countries": {
            _country_id(code): {"id": int(_country_id(code)), "iso_code": code} for code in codes
        },
        "states": {_country_id(state): _region(*place) for place in regions if (state := place[1])},
        "currencies": {
            _CURRENCIES[currency]: {"id": int(_CURRENCIES[currency]), "iso_code": currency}
        },
        "groups": {
            group: {
                "id": int(group),
                "name": _worded(_GROUPS[group][0]),
                "price_display_method": _GROUPS[group][1],
            }
        },
        "languages": {"1": {"id": 1, "iso_code": "fr", "locale": "fr-FR"}},
        "order_states": {state: _state(state) for state in states},
    }


def _region(country: str, state: str) -> Json:
    iso = f"{country}-{state}" if country in _STATES_WITH_COUNTRY else state
    return {"id": int(_country_id(state)), "iso_code": iso, "name": state}


def _state(key: str) -> Json:
    name, paid, shipped, template, module = _STATES[key]
    return {
        "id": int(key),
        "name": _worded(name),
        "paid": paid,
        "shipped": shipped,
        "template": _worded(template),
        "module_name": module,
    }


def _worded(text: str) -> list[Json]:
    return [{"id": "1", "value": text}]


def _local(date: str) -> str:
    return datetime.fromisoformat(date).astimezone(_PARIS).strftime("%Y-%m-%d %H:%M:%S")

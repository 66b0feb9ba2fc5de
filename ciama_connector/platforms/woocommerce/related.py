"""What belongs to orders and is kept elsewhere, asked for a whole page at once.

Refund details: ``refunds?include=`` (WooCommerce 9; its ``parent`` filter is ignored, but
each order lists the ids of its refunds), else ``orders/ID/refunds``. Customers: role and
numbers. Products: whether they are shipped, and the SKU that variations inherit.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .. import errors
from ..normalizing import mapping, objects, text, whole
from . import const
from .tidy import order_id, sorted_metas, tidy_refund

BATCH = 100
_PRODUCT_FIELDS = ("id", "type", "sku", "virtual")
# This key may not read it, or this version of WooCommerce does not have it
_CLOSED = (errors.MissingPermission, errors.NotFound, errors.WrongPlatform)
Get = Callable[..., Any]


class Related:
    """``get(path, asked, **params)`` decodes a reply; ``known`` are the ``extra`` facts of
    the last check, which save requests that cannot succeed."""

    def __init__(self, get: Get, known: Mapping[str, Any]):
        self._get = get
        self._open = {
            name: known.get(name) is not False for name in ("refunds", "customers", "products")
        }
        self._products: dict[str, dict[str, Any]] = {}

    def reads(self, name: str) -> bool:
        """Whether the key may read this list, as far as is known."""
        return self._open[name]

    def probe(self) -> dict[str, bool]:
        """Which of the lists this key may read, for the facts of a check."""
        for name in self._open:
            self._open[name] = True
            self._list(name, per_page=1)
        return dict(self._open)

    def of(self, orders: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Order id -> {"refunds", "customer", "products"} of the payload."""
        refunds = self._refunds(orders)
        customers = self._customers(orders)
        self._learn_products({key for order in orders for key in _product_ids(order)})
        return {
            order_id(order): {
                "refunds": refunds.get(order_id(order), []),
                "customer": customers.get(text(order.get("customer_id")), {}),
                "products": {
                    key: self._products[key]
                    for key in sorted(_product_ids(order))
                    if self._products.get(key)
                },
            }
            for order in orders
        }

    def _refunds(self, orders: list[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        owners = {
            text(refund.get("id")): order_id(order)
            for order in orders
            for refund in objects(order.get("refunds"))
        }
        found = []
        for batch in _batches(owners):
            listed = self._list("refunds", include=",".join(batch), per_page=BATCH)
            found += [(owners.get(text(refund.get("id"))), refund) for refund in listed]
        if owners and (not self._open["refunds"] or any(not owner for owner, _ in found)):
            found = [
                (owner, refund)
                for owner in dict.fromkeys(owners.values())
                for refund in objects(
                    self._get(f"orders/{owner}/refunds", "refunds", per_page=BATCH)
                )
            ]
        by_order: dict[str, list[dict[str, Any]]] = {}
        readable = [pair for pair in found if order_id(pair[1])]
        for owner, refund in sorted(readable, key=lambda pair: whole(pair[1]["id"])):
            by_order.setdefault(owner, []).append(tidy_refund(refund))
        return by_order

    def _customers(self, orders: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        ids = {text(order.get("customer_id")) for order in orders} - {"", "0"}
        return {
            text(customer.get("id")): _customer(customer)
            for batch in _batches(ids)
            for customer in self._list(
                "customers", include=",".join(batch), role="all", per_page=BATCH
            )
        }

    def _learn_products(self, ids: set[str]) -> None:
        """A pull meets the same products again and again: each is asked for once."""
        for batch in _batches(ids - set(self._products)):
            self._products.update({key: {} for key in batch})
            listed = self._list(
                "products",
                include=",".join(batch),
                per_page=BATCH,
                _fields=",".join(_PRODUCT_FIELDS),
            )
            for product in listed:
                facts = {field: product.get(field) for field in _PRODUCT_FIELDS}
                self._products[text(product.get("id"))] = facts

    def _list(self, name: str, **params: Any) -> list[Mapping[str, Any]]:
        if not self._open[name]:
            return []
        try:
            return objects(self._get(name, name, **params))
        except _CLOSED:
            self._open[name] = False
            return []


def _product_ids(order: Mapping[str, Any]) -> set[str]:
    ids = {text(item.get("product_id")) for item in objects(order.get("line_items"))}
    return ids - {"", "0"}


def _customer(customer: Mapping[str, Any]) -> dict[str, Any]:
    """Role and numbers; the rest changes at each visit, or is on the order."""
    wanted = {*const.VAT_KEYS, *const.ID_KEYS}
    metas = [
        {"id": entry.get("id"), "key": entry.get("key"), "value": entry.get("value")}
        for entry in objects(customer.get("meta_data"))
        if text(entry.get("key")) in wanted or const.VAT_WORDS.search(text(entry.get("key")))
    ]
    return {
        "id": customer.get("id"),
        "role": text(mapping(customer).get("role")),
        "meta_data": sorted_metas(metas),
    }


def _batches(ids: Iterable[str]) -> list[list[str]]:
    """Ids in groups for one request each; without what is none, which would spoil the rest."""
    ordered = sorted(filter(whole, ids), key=lambda key: (len(key), key))
    return [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]

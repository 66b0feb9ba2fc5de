"""An order as it is kept: the same bytes for an unchanged order, and no more than is used.

WooCommerce gives meta data in no stable order and repeats secrets of the buyer's session
in each order.
"""

from collections.abc import Mapping
from typing import Any

from ..normalizing import mapping, text, unreadable_id, whole

# Links, the buyer's traces, keys that open the order's page, and what follows from others
_DROPPED = frozenset(
    {
        "_links",
        "cart_hash",
        "currency_symbol",
        "customer_ip_address",
        "customer_user_agent",
        "image",
        "is_editable",
        "needs_payment",
        "order_key",
        "parent_name",
        "payment_url",
    }
)


def order_id(item: Any) -> str:
    """The id of a listed order; empty where there is none."""
    found = text(mapping(item).get("id"))
    return found if whole(found) else ""


def external_id(item: Any) -> str:
    return order_id(item) or unreadable_id(item)


def tidy_order(item: Any) -> Any:
    """``item`` without what is dropped, meta data by id; what is no order as it is."""
    return _tidy(item) if order_id(item) else item


def tidy_refund(item: Mapping[str, Any]) -> dict[str, Any]:
    """The refund as ``orders/ID/refunds`` and ``refunds`` both give it."""
    return {key: value for key, value in _tidy(item).items() if key != "parent_id"}


def sorted_metas(entries: Any) -> Any:
    if not isinstance(entries, list) or not all(isinstance(e, Mapping) for e in entries):
        return entries
    return sorted(entries, key=lambda entry: (whole(entry.get("id")), text(entry.get("key"))))


def _tidy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _tidy(sorted_metas(inner) if key == "meta_data" else inner)
            for key, inner in value.items()
            if key not in _DROPPED
        }
    return [_tidy(inner) for inner in value] if isinstance(value, list) else value

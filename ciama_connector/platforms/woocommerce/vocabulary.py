"""The words that a shop is set up with, spelled as its normalized orders spell them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..base import ShopValue, ShopVocabulary
from ..normalizing import label, mapping, objects, text
from . import const, lines, meta, parties

ListOf = Callable[[str], list[Any]]


def vocabulary(list_of: ListOf, customers_schema: Mapping[str, Any]) -> ShopVocabulary:
    """``list_of(path)`` gives a list of the API, empty where the key may not read it;
    ``customers_schema`` is how the API describes the list of customers."""
    gateways = objects(list_of("payment_gateways"))
    return ShopVocabulary(
        payment_methods=_values(
            (g.get("id"), meta.plain(g.get("title")) or meta.plain(g.get("method_title")))
            for g in gateways
            if g.get("enabled") is True
        ),
        carriers=_values(_carriers(list_of)),
        statuses=_values(
            (status.get("slug"), meta.plain(status.get("name")))
            for status in objects(list_of("reports/orders/totals"))
            if status.get("slug") not in const.DRAFTS
        ),
        groups=_values((role, parties.group_name(role)) for role in _roles(customers_schema)),
    )


def _carriers(list_of: ListOf) -> Iterable[tuple[str, str]]:
    """The shipping methods of all zones; a request for each zone, of which shops have few."""
    for zone in objects(list_of("shipping/zones")):
        for method in objects(list_of(f"shipping/zones/{text(zone.get('id'))}/methods")):
            title = meta.plain(method.get("title"))
            if method.get("enabled") is True:
                yield lines.shipping_code(method, title), title


def _roles(schema: Mapping[str, Any]) -> list[str]:
    """WordPress lists its roles nowhere but among the values that the filter ``role`` takes."""
    filters = [mapping(endpoint.get("args")) for endpoint in objects(schema.get("endpoints"))]
    named = [mapping(args.get("role")).get("enum") for args in filters if args.get("role")]
    roles = next((names for names in named if isinstance(names, list)), [])
    return [label(role) for role in roles if role not in const.NO_CUSTOMER_ROLES]


def _values(pairs: Iterable[tuple[Any, str]]) -> tuple[ShopValue, ...]:
    return tuple(ShopValue(label(value), name) for value, name in pairs if label(value))

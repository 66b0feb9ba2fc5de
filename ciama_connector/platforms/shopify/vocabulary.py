"""What Shopify tells of a shop's words before any order has used them."""

from collections.abc import Iterator, Mapping
from typing import Any

from .. import errors
from ..base import ShopValue
from ..normalizing import label, mapping, objects
from .const import PAYMENT_STATUSES
from .graph import Graph
from .orders import shop_status

PROFILE_PAGES = 5  # of two delivery profiles each; a shop has one, seldom three
# What orders show almost always; a hold or a schedule is a passing state of the goods.
_GOODS = ("UNFULFILLED", "PARTIALLY_FULFILLED", "FULFILLED")
STATUSES = tuple(
    ShopValue(shop_status(money, goods), shop_status(money, goods))
    for money in PAYMENT_STATUSES
    for goods in _GOODS
)


def carriers(graph: Graph) -> tuple[ShopValue, ...]:
    """The shop's own shipping rates, whose name is also their code in an order; empty where
    the app may not read them. Rates that carriers or apps compute are in no list."""
    names: dict[str, None] = {}
    after = None
    for _ in range(PROFILE_PAGES):
        try:
            answer = graph.ask("ShippingRates", after=after)
        except (errors.MissingPermission, errors.Refused):
            return ()  # a scope of its own, worth having but not needed
        profiles = mapping(answer.data.get("deliveryProfiles"))
        names |= dict.fromkeys(_names(profiles))
        info = mapping(profiles.get("pageInfo"))
        after = info.get("endCursor")
        if not info.get("hasNextPage"):
            break
    return tuple(ShopValue(name, name) for name in names)


def _names(profiles: Mapping[str, Any]) -> Iterator[str]:
    for profile in objects(profiles.get("nodes")):
        for group in objects(profile.get("profileLocationGroups")):
            for zone in objects(mapping(group.get("locationGroupZones")).get("nodes")):
                for rate in objects(mapping(zone.get("methodDefinitions")).get("nodes")):
                    name = label(rate.get("name"))
                    if name and rate.get("active"):
                        yield name

"""All platforms, in the order they are offered. A new platform is one line here."""

from functools import cache
from importlib import import_module

from .base import Connector

_CONNECTORS = {
    "prestashop": "prestashop.client:PrestaShopConnector",
    "shopify": "shopify.client:ShopifyConnector",
    "woocommerce": "woocommerce.client:WooCommerceConnector",
    "wix": "wix.client:WixConnector",
    "ciama": "ciama.client:CiamaConnector",
}


def codes() -> tuple[str, ...]:
    return tuple(_CONNECTORS)


@cache
def connector_class(code: str) -> type[Connector]:
    """The connector of platform ``code``; KeyError for an unknown one."""
    module, _, name = _CONNECTORS[code].partition(":")
    return getattr(import_module(f".{module}", __package__), name)

"""Simulated shops, and what orders need besides: real HTTP servers that behave as the real
ones were seen to behave."""

from importlib import import_module
from pathlib import Path

DATA = Path(__file__).parent / "data"

_SIMULATORS = {
    "prestashop": "prestashop:PrestaShopSimulator",
    "shopify": "shopify:ShopifySimulator",
    "woocommerce": "woocommerce:WooCommerceSimulator",
    "wix": "wix:WixSimulator",
    "ciama": "ciama:CiamaSimulator",
}
_SERVICES = {"vies": "vies:ViesSimulator"}


def codes() -> tuple[str, ...]:
    """The platforms of the shops."""
    return tuple(_SIMULATORS)


def services() -> tuple[str, ...]:
    """What is no shop."""
    return tuple(_SERVICES)


def simulator_class(code: str):
    """The :class:`testbed.server.Simulator` subclass of a platform, or that of a service."""
    module, _, name = (_SIMULATORS | _SERVICES)[code].partition(":")
    return getattr(import_module(f"testbed.{module}"), name)

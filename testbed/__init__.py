"""Simulated shops: real HTTP servers that behave as the real ones were seen to behave."""

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


def codes() -> tuple[str, ...]:
    return tuple(_SIMULATORS)


def simulator_class(code: str):
    """The :class:`testbed.server.Simulator` subclass of a platform."""
    module, _, name = _SIMULATORS[code].partition(":")
    return getattr(import_module(f"testbed.{module}"), name)

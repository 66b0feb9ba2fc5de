"""Read the simulated shops in plain Python, without Odoo: the shops' side of the figures,
and the products that their orders speak of."""

import sys
import types
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from project import ADDON, ROOT

CENT = Decimal("0.01")


@dataclass
class Recorded:
    """The orders of one shop: all ids it has given, and those that can be read."""

    ids: set[str] = field(default_factory=set)
    orders: dict = field(default_factory=dict)  # id -> canonical.Order
    error: str = ""


@dataclass
class Product:
    sku: str
    name: str
    price: Decimal  # without tax
    storable: bool
    barcode: str = ""
    rates: Counter = field(default_factory=Counter)  # seen on orders to France

    @property
    def rate(self):
        return self.rates.most_common(1)[0][0] if self.rates else None


def use_addon_without_odoo():
    """Let ``ciama_connector.platforms`` be imported: the addon's own ``__init__`` needs
    Odoo, a bare package in its place does not."""
    sys.path.insert(0, str(ROOT))
    package = types.ModuleType(ADDON.name)
    package.__path__ = [str(ADDON)]
    sys.modules[ADDON.name] = package


def platform_of(code):
    """The addon's description of a platform."""
    from ciama_connector.platforms import registry

    return registry.connector_class(code).platform


def read_shop(code, url, credentials):
    """Pull all orders of a shop with the addon's own connector."""
    from ciama_connector.platforms import registry
    from ciama_connector.platforms.base import ShopConfig
    from ciama_connector.platforms.errors import PlatformError
    from ciama_connector.platforms.http import Transport

    found = Recorded()
    try:
        connector_class = registry.connector_class(code)
        facts = connector_class(ShopConfig(url, credentials), Transport()).check()
        connector = connector_class(ShopConfig(url, credentials, facts.as_dict()), Transport())
        for page in connector.pull(None):
            for raw in page.orders:
                found.ids.add(raw.external_id)
                try:
                    found.orders[raw.external_id] = connector.normalize(raw.payload)
                except Exception:  # noqa: BLE001  # whatever it is, Odoo makes a card of it
                    found.orders.pop(raw.external_id, None)
    except (PlatformError, ImportError, AttributeError) as error:
        found.error = f"{type(error).__name__}: {error}"
    return found


def products_of(shops):
    """One :class:`Product` for each SKU on the orders of all ``shops``."""
    products, barcodes = {}, {}
    orders = [order for shop in shops for order in shop.orders.values()]
    # Prices in euro first: the first one seen becomes the list price.
    for order in sorted(orders, key=lambda order: order.currency != "EUR"):
        french = country_of(order) == "FR"
        for line in order.lines:
            if line.kind == "product" and line.sku and line.quantity > 0:
                product = products.setdefault(line.sku, product_of(order, line))
                # A barcode may stand on one product only.
                if line.barcode and barcodes.setdefault(line.barcode, line.sku) == line.sku:
                    product.barcode = line.barcode
                if french and len(line.taxes) == 1 and line.taxes[0].rate:
                    product.rates[line.taxes[0].rate.normalize()] += 1
    return list(products.values())


def product_of(order, line):
    rate = sum((tax.rate or Decimal(0) for tax in line.taxes), Decimal(0))
    price = line.list_price if line.list_price is not None else line.net / line.quantity
    if line.list_price is not None and order.prices_include_tax:
        price = price * 100 / (100 + rate)
    return Product(line.sku, line.name, price.quantize(CENT), line.requires_shipping)


def country_of(order):
    address = order.shipping_address or order.billing_address
    return address.country if address else ""

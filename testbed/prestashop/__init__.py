"""A simulated PrestaShop shop: the webservice of versions 1.7, 8 and 9."""

from .simulator import PrestaShopSimulator

__all__ = ["PrestaShopSimulator"]

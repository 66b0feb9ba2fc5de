"""Every golden case, from every platform that can express it, down to posted documents."""

from .golden import GoldenCase


class TestGoldenPrestaShop(GoldenCase):
    platform = "prestashop"


class TestGoldenShopify(GoldenCase):
    platform = "shopify"


class TestGoldenWooCommerce(GoldenCase):
    platform = "woocommerce"


class TestGoldenWix(GoldenCase):
    platform = "wix"


class TestGoldenHub(GoldenCase):
    platform = "ciama"

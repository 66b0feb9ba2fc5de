"""Every golden case, from every platform that can express it, down to posted documents."""

import unittest

from odoo.tests import BaseCase

from .golden import GoldenCase, golden

LEAST = 70  # cases that each platform can express


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


@unittest.skipUnless(golden, "the golden set is not part of the addon")
class TestGoldenSet(BaseCase):
    def test_every_platform_is_proved(self):
        """The tests of cases are made from them: none must be lost on the way."""
        proved = {
            case.platform: sum(name.startswith("test_") for name in dir(case))
            for case in GoldenCase.__subclasses__()
        }
        self.assertEqual(set(proved), set(golden.PLATFORMS))
        self.assertGreaterEqual(min(proved.values()), LEAST)

"""Random carts end as sale orders and posted invoices with the shop's totals per rate."""

import unittest
from decimal import Decimal

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import ImportCase, raw_order
from .golden import by_rate, golden

CARTS = 100


@unittest.skipUnless(golden, "the golden set is not part of the addon")
class TestGoldenCarts(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        from testbed.golden.carts import SKUS, drawn

        cls.chair.taxes_id = cls.sales_tax(20)
        for rate, sku in SKUS.items():
            if sku != cls.chair.default_code:
                cls.make_product(sku, taxes_id=[(6, 0, cls.sales_tax(float(rate)).ids)])
        cls.shop.write({"invoice_policy": "order", "register_payments": False})
        cls.carts = {str(number): cart for number, cart in enumerate(drawn(1, CARTS), start=2001)}

    def test_totals_per_rate_are_the_shops(self):
        raws = [raw_order(cart.order(int(number))) for number, cart in self.carts.items()]
        cards = self.env["ciama.staging"]._stage(self.shop, raws)
        with trap_jobs():
            for start in range(0, len(cards), 50):
                self.env["ciama.importer"]._run(cards[start : start + 50])
        self.assertEqual(len(cards), CARTS)
        wrong = [problem for card in cards for problem in self._differences(card)]
        self.assertFalse(wrong, "\n".join(wrong))

    def _differences(self, card):
        cart, order = self.carts[card.external_id], card.sale_order_id
        if card.state != "imported":
            return [f"{card.external_id} {card.state}: {card.message} ({cart})"]
        wanted = {rate: amounts.tax for rate, amounts in cart.by_rate.items() if amounts.tax}
        total = sum((a.net + a.tax for a in cart.by_rate.values()), Decimal(0))
        documents = [order, *order.invoice_ids]
        problems = [] if len(documents) == 2 else [f"{order.name}: {len(documents) - 1} invoices"]
        for document in documents:
            found = {
                f"{rate:g}": Decimal(f"{tax:.2f}")
                for rate, (_base, tax) in by_rate(document).items()
                if round(tax, 2)
            }
            paid = Decimal(f"{document.amount_total:.2f}")
            if found != wanted or paid != total:
                problems.append(
                    f"{document.display_name}: {found}, {paid} instead of {wanted}, {total}: {cart}"
                )
        return problems

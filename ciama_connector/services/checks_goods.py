from collections import Counter, defaultdict
from decimal import Decimal

from odoo import models

from ..canonical import Code, LineKind, cents
from .checks import has_left, is_confirmed


class CiamaChecks(models.AbstractModel):
    """The checks of what is sold: its prices, and whether it is there."""

    _inherit = "ciama.checks"

    # -- prices
    def _check_price(self, shop, drafts, level):
        lines = [
            (draft, line)
            for draft in drafts
            for line in self._priced_lines(shop, draft)
            if self._has_prices(draft)
        ]
        prices, found = self._pricelist_prices(lines), set()
        for draft, line in lines:
            if draft in found:
                continue
            product = draft.products[line.id]
            price = prices[_price_key(draft, line)][product.id]
            net, gross = self._with_taxes(shop, draft, product, line, price)
            # Over a border a shop keeps either its net or its gross price.
            differs = not (
                _within(before_vouchers(line, with_tax=False), net, shop.price_tolerance, draft)
                or _within(before_vouchers(line, with_tax=True), gross, shop.price_tolerance, draft)
            )
            if differs:
                found.add(draft)
                self._found(
                    draft,
                    level,
                    Code.PRICE_DIFFERS,
                    line=line.name[:80],
                    shop=_unit(draft, before_vouchers(line, with_tax=False), line.quantity),
                    odoo=_unit(draft, net, line.quantity),
                    currency=draft.order.currency,
                    pricelist=draft.pricelist.name,
                )

    def _priced_lines(self, shop, draft):
        """Those that have a price in Odoo, but for what was imported with the same one."""
        rows = draft.sale_order.order_line if draft.sale_order else ()
        before = {row.ciama_line_id: (row.product_uom_qty, row.price_subtotal) for row in rows}
        for settled in draft.settled.lines:
            line = settled.line
            known = draft.products[line.id] != shop.product_placeholder_id
            same = before.get(line.id) == (float(line.quantity), float(settled.net))
            if line.kind is LineKind.PRODUCT and known and not line.bundle and not same:
                yield line

    def _has_prices(self, draft):
        """A pricelist that only carries a foreign currency says nothing of prices."""
        company = draft.card.company_id
        return draft.currency == company.currency_id or bool(draft.pricelist.item_ids)

    def _pricelist_prices(self, lines):
        """{key of the line: {product id: price}}; Odoo wants one call for each quantity,
        day and pricelist, not for each order."""
        products = {}
        for draft, line in lines:
            key, product = _price_key(draft, line), draft.products[line.id]
            products[key] = products.get(key, product) | product
        return {
            key: key[0]._get_products_price(of_key, quantity=key[1], date=key[2], currency=key[3])
            for key, of_key in products.items()
        }

    def _with_taxes(self, shop, draft, product, line, price):
        """(net, gross) of the whole line at ``price``, with the product's own taxes."""
        taxes = product.taxes_id._filter_taxes_by_company(shop.company_id)
        totals = taxes.compute_all(price, draft.currency, float(line.quantity), product)
        return Decimal(str(totals["total_excluded"])), Decimal(str(totals["total_included"]))

    # -- stock
    def _check_stock(self, shop, drafts, level):
        """Orders take from the forecast one after the other, the oldest first."""
        wanted = {
            draft: self._storable(shop, draft)
            for draft in drafts
            if not draft.problem and not has_left(draft)
        }
        warehouses = self._warehouses(shop, wanted)
        products = defaultdict(self.env["product.product"].browse)
        for draft, quantities in wanted.items():
            for product in quantities:
                products[warehouses[draft]] |= product
        left = {
            (warehouse, product): product.virtual_available
            for warehouse, of_warehouse in products.items()
            for product in of_warehouse.with_context(warehouse_id=warehouse.id)
        }
        for draft, quantities in wanted.items():
            warehouse = warehouses[draft]
            self._compare_stock(draft, level, warehouse, quantities, left)
            if not draft.problem:
                for product, quantity in quantities.items():
                    left[warehouse, product] -= quantity

    def _compare_stock(self, draft, level, warehouse, quantities, left):
        for product, quantity in quantities.items():
            there = left[warehouse, product]
            if product.uom_id.compare(there, quantity) < 0:
                self._found(
                    draft,
                    level,
                    Code.STOCK_SHORT,
                    product=product.display_name,
                    ordered=f"{quantity:g}",
                    forecast=f"{max(there, 0.0):g}",
                    warehouse=warehouse.name,
                )
                return

    def _warehouses(self, shop, drafts):
        """{draft: where its sale order will have its goods leave from}."""
        default = shop.warehouse_id or shop.user_id._get_default_warehouse_id()
        return {
            draft: (draft.sale_order and draft.sale_order.warehouse_id)
            or draft.shipping.warehouse_id
            or default
            for draft in drafts
        }

    def _storable(self, shop, draft):
        """{product: quantity} of what must come from the stock, in the product's unit, less
        what Odoo reserved for the order or sent already."""
        quantities = Counter()
        for line in draft.order.lines:
            product = draft.products[line.id]
            if (
                line.kind is LineKind.PRODUCT
                and product.is_storable
                and not _made_to_order(product)
            ):
                quantities[product] += float(line.quantity - line.quantity_removed)
        for row in draft.sale_order.order_line if is_confirmed(draft) else ():
            quantities[row.product_id] -= row.product_uom_qty
        return +quantities


def _made_to_order(product):
    """Bought or made for the order, or sent by the vendor: stock is not asked for."""
    rules = (product.route_ids | product.categ_id.total_route_ids).rule_ids
    return any(
        rule.location_dest_id.usage == "customer"
        and (rule.procure_method == "make_to_order" or rule.action == "buy")
        for rule in rules
    )


def before_vouchers(line, *, with_tax):
    """The amount of a line with the discounts that name themselves added again."""
    off = sum((cut.net + (cut.tax if with_tax else 0) for cut in line.discounts), Decimal(0))
    return (line.gross if with_tax else line.net) + off


def _within(amount, expected, tolerance, draft):
    amount, expected = (cents(value, draft.order.currency) for value in (amount, expected))
    return abs(amount - expected) * 100 <= expected * Decimal(str(tolerance))


def _unit(draft, amount, quantity):
    return cents(amount / quantity, draft.order.currency)


def _price_key(draft, line):
    return draft.pricelist, float(line.quantity), draft.order.created_at.date(), draft.currency

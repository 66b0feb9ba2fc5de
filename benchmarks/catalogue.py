"""What a shop keeper would set up for a simulated shop: products and taxes.

All products are goods, half of them storable and stocked: every order gets a delivery.
"""

from datetime import timedelta

from odoo import Command, fields

STOCK = 1_000_000


def make_products(env, cards):
    """Create the products on the shop orders ``cards`` that Odoo lacks."""
    sold = {}  # SKU -> (line, rate in France; None where it was not sold to France)
    for order in filter(None, map(_canonical, cards)):
        for line in order.lines:
            if line.kind == "product" and line.sku:
                rate = _french_rate(order, line)
                if line.sku not in sold or sold[line.sku][1] is None:
                    sold[line.sku] = (line, rate)
    products = env["product.product"]
    known = set(products.search([("default_code", "in", list(sold))]).mapped("default_code"))
    taxes = _taxes_by_rate(env)
    new = products.create(
        [
            {**_values(line, storable=bool(index % 2)), **_taxes(rate, taxes)}
            for index, (sku, (line, rate)) in enumerate(sorted(sold.items()))
            if sku not in known
        ]
    )
    location = env["stock.warehouse"].search([], limit=1).lot_stock_id
    for product in new.filtered("is_storable"):
        env["stock.quant"]._update_available_quantity(product, location, STOCK)


def map_taxes(env, shop_id):
    """Accept what the shop charged on orders that Odoo would tax otherwise."""
    taxes = _taxes_by_rate(env)
    for mapping in env["ciama.mapping.tax"].search([("shop_id", "=", shop_id)]):
        country, rates = mapping.value.split()
        if "+" not in rates and rates != "0":
            rate = float(rates)
            mapping.tax_ids = taxes.get((country, rate)) or taxes.get(("FR", rate))


def prove_numbers(env):
    """VIES has answered for the customers that the shops have: nothing here asks it."""
    now = fields.Datetime.now()
    env["ciama.vies.check"].search([("state", "in", ("pending", "unavailable"))]).write(
        {
            "state": "valid",
            "answered_at": now,
            "valid_until": now + timedelta(days=30),
            "next_attempt": False,
        }
    )


def _canonical(card):
    from odoo.addons.ciama_connector.canonical import Problem

    try:
        return card._normalize()
    except Problem:  # recordings hold orders that are wrong on purpose
        return None


def _french_rate(order, line):
    address = order.shipping_address or order.billing_address
    if not address or address.country != "FR" or len(line.taxes) > 1:
        return None
    return float(line.taxes[0].rate or 0) if line.taxes else 0.0


def _taxes_by_rate(env):
    """{(country, rate): account.tax on net prices}"""
    taxes = env["account.tax"].search(
        [
            ("type_tax_use", "=", "sale"),
            ("amount_type", "=", "percent"),
            ("tax_scope", "!=", "service"),
        ]
    )
    taxes = taxes.filtered(lambda tax: not tax.price_include).sorted("sequence", reverse=True)
    return {(tax.country_id.code, tax.amount): tax for tax in taxes}


def _taxes(rate, taxes):
    if rate == 0:
        return {"taxes_id": [Command.clear()]}
    tax = taxes.get(("FR", rate))
    return {"taxes_id": [Command.set(tax.ids)]} if tax else {}  # Odoo's default


def _values(line, *, storable):
    return {
        "name": line.name[:250],
        "default_code": line.sku,
        "list_price": float(line.list_price or line.net / line.quantity),
        "type": "consu",
        "is_storable": storable,
        "invoice_policy": "order",
    }

import json
from datetime import UTC, datetime
from pathlib import Path

from odoo import Command, api, fields, models

from ..platforms.base import RawOrder

FOLDER = Path(__file__).parent.parent / "demo"
RATE = 20.0  # per cent, of all VAT that the orders charge
FALLBACK = "FR"  # where the company has no country


class CiamaDemo(models.AbstractModel):
    """Orders of the shops of the demonstration data, as if they had just been fetched.

    ``demo/<name>.json`` holds the orders of the shop ``demo_shop_<name>`` in the format of
    the hub. Nobody is asked for them: they are staged and imported as a pull and its job do.
    """

    _name = "ciama.demo"
    _description = "Demonstration Data"

    @api.model
    def _load(self):
        """Stage and import all orders, the newest as placed within the last hour."""
        found = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
        newest = max(_moment(order["created_at"]) for orders in found.values() for order in orders)
        later = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - newest
        for name, orders in found.items():
            shop = self.env.ref(f"ciama_connector.demo_shop_{name}")
            self.with_company(shop.company_id)._tax_products(orders)
            raws = [_raw(order, shop.company_id, later) for order in orders]
            self.env["ciama.importer"]._run(self.env["ciama.staging"]._stage(shop, raws))
            shop.write({"health": "ok", "last_pull": fields.Datetime.now()})

    @api.model
    def _tax_products(self, orders):
        """Odoo expects the tax that the orders charge, whatever the company's chart of
        accounts, or if it has none."""
        tax = self._tax()
        if not self.env.company.account_sale_tax_id:  # what counts for shipping
            self.env.company.account_sale_tax_id = tax
        skus = {line["sku"] for order in orders for line in order["lines"] if "sku" in line}
        products = self.env["product.product"].search([("default_code", "in", list(skus))])
        products.taxes_id = [Command.set(tax.ids)]

    @api.model
    def _tax(self):
        company = self.env.company
        country = company.account_fiscal_country_id
        domain = [
            *self.env["account.tax"]._check_company_domain(company),
            ("type_tax_use", "=", "sale"),
            ("amount_type", "=", "percent"),
            ("amount", "=", RATE),
            ("country_id", "=", country.id),
            ("price_include_override", "!=", "tax_included"),
        ]
        if tax := self.env["account.tax"].search(domain, limit=1):
            return tax
        values = {"company_id": company.id, "country_id": country.id}
        group = self.env["account.tax.group"].create({"name": f"VAT {RATE:g} %", **values})
        return self.env["account.tax"].create(
            {
                "name": f"{RATE:g}%",
                "amount": RATE,
                "type_tax_use": "sale",
                "tax_group_id": group.id,
                **values,
            }
        )


def _moment(text):
    return datetime.fromisoformat(text)


def _raw(order, company, later):
    """A ``RawOrder`` of the company's country and currency, placed ``later`` (timedelta)."""
    moment = _moment(order["created_at"]) + later
    order = {
        **order,
        "created_at": moment.isoformat(),
        "updated_at": moment.isoformat(),
        "currency": company.currency_id.name,
    }
    for name in ("billing_address", "shipping_address"):
        country = company.country_id.code or FALLBACK
        order[name] = {**order[name], "country": country}
    return RawOrder(order["external_id"], moment, {"order": order}, order["number"])

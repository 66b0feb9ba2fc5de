from decimal import Decimal

from odoo import api, models

from ..canonical import Code, LineKind
from ..models.ciama_shop import SPECIAL_PRODUCTS
from .draft import good

REFERENCE = 100  # longest SKU that is used as a mapping value


class CiamaProducts(models.AbstractModel):
    """Products of the order lines: by binding, by mapping, by SKU, by barcode."""

    _name = "ciama.products"
    _description = "Products of Shop Orders"

    @api.model
    def _resolve(self, shop, drafts):
        """Set ``products`` of each draft: {line id: product.product}."""
        wanted = [
            line for draft in drafts for line in draft.order.lines if line.kind is LineKind.PRODUCT
        ]
        index = self._index(shop, wanted)
        for draft in drafts:
            draft.products = {}
            for line in draft.order.lines:
                if line.kind is LineKind.PRODUCT:
                    self._choose(shop, draft, line, index)
                else:
                    self._choose_special(shop, draft, line)
        self._create_unknown(shop, good(drafts), index)
        self._bind(shop, good(drafts), index)

    @api.model
    def _index(self, shop, lines):
        """What ``lines`` may mean, read at once: ``.find(line)`` are the products."""
        return _Index(self.env, shop, lines)

    def _choose_special(self, shop, draft, line):
        product = shop[SPECIAL_PRODUCTS[line.kind]]
        if product:
            draft.products[line.id] = product
        else:
            kind = shop._fields[SPECIAL_PRODUCTS[line.kind]]._description_string(self.env)
            draft.fail(Code.SPECIAL_PRODUCT_MISSING, kind=kind)

    def _choose(self, shop, draft, line, index):
        found = index.find(line)
        if len(found) == 1 and found.type == "combo":
            sku, name = reference(line), line.name[:80]
            self._wait_for_choice(draft, line, Code.PRODUCT_COMBO, sku=sku, name=name)
        elif len(found) == 1:
            draft.products[line.id] = found
        elif len(found) > 1:
            sku = reference(line)
            self._wait_for_choice(draft, line, Code.PRODUCT_AMBIGUOUS, sku=sku, count=len(found))
        elif shop.unknown_product_policy == "placeholder" or not reference(line):
            if shop.product_placeholder_id:
                draft.products[line.id] = shop.product_placeholder_id
            else:
                kind = self.env._("Placeholder Product")
                draft.fail(Code.SPECIAL_PRODUCT_MISSING, kind=kind)
        elif shop.unknown_product_policy == "block":
            sku, name = reference(line), line.name[:80]
            self._wait_for_choice(draft, line, Code.PRODUCT_UNKNOWN, sku=sku, name=name)

    def _wait_for_choice(self, draft, line, code, *, sku, **params):
        """Only a person knows the product: the order waits for its mapping."""
        mapping = ("ciama.mapping.product", sku, line.name[:200])
        draft.fail(code, sku=sku, waits_for=sku, mapping=mapping, **params)

    def _create_unknown(self, shop, drafts, index):
        """Policy "create": one product for each unknown reference of the batch."""
        lines = {}
        for draft in drafts:
            for line in draft.order.lines:
                if line.kind is LineKind.PRODUCT and line.id not in draft.products:
                    lines.setdefault(reference(line), (line, draft.order))
        if not lines:
            return
        created = self.env["product.product"].create(
            [
                {
                    "name": line.name[:250],
                    "default_code": line.sku or False,
                    "barcode": line.barcode or False,
                    "list_price": sales_price(
                        shop.company_id, order, line, shop.company_id.account_sale_tax_id
                    ),
                    "type": "consu" if line.requires_shipping else "service",
                    "is_storable": line.requires_shipping,
                    "invoice_policy": "order",
                    "company_id": shop.company_id.id,
                }
                for line, order in lines.values()
            ]
        )
        made = dict(zip(lines, created, strict=True))
        for draft in drafts:
            for line in draft.order.lines:
                if line.kind is LineKind.PRODUCT and line.id not in draft.products:
                    draft.products[line.id] = made[reference(line)]

    def _bind(self, shop, drafts, index):
        """Remember the shop's ids, so that a later change of SKU does no harm."""
        new = {}
        for draft in drafts:
            for line in draft.order.lines:
                key = external_key(line)
                product = draft.products.get(line.id)
                if (
                    line.kind is LineKind.PRODUCT
                    and key
                    and key not in index.bound
                    and product != shop.product_placeholder_id
                ):
                    new[key] = product
        self.env["ciama.binding"]._rebind(shop, "product", new)


class _Index:
    """Everything needed to find the products of a batch, in a few queries."""

    def __init__(self, env, shop, lines):
        self.env = env
        products = env["product.product"]
        keys = {external_key(line) for line in lines} - {""}
        company = [("company_id", "in", (False, shop.company_id.id))]
        bound = env["ciama.binding"]._lookup(shop, "product", keys)
        # Without those that were archived: their successors have the SKU.
        usable = products.search([("id", "in", list(bound.values())), *company])
        self.bound = {
            key: product
            for key, res_id in bound.items()
            if (product := products.browse(res_id)) in usable
        }
        self.mapped = {
            mapping.value: mapping.product_id
            for mapping in env["ciama.mapping.product"].search(
                [
                    ("shop_id", "=", shop.id),
                    ("product_id", "!=", False),
                    ("value", "in", [reference(line) for line in lines]),
                ]
            )
        }
        skus = {line.sku for line in lines} - {""}
        barcodes = {line.barcode for line in lines} - {""}
        self.by_sku = products.search([("default_code", "in", list(skus)), *company]).grouped(
            "default_code"
        )
        self.by_barcode = products.search([("barcode", "in", list(barcodes)), *company]).grouped(
            "barcode"
        )

    def find(self, line):
        """The products that ``line`` may mean; usually one."""
        products = self.env["product.product"]
        if line.kind is LineKind.PRODUCT and reference(line) in self.mapped:
            return self.mapped[reference(line)]
        key = external_key(line)
        if key in self.bound:
            return self.bound[key]
        if line.sku and line.sku in self.by_sku:
            return self.by_sku[line.sku]
        if line.barcode and line.barcode in self.by_barcode:
            return self.by_barcode[line.barcode]
        return products


def external_key(line):
    """The shop's own id of what was sold; empty for custom lines."""
    if line.variant_id:
        return f"{line.product_id}/{line.variant_id}"
    return line.product_id


def reference(line):
    """What a person recognises the product by, and mappings are keyed on."""
    return (line.sku or line.barcode or external_key(line))[:REFERENCE]


def sales_price(company, order, line, taxes):
    """What Odoo's catalogue may ask for one piece of ``line`` (canonical, of ``order``): in
    the company's currency, with tax only where the prices of ``taxes`` (account.tax) have it."""
    price, with_tax = line.list_price, order.prices_include_tax
    if price is None:
        price, with_tax = (line.net / line.quantity if line.quantity else Decimal(0)), False
    charged = sum((tax.rate or Decimal(0) for tax in line.taxes), Decimal(0)) / 100
    wanted = bool(taxes) and all(taxes.mapped("price_include"))
    if with_tax and not wanted:
        price /= 1 + charged
    elif wanted and not with_tax:
        price *= 1 + charged
    currencies = company.env["res.currency"].with_context(active_test=False)
    currency = currencies.search([("name", "=", order.currency)]) or company.currency_id
    day = order.created_at.date()
    return currency._convert(float(price), company.currency_id, company, day)

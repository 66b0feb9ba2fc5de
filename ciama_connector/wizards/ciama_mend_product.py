from odoo import api, fields, models
from odoo.exceptions import UserError

from ..canonical import Code, LineKind, Problem
from ..models.ciama_order import PROBLEM_STATES
from ..models.ciama_vault import KeyLost
from ..services.products import reference, sales_price


class CiamaMendProduct(models.TransientModel):
    """Choose the product that an order means, or create it from what the order says."""

    _name = "ciama.mend.product"
    _description = "Choose or Create a Product"
    _inherit = "ciama.mend"
    _check_company_auto = True

    value = fields.Char(string="Reference in the Shop", related="order_id.waits_for")
    label = fields.Char(string="Name in the Shop", readonly=True)
    reason = fields.Char(string="Why This Is Proposed", readonly=True)
    choice = fields.Selection(
        [("choose", "It is a product that Odoo has"), ("create", "Create it")],
        default="choose",
        required=True,
    )
    product_id = fields.Many2one(
        "product.product",
        string="Product in Odoo",
        check_company=True,
        domain=[("type", "!=", "combo"), ("sale_ok", "=", True)],
    )
    name = fields.Char()
    default_code = fields.Char(string="Internal Reference (SKU)")
    barcode = fields.Char()
    goods = fields.Selection(
        [
            ("stock", "Goods, counted in stock"),
            ("consu", "Goods, not counted"),
            ("service", "A service or a download"),
        ],
        string="It Is",
        default="stock",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    list_price = fields.Monetary(
        string="Sales Price", help="Orders of the shop always keep the price paid there."
    )
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        check_company=True,
        domain=[("type_tax_use", "=", "sale")],
        help="For sales in your country; elsewhere the fiscal position replaces them.",
    )

    @api.model
    def _proposal(self, order):
        line, read = self._line_of(order)
        suggestion = self._suggested("product", order, line.name if line else "")
        return {
            "label": line.name[:250] if line else False,
            "product_id": suggestion and suggestion.record.id,
            "reason": suggestion and suggestion.reason,
            **(self._new_product(order, line, read) if line else {"name": order.waits_for}),
        }

    def _line_of(self, order):
        """(line whose product is missing, its order), canonical; None where it cannot be
        read."""
        try:
            read = order.sudo()._normalize()
        except (Problem, KeyLost):
            return None, None
        products = [line for line in read.lines if line.kind is LineKind.PRODUCT]
        return next((line for line in products if reference(line) == order.waits_for), None), read

    def _new_product(self, order, line, read):
        company = order.company_id
        taxes = self._taxes_of(company, line)
        return {
            "name": line.name[:250],
            "default_code": line.sku or False,
            "barcode": line.barcode or False,
            "list_price": sales_price(company, read, line, taxes),
            "goods": "stock" if line.requires_shipping else "service",
            "tax_ids": [(6, 0, taxes.ids)],
        }

    def _taxes_of(self, company, line):
        """The domestic sales taxes of the line's rate; else those of new products."""
        default = company.account_sale_tax_id
        rates = {float(tax.rate) for tax in line.taxes if tax.rate is not None}
        if not rates or rates == {default.amount}:
            return default
        domestic = self.env["account.tax"].search(
            [
                *self.env["account.tax"]._check_company_domain(company),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "in", list(rates)),
                ("tax_scope", "in", (False, "consu" if line.requires_shipping else "service")),
            ]
        )
        return domestic.filtered("is_domestic")[:1] or default

    @api.depends("order_id", "choice", "default_code")
    def _compute_waiting_count(self):
        return super()._compute_waiting_count()

    def _waiting(self):
        """The orders of the shop that wait for this product; a new one is found by the other
        shops too, by its SKU."""
        order = self.order_id
        mappings = self.env["ciama.mapping.product"]
        mapping = mappings.search(
            [("shop_id", "=", order.shop_id.id), ("value", "=", order.waits_for)]
        )
        orders = order.search(mapping._waiting()) if mapping else order
        if self.choice == "create" and self.default_code == order.waits_for:
            orders |= order.search(
                [
                    ("company_id", "=", order.company_id.id),
                    ("state", "in", PROBLEM_STATES),
                    ("problem_id.code", "=", Code.PRODUCT_UNKNOWN),
                    ("waits_for", "=", order.waits_for),
                ]
            )
        return orders

    @api.depends("order_id", "choice")
    def _compute_refusal(self):
        return super()._compute_refusal()

    def _may(self):
        if not self.env["ciama.mapping.product"].has_access("write"):
            return False
        return self.choice == "choose" or self.env["product.product"].has_access("create")

    def _refusal(self):
        if self.choice == "create":
            return self.env._(
                "You may not create products. Ask somebody who looks after the products in "
                "Odoo, or choose one that is there."
            )
        return super()._refusal()

    def _what(self):
        return self.env._("Choosing products")

    def action_mend(self):
        """Store which product is meant and import what waits for it."""
        waiting = self._begin()
        product = self._create_product() if self.choice == "create" else self.product_id
        if not product:
            raise UserError(self.env._("Choose the product, or create it."))
        mappings = self.env["ciama.mapping.product"].sudo()
        found = mappings._of_values(self.order_id.shop_id, {self.value: self.label})
        found[self.value].sudo(False).product_id = product
        return self._go_on(waiting)

    def _of_reference(self):
        """Products that have the reference of the new one; with two, no order would know which
        is meant."""
        products = self.env["product.product"]
        return self.default_code and products.search_count(
            [
                *products._check_company_domain(self.company_id),
                ("default_code", "=", self.default_code),
            ],
            limit=1,
        )

    def _create_product(self):
        if not self.name:
            raise UserError(self.env._("Give the product a name."))
        if self._of_reference():
            raise UserError(
                self.env._(
                    "There is a product with the reference %s already: choose it, or give the new "
                    "one another reference.",
                    self.default_code,
                )
            )
        return self.env["product.product"].create(
            {
                "name": self.name,
                "default_code": self.default_code,
                "barcode": self.barcode,
                "list_price": self.list_price,
                "type": "service" if self.goods == "service" else "consu",
                "is_storable": self.goods == "stock",
                "taxes_id": [(6, 0, self.tax_ids.ids)],
                "invoice_policy": "order",
                "company_id": self.company_id.id,
            }
        )

from collections import Counter, defaultdict

from odoo import fields, models
from odoo.fields import Domain

from .ciama_shop_link import signs


class ResPartner(models.Model):
    _inherit = "res.partner"

    ciama_order_count = fields.Integer(
        string="Shop Orders", compute="_compute_ciama_order_count",
        groups="ciama_connector.group_user",
    )  # fmt: skip
    ciama_shops = fields.Json(compute="_compute_ciama_shops", compute_sudo=True)

    # Customers of a batch are looked up by their normalized e-mail; core has no index.
    _ciama_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")

    def _get_vat_required_valid(self, company=None):
        """An import knows whether the number is proved, whatever Odoo asked of VIES."""
        proved = self.env.context.get("ciama_vat_proved")
        return super()._get_vat_required_valid(company=company) if proved is None else proved

    def _compute_ciama_order_count(self):
        counts = Counter()
        for partner, count in self.env["sale.order"]._read_group(
            self._of_shops(), ["partner_id"], ["__count"]
        ):
            counts[partner.commercial_partner_id] += count
        for partner in self:
            partner.ciama_order_count = counts[partner.commercial_partner_id]

    def _compute_ciama_shops(self):
        """The shops of the user's companies in which the person, or the company that the
        person belongs to, has an account or ordered."""
        companies = self.env.companies
        shops = defaultdict(self.env["ciama.shop"].browse)
        orders = Domain(self._of_shops()) & Domain("company_id", "in", companies.ids)
        for partner, shop in self.env["sale.order"]._read_group(
            orders, ["partner_id", "ciama_shop_id"]
        ):
            shops[partner.commercial_partner_id] |= shop
        family = self.with_context(active_test=False).search(
            [("commercial_partner_id", "in", self.commercial_partner_id.ids)]
        )
        bindings = self.env["ciama.binding"].search_fetch(
            [
                ("model", "=", self._name),
                ("res_id", "in", family.ids),
                ("company_id", "in", companies.ids),
            ],
            ["shop_id", "res_id"],
        )
        for binding in bindings:
            shops[self.browse(binding.res_id).commercial_partner_id] |= binding.shop_id
        for partner in self:
            partner.ciama_shops = signs(shops[partner.commercial_partner_id].sorted())

    def _of_shops(self):
        """Domain of the sale orders from shops of the companies that ``self`` belongs to."""
        return [
            ("partner_id", "child_of", self.commercial_partner_id.ids),
            ("ciama_shop_id", "!=", False),
        ]

    def action_open_ciama_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ciama_connector.action_ciama_order")
        return {
            **action,
            "domain": [("sale_order_id.partner_id", "child_of", self.commercial_partner_id.ids)],
            "context": {},
        }

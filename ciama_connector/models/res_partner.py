from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    ciama_order_count = fields.Integer(
        string="Shop Orders", compute="_compute_ciama_order_count",
        groups="ciama_connector.group_user",
    )  # fmt: skip

    # Customers of a batch are looked up by their normalized e-mail; core has no index.
    _ciama_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")

    def _get_vat_required_valid(self, company=None):
        """An import knows whether the number is proved, whatever Odoo asked of VIES."""
        proved = self.env.context.get("ciama_vat_proved")
        return super()._get_vat_required_valid(company=company) if proved is None else proved

    def _compute_ciama_order_count(self):
        commercial = self.commercial_partner_id
        groups = self.env["sale.order"]._read_group(
            [
                ("partner_id", "child_of", commercial.ids),
                ("ciama_shop_id", "!=", False),
            ],
            ["partner_id"],
            ["__count"],
        )
        counts = {}
        for partner, count in groups:
            key = partner.commercial_partner_id.id
            counts[key] = counts.get(key, 0) + count
        for partner in self:
            partner.ciama_order_count = counts.get(partner.commercial_partner_id.id, 0)

    def action_open_ciama_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "ciama_connector.action_ciama_order_board"
        )
        return {
            **action,
            "domain": [("sale_order_id.partner_id", "child_of", self.commercial_partner_id.ids)],
            "context": {},
        }

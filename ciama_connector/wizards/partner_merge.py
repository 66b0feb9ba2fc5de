from odoo import api, models


class PartnerMerge(models.TransientModel):
    """Odoo's merging of customers, as it concerns those of shops."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        """Orders of the customers that were merged go on as those of the one that is left."""
        result = super()._update_reference_fields(src_partners, dst_partner)
        bindings = self.env["ciama.binding"].sudo()
        merged = [("model", "=", "res.partner"), ("res_id", "in", src_partners.ids)]
        bindings.search(merged).res_id = dst_partner.id
        return result

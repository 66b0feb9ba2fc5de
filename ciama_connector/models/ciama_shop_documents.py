from odoo import Command, fields, models


class CiamaShop(models.Model):
    """What becomes of invoices once they are posted."""

    _inherit = "ciama.shop"

    invite_customers = fields.Boolean(
        string="Invite Customers to the Portal",
        help="Customers whose order is invoiced get an account on the portal and an e-mail with "
        "the invitation. Without it they see their invoices by the link in the mail.",
    )

    def _invoices_at_delivery(self):
        """Whether some orders of the shop are invoiced when goods leave."""
        self.ensure_one()
        return self.invoice_policy == "delivery" or bool(
            self.env["ciama.mapping.payment"].search_count(
                [("shop_id", "=", self.id), ("invoice_policy", "=", "delivery")], limit=1
            )
        )

    def _job_invite_customer(self, partner_id):
        """Give the customer (``res.partner`` id) an account on the portal; Odoo sends the
        invitation. Nothing where there is one, or where another user has the address."""
        customer = self.env["res.partner"].browse(partner_id).exists()
        wizard = self.env["portal.wizard"].create({"partner_ids": [Command.set(customer.ids)]})
        user = wizard.user_ids
        if user.email_state != "ok" or user.is_portal or user.is_internal:
            return "Nothing to do."
        user.action_grant_access()
        return "Invited."

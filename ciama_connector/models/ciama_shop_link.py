from odoo import api, fields, models


def signs(shops):
    """What the widget ``ciama_shop_signs`` shows of ``shops``, or False of none."""
    platforms = dict(shops._selection_platform())
    return [
        {
            "id": shop.id,
            "name": shop.name,
            "code": shop.platform,
            "platform": platforms[shop.platform],
        }
        for shop in shops
    ] or False


class CiamaShopLink(models.AbstractModel):
    """What a document tells of the shop that its order came from.

    The name of the shop is for everybody who may see the document; the way to the shop's
    order only for those who may see shop orders.
    """

    _name = "ciama.shop.link"
    _description = "Link from a Document to a Shop"

    ciama_shop_id = fields.Many2one(
        "ciama.shop", string="Shop", readonly=True, copy=False, index="btree_not_null"
    )
    ciama_platform = fields.Selection(related="ciama_shop_id.platform", string="Platform")
    ciama_shops = fields.Json(compute="_compute_ciama_shops", compute_sudo=True)
    ciama_order_count = fields.Integer(
        string="Number of Shop Orders",
        compute="_compute_ciama_order_count",
        groups="ciama_connector.group_user",
    )  # fmt: skip

    @api.depends("ciama_shop_id")
    def _compute_ciama_shops(self):
        for document in self:
            document.ciama_shops = signs(document.ciama_shop_id)

    def _compute_ciama_order_count(self):
        for document in self:
            document.ciama_order_count = len(document._ciama_orders())

    def _ciama_orders(self):
        """The shop orders that this document was made of, which the user may see."""
        raise NotImplementedError

    def action_open_ciama_order(self):
        self.ensure_one()
        return self._ciama_orders()._get_records_action(name=self.env._("Shop Orders"))

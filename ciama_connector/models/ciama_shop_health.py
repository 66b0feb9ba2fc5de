from odoo import api, fields, models

MAPPINGS = ("product", "payment", "carrier", "tax", "status", "group")


class CiamaShop(models.Model):
    """What the form of a shop says about its state, and where its buttons lead."""

    _inherit = "ciama.shop"

    queue_message = fields.Char(
        compute="_compute_queue_message",
        help="Why nothing happens in the background; empty where it does.",
    )
    unmapped_count = fields.Integer(
        string="Not Mapped",
        compute="_compute_unmapped_count",
        help="Values of the shop (payment methods, carriers, taxes, products …) of which nobody "
        "has said what they are in Odoo.",
    )
    backfill_count = fields.Integer(
        string="Number of Backfills",
        compute="_compute_backfill_count",
        help="Windows of older orders that were brought in, or are being brought in.",
    )

    def _compute_queue_message(self):
        health = self.env["ciama.queue.health"]._state()
        self.queue_message = health.sentence if health.state == "stuck" else False

    def _unmapped(self):
        """{kind: {shop id: number of values without a meaning}}"""
        return {
            kind: {
                shop.id: count
                for shop, count in self.env[f"ciama.mapping.{kind}"]._read_group(
                    [("shop_id", "in", self.ids), ("mapped", "=", False)], ["shop_id"], ["__count"]
                )
            }
            for kind in MAPPINGS
        }

    @api.depends_context("uid")
    def _compute_unmapped_count(self):
        counts = self._unmapped().values()
        for shop in self:
            shop.unmapped_count = sum(of_kind.get(shop.id, 0) for of_kind in counts)

    @api.depends("backfill_ids")
    def _compute_backfill_count(self):
        for shop in self:
            shop.backfill_count = len(shop.backfill_ids)

    # -- buttons
    def action_open_unmapped(self):
        """The kind of mapping that has most values without a meaning."""
        self.ensure_one()
        self.check_access("read")
        counts = self._unmapped()
        kind = max(MAPPINGS, key=lambda kind: counts[kind].get(self.id, 0))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"ciama_connector.action_ciama_mapping_{kind}"
        )
        return {
            **action,
            "domain": [("shop_id", "=", self.id), ("mapped", "=", False)],
            "context": {},
        }

    def action_open_exchanges(self):
        return self._open_own("action_ciama_exchange")

    def action_open_backfills(self):
        return self._open_own("action_ciama_backfill")

    def _open_own(self, action):
        """The records of this shop that ``action`` shows."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(f"ciama_connector.{action}")
        domain = [("shop_id", "=", self.id)]
        return {**action, "domain": domain, "context": {"default_shop_id": self.id}}

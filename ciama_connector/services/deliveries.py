from odoo import api, models

from .sale_orders import KEPT


class CiamaDeliveries(models.AbstractModel):
    """Deliveries of confirmed sale orders: Odoo makes them, the shop may have taken units
    back before they left, or send them elsewhere."""

    _name = "ciama.deliveries"
    _description = "Deliveries of Shop Orders"

    # -- where to
    @api.model
    def _still_to_leave(self, order):
        """Open deliveries to the customer."""
        return order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel") and not picking.return_id
        )

    @api.model
    def _reroute(self, draft):
        """Addresses and shipping method of the sale order of ``draft``, and of what has not
        left yet."""
        order, sale_orders = draft.sale_order, self.env["ciama.sale.orders"]
        shop = draft.card.shop_id
        values = {**sale_orders._shipping_news(shop, draft), **sale_orders._header(shop, draft)}
        values.pop("warehouse_id", None)  # its goods are reserved where they are
        del values["pricelist_id"]  # of a confirmed order, Odoo lets nobody write it
        # Odoo would ask a person to change the deliveries, which is done here.
        order.with_context(mail_activity_automation_skip=True).write(
            {**{name: order[name].id for name in KEPT}, **values, **sale_orders._notes(draft)}
        )
        pickings = self._still_to_leave(order)
        pickings.write({"partner_id": order.partner_shipping_id.id})
        pickings.move_ids.write({"partner_id": order.partner_shipping_id.id})
        if order.carrier_id:
            pickings.write({"carrier_id": order.carrier_id.id})

    # -- how much
    @api.model
    def _leave_out_removed(self, drafts):
        """Take the units that the shop cancelled or refunded before shipping out of the
        open deliveries; the sale order keeps the shop's amounts, a note says why."""
        for draft in drafts:
            removed = {
                line.id: float(line.quantity_removed)
                for line in draft.order.lines
                if line.quantity_removed
            }
            if removed and draft.sale_order.state == "sale":
                self._reduce(draft.sale_order, removed)

    def _reduce(self, order, removed):
        left_out = []
        for line in order.order_line.filtered(lambda line: line.ciama_line_id in removed):
            units = min(removed[line.ciama_line_id], line.product_uom_qty)
            moves, _returns = line._get_outgoing_incoming_moves(strict=False)
            taken = self._reduce_goods(line, moves, units) or self._reduce_parts(line, units)
            if taken:
                left_out.append(f"{taken:g} × {line.product_id.display_name}")
        if left_out:
            order.message_post(
                body=self.env._(
                    "Not to be delivered, since the shop took it back before shipping: %s",
                    ", ".join(left_out),
                )
            )

    def _reduce_goods(self, line, moves, units):
        """Let at most the other units of ``line`` leave; how many were taken out."""
        surplus = sum(moves.mapped("product_uom_qty")) - (line.product_uom_qty - units)
        left = surplus
        for move in moves.filtered(lambda move: move.state != "done"):
            taken = min(left, move.product_uom_qty)
            if move.product_uom.compare(taken, 0.0) <= 0:
                break
            self._take(move, taken)
            left -= taken
        return surplus - left

    def _reduce_parts(self, line, units):
        """The same where Odoo delivers a kit in its parts: of each part its share, once."""
        parts = line.move_ids.filtered(
            lambda move: move.product_id != line.product_id and move.state not in ("done", "cancel")
        )
        kits = line.product_uom_qty - line.ciama_kits_left_out
        more = units - line.ciama_kits_left_out
        if not parts or line.product_uom_id.compare(more, 0.0) <= 0:
            return 0.0
        for move in parts:
            self._take(move, move.product_uom.round(move.product_uom_qty * more / kits))
        line.ciama_kits_left_out += more
        return more

    def _take(self, move, quantity):
        if move.product_uom.compare(quantity, move.product_uom_qty) >= 0:
            move._action_cancel()
        else:
            move._do_unreserve()
            move.product_uom_qty -= quantity
            move._action_assign()

from odoo import api, models


class CiamaDeliveries(models.AbstractModel):
    """Deliveries of confirmed sale orders: Odoo makes them, the shop may have taken units
    back before they left."""

    _name = "ciama.deliveries"
    _description = "Deliveries of Shop Orders"

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
            moves, _returns = line._get_outgoing_incoming_moves(strict=False)
            demand = sum(moves.mapped("product_uom_qty"))
            surplus = demand - max(line.product_uom_qty - removed[line.ciama_line_id], 0.0)
            for move in moves.filtered(lambda move: move.state != "done"):
                taken = min(surplus, move.product_uom_qty)
                if move.product_uom.compare(taken, 0.0) <= 0:
                    break
                self._take(move, taken)
                left_out.append(f"{taken:g} × {line.product_id.display_name}")
                surplus -= taken
        if left_out:
            order.message_post(
                body=self.env._(
                    "Not to be delivered, since the shop took it back before shipping: %s",
                    ", ".join(left_out),
                )
            )

    def _take(self, move, quantity):
        if move.product_uom.compare(quantity, move.product_uom_qty) >= 0:
            move._action_cancel()
        else:
            move._do_unreserve()
            move.product_uom_qty -= quantity
            move._action_assign()

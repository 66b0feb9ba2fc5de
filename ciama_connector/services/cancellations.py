from odoo import api, models

from ..canonical import Code, FulfillmentStatus, Problem
from ..models.ciama_order import NO_PROBLEM

CANCELLING = ("cancelled", "deleted", "failed")
# Commercial digest of what the shop cancelled: any later version is another content.
CANCELLED = "cancelled"


class CiamaCancellations(models.AbstractModel):
    """Orders that their shop cancelled, or of which it gave back all: nothing more leaves.

    What was never invoiced is cancelled in Odoo too; of what was, the sale order stays, and
    its credit note is made with the other documents.
    """

    _name = "ciama.cancellations"
    _description = "Cancelled Shop Orders"

    @api.model
    def _cancel(self, draft):
        """The shop cancelled the order of ``draft``."""
        order, left = draft.sale_order, delivered_text(draft.sale_order)
        known = draft.card.imported_status == draft.status  # a person accepted it
        if left and order.state != "cancel" and not known:
            reason = self.env._("goods have left the warehouse (%s)", left)
            draft.fail(Code.CANNOT_CANCEL, reason=reason)
        elif not left:
            self._stop(draft)

    @api.model
    def _is_given_back(self, draft):
        """Whether the money for all of it was given back although not all of it left."""
        order = draft.sale_order
        if draft.nothing_left:
            return not delivered(order)
        if draft.status != "refunded":
            return False
        state = draft.shop_order.fulfillment_status
        if delivered(order):
            return state is FulfillmentStatus.PARTIAL and bool(self._open(order))
        return state is FulfillmentStatus.UNFULFILLED

    @api.model
    def _stop(self, draft):
        """Let nothing more leave."""
        order = draft.sale_order
        if not delivered(order):
            draft.commercial_digest = CANCELLED
        if order.state == "cancel":
            return
        if delivered(order) or posted(order):
            self._open(order).action_cancel()
        else:
            cancel(order)

    def _open(self, order):
        return self.env["ciama.deliveries"]._still_to_leave(order)

    @api.model
    def _cancel_sale_order(self, card):
        """The shop no longer has the order of ``card``."""
        order, reason = card.sale_order_id, ""
        if order.state != "cancel":
            left = delivered_text(order)
            if left:
                reason = self.env._("goods have left the warehouse (%s)", left)
            elif posted(order):
                reason = self.env._("it is invoiced")
        if reason:
            card._set_problem(Problem(Code.CANNOT_CANCEL, reason=reason))
            return
        cancel(order)
        card.write({"state": "imported", "status": "deleted",
                    "commercial_digest": CANCELLED, **NO_PROBLEM})  # fmt: skip


def cancel(order):
    """Cancel a sale order, with its open deliveries and draft invoices."""
    if order.state == "cancel":
        return
    if order.locked:
        order.action_unlock()
    order._action_cancel()


def delivered(order):
    return any(picking.state == "done" for picking in order.picking_ids)


def posted(order):
    """Whether an invoice stands that only a credit note can take back."""
    return any(move.state == "posted" for move in order.invoice_ids)


def delivered_text(order):
    """``2 × Chair``: what has left the warehouse."""
    moves = order.picking_ids.move_ids.filtered(
        lambda move: move.state == "done" and move.location_dest_usage == "customer"
    )
    return ", ".join(
        f"{sum(of_product.mapped('quantity')):g} × {product.display_name}"
        for product, of_product in moves.grouped("product_id").items()
    )

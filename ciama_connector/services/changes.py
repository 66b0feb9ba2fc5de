from odoo import Command, api, models

from ..canonical import Code, Problem

CANCELLING = ("cancelled", "deleted")


class CiamaChanges(models.AbstractModel):
    """What becomes of a sale order when its order changes in the shop."""

    _name = "ciama.changes"
    _description = "Changes of Imported Shop Orders"

    @api.model
    def _apply(self, draft):
        """Bring the sale order of ``draft`` up to date, or set its problem."""
        card = draft.card
        draft.sale_order = card.sale_order_id
        if draft.status in CANCELLING:
            reason = self._cancel(draft.sale_order)
            if reason:
                draft.fail(Code.CANNOT_CANCEL, reason=reason)
        elif draft.commercial_digest != card.commercial_digest:
            self._rewrite(draft)
        elif draft.sale_order.state in ("draft", "sent"):
            self._confirm_if_due(draft)

    def _rewrite(self, draft):
        """Another content: possible until something was delivered or invoiced."""
        order = draft.sale_order
        if delivered(order):
            draft.fail(Code.ALREADY_DELIVERED)
        elif order.invoice_ids.filtered(lambda move: move.state != "cancel"):
            draft.fail(Code.ALREADY_INVOICED)
        else:
            shop, importer = draft.card.shop_id, self.env["ciama.importer"]
            if order.state == "sale":
                order._action_cancel()
            if order.state == "cancel":
                order.action_draft()
            importer._prepare(shop, [draft])
            sale_orders = self.env["ciama.sale.orders"]
            order.write(
                {
                    **sale_orders._header(shop, draft),
                    "order_line": [Command.clear(), *sale_orders._lines(draft)],
                }
            )
            sale_orders._verify(draft)
            importer._reject([draft])
            self._confirm_if_due(draft)

    def _confirm_if_due(self, draft):
        importer = self.env["ciama.importer"]
        if not draft.payment and draft.order.payment_method:
            self.env["ciama.sale.orders"]._resolve_payments(draft.card.shop_id, [draft])
        if not draft.problem and importer._to_confirm(draft):
            draft.sale_order.action_confirm()

    @api.model
    def _cancel(self, order):
        """Cancel a sale order; a sentence why not where Odoo cannot any more."""
        if order.state == "cancel":
            return ""
        if delivered(order):
            return self.env._("goods have left the warehouse")
        if order.invoice_ids.filtered(lambda move: move.state == "posted"):
            return self.env._("it is invoiced")
        if order.locked:
            order.action_unlock()
        order._action_cancel()
        return ""

    @api.model
    def _cancel_sale_order(self, card):
        """The shop no longer has the order of ``card``."""
        reason = self._cancel(card.sale_order_id)
        if reason:
            card._set_problem(Problem(Code.CANNOT_CANCEL, reason=reason))
        else:
            card.write({"state": "imported", "status": "deleted", "problem_id": False})


def delivered(order):
    return any(picking.state == "done" for picking in order.picking_ids)

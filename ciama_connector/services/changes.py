import hashlib
import json

from odoo import api, models

from ..canonical import Code, Problem
from ..models.ciama_order import NO_PROBLEM

CANCELLING = ("cancelled", "deleted", "failed")
# Commercial digest of what the shop cancelled: any later version is another content.
CANCELLED = "cancelled"
PLACE = {
    "first_name", "last_name", "company", "street", "street2", "zip", "city", "state_code",
    "state_name", "country",
}  # fmt: skip


class CiamaChanges(models.AbstractModel):
    """What becomes of a sale order when its order changes in the shop."""

    _name = "ciama.changes"
    _description = "Changes of Imported Shop Orders"

    @api.model
    def _apply(self, draft):
        """Bring the sale order of ``draft`` up to date, or set its problem."""
        card = draft.card
        order = draft.sale_order = card.sale_order_id
        changed = draft.commercial_digest != card.commercial_digest
        if draft.status in CANCELLING:
            reason = self._cancel(order)
            if reason:
                draft.fail(Code.CANNOT_CANCEL, reason=reason)
            else:
                draft.commercial_digest = CANCELLED
        elif order.state == "cancel" and self._was_settled(draft):
            draft.commercial_digest = CANCELLED
        elif order.state == "cancel" and card.commercial_digest != CANCELLED:
            self._leave_cancelled(draft, changed)
        elif changed:
            self._rewrite(draft)
        else:
            self.env["ciama.sale.orders"]._write_notes(draft)
            if order.state in ("draft", "sent"):
                self._confirm_if_due(draft)

    def _was_settled(self, draft):
        """The money of an order that the shop cancelled was given back: it stays so."""
        return draft.card.commercial_digest == CANCELLED and draft.status == "refunded"

    def _leave_cancelled(self, draft, changed):
        """A person cancelled the sale order: only a person takes it up again."""
        news = draft.status != draft.card.imported_status
        if changed or (news and self.env["ciama.importer"]._to_confirm(draft)):
            draft.fail(Code.CANCELLED_IN_ODOO)

    def _rewrite(self, draft):
        """Another content: possible until something was delivered or invoiced."""
        order = draft.sale_order
        if delivered(order):
            draft.fail(Code.ALREADY_DELIVERED)
        elif order.invoice_ids.filtered(lambda move: move.state != "cancel"):
            draft.fail(Code.ALREADY_INVOICED)
        else:
            confirmed = order.state == "sale"
            self._reopen(order)
            self.env["ciama.importer"]._prepare(draft.card.shop_id, [draft])
            self.env["ciama.sale.orders"]._rewrite(draft)
            if not draft.problem:
                self._confirm_if_due(draft, confirmed)

    def _reopen(self, order):
        if order.locked:
            order.action_unlock()
        if order.state == "sale":
            order._action_cancel()
        if order.state == "cancel":
            order.action_draft()

    def _confirm_if_due(self, draft, confirmed=False):
        """``confirmed``: it was, so it is again, by whatever rule."""
        importer = self.env["ciama.importer"]
        self.env["ciama.sale.orders"]._check_payments(draft.card.shop_id, [draft])
        if not draft.problem and importer._to_confirm(draft, confirmed):
            importer._confirm([draft])

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
            card.write({"state": "imported", "status": "deleted",
                        "commercial_digest": CANCELLED, **NO_PROBLEM})  # fmt: skip


def delivered(order):
    return any(picking.state == "done" for picking in order.picking_ids)


def commercial_digest(order):
    """Changes with what is sold, for how much and to which address; not with statuses,
    nor with what the shop adds to its records of the customer or the products."""
    data = order.model_dump(
        mode="json",
        include={
            "currency": True,
            "total": True,
            "total_tax": True,
            "lines": {"__all__": {
                "id", "kind", "name", "sku", "product_id", "variant_id", "quantity",
                "quantity_removed", "net", "tax", "taxes", "options",
            }},
            "billing_address": PLACE,
            "shipping_address": PLACE,
            "pickup_point": {"id", "name"},
        },
    )  # fmt: skip
    for line in data["lines"]:
        line["taxes"] = [(tax["rate"], tax["amount"]) for tax in line["taxes"]]
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

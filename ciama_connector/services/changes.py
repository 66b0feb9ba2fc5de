from odoo import api, models

from ..canonical import Code
from .cancellations import CANCELLED, CANCELLING, delivered
from .content import changed_parts
from .differences import readable


class CiamaChanges(models.AbstractModel):
    """What becomes of a sale order when its order changes in the shop.

    Until something was delivered or invoiced, it is written anew; where only the way to
    the customer changed, that alone is. Afterwards it is amended as far as nothing that
    left or was invoiced is touched; else a person reads what differs.
    """

    _name = "ciama.changes"
    _description = "Changes of Imported Shop Orders"

    @api.model
    def _apply(self, draft):
        """Bring the sale order of ``draft`` up to date, or set its problem."""
        card = draft.card
        order = draft.sale_order = card.sale_order_id
        parts = changed_parts(card.commercial_digest, draft.commercial_digest)
        cancellations = self.env["ciama.cancellations"]
        if draft.status in CANCELLING:
            cancellations._cancel(draft)
        elif order.state == "cancel" and self._was_settled(draft):
            draft.commercial_digest = CANCELLED
        elif order.state == "cancel" and card.commercial_digest != CANCELLED:
            self._leave_cancelled(draft, parts)
        elif cancellations._is_given_back(draft):
            cancellations._stop(draft)
        elif parts:
            self._follow(draft, parts)
        else:
            self.env["ciama.sale.orders"]._write_notes(draft)
            if order.state in ("draft", "sent"):
                self._confirm_if_due(draft)

    def _was_settled(self, draft):
        """The money of an order that the shop cancelled was given back: it stays so."""
        return draft.card.commercial_digest == CANCELLED and draft.status == "refunded"

    def _leave_cancelled(self, draft, parts):
        """A person cancelled the sale order: only a person takes it up again."""
        news = draft.status != draft.card.imported_status
        if parts or (news and self.env["ciama.importer"]._to_confirm(draft)):
            draft.fail(Code.CANCELLED_IN_ODOO)

    def _follow(self, draft, parts):
        """Another content."""
        order = draft.sale_order
        untouched = not delivered(order) and not _invoiced(order)
        if draft.card.commercial_digest == CANCELLED and not untouched:
            self._refuse(draft, self.env._("the order is no longer cancelled"))
        elif order.state == "sale" and "lines" not in parts:
            self._reroute(draft, parts, untouched)
        elif untouched:
            self._rewrite(draft)
        elif order.state == "sale":
            self._amend(draft, parts)
        else:
            self._refuse(draft, readable(draft, parts))

    # -- written anew
    def _rewrite(self, draft):
        confirmed = draft.sale_order.state == "sale"
        self._reopen(draft.sale_order)
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

    # -- only the way to the customer, or units that are not to leave
    def _reroute(self, draft, parts, untouched):
        deliveries = self.env["ciama.deliveries"]
        if parts == {"removed"}:
            deliveries._leave_out_removed([draft])
            self.env["ciama.sale.orders"]._write_notes(draft)
            return
        order = draft.sale_order
        too_late = parts & {"delivery", "shipping"} and not deliveries._still_to_leave(order)
        if too_late or ("billing" in parts and _invoiced(order)):
            self._refuse(draft, readable(draft, parts))
        else:
            self.env["ciama.importer"]._prepare(draft.card.shop_id, [draft])
            if self._same_taxes(draft):
                deliveries._reroute(draft)
                deliveries._leave_out_removed([draft])
                self._log(draft, readable(draft, parts))
            elif untouched:
                self._rewrite(draft)
            else:
                self._refuse(draft, readable(draft, parts))

    def _same_taxes(self, draft):
        """Whether the new address leaves the VAT as it is."""
        order = draft.sale_order
        return draft.fiscal_position == order.fiscal_position_id and all(
            row.tax_ids == draft.taxes[row.ciama_line_id]
            for row in order.order_line
            if row.ciama_line_id in draft.taxes
        )

    # -- amended
    def _amend(self, draft, parts):
        self.env["ciama.importer"]._prepare(draft.card.shop_id, [draft])
        text, deliveries = readable(draft, parts), self.env["ciama.deliveries"]
        billed = "billing" in parts and _invoiced(draft.sale_order)
        possible = not billed and self._same_taxes(draft)
        if possible and self.env["ciama.amendments"]._amend(draft):
            if parts & {"billing", "delivery", "shipping"}:
                deliveries._reroute(draft)
            deliveries._leave_out_removed([draft])
            self._log(draft, text)
        elif not draft.problem:
            self._refuse(draft, text)

    def _refuse(self, draft, differences):
        """A person decides, and reads what differs."""
        if delivered(draft.sale_order):
            draft.fail(Code.ALREADY_DELIVERED, differences=differences)
        else:
            draft.fail(Code.ALREADY_INVOICED, differences=differences)

    def _log(self, draft, differences):
        draft.sale_order.message_post(body=self.env._("Changed in the shop: %s", differences))


def _invoiced(order):
    return any(move.state != "cancel" for move in order.invoice_ids)

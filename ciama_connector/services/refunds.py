from collections import defaultdict
from dataclasses import replace

from odoo import api, models

from ..canonical import (
    Code,
    Credit,
    Problem,
    Refund,
    check,
    everything_left,
    explain_refunds,
    settle,
    without_refunds,
)
from ..canonical.parts import exact
from .cancellations import CANCELLING, delivered
from .content import commercial_digest
from .credit_notes import Note
from .importer import given_back, shipped
from .refund_items import Invoiced

KIND = "refund"
# What is left of an order that the shop cancelled after it was invoiced.
CANCELLATION = "cancellation"
# Problems of which a person has taken care once the sale order is accepted as it is.
BY_HAND = (Code.REFUND_UNEXPLAINED, Code.REFUND_EXCEEDS, Code.REFUND_PARTLY_INVOICED)


class CiamaRefunds(models.AbstractModel):
    """Refunds of a batch, each booked once.

    One that comes before any invoice, and names lines, is taken off the sale order before
    it is written. Every other one is a credit note as soon as what it gives back is
    invoiced. Its binding says which: to the sale order, to the credit note, or to the card
    where a person took care of it.
    """

    _name = "ciama.refunds"
    _description = "Refunds of Shop Orders"

    # -- before the import
    @api.model
    def _take_off(self, shop, drafts, *, known_only=False):
        """Set ``credits`` of each draft; ``order``, ``settled`` and ``commercial_digest``
        become those of the order without what is taken off it (``known_only``: what an
        import took off before). What is done is done once."""
        found = {
            draft: explain_refunds(draft.order, draft.settled) if draft.order.refunds else {}
            for draft in drafts
            if draft.credits is None
        }
        bound = self._bound(shop, {draft: of for draft, of in found.items() if of})
        for draft, worth in found.items():
            draft.shop_order, draft.credits = draft.order, worth
            draft.taken_off = self._ids_off(draft, bound, known_only) if worth else set()
            if draft.taken_off:
                self._reduce(draft)

    def _bound(self, shop, worth_by_draft):
        """{external id: record} of the refunds that are booked."""
        external_ids = [
            _key(draft, id_)
            for draft, worth in worth_by_draft.items()
            for id_ in (*worth, CANCELLATION)
        ]
        return self.env["ciama.binding"]._records(shop, KIND, external_ids)

    def _ids_off(self, draft, bound, known_only):
        ids, left = set(), _Unmoved(draft)
        for id_, credit in draft.credits.items():
            record = bound.get(_key(draft, id_))
            if record is not None:
                if record._name == "sale.order":
                    ids.add(id_)
            elif not known_only and draft.rules.invoice != "order" and left.covers(credit):
                ids.add(id_)
        return ids

    def _reduce(self, draft):
        reduced = without_refunds(draft.shop_order, draft.taken_off)
        if not reduced.lines:
            draft.nothing_left = True
            if not draft.card.sale_order_id:
                draft.fail(Code.REFUNDED_BEFORE_IMPORT)
            return
        try:
            draft.settled = check(reduced)
        except Problem as problem:
            draft.problem = problem
        else:
            draft.order, draft.commercial_digest = reduced, commercial_digest(reduced)

    # -- after the import
    @api.model
    def _make(self, shop, drafts):
        """Credit notes and payments that the refunds of ``drafts`` still lack."""
        self._take_off(shop, drafts, known_only=True)
        concerned = [draft for draft in drafts if draft.credits or draft.status in CANCELLING]
        if not concerned:
            return
        bound = self._bound(shop, {draft: draft.credits for draft in concerned})
        self._bind_taken_off(shop, concerned, bound)
        notes = [note for draft in concerned for note in self._due(shop, draft, bound)]
        self.env["ciama.importer"]._reject(drafts)
        moves = self.env["ciama.credit.notes"]._create(shop, notes)
        self.env["ciama.importer"]._reject(drafts)
        made = {note.external_id: move for note, move in moves.items()}
        self.env["ciama.binding"]._bind(shop, KIND, made)
        to_send = [move.id for note, move in moves.items() if note.draft.rules.send_invoice]
        self.env["ciama.invoices"]._send(shop, self.env["account.move"].browse(to_send))
        self.env["ciama.refund.payments"]._make(shop, concerned, bound | made)
        self.env["ciama.importer"]._reject(drafts)
        self.env["ciama.returns"]._make(shop, concerned)

    def _bind_taken_off(self, shop, drafts, bound):
        new = {
            _key(draft, id_): draft.sale_order
            for draft in drafts
            for id_ in draft.taken_off
            if _key(draft, id_) not in bound
        }
        self.env["ciama.binding"]._bind(shop, KIND, new)
        bound.update(new)

    def _due(self, shop, draft, bound):
        """Notes to be made now; fails the draft where a person must say what they are for."""
        invoiced = Invoiced(draft)
        if not invoiced or _key(draft, CANCELLATION) in bound:
            return []
        new = [
            credit
            for id_, credit in draft.credits.items()
            if (credit.gross or credit.excess) and _key(draft, id_) not in bound
        ]
        if draft.status in CANCELLING and not delivered(draft.sale_order):
            new.append(self._cancellation(draft))
        new = self._without_hand_made(shop, invoiced, new, bound)
        for credit in new:
            self._check(shop, draft, credit)
        label = self.env._("Refund")
        return [
            Note(draft, credit.refund, _key(draft, credit.refund.id), items)
            for credit in new
            if not draft.problem
            and invoiced.covers(credit)
            and (items := invoiced.items(credit, label))
        ]

    def _without_hand_made(self, shop, invoiced, credits_, bound):
        """Those of ``credits_`` for which no person made a credit note of the same amount
        before the shop told of it; fails the draft where too little is left for the others."""
        draft, left = invoiced.draft, invoiced.left
        notes = self._hand_made(draft.sale_order.invoice_ids) if credits_ else None
        if not notes:
            return credits_
        digits = draft.sale_order.currency_id.decimal_places
        others, made = [], {}
        for credit in credits_:
            same = [n for n in notes if exact(n.amount_total, digits) == credit.gross]
            if same:
                made[_key(draft, credit.refund.id)] = same[0]
                notes -= same[0]
                continue
            if credit.gross > left:
                currency = draft.order.currency
                draft.fail(Code.REFUND_EXCEEDS, amount=credit.gross, left=left, currency=currency)
            left -= credit.gross
            others.append(credit)
        self.env["ciama.binding"]._bind(shop, KIND, made)
        bound.update(made)
        return others

    def _hand_made(self, moves):
        """Posted credit notes among ``moves`` that no refund and no edit in the shop made."""
        notes = moves.filtered(
            lambda move: (
                move.move_type == "out_refund" and move.state == "posted" and not move.ciama_refund
            )
        )
        if not notes:
            return notes
        ours = (
            self.env["ciama.binding"]
            .sudo()
            .search([("kind", "=", KIND), ("model", "=", notes._name), ("res_id", "in", notes.ids)])
        )
        return notes - notes.browse(ours.mapped("res_id"))

    def _check(self, shop, draft, credit):
        refund, currency = credit.refund, draft.order.currency
        if credit.excess:
            left = refund.amount - credit.excess
            draft.fail(Code.REFUND_EXCEEDS, amount=refund.amount, left=left, currency=currency)
        elif credit.unexplained and shop.refund_policy == "review":
            draft.fail(
                Code.REFUND_UNEXPLAINED,
                amount=credit.unexplained,
                currency=currency,
                reason=refund.reason[:200] or self.env._("none given"),
            )

    def _cancellation(self, draft):
        order = draft.shop_order
        lines = everything_left(order, settle(order))
        credit = Credit(
            Refund(
                id=CANCELLATION,
                created_at=order.cancelled_at or order.updated_at,
                amount=0,
                reason=self.env._("Order cancelled"),
                paid_out=False,
            ),
            lines,
        )
        return replace(credit, refund=credit.refund.model_copy(update={"amount": credit.gross}))

    # -- by a person
    @api.model
    def _leave_to_person(self, card, order):
        """Where a refund is the problem of ``card``, it counts as booked by a person, and so
        do all others of ``order`` that are not booked and have the same problem."""
        code = card.problem_id.code
        if code not in BY_HAND:
            return
        credits_ = explain_refunds(order, settle(order)).values()
        concerned = [
            credit.refund.id
            for credit in credits_
            if (credit.excess or code != Code.REFUND_EXCEEDS)
            and (credit.unexplained or code != Code.REFUND_UNEXPLAINED)
        ]
        if not concerned:  # more than was left after credit notes that people made
            concerned = [credit.refund.id for credit in credits_]
            concerned += [CANCELLATION] if card.status in CANCELLING else []
        keys = {f"{order.external_id}/{id_}": card for id_ in concerned}
        bound = self.env["ciama.binding"]._records(card.shop_id, KIND, keys)
        new = {key: record for key, record in keys.items() if key not in bound}
        self.env["ciama.binding"]._bind(card.shop_id, KIND, new)


class _Unmoved:
    """Units of an order that neither left nor were invoiced, as refunds take them."""

    def __init__(self, draft):
        order = draft.card.sale_order_id
        self.is_new = not order
        # What was sent and all given back is imported with its documents.
        self.stays = given_back(draft) and shipped(draft)
        lines = order.order_line if order.state != "cancel" else order.order_line[:0]
        self.lines = {line.ciama_line_id: line for line in lines if line.ciama_line_id}
        self.taken = defaultdict(float)

    def covers(self, credit):
        """Whether all that ``credit`` names can be taken off; if so, it is taken."""
        if not credit.lines or credit.unexplained or credit.excess:
            return False
        if self.is_new:
            return not self.stays
        if not all(self._has(taken) for taken in credit.lines):
            return False
        for taken in credit.lines:
            self.taken[taken.line_id] += float(taken.quantity)
        return True

    def _has(self, taken):
        line = self.lines.get(taken.line_id)
        if not line:
            return False
        moved = max(line._quantity_invoiced(), line.qty_delivered)
        if not taken.quantity:
            return not moved
        left = line.product_uom_qty - moved - self.taken[taken.line_id]
        return line.product_uom_id.compare(float(taken.quantity), left) <= 0


def _key(draft, refund_id):
    return f"{draft.order.external_id}/{refund_id}"

from odoo import api, models

from ..canonical import Code
from .calendar import check_period, day_of, today
from .matching import match, outstanding_account, receivable_rows
from .refunds import CANCELLATION

KIND = "refund_payment"


class CiamaRefundPayments(models.AbstractModel):
    """Money that a shop gave back: one outbound payment for each refund that was paid out,
    booked where the customer's payment was, matched with its credit note.

    A credit note that nobody paid out pays the invoice, where that is still open. Money
    given back without a credit note of its own (paid twice, units removed before, or taken
    off the order before its invoice) is matched with what the customer had in credit.
    """

    _name = "ciama.refund.payments"
    _description = "Payments of Refunds"

    @api.model
    def _make(self, shop, drafts, booked):
        """``booked`` is {external id: record} of the refunds of ``drafts``."""
        bindings = self.env["ciama.binding"]
        payouts = {
            f"{draft.order.external_id}/{id_}": (draft, credit.refund)
            for draft in drafts
            for id_, credit in draft.credits.items()
            if credit.refund.paid_out and credit.refund.amount > 0
        }
        made = bindings._records(shop, KIND, payouts)
        received = self._received(shop, drafts)
        missing = {
            key: payout
            for key, payout in payouts.items()
            if key not in made and self._is_due(payout[0], booked.get(key), received[payout[0]])
        }
        values = {
            key: self._values(draft, refund, received[draft])
            for key, (draft, refund) in missing.items()
        }
        if any(draft.problem for draft, _refund in missing.values()):
            return
        payments = self.env["account.payment"].create(list(values.values()))
        payments.action_post()
        new = dict(zip(values, payments, strict=True))
        bindings._bind(shop, KIND, new)
        self._match(drafts, booked, made | new, received)

    def _is_due(self, draft, record, received):
        """By rule; but not by hand, nor of money that was not booked when it came."""
        by_hand = record is not None and record._name == "ciama.order"
        came = any(payment.captured for payment in draft.order.payments)
        elsewhere = (came or draft.sale_order.state == "cancel") and not received
        return draft.rules.register_payment and not by_hand and not elsewhere

    def _received(self, shop, drafts):
        """{draft: payments of its order that are booked}."""
        keys = {
            f"{draft.order.external_id}/{payment.id}": draft
            for draft in drafts
            for payment in draft.order.payments
        }
        payments = self.env["account.payment"]
        found = dict.fromkeys(drafts, payments)
        for key, payment in self.env["ciama.binding"]._records(shop, "payment", keys).items():
            found[keys[key]] |= payment
        return found

    def _values(self, draft, refund, received):
        company, order = draft.card.company_id, draft.order
        original = received.sorted("amount")[-1:]
        journal = original.journal_id or draft.rules.journal
        if not journal:
            self._fail(draft)
            return {}
        day = day_of(company, refund.created_at) if refund.created_at else today(company)
        check_period(draft, day, sale=False, tax=False)
        methods = journal.outbound_payment_method_line_ids
        same = methods.filtered(lambda row: row.code == original.payment_method_line_id.code)
        method = (same or methods)[:1]
        customer = original.partner_id or draft.sale_order.partner_invoice_id.commercial_partner_id
        return {
            "payment_type": "outbound",
            "partner_type": "customer",
            "partner_id": customer.id,
            "amount": float(refund.amount),
            "currency_id": draft.sale_order.currency_id.id,
            "date": day,
            "memo": ", ".join(refund.transaction_ids) or f"{order.number} {refund.id}",
            "payment_reference": order.number,
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "outstanding_account_id": outstanding_account(company, method, "outbound").id,
            "destination_account_id": self._receivable(draft, customer, original).id,
            "company_id": company.id,
            "ciama_order_id": draft.card.id,
            "ciama_shop_id": draft.card.shop_id.id,
        }

    def _receivable(self, draft, customer, original):
        return (
            receivable_rows(draft.sale_order.invoice_ids).account_id[:1]
            or original.destination_account_id
            or customer.with_company(draft.card.company_id).property_account_receivable_id
        )

    def _fail(self, draft):
        method = draft.order.payment_method
        if method:
            self.env["ciama.payments"]._fail_unmapped(draft, method)
        else:
            draft.fail(Code.PAYMENT_JOURNAL_MISSING, value=self.env._("not told"))

    # -- matching
    def _match(self, drafts, booked, paid, received):
        """First each credit note with its own payment, then what is left."""
        own, invoices, rest = [], [], []
        for draft in drafts:
            notes = self.env["account.move"]
            payouts = self.env["account.payment"]
            for key in self._keys(draft):
                note = booked.get(key)
                payout = paid.get(key, payouts.browse())
                payouts |= payout
                if note is not None and note._name == "account.move":
                    notes |= note
                    if payout:
                        own.append(receivable_rows(note | payout.move_id))
            if notes:
                issued = draft.sale_order.invoice_ids.filtered(
                    lambda move: move.move_type == "out_invoice"
                )
                invoices.append(receivable_rows(notes | issued))
            if payouts:
                credited = draft.sale_order.invoice_ids.filtered(
                    lambda move: move.move_type == "out_refund"
                )
                rest.append(receivable_rows(credited | payouts.move_id | received[draft].move_id))
        for plan in (own, invoices, rest):
            match(self.env, plan)

    def _keys(self, draft):
        return [f"{draft.order.external_id}/{id_}" for id_ in (*draft.credits, CANCELLATION)]

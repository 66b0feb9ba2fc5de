from dataclasses import dataclass
from typing import Any

from odoo import api, models

from ..canonical import Code, Payment, PaymentKind
from .calendar import check_period, day_of

# Not money in the bank: their journal is never the shop's general one.
OWN_JOURNAL = (PaymentKind.GIFT_CARD, PaymentKind.STORE_CREDIT)
KIND = "payment"


@dataclass(eq=False)
class Receipt:
    """Money that a shop received for an order, and where it is booked."""

    draft: Any  # services.draft.Draft
    payment: Payment
    rules: Any = None  # services.rules.Rules of its own payment method
    currency: Any = None  # res.currency

    @property
    def external_id(self) -> str:
        return f"{self.draft.order.external_id}/{self.payment.id}"


class CiamaPayments(models.AbstractModel):
    """Payments of a batch: one for each transaction that brought money, booked once, at its
    date, in the journal of its own payment method, and matched with the order's invoices.

    Authorizations, cash on delivery that is not collected and transfers that have not
    arrived are no money yet: the import that first sees it books it. What is paid too much
    stays on the customer's account.
    """

    _name = "ciama.payments"
    _description = "Payments of Shop Orders"

    @api.model
    def _make(self, shop, drafts):
        receipts = [receipt for draft in drafts for receipt in self._receipts(draft)]
        if not receipts:
            return
        bindings = self.env["ciama.binding"]
        known = bindings._lookup(shop, KIND, [receipt.external_id for receipt in receipts])
        missing = [receipt for receipt in receipts if receipt.external_id not in known]
        if missing:
            self._resolve(shop, missing)
            self.env["ciama.importer"]._reject(drafts)
        made = self._create([receipt for receipt in missing if receipt.rules.register_payment])
        bindings._bind(shop, KIND, {r.external_id: payment for r, payment in made.items()})
        payments = {}
        for receipt in receipts:
            payment = made.get(receipt) or self.env["account.payment"].browse(
                known.get(receipt.external_id, [])
            )
            payments.setdefault(receipt.draft, self.env["account.payment"])
            payments[receipt.draft] |= payment
        self._match(payments)

    def _receipts(self, draft):
        if draft.sale_order.state == "cancel":
            return []
        return [
            Receipt(draft, payment)
            for payment in draft.order.payments
            if payment.captured and payment.amount > 0
        ]

    # -- by which rule
    def _resolve(self, shop, receipts):
        """Set ``rules`` and ``currency``; fail the drafts whose money cannot be booked."""
        labels = {r.payment.method.code: r.payment.method.label for r in receipts}
        rows = self.env["ciama.mapping.payment"]._of_values(shop, labels)
        currencies = self.env["res.currency"].search([("active", "=", True)]).grouped("name")
        for receipt in receipts:
            draft, payment = receipt.draft, receipt.payment
            row = rows[payment.method.code]
            receipt.rules = self._rules(shop, draft, row)
            receipt.currency = currencies.get(payment.currency)
            if not receipt.rules.register_payment:
                continue
            if not (row.journal_id if payment.kind in OWN_JOURNAL else receipt.rules.journal):
                self._fail_unmapped(draft, payment.method)
            elif not receipt.currency:
                draft.fail(Code.CURRENCY_UNKNOWN, currency=payment.currency)
            else:
                check_period(draft, self._date(receipt), sale=False, tax=False)

    def _rules(self, shop, draft, row):
        if row == draft.payment:
            return draft.rules
        return self.env["ciama.rules"]._of(shop, row, draft.group)

    def _fail_unmapped(self, draft, method):
        draft.fail(
            Code.PAYMENT_JOURNAL_MISSING,
            value=method.label or method.code,
            waits_for=method.code,
            mapping=("ciama.mapping.payment", method.code, method.label),
        )

    def _date(self, receipt):
        """The day of the payment in the books' time zone; the order's where it is not told."""
        moment = receipt.payment.paid_at or receipt.draft.order.created_at
        return day_of(receipt.draft.card.company_id, moment)

    # -- writing
    def _create(self, receipts):
        """Posted payments {receipt: account.payment}."""
        if not receipts:
            return {}
        payments = self.env["account.payment"].create([self._values(r) for r in receipts])
        payments.action_post()
        return dict(zip(receipts, payments, strict=True))

    def _values(self, receipt):
        draft, payment, rules = receipt.draft, receipt.payment, receipt.rules
        customer = draft.sale_order.partner_invoice_id.commercial_partner_id
        method = rules.payment_method_line or rules.journal.inbound_payment_method_line_ids[:1]
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": customer.id,
            "amount": float(payment.amount),
            "currency_id": receipt.currency.id,
            "date": self._date(receipt),
            "memo": payment.transaction_id or draft.order.number,
            "payment_reference": draft.order.number,
            "journal_id": rules.journal.id,
            "payment_method_line_id": method.id,
            "outstanding_account_id": self._outstanding(draft, method).id,
            "destination_account_id": self._receivable(draft, customer).id,
            "company_id": draft.card.company_id.id,
            "ciama_order_id": draft.card.id,
            "ciama_shop_id": draft.card.shop_id.id,
        }

    def _outstanding(self, draft, method):
        """Said here, since Odoo with its accounting app books no entry where the method has
        none, and without an entry there is nothing to match with the invoice."""
        company = draft.card.company_id
        payments = self.env["account.payment"].new({"company_id": company.id})
        return method.payment_account_id or payments._get_outstanding_account("inbound")

    def _receivable(self, draft, customer):
        return (
            _receivables(draft).account_id[:1]
            or customer.with_company(draft.card.company_id).property_account_receivable_id
        )

    # -- matching
    def _match(self, payments_by_draft):
        """Match what is open of the payments with what is open of their orders' invoices."""
        payments = self.env["account.payment"].union(*payments_by_draft.values())
        rows = self.env["account.move.line"].search(
            [
                ("payment_id", "in", payments.ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
            ]
        )
        of_payment = rows.grouped("payment_id")
        plan = []
        for draft, of_draft in payments_by_draft.items():
            paid = rows[:0].union(*(of_payment.get(payment, rows[:0]) for payment in of_draft))
            owed = _receivables(draft).filtered(lambda row: not row.reconciled)
            by_account = owed.grouped("account_id")
            plan += [
                rows_paid | by_account[account]
                for account, rows_paid in paid.grouped("account_id").items()
                if account in by_account
            ]
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)


def _receivables(draft):
    """Receivable lines of the posted invoices of an order."""
    moves = draft.sale_order.order_line.invoice_lines.move_id
    return moves.filtered(
        lambda move: move.move_type == "out_invoice" and move.state == "posted"
    ).line_ids.filtered(lambda row: row.account_id.account_type == "asset_receivable")

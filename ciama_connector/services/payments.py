from odoo import Command, api, models

from ..canonical import Code, PaymentKind, cents
from ..canonical.parts import exact
from .calendar import check_period
from .matching import match, outstanding_account, receivable_rows
from .receipts import cash_rounding, company_amount, received

# Not money in the bank: their journal is never the shop's general one.
OWN_JOURNAL = (PaymentKind.GIFT_CARD, PaymentKind.STORE_CREDIT)
KIND = "payment"


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
        made = self._create([receipt for receipt in missing if self._to_book(receipt)])
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
        """Money received for an order that stands; notes where it is too much."""
        if draft.sale_order.state == "cancel":
            return []
        receipts, order = received(draft), draft.shop_order or draft.order
        rounding, total = cash_rounding(order), cents(order.total, order.currency)
        worths = [receipt.worth for receipt in receipts]
        if receipts and None not in worths:
            surplus = sum(worths) - total
            if rounding and surplus == rounding:
                receipts[-1].rounding = rounding
            elif surplus > order.total_refunded:
                draft.warn(Code.OVERPAID, paid=sum(worths), total=total, currency=order.currency)
        return receipts

    def _to_book(self, receipt):
        """By rule; and unless a person has matched that money with the invoice, such as from
        the bank statement, before the shop knew of it."""
        if not receipt.rules.register_payment:
            return False
        if receipt.worth and _settled_by_hand(receipt.draft) >= receipt.worth:
            receipt.draft.warn(Code.ALREADY_PAID, value=receipt.memo)
            return False
        return True

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
            elif receipt.rounding and not self._rounding_account(receipt):
                draft.fail(Code.CASH_DIFFERENCE_MISSING)
            else:
                check_period(draft, receipt.day, sale=False, tax=False)

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

    # -- writing
    def _create(self, receipts):
        """Posted payments {receipt: account.payment}."""
        if not receipts:
            return {}
        payments = self.env["account.payment"].create([self._values(r) for r in receipts])
        payments.action_post()
        return dict(zip(receipts, payments, strict=True))

    def _values(self, receipt):
        draft, rules = receipt.draft, receipt.rules
        company = draft.card.company_id
        customer = draft.sale_order.partner_invoice_id.commercial_partner_id
        method = rules.payment_method_line or rules.journal.inbound_payment_method_line_ids[:1]
        values = {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": customer.id,
            "amount": float(receipt.payment.amount),
            "currency_id": receipt.currency.id,
            "date": receipt.day,
            "memo": receipt.memo,
            "payment_reference": draft.order.number,
            "journal_id": rules.journal.id,
            "payment_method_line_id": method.id,
            "outstanding_account_id": outstanding_account(company, method, "inbound").id,
            "destination_account_id": self._receivable(draft, customer).id,
            "company_id": company.id,
            "ciama_order_id": draft.card.id,
            "ciama_shop_id": draft.card.shop_id.id,
        }
        return values | self._entry(receipt, values)

    def _receivable(self, draft, customer):
        return (
            receivable_rows(_invoices(draft)).account_id[:1]
            or customer.with_company(draft.card.company_id).property_account_receivable_id
        )

    # -- entries that Odoo would not make like this by itself
    def _entry(self, receipt, values):
        """How the entry differs from amount and counterpart at Odoo's rate, as ``create`` of
        ``account.payment`` takes it."""
        balance = company_amount(receipt)
        if receipt.rounding:
            return {"write_off_line_vals": [self._rounding_line(receipt, values)]}
        if receipt.worth is not None and receipt.payment.currency != receipt.draft.order.currency:
            return {"line_ids": self._two_currencies(receipt, values, balance)}
        return {} if balance is None else {"force_balance": balance}

    def _two_currencies(self, receipt, values, balance):
        """Received in one currency, settles a debt in another, at the shop's rate."""
        company, order = receipt.draft.card.company_id, receipt.draft.sale_order
        if balance is None:
            balance = receipt.currency._convert(
                values["amount"], company.currency_id, company, receipt.day
            )
        worth = balance if order.currency_id == company.currency_id else float(receipt.worth)
        common = {
            "name": values["memo"],
            "date_maturity": receipt.day,
            "partner_id": values["partner_id"],
        }
        return [
            Command.create(
                {
                    **common,
                    "account_id": values["outstanding_account_id"],
                    "currency_id": receipt.currency.id,
                    "amount_currency": values["amount"],
                    "balance": balance,
                }
            ),
            Command.create(
                {
                    **common,
                    "account_id": values["destination_account_id"],
                    "currency_id": order.currency_id.id,
                    "amount_currency": -worth,
                    "balance": -balance,
                }
            ),
        ]

    def _rounding_line(self, receipt, values):
        """Cash is rounded to the smallest coin, the invoice is not: the difference is a gain
        or a loss of the company."""
        company = receipt.draft.card.company_id
        amount = -float(receipt.rounding)
        return {
            "name": self.env._("Cash rounding"),
            "account_id": self._rounding_account(receipt).id,
            "partner_id": values["partner_id"],
            "currency_id": receipt.currency.id,
            "amount_currency": amount,
            "balance": receipt.currency._convert(amount, company.currency_id, company, receipt.day),
        }

    def _rounding_account(self, receipt):
        """The journal's own account for differences, else the company's."""
        journal, company = receipt.rules.journal, receipt.draft.card.company_id
        if receipt.rounding > 0:
            return journal.profit_account_id or company.default_cash_difference_income_account_id
        return journal.loss_account_id or company.default_cash_difference_expense_account_id

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
        match(
            self.env,
            [
                rows[:0].union(*(of_payment.get(payment, rows[:0]) for payment in of_draft))
                | receivable_rows(_invoices(draft))
                for draft, of_draft in payments_by_draft.items()
                if any(payment in of_payment for payment in of_draft)
            ],
        )


def _invoices(draft):
    moves = draft.sale_order.order_line.invoice_lines.move_id
    return moves.filtered(lambda move: move.move_type == "out_invoice")


def _settled_by_hand(draft):
    """What of an order's invoices was matched with anything but payments and credit notes
    of shops, in the order's currency."""
    order = draft.sale_order
    by_hand = [
        match.debit_amount_currency
        for match in receivable_rows(_invoices(draft)).matched_credit_ids
        if match.credit_move_id.move_id.move_type != "out_refund"
        and not match.credit_move_id.payment_id.ciama_order_id
    ]
    return exact(sum(by_hand), order.currency_id.decimal_places)

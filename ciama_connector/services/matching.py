"""What invoices, payments and refunds share of booking and matching money."""


def receivable_rows(moves):
    """Items of ``moves`` (account.move) on customers' accounts, as far as they are posted."""
    posted = moves.filtered(lambda move: move.state == "posted")
    return posted.line_ids.filtered(lambda row: row.account_id.account_type == "asset_receivable")


def outstanding_account(company, method, payment_type):
    """Where a payment waits for the bank statement. Said with each payment, since Odoo with
    its accounting app books no entry where ``method`` (account.payment.method.line) has no
    account, and without an entry there is nothing to match with an invoice."""
    payments = company.env["account.payment"].new({"company_id": company.id})
    return method.payment_account_id or payments._get_outstanding_account(payment_type)


def match(env, sets):
    """Reconcile what is open of each of ``sets`` (account.move.line), account by account;
    whatever has no counterpart stays open. One call for all."""
    plan = []
    for rows in sets:
        still_open = rows.filtered(lambda row: not row.reconciled)
        plan += [
            of_account
            for of_account in still_open.grouped("account_id").values()
            if len({row.balance > 0 for row in of_account}) == 2
        ]
    if plan:
        env["account.move.line"]._reconcile_plan(plan)

from datetime import timedelta

from odoo import api, models
from odoo.addons.queue_job.job import identity_exact

from ..canonical import Code, cents
from ..canonical.parts import NOTHING, exact
from .calendar import check_period, company_zone, day_of, today
from .matching import match, receivable_rows


class CiamaInvoices(models.AbstractModel):
    """Invoices of a batch: what is due by rule and not invoiced yet, created at once,
    posted at once, numbered as the orders were placed, with the shop's own amounts.

    At delivery, goods are invoiced as they leave. What does not leave a warehouse (shipping,
    fees, gift cards, services) comes with the first invoice, reductions of the whole order
    in proportion to the goods. Each invoice takes its share of each line to the cent; the
    last one takes what is left.
    """

    _name = "ciama.invoices"
    _description = "Invoices of Shop Orders"

    @api.model
    def _make(self, shop, drafts):
        due = {}
        for draft in drafts:
            quantities = self._due(draft)
            if quantities:
                due[draft] = quantities
        if not due:
            return
        for draft in due:
            self._check_total(draft)
            check_period(draft, self._invoice_date(draft), sale=True, tax=True)
        self.env["ciama.importer"]._reject(drafts)
        expected = {draft: self._expected(quantities) for draft, quantities in due.items()}
        in_credit = {draft: _credit_notes(draft) for draft in due}
        moves = self._create(due)
        for draft, move in moves.items():
            self._verify(draft, move, expected[draft])
        self.env["ciama.importer"]._reject(drafts)
        credited = [draft for draft, notes in in_credit.items() if notes]
        match(self.env, [receivable_rows(moves[draft] | in_credit[draft]) for draft in credited])
        self._invite(shop, self.env["account.move"].union(*moves.values()))
        to_send = [move.id for draft, move in moves.items() if draft.rules.send_invoice]
        self._send(shop, self.env["account.move"].browse(to_send))

    # -- what is due
    def _due(self, draft):
        """{sale order line: quantity} to be invoiced now; empty where a person does it."""
        order = draft.sale_order
        if draft.rules.invoice == "never" or order.state != "sale":
            return {}
        lines = order.order_line.filtered(lambda row: not row.display_type)
        if any(lines.mapped("is_downpayment")):
            return {}
        moves = lines.invoice_lines.move_id
        if any(move.state == "cancel" and move.move_type == "out_invoice" for move in moves):
            draft.warn(Code.INVOICE_CANCELLED)
            return {}
        goods = lines.filtered(
            lambda row: row.qty_delivered_method == "stock_move" and row.product_uom_qty
        )
        if draft.rules.invoice == "delivery" and goods:
            wanted = self._wanted_at_delivery(lines, goods)
        else:
            wanted = {line: line.product_uom_qty for line in lines}
        due = {line: wanted[line] - line._quantity_invoiced() for line in wanted}
        return {
            line: quantity
            for line, quantity in due.items()
            if line.product_uom_id.compare(quantity, 0.0) > 0
        }

    def _wanted_at_delivery(self, lines, goods):
        """{sale order line: quantity} that should be invoiced by now."""
        left = {line: min(line.qty_delivered, line.product_uom_qty) for line in goods}
        if not any(left.values()):
            return {}
        sold = sum(line.price_subtotal for line in goods)
        worth = sum(line.price_subtotal * left[line] / line.product_uom_qty for line in goods)
        complete = all(
            line.product_uom_id.compare(left[line], line.product_uom_qty) == 0 for line in goods
        )
        share = 1.0 if complete or not sold else worth / sold
        wanted = dict(left)
        for line in lines - goods:
            part = share if line.price_subtotal < 0 else 1.0
            wanted[line] = line.product_uom_id.round(line.product_uom_qty * part)
        return wanted

    def _expected(self, quantities):
        """The shop's amounts (Part) of what is due, or None where a person has a share."""
        parts = [line._invoice_part(quantity) for line, quantity in quantities.items()]
        return None if None in parts else sum(parts, NOTHING)

    # -- when
    @api.model
    def _invoice_date(self, draft):
        """By rule, in the books' time zone; unpaid orders dated by payment are of today."""
        order, company = draft.order, draft.card.company_id
        if draft.rules.invoice_date == "order":
            return day_of(company, order.created_at)
        paid = [payment.paid_at or order.created_at for payment in order.payments
                if payment.captured]  # fmt: skip
        if draft.rules.invoice_date == "payment" and paid:
            return day_of(company, max(paid))
        return today(company)

    def _due_date(self, draft, day):
        """Invoice values of its terms: the shop's own for this order, else Odoo's."""
        order, company = draft.order, draft.card.company_id
        terms = order.payment_terms
        if terms and terms.due_at:
            due = terms.due_at.astimezone(company_zone(company)).date()
            return {"invoice_payment_term_id": False, "invoice_date_due": max(due, day)}
        if terms and terms.due_days is not None:
            due = day + timedelta(days=terms.due_days)
            return {"invoice_payment_term_id": False, "invoice_date_due": due}
        if not draft.sale_order.payment_term_id:
            return {"invoice_date_due": day}
        return {}

    # -- writing
    def _create(self, due):
        """Posted invoices {draft: move}; ``due`` is {draft: {sale order line: quantity}}."""
        drafts = sorted(due, key=lambda draft: (draft.order.created_at, draft.card.id))
        orders = self.env["sale.order"].browse([draft.sale_order.id for draft in drafts])
        plan = {draft.sale_order.id: self._plan(draft, due[draft]) for draft in drafts}
        moves = orders.with_context(ciama_invoicing=plan)._create_invoices(grouped=True)
        moves = moves.with_env(self.with_context(ciama_numbering=True).env)
        moves.action_post()
        return dict(zip(drafts, moves, strict=True))

    def _plan(self, draft, quantities):
        """What the sale order needs to know to prepare its invoice."""
        day = self._invoice_date(draft)
        return {
            "values": {
                "invoice_date": day,
                "payment_reference": draft.order.number,
                **self._due_date(draft, day),
            },
            "quantities": {line.id: quantity for line, quantity in quantities.items()},
        }

    # -- proof
    def _check_total(self, draft):
        """The sale order, of which the invoices are parts, must still be the shop's."""
        order, wanted = draft.sale_order, cents(draft.order.total, draft.order.currency)
        total = exact(order.amount_total, order.currency_id.decimal_places)
        if total != wanted:
            self._fail(draft, total, wanted)

    def _verify(self, draft, move, expected):
        """The posted invoice must be the share ``expected`` (Part) of the shop's amounts, tax
        by tax; None: a person priced a line, and the total is the shop's all the same."""
        found = move._ciama_part()
        if expected is not None and found.without_zeros() != expected.without_zeros():
            self._fail(draft, found.gross, expected.gross)

    def _fail(self, draft, found, wanted):
        draft.fail(Code.INVOICE_DIFFERS, odoo=found, shop=wanted, currency=draft.order.currency)

    # -- what customers get
    def _invite(self, shop, moves):
        """An account on the portal, where the shop wants it and the customer has none."""
        if not shop.invite_customers:
            return
        customers = moves.line_ids.sale_line_ids.order_id.partner_id
        for customer in customers.filtered(lambda partner: partner.email):
            if not customer.sudo().with_context(active_test=False).user_ids:
                shop.with_delay(
                    description=self.env._("Invite a customer of %s to the portal", shop.name),
                    identity_key=identity_exact,
                )._job_invite_customer(customer.id)

    def _send(self, shop, moves):
        """Leave the mails, the PDF in the archive and whatever else the customer gets to
        Odoo's own scheduled action: nothing is rendered inside an import."""
        moves = moves.filtered(lambda move: move.partner_id.email)
        if not moves:
            return
        author = shop.user_id or self.env.user
        moves.sending_data = {
            "author_user_id": author.id,
            "author_partner_id": author.partner_id.id,
        }
        self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()


def _credit_notes(draft):
    """What an edit left in the customer's credit pays what another one added."""
    moves = draft.sale_order.order_line.invoice_lines.move_id
    return moves.filtered(lambda move: move.move_type == "out_refund")

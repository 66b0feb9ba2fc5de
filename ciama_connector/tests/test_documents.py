"""The last step as a whole: all or nothing, once, a few queries, nothing sent by itself."""

import re
from contextlib import contextmanager
from html import unescape
from unittest.mock import patch
from urllib.parse import parse_qs

from odoo.addons.queue_job.exception import RetryableJobError

from .common import line, order
from .invoice_case import InvoiceCase, payment

LATER = "2026-03-05T08:00:00+00:00"


class Killed(Exception):
    """The power fails."""


class TestAllOrNothing(InvoiceCase):
    """A failure at any step leaves no half document, and the next run makes each once."""

    @contextmanager
    def killed(self, model, method, *, after):
        """Fails before, or after, ``method`` did its work."""
        real = getattr(type(self.env[model]), method)

        def failing(records, *args, **kwargs):
            if after:
                real(records, *args, **kwargs)
                records.env.flush_all()
            raise Killed

        with patch.object(type(self.env[model]), method, failing), self.quiet():
            yield

    def quiet(self):
        return self.assertLogs("odoo.addons.ciama_connector.services.importer", "ERROR")

    STEPS = (
        ("invoices created", "sale.order", "_create_account_invoices", True),
        ("before posting", "account.move", "action_post", False),
        ("invoices posted", "account.move", "action_post", True),
        ("before payments", "account.payment", "create", False),
        ("payments created", "account.payment", "create", True),
        ("payments posted", "account.payment", "action_post", True),
        ("before the bindings", "ciama.binding", "_bind", False),
        ("before matching", "account.move.line", "_reconcile_plan", False),
        ("matched", "account.move.line", "_reconcile_plan", True),
    )

    def test_at_each_step(self):
        for name, model, method, after in self.STEPS:
            with self.subTest(step=name):
                customer = {"external_id": name, "email": f"{len(name)}@example.com"}
                body = order(payments=[payment("12.00")], customer=customer)
                self.shop.invoice_policy = "never"
                self.shop.register_payments = False
                sale_order = self.imported(body)
                self.shop.invoice_policy = "order"
                self.shop.register_payments = True
                with self.killed(model, method, after=after):
                    (card,) = self.import_orders(
                        {**body, "updated_at": LATER, "staff_note": "once more"}
                    )
                self.assert_card(card, "failed", "unexpected")
                self.assertEqual(sale_order.state, "sale")
                self.assertFalse(sale_order.invoice_ids)
                self.assertFalse(self.payments(sale_order))
                self.assertFalse(card.payment_ids)
                card.action_retry()
                self.env["ciama.importer"]._run(card)
                self.assertEqual(card.state, "imported")
                self.assertEqual(self.invoices(sale_order).mapped("payment_state"), ["paid"])
                self.assertEqual(self.payments(sale_order), card.payment_ids)
                self.assertEqual(len(card.payment_ids), 1)

    def test_one_that_fails_takes_no_other_with_it(self):
        good = [order(payments=[payment("12.00")]) for _number in range(4)]
        bad = order(payments=[payment("12.00", transaction_id="boom")])
        real = type(self.env["account.payment"]).create

        def picky(payments, vals_list):
            if any(values.get("memo") == "boom" for values in vals_list):
                raise Killed
            return real(payments, vals_list)

        with patch.object(type(self.env["account.payment"]), "create", picky), self.quiet():
            cards = self.import_orders(*good[:2], bad, *good[2:])
        self.assertEqual(cards.mapped("state"), ["imported"] * 2 + ["failed"] + ["imported"] * 2)
        self.assertEqual(
            [card.sale_order_id.invoice_ids.payment_state for card in cards],
            ["paid", "paid", False, "paid", "paid"],
        )
        self.assertTrue(cards[2].sale_order_id)


class TestQueries(InvoiceCase):
    def drafts(self, count):
        """Imported orders whose documents are all there, as a later import sees them."""
        bodies = [
            order(line(quantity="2"), line("5.00"), payments=[payment("18.00")])
            for _number in range(count)
        ]
        cards = self.import_orders(*bodies)
        self.assertEqual(set(cards.mapped("state")), {"imported"})
        taken = self.env["ciama.importer"]._take(cards)
        drafts = taken.env["ciama.importer"]._drafts(taken)
        for draft in drafts:
            draft.sale_order = draft.card.sale_order_id
        taken.env["ciama.rules"]._resolve(self.shop, drafts)
        return taken.env["ciama.documents"], drafts

    def queries(self, count):
        documents, drafts = self.drafts(count)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        documents._make(drafts)
        return self.cr.sql_log_count - before

    def test_a_batch_with_nothing_to_do_asks_a_few_questions(self):
        self.queries(1)  # caches of the registry
        few, many = self.queries(2), self.queries(12)
        self.assertEqual(few, many)
        self.assertLess(many, 30)

    def test_what_is_ours_does_not_grow_with_the_batch(self):
        """One call each of what Odoo can do for many, whatever the number of orders."""
        calls = []

        def counted(model, method):
            real = getattr(type(self.env[model]), method)

            def counting(records, *args, **kwargs):
                if records or any(args):  # Odoo asks itself to match nothing
                    calls.append(method)
                return real(records, *args, **kwargs)

            return patch.object(type(self.env[model]), method, counting)

        with (
            counted("sale.order", "_create_invoices"),
            counted("account.payment", "action_post"),
            counted("account.move.line", "_reconcile_plan"),
            counted("ciama.binding", "_lookup"),
            counted("ciama.binding", "_bind"),
        ):
            self.import_orders(*(order(payments=[payment("12.00")]) for _number in range(6)))
        for method in ("_create_invoices", "action_post", "_reconcile_plan"):
            self.assertEqual(calls.count(method), 1, method)


class TestTwoJobs(InvoiceCase):
    def test_a_job_waits_for_the_one_that_has_its_order(self):
        (card,) = self.import_orders(order())
        with patch.object(
            type(self.env["ciama.order"]), "try_lock_for_update", lambda orders: orders[:0]
        ), self.assertRaises(RetryableJobError):  # fmt: skip
            card._job_documents()

    def test_an_import_comes_again_for_what_another_job_has(self):
        card, other = self.stage(order(), order())
        real = type(card).try_lock_for_update
        with patch.object(
            type(card), "try_lock_for_update", lambda orders: real(orders - other)
        ), self.trap() as jobs:  # fmt: skip
            self.assertEqual((card | other)._job_import(), "1 imported")
            jobs.assert_jobs_count(1, only=other._job_import)
        self.assertEqual((card | other).mapped("state"), ["imported", "received"])

    def test_it_makes_stale_what_an_import_saw_before(self):
        """The row is written, not only locked: the other transaction must start anew."""
        (card,) = self.import_orders(order())
        card.last_attempt = "2020-01-01"
        card._job_documents()
        self.assertGreater(card.last_attempt.year, 2020)


class TestSending(InvoiceCase):
    def setUp(self):
        super().setUp()
        self.shop.send_invoices = True

    def test_left_to_odoos_own_scheduled_action(self):
        cron = self.env.ref("account.ir_cron_account_move_send")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        invoice = self.paid_invoice(order(payments=[payment("12.00")]))
        self.assertTrue(invoice.is_being_sent)
        self.assertFalse(invoice.invoice_pdf_report_id, "nothing is rendered inside an import")
        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)

    def test_the_mail_has_the_invoice_and_the_way_to_the_portal(self):
        invoice = self.paid_invoice(order(payments=[payment("12.00")]))
        others = self.env["account.move"].search([("sending_data", "!=", False)]) - invoice
        others.sending_data = False
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 1):
            self.env["account.move"]._cron_account_move_send()
        self.assertFalse(invoice.sending_data)
        self.assertTrue(invoice.invoice_pdf_report_id, "kept in the archive")
        message = invoice.message_ids.filtered(lambda row: row.attachment_ids)[:1]
        self.assertEqual(message.partner_ids.mapped("email"), ["marie@curie.example"])
        self.assertIn(invoice.invoice_pdf_report_id.name, message.attachment_ids.mapped("name"))
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        link = re.search(r'href="[^"]*/mail/view\?([^"]*)"', mail.body_html).group(1)
        link = parse_qs(unescape(link))
        self.assertEqual(link["access_token"], [invoice.access_token])
        self.assertEqual((link["model"], link["res_id"]), (["account.move"], [str(invoice.id)]))

    def test_the_rule_of_the_payment_method(self):
        row = self.env["ciama.mapping.payment"]._of_values(self.shop, {"amazon": ""})["amazon"]
        row.send_invoice = "no"
        invoice = self.invoices(self.imported(order(payment_method={"code": "amazon"})))
        self.assertFalse(invoice.sending_data)

    def test_nobody_to_send_it_to(self):
        customer = {"external_id": "9", "last_name": "Curie"}
        invoice = self.invoices(self.imported(order(customer=customer)))
        self.assertFalse(invoice.partner_id.email)
        self.assertFalse(invoice.sending_data)

    def test_sent_once(self):
        body = order()
        invoice = self.invoices(self.imported(body))
        invoice.sending_data = False
        self.imported({**body, "updated_at": LATER, "staff_note": "seen"})
        self.assertFalse(invoice.sending_data)


class TestInvitation(InvoiceCase):
    def users(self, sale_order):
        return sale_order.partner_id.with_context(active_test=False).user_ids

    def test_off_by_default(self):
        with self.trap() as jobs:
            sale_order = self.imported(order())
            jobs.assert_jobs_count(0, only=self.shop._job_invite_customer)
        self.assertFalse(self.users(sale_order))

    def test_in_a_job(self):
        self.shop.invite_customers = True
        with self.trap() as jobs:
            sale_order = self.imported(order())
            self.assertFalse(self.users(sale_order))
            jobs.assert_jobs_count(1, only=self.shop._job_invite_customer)
            jobs.perform_enqueued_jobs()
        self.assertTrue(self.users(sale_order)._is_portal())
        with self.trap() as jobs:
            self.imported(order())
            jobs.assert_jobs_count(0, only=self.shop._job_invite_customer)

    def test_not_where_another_user_has_the_address(self):
        sale_order = self.imported(order())
        self.env["res.users"].create({"name": "Marie", "login": "marie@curie.example"})
        partner = sale_order.partner_id
        self.assertEqual(self.shop._job_invite_customer(partner.id), "Nothing to do.")
        self.assertFalse(self.users(sale_order))

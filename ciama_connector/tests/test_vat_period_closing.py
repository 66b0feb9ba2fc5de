"""Closing a period: what is left to do before, and the lock."""

from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import line, order
from .test_vat_period import MARCH, PeriodCase


class TestClosing(PeriodCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = new_test_user(
            cls.env,
            "ciama-chief",
            "account.group_account_manager,ciama_connector.group_user",
            company_id=cls.company.id,
        )

    def closing(self, user=None, **values):
        return self.env["ciama.vat.period"].with_user(user or self.boss).create({**MARCH, **values})

    def blocked(self, day, **values):
        return self.import_orders(order(line(sku="STOOL"), created_at=day, **values))

    def test_orders_of_the_period_that_wait(self):
        self.shop.import_from = "2026-01-01"
        inside = self.blocked("2026-03-31T21:00:00Z")  # still March in Paris
        self.company.partner_id.tz = "Europe/Paris"
        self.blocked("2026-03-31T22:30:00Z")  # April there
        wizard = self.closing()
        self.assertEqual(wizard.waiting_count, 1)
        found = self.env["ciama.order"].search(wizard.action_open_waiting()["domain"])
        self.assertEqual(found, inside)

    def test_drafts_come_first(self):
        draft = self.env["account.move"].create(
            {"move_type": "out_invoice", "date": "2026-03-05", "invoice_date": "2026-03-05",
             "partner_id": self.env["res.partner"].create({"name": "X"}).id,
             "company_id": self.company.id}
        )  # fmt: skip
        wizard = self.closing()
        self.assertEqual(wizard.draft_count, 1)
        self.assertEqual(
            self.env["account.move"].search(wizard.action_open_drafts()["domain"]), draft
        )
        with freeze_time("2026-04-02"), self.assertRaisesRegex(UserError, "drafts"):
            wizard.action_close_period()

    def test_the_period_is_closed(self):
        wizard = self.closing()
        with freeze_time("2026-03-31"), self.assertRaisesRegex(UserError, "not over"):
            wizard.action_close_period()
        with freeze_time("2026-04-01"):
            answer = wizard.action_close_period()
        self.assertIn("03/31/2026", answer["params"]["message"])
        self.assertEqual(self.company.tax_lock_date, date(2026, 3, 31))
        self.assertTrue(self.closing().is_closed)
        self.assertFalse(self.closing(date_to="2026-04-30").is_closed)

    def test_a_later_lock_stays(self):
        self.company.tax_lock_date = "2026-06-30"
        with freeze_time("2026-07-02"):
            self.closing().action_close_period()
        self.assertEqual(self.company.tax_lock_date, date(2026, 6, 30))

    def test_who_may(self):
        user = new_test_user(
            self.env, "ciama-clerk", "ciama_connector.group_manager", company_id=self.company.id
        )
        wizard = self.closing(user)
        self.assertFalse(wizard.may_close)
        with freeze_time("2026-04-02"), self.assertRaises(AccessError):
            wizard.action_close_period()
        self.assertFalse(self.company.tax_lock_date)

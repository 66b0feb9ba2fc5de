"""Whole lives of orders, drawn by seed: after each event the books are the shop's, or a card
says why they are not."""

import random
from collections import defaultdict
from decimal import Decimal

from ..canonical import cents
from .common import address, line
from .refund_case import back, payment, refund
from .test_audit import AuditCase

# Each test is one transaction, in which PostgreSQL's statistics grow old: a few lives only.
LIVES = 6
EVENTS = 7
BERLIN = address(country="DE", zip="10115", city="Berlin", street="Unter den Linden 1")
# Causes that leave an order of these lives to a person, and rightly.
ASKS = ("already_delivered", "already_invoiced", "cannot_cancel", "refund_partly_invoiced")


def money(draw, low, high):
    return Decimal(draw.randint(low, high)) / 100


class Life:
    """A shop's side of one order: what it sold, received and gave back."""

    def __init__(self, draw):
        self.draw = draw
        self.lines = [self._line(index) for index in range(1, draw.randint(2, 4))]
        if draw.random() < 0.5:
            self.lines.append(self._row("ship", "shipping", "20", 1, money(draw, 300, 900)))
        if draw.random() < 0.3 and self.total > 10:
            self.lines.append(self._row("off", "discount", "20", 1, -money(draw, 10, 300)))
        self.payments, self.refunds = [], []
        self.versions = []
        self.status = "accepted"
        self.named = True  # every refund said what it was for

    def _line(self, index):
        rate = self.draw.choice(("20", "10", "5.5"))
        units = self.draw.randint(1, 5)
        return self._row(str(index), "product", rate, units, money(self.draw, 50, 3000) * units)

    def _row(self, id_, kind, rate, units, net):
        vat = cents(net * Decimal(rate) / 100, "EUR")
        return {"id": id_, "kind": kind, "rate": rate, "units": units, "net": net, "tax": vat,
                "left": [units, net, vat]}  # fmt: skip

    # -- what it adds up to
    @property
    def total(self):
        return sum(row["net"] + row["tax"] for row in self.lines)

    @property
    def paid(self):
        return sum(Decimal(entry["amount"]) for entry in self.payments)

    @property
    def given_back(self):
        return sum(Decimal(entry["amount"]) for entry in self.refunds)

    def left(self):
        """{"untaxed": amount, rate: tax} of what nobody gave back; no zeros."""
        found = defaultdict(Decimal)
        for row in self.lines:
            found["untaxed"] += row["left"][1]
            found[row["rate"]] += row["left"][2]
        return {key: f"{amount:.2f}" for key, amount in found.items() if amount}

    def body(self):
        open_ = self.status in ("accepted", "paid")
        status = "paid" if open_ and self.paid >= self.total else self.status
        paid = "paid" if status == "paid" else "partially_paid" if self.payments else "pending"
        return {
            "lines": [
                {
                    **line(str(row["net"]), row["rate"], row["tax"], quantity=str(row["units"])),
                    **({} if row["kind"] == "product" else {"sku": ""}),
                    "id": row["id"],
                    "kind": row["kind"],
                    "name": row["id"],
                }
                for row in self.lines
            ],
            "total": str(self.total),
            "total_tax": str(sum(row["tax"] for row in self.lines)),
            "payments": list(self.payments),
            "refunds": list(self.refunds),
            "total_paid": str(self.paid),
            "total_refunded": str(self.given_back),
            "status": status,
            "payment_status": paid,
        }

    # -- events; each says whether it could happen
    def pays(self):
        owed = self.total - self.given_back - self.paid
        if owed <= 0:
            return False
        amount = owed if self.draw.random() < 0.7 else cents(owed / 3, "EUR")
        self.payments.append(payment(amount, number=len(self.payments) + 1))
        return amount > 0

    def _refund(self, amount, *lines):
        if amount <= 0 or amount > self.paid - self.given_back or len(self.refunds) > 8:
            return False
        self.refunds.append(refund(str(amount), *lines, number=len(self.refunds) + 1))
        return True

    def gives_back_units(self):
        rows = [row for row in self.lines if row["kind"] == "product" and row["left"][0]]
        if not rows or not self.named:
            return False
        row = self.draw.choice(rows)
        left, net, vat = row["left"]
        units = self.draw.randint(1, left)
        part = [cents(amount * units / left, "EUR") for amount in (net, vat)]
        if not self._refund(sum(part), back(row["id"], str(part[0]), str(part[1]), str(units))):
            return False
        row["left"] = [left - units, net - part[0], vat - part[1]]
        return True

    def gives_back_money_of_a_line(self):
        rows = [row for row in self.lines if row["left"][1] > 1]
        if not rows or not self.named:
            return False
        row = self.draw.choice(rows)
        units, net, vat = row["left"]
        part = [cents(amount / 3, "EUR") for amount in (net, vat)]
        if not self._refund(sum(part), back(row["id"], str(part[0]), str(part[1]))):
            return False
        row["left"] = [units, net - part[0], vat - part[1]]
        return True

    def gives_back_an_amount(self):
        amount = cents((self.total - self.given_back) * self.draw.choice((1, 1, 2)) / 5, "EUR")
        done = self._refund(amount)
        self.named = self.named and not done
        return done

    def gives_back_the_rest(self):
        done = self.paid == self.total and self._refund(self.total - self.given_back)
        if done:
            for row in self.lines:
                row["left"] = [0, Decimal(0), Decimal(0)]
        return done

    def is_edited(self):
        if self.refunds:
            return False
        row = self.draw.choice([row for row in self.lines if row["kind"] == "product"])
        what = self.draw.choice(("more", "less", "cheaper", "another"))
        if what == "another":
            self.lines.append(self._line(len(self.lines) + 10))
            return True
        units, net = row["units"], row["net"]
        if what == "less" and units == 1:
            return False
        new = {"more": units + 1, "less": units - 1, "cheaper": units}[what]
        net = net * 9 / 10 if what == "cheaper" else net * new / units
        kept = {"id": row["id"], "kind": row["kind"], "rate": row["rate"]}
        row.update(self._row(*kept.values(), new, cents(net, "EUR")))
        return True

    def is_cancelled(self):
        if self.status == "cancelled" or self.draw.random() < 0.5:
            return False
        self.status = "cancelled"
        for row in self.lines:
            row["left"] = [0, Decimal(0), Decimal(0)]
        return True


IN_SHOP = (
    Life.pays, Life.pays, Life.gives_back_units, Life.gives_back_units,
    Life.gives_back_money_of_a_line, Life.gives_back_an_amount, Life.gives_back_the_rest,
    Life.is_edited, Life.is_edited, Life.is_cancelled,
)  # fmt: skip


class TestLives(AuditCase):
    def setUp(self):
        super().setUp()
        self.shop.confirm_policy = "always"
        policies = self.shop.vat_policy_ids
        policies.filtered(lambda row: row.problem_id.code == "tax_oss_due").decision = "odoo"
        usd = self.env.ref("base.USD")
        usd.active = True
        rates = self.env["res.currency.rate"]
        rates.create({"currency_id": usd.id, "name": "2026-03-01", "rate": 1.25})
        rates.create({"currency_id": usd.id, "name": "2026-03-03", "rate": 1.6})

    def test_some(self):
        self.live_all(0)

    def test_others(self):
        self.live_all(LIVES)

    def test_still_others(self):
        self.live_all(2 * LIVES)

    def live_all(self, first):
        """Most come to their end without a person."""
        ends = []
        for seed in range(first, first + LIVES):
            with self.subTest(seed=seed):
                ends.append(self.live(seed))
        self.assertGreater(ends.count(""), len(ends) / 2, ends)

    def live(self, seed):
        """The cause at which the life of ``seed`` stops, or nothing."""
        draw = random.Random(seed)
        self.shop.invoice_policy = draw.choice(("order", "order", "delivery"))
        self.shop.edit_policy = draw.choice(("amend", "amend", "card"))
        self.life, self.told = Life(draw), [f"seed {seed} {self.shop.invoice_policy}"]
        place = draw.choice(({}, {}, {"billing_address": BERLIN, "shipping_address": BERLIN}))
        self.follows_odoo = bool(place)
        self.currency = draw.choice(("EUR", "EUR", "USD"))
        self.hour = 0
        self.sell(**self.version(), **place)
        self.check()
        for _event in range(EVENTS):
            if not self.happens(draw):
                continue
            if self.card.state != "imported":
                self.assertIn(self.card.problem_id.code, ASKS, self.told)
                self.assertNotIn("{", self.card.message)
                return self.card.problem_id.code
            self.check()
        return self.ends()

    def version(self):
        body = self.life.body()
        for entry in body["payments"]:
            entry["currency"] = self.currency
        return {**body, "currency": self.currency}

    def happens(self, draw):
        event = draw.choice((*IN_SHOP, self.some_leaves, self.comes_again, self.an_old_one))
        if event in IN_SHOP:
            if not event(self.life):
                return False
            self.told.append(event.__name__)
            self.tell(**self.version())
        else:
            self.told.append(event.__name__)
            event(draw)
        return True

    def tell(self, **values):
        self.life.versions.append(self.body)
        self.hour += 1
        later = f"2026-03-04T{self.hour:02}:00:00+00:00"
        self.body = {**self.body, **values, "updated_at": later}
        self.import_orders(self.body)
        self.env.invalidate_all()

    def comes_again(self, _draw):
        self.card.state = "received"
        self.env["ciama.importer"]._run(self.card)
        for _time in range(2):
            self.env["ciama.documents"]._run(self.card)
        self.env.flush_all()
        self.env.invalidate_all()

    def an_old_one(self, draw):
        if self.life.versions:
            self.import_orders(draw.choice(self.life.versions))
            self.env.invalidate_all()

    def some_leaves(self, draw):
        pickings = self.sale_order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        if not pickings:
            return
        share = draw.choice((0.4, 1)) if draw else 1
        for move in pickings.move_ids:
            move.quantity = max(1.0, move.product_uom_qty * share // 1)
        pickings.move_ids.picked = True
        pickings.with_context(cancel_backorder=False)._action_done()
        self.env["ciama.documents"]._run(self.card)
        self.env.flush_all()
        self.env.invalidate_all()

    def ends(self):
        """Everything leaves, so everything is invoiced."""
        self.some_leaves(None)
        if self.card.state != "imported":
            self.assertIn(self.card.problem_id.code, ASKS, self.told)
            return self.card.problem_id.code
        self.told.append("ends")
        self.check(whole=True)
        return ""

    # -- what must be true at any time
    def check(self, whole=False):
        told = self.told
        self.assertEqual(self.card.state, "imported", (told, self.card.message))
        moves = self.sale_order.invoice_ids.filtered(lambda move: move.state == "posted")
        self.assertEqual(moves, self.sale_order.invoice_ids, told)
        for move in moves | self.booked_payments().move_id:
            self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0, places=6, msg=told)
        cancelled = self.sale_order.state == "cancel"
        if cancelled:
            self.assertEqual(self.left(), {}, told)
        elif whole or self.shop.invoice_policy == "order":
            self.check_amounts()
        self.check_money(cancelled)

    def check_amounts(self):
        life, told = self.life, self.told
        gross = life.total - life.given_back if life.status != "cancelled" else Decimal(0)
        found = self.left()
        self.assertEqual(sum(map(Decimal, found.values())), gross, told)
        if not gross:
            self.assertEqual(found, {}, told)
        elif life.named and not self.follows_odoo:
            self.assertEqual(found, life.left(), told)

    def check_money(self, cancelled):
        life, told = self.life, self.told
        booked = defaultdict(float)
        for record in self.booked_payments():
            self.assertIn(record.state, ("in_process", "paid"), told)
            booked[record.payment_type] += record.amount
        received, given = f"{booked['inbound']:.2f}", f"{booked['outbound']:.2f}"
        if not cancelled:
            money = f"{life.paid:.2f}", f"{life.given_back:.2f}"
            self.assertEqual((received, given), money, told)
        open_ = [Decimal(amount) for amount in self.open_rows()]
        self.assertFalse(any(a > 0 for a in open_) and any(a < 0 for a in open_), (told, open_))

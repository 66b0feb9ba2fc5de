import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.fields import Domain
from odoo.tools import SQL

from ..canonical import Code
from ..models.ciama_vies_check import ANSWERED, OPEN
from ..vies import DEFAULT_URL, Answer, Fault, Outcome, ViesClient

LOCK = 0x61AC
BUDGET_SECONDS = 45.0  # of asking in one job; what is left is the next one's
BACKOFF_MINUTES = (5, 10, 20, 40, 60)  # the last one again and again
# VIES does not want to be asked, or we must mend something first.
LONG_WAIT = timedelta(days=1)
LONG_WAITS = (Fault.VAT_BLOCKED, Fault.IP_BLOCKED, Fault.INVALID_REQUESTER_INFO)
BLOCKS = (Fault.VAT_BLOCKED, Fault.IP_BLOCKED)
GIVE_UP = timedelta(days=30)
INVALID_DAYS = 1
RECHECKED_AT_ONCE = 500
WAITING_CODES = (Code.VAT_CHECK_PENDING, Code.VAT_CHECK_UNAVAILABLE)


class CiamaViesAsking(models.AbstractModel):
    """The jobs that ask VIES, one number after the other, and what follows from the answers.

    The connection is made in a transaction that only reads until the answers are written;
    what follows from them (contacts, waiting orders) is the work of a second job, which sees
    the orders that came to wait meanwhile.
    """

    _name = "ciama.vies.asking"
    _description = "Questions to VIES"

    @api.model
    def _ask_due(self, company, *, forced=False):
        """Ask for the numbers of ``company`` that are due; what to note on the job."""
        if not self._lock():
            raise RetryableJobError("VIES is being asked.", seconds=10, ignore_retry=True)
        now = fields.Datetime.now()
        due = self.env["ciama.vies.check"].search(
            [
                ("company_id", "=", company.id),
                ("state", "in", OPEN),
                ("next_attempt", "<=", now),
            ],
            order="next_attempt, id",
        )
        stop = None if forced else self._block(company)
        answers = {} if stop else self._ask(due, self._requester(company))
        for check, answer in answers.items():
            check.write(self._values(check, answer))
            stop = answer if answer.concerns_all else None
        left = due - due.browse([check.id for check in answers])
        if stop:  # nobody is helped by a hundred time-outs
            for check in left:
                check.write(self._no_answer(check, stop))
        elif left:
            self.env["ciama.vies"]._enqueue(company, forced=forced)
        done = due if stop else due - left
        if done:
            done.with_delay(description=self.env._("Take over the answers of VIES"))._job_answered()
        answered = done.filtered(lambda check: check.state in ANSWERED)
        return f"{len(answered)} answered, {len(due - answered)} not"

    def _lock(self):
        """One job at a time talks to VIES; until the end of the transaction."""
        row = self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s)", LOCK))
        return row[0][0]

    def _block(self, company):
        """The Answer to give without asking where VIES has blocked us within a day."""
        last = self.env["ciama.vies.check"].search(
            [
                ("company_id", "=", company.id),
                ("last_attempt", ">", fields.Datetime.now() - LONG_WAIT),
            ],
            order="last_attempt desc, id desc",
            limit=1,
        )
        return Answer.of_fault(Fault(last.fault)) if last.fault in BLOCKS else None

    def _ask(self, checks, requester):
        """{check: Answer}, as many as there is time for, until an answer concerns all."""
        if not checks:
            return {}
        answers, deadline = {}, time.monotonic() + BUDGET_SECONDS
        client = self._client()
        for check in checks:
            if time.monotonic() > deadline:
                break
            answers[check] = answer = client.check(check.number, requester)
            if answer.concerns_all:
                break
        client.close()
        return answers

    def _client(self):
        parameters = self.env["ir.config_parameter"].sudo()
        return ViesClient(
            parameters.get_param("ciama_connector.vies_url") or DEFAULT_URL,
            verify=parameters.get_param("ciama_connector.ca_bundle") or True,
        )

    def _requester(self, company):
        """The company's own number, without which there is no consultation number."""
        return self.env["ciama.vies"]._number_of(company.partner_id)

    # -- what was answered
    def _values(self, check, answer):
        now = fields.Datetime.now()
        values = {"attempts": check.attempts + 1, "last_attempt": now}
        # A number that VIES has no place for is none that could be registered.
        valid = answer.outcome is Outcome.VALID
        if valid or answer.outcome in (Outcome.INVALID, Outcome.MALFORMED):
            days = check.shop_id.vies_cache_days or INVALID_DAYS
            return {
                **values,
                "state": "valid" if valid else "invalid",
                "fault": answer.fault and answer.fault.value,
                "requester": self._requester(check.company_id),
                "answered_at": now,
                "valid_until": now + timedelta(days=days if valid else INVALID_DAYS),
                "request_date": answer.date,
                "trader_name": answer.name,
                "trader_address": answer.address,
                "consultation_number": answer.consultation_number,
                "next_attempt": False,
            }
        return {**values, **self._no_answer(check, answer)}

    def _no_answer(self, check, answer):
        return {
            "state": "unavailable",
            "fault": answer.fault.value,
            "next_attempt": self._next(check, answer),
        }

    def _next(self, check, answer):
        """When to ask again; False once nobody can be waiting any more."""
        now = fields.Datetime.now()
        if now - check.create_date > GIVE_UP:
            return False
        if answer.fault in LONG_WAITS:
            return now + LONG_WAIT
        minutes = BACKOFF_MINUTES[min(check.attempts, len(BACKOFF_MINUTES) - 1)]
        return now + timedelta(minutes=minutes)

    # -- what follows
    @api.model
    def _take_over(self, checks):
        """Tell the contacts, warn of numbers that are not valid any more, and let the orders
        that waited go on."""
        for company, of_company in checks.grouped("company_id").items():
            answered = of_company.filtered(lambda check: check.state in ANSWERED)
            self.with_company(company)._update_partners(answered)
        freed = self._free_orders(checks.mapped("number"))
        return f"{len(freed)} orders go on"

    def _update_partners(self, checks):
        partners = self._partners(self.env.company, checks.mapped("number"))
        for check in checks:
            found = partners.get(check.number, self.env["res.partner"])
            if check.state == "valid":
                found.filtered(lambda partner: not partner.vies_valid).vies_valid = True
                continue
            accepted = check.shop_id.vies_policy == "accept" and check.sale_order_ids
            if accepted or found.filtered("vies_valid"):
                self._warn(check, found)
            found.filtered("vies_valid").vies_valid = False

    def _partners(self, company, numbers):
        """{number: contacts}; Odoo may have a number without its prefix."""
        rows = self.env["res.partner"].search(
            [
                ("vat", "in", [*numbers, *(number[2:] for number in numbers)]),
                ("company_id", "in", (False, company.id)),
            ]
        )
        return rows.grouped(self.env["ciama.vies"]._number_of)

    def _warn(self, check, partners):
        """An activity for whoever looks after the customer."""
        for partner in partners.commercial_partner_id:
            user = partner.user_id or check.shop_id.user_id or check.shop_id.create_uid
            partner.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=self.env._("VAT number not valid any more"),
                note=self.env._(
                    "VIES says that %(number)s is not valid. Ask the customer before you sell "
                    "without VAT again, and look at the invoices since the last proof.",
                    number=check.number,
                ),
            )

    @api.model
    def _free_orders(self, numbers=None):
        """Import again the orders that have no reason to wait any more: all, or those that
        wait for ``numbers``."""
        cards = self.env["ciama.order"].search(
            Domain("state", "=", "held")
            & Domain("problem_id.code", "in", WAITING_CODES)
            & (Domain.TRUE if numbers is None else Domain("waits_for", "in", numbers))
        )
        opened = self.env["ciama.vies.check"].search(
            [("number", "in", cards.mapped("waits_for")), ("state", "in", OPEN)]
        )
        by_number = {(check.company_id, check.number): check for check in opened}
        ready = cards.filtered(
            lambda card: self._goes_on(card, by_number.get((card.company_id, card.waits_for)))
        )
        ready._retry_now()
        return ready

    def _goes_on(self, card, check):
        """Whether an import would end otherwise now; ``check`` is open, or None."""
        if not check:
            return True
        told = Code.VAT_CHECK_PENDING if check.state == "pending" else Code.VAT_CHECK_UNAVAILABLE
        over = card.shop_id.vies_policy != "hold" and check._patience_is_over(card.shop_id)
        return over or card.problem_id.code != told

    # -- from time to time
    @api.model
    def _enqueue_due(self):
        """A job for each company that has something to ask."""
        due = self.env["ciama.vies.check"].search(
            [("state", "in", OPEN), ("next_attempt", "<=", fields.Datetime.now())]
        )
        for company in due.company_id:
            self.env["ciama.vies"]._enqueue(company)

    @api.model
    def _recheck(self, shop):
        """Ask again for customers of ``shop`` who ordered lately and have no proof that is
        still good."""
        company, now = shop.company_id, fields.Datetime.now()
        since = now - timedelta(days=30 * shop.vies_recheck_months)
        ordered = (
            Domain("ciama_shop_id", "=", shop.id)
            & Domain("date_order", ">=", since)
            & Domain("state", "!=", "cancel")
        )
        partners = self.env["res.partner"].search(
            Domain("vat", "!=", False) & Domain("sale_order_ids", "any", ordered)
        )
        gate, numbers = self.env["ciama.vies"], {}
        for partner in partners.commercial_partner_id:
            number = gate._number_of(partner)
            if gate._needs_proof(company, number):
                numbers.setdefault(number, partner)
        fresh = now - timedelta(days=shop.vies_cache_days)
        newest = self.env["ciama.vies.check"]._newest(company, numbers)
        old = {
            number: {"shop_id": shop.id, "partner_id": partner.id}
            for number, partner in numbers.items()
            if not (check := newest.get(number))
            or (check.state in ANSWERED and check.answered_at < fresh)
        }
        if old:
            some = dict(list(old.items())[:RECHECKED_AT_ONCE])
            gate._ask_anew(company, some, forced=False)
        return len(old)

"""A VIES that lives in the test: it answers what the test says, and no network."""

from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from odoo.addons.queue_job.tests.common import trap_jobs

from ..vies import Answer, Fault, Outcome
from .common import ImportCase, address, line, order

BELGIAN, GERMAN, ITALIAN = "BE0477472701", "DE136695976", "IT00743110157"


class FakeVies:
    """The client. ``answers`` are Faults or Outcomes by number; other numbers are valid.
    ``asked`` are the questions: (number, requester)."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def check(self, number, requester):
        self.asked.append((number, requester))
        answer = self.answers.get(number, Outcome.VALID)
        if isinstance(answer, Fault):
            return Answer.of_fault(answer)
        registered = answer is Outcome.VALID
        return Answer(
            answer,
            date=date(2026, 3, 2),
            name="SRL Lumières" if registered else "",
            address="Korenmarkt 9\n9000 Gent" if registered else "",
            consultation_number=f"WAPIAAAA{len(self.asked):08d}" if requester else "",
        )

    def close(self):
        """Nothing is open."""

    @property
    def numbers(self):
        return [number for number, _requester in self.asked]


class ViesCase(ImportCase):
    def business(self, number=BELGIAN, country="BE", *rows, **values):
        """An order of a company in ``country``: of ``rows``, or of a chair without VAT."""
        place = address(company=f"Firm {number}", country=country, zip="1000", city="Bruxelles")
        customer = {"external_id": number, "email": f"{number.lower()}@firm.example",
                    "first_name": "Anne", "last_name": "Petit"}  # fmt: skip
        return order(
            *(rows or [line(rate=0)]),
            address=place,
            customer=customer,
            vat_candidates=[{"value": number, "source": "billing_address.vat_number"}],
            **values,
        )

    @contextmanager
    def vies(self, **answers):
        """While open, jobs ask a FakeVies; yields it."""
        fake = FakeVies(**answers)
        with patch.object(type(self.env["ciama.vies.asking"]), "_client", lambda asking: fake):
            yield fake

    def ask(self, company=None, **options):
        """Run the job that asks and all that follow from it, imports included."""
        with trap_jobs() as jobs:
            self.env["ciama.vies"]._enqueue(company or self.company, **options)
            self.run_all(jobs)

    def run_all(self, jobs):
        """Run trapped jobs and those that they enqueue."""
        while jobs.enqueued_jobs:
            jobs.perform_enqueued_jobs()
            self.env.flush_all()

    def check_of(self, number=BELGIAN, company=None):
        """The newest check of a number."""
        return self.env["ciama.vies.check"].search(
            [("number", "=", number), ("company_id", "=", (company or self.company).id)], limit=1
        )

    def age(self, records, field, **delta):
        """Move a time of ``records`` into the past."""
        for record in records:
            record[field] -= timedelta(**delta)
        self.env.flush_all()

from odoo import api, fields, models
from odoo.tools import SQL

from ..canonical import Code
from ..models.ciama_vies_check import ANSWERED, OPEN
from ..models.ir_sequence import TRIAL
from ..vies import FAULT_TEXTS, Fault
from .identity import vat_of
from .vat import is_union, read_vat, vat_country, vat_prefix, with_prefix

NOT_TO_BE_SOLD = ("cancelled", "deleted", "failed")


class CiamaVies(models.AbstractModel):
    """The gate before the import: an order with the VAT number of another member state waits
    until VIES has answered. Here nothing connects; jobs do the asking (``ciama.vies.asking``).

    The domestic number of a customer proves nothing that VAT depends on, and a company outside
    the Union sells no intra-Community supplies: neither is asked for.
    """

    _name = "ciama.vies"
    _description = "Proof of VAT Numbers"

    @api.model
    def _hold_unproved(self, shop, drafts):
        """Set ``vat_proof`` and ``vat_counts`` of each draft; fail those that must wait.

        One search and one create for the batch.
        """
        by_number = {}
        for draft in drafts:
            if draft.problem or draft.status in NOT_TO_BE_SOLD:
                continue
            number = vat_of(draft.order)
            if not number:
                continue
            draft.vat_counts = True
            if self._needs_proof(shop.company_id, number) and not self._own_proof(draft, number):
                by_number.setdefault(number, []).append(draft)
        if not by_number:
            return
        checks = self._checks(
            shop.company_id,
            {
                number: {"shop_id": shop.id, "order_id": of_number[0].card.id}
                for number, of_number in by_number.items()
            },
        )
        for number, of_number in by_number.items():
            for draft in of_number:
                self._apply(shop, draft, checks[number])

    @api.model
    def _foreign_number(self, company, order):
        """The VAT number of a canonical order if VIES must be asked for it, else empty."""
        number = vat_of(order)
        return number if self._needs_proof(company, number) else ""

    @api.model
    def _number_of(self, partner):
        """The well-formed VAT number of a contact, with prefix; else empty."""
        number = with_prefix(partner.vat or "", partner.country_id.code)
        return read_vat(number, (vat_country(number),)).number

    @api.model
    def _needs_proof(self, company, number):
        """Whether ``number`` (with prefix) is another member state's than the company's."""
        home = company.account_fiscal_country_id.code
        if not number or not is_union(home):
            return False
        return is_union(vat_country(number)) and number[:2] != vat_prefix(home)

    def _own_proof(self, draft, number):
        """An order that was imported keeps the proof that it was imported with, however old;
        the number counts as VIES said then."""
        proof = draft.card.sale_order_id.ciama_vies_check_id
        if proof.number != number or proof.state not in ANSWERED:
            return False
        draft.vat_proof, draft.vat_counts = proof, proof.state == "valid"
        return True

    def _apply(self, shop, draft, check):
        """What the state of ``check`` means to one order."""
        draft.vat_proof = check
        draft.vat_counts = check.state == "valid"
        if check.state in ANSWERED:
            return
        if shop.vies_policy != "hold" and check._patience_is_over(shop):
            hours = shop.vies_patience_hours
            if shop.vies_policy == "accept":
                draft.vat_counts = True
                draft.warn(Code.VAT_UNPROVED_ACCEPTED, number=check.number, hours=hours)
            else:
                draft.warn(Code.VAT_UNPROVED_PRIVATE, number=check.number, hours=hours)
        elif check.state == "pending":
            draft.fail(Code.VAT_CHECK_PENDING, number=check.number, waits_for=check.number)
        else:
            draft.fail(
                Code.VAT_CHECK_UNAVAILABLE,
                number=check.number,
                reason=FAULT_TEXTS[Fault(check.fault)],
                waits_for=check.number,
            )

    # -- what is to be asked
    def _checks(self, company, asked_for):
        """{number: check} for orders that wait; missing ones are made and asked.

        ``asked_for`` is {number: values for whom}.
        """
        now = fields.Datetime.now()
        checks = self.env["ciama.vies.check"].sudo()
        found = checks._current(company, asked_for)
        self._keep_unanswered(found.values())
        created = checks.create(
            [
                {"company_id": company.id, "number": number, "waiting_since": now, **values}
                for number, values in asked_for.items()
                if number not in found
            ]
        )
        given_up = checks.browse()
        for check in found.values():
            if check.state in OPEN and not check.waiting_since:
                check.waiting_since = now
            if check.state in OPEN and not check.next_attempt:
                given_up |= check
        given_up.next_attempt = now
        if due := created | given_up:
            self._enqueue(company, due=due)
        return {**found, **{check.number: check for check in created}}

    def _keep_unanswered(self, checks):
        """Let no answer to ``checks`` come before the orders that wait for it are there to
        be found: it waits for us, and where it came already, this import runs again."""
        ids = sorted(check.id for check in checks if check.state in OPEN)
        if ids:
            self.env.execute_query(
                SQL("SELECT id FROM ciama_vies_check WHERE id = ANY(%s) ORDER BY id FOR SHARE", ids)
            )

    @api.model
    def _ask_anew(self, company, asked_for, *, forced=True):
        """Ask now, although there is an answer or the time has not come. ``asked_for`` as in
        ``_checks``, ``forced`` as in ``_enqueue``."""
        checks = self.env["ciama.vies.check"].sudo()
        opened = checks.search(
            [
                ("company_id", "=", company.id),
                ("number", "in", list(asked_for)),
                ("state", "in", OPEN),
            ]
        )
        opened.next_attempt = fields.Datetime.now()
        checks.create(
            [
                {"company_id": company.id, "number": number, **values}
                for number, values in asked_for.items()
                if number not in opened.mapped("number")
            ]
        )
        self._enqueue(company, forced=forced)

    @api.model
    def _enqueue(self, company, *, forced=False, due=None):
        """One job asks for all numbers that are due; ``forced``: even where VIES has blocked
        us lately; ``due``: checks that only become due now."""
        if self.env.context.get(TRIAL):
            return
        # A job that waits already may begin before ``due`` is committed, and not see it.
        which = "forced" if forced else f"due-{due[:1].id if due else 'all'}"
        self.env["ciama.vies.check"].sudo().with_company(company).with_delay(
            description=self.env._("Ask VIES for the customers of %s", company.name),
            identity_key=f"ciama-vies-{company.id}-{which}",
        )._job_ask(forced=forced)

import logging
import secrets

import psycopg2.errors
from odoo import api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError

from ..canonical import Code, FulfillmentStatus, Problem, check
from ..models.ciama_order import NO_PROBLEM
from ..models.ciama_vault import KeyLost
from ..models.res_partner_vies import NO_CONNECTION
from .content import commercial_digest
from .draft import Draft, good
from .trace import where

_logger = logging.getLogger(__name__)

# The audit trail of an import is its card; the chatter starts with the first person.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
    NO_CONNECTION: True,
}
CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)
IGNORED_STATUSES = {
    "cancelled": Code.CANCELLED_BEFORE_IMPORT,
    "deleted": Code.DELETED_IN_SHOP,
    "failed": Code.PAYMENT_FAILED,
}
CONFIRMED_BY = {
    "ready": ("authorized", "accepted", "paid", "fulfilled"),
    "paid": ("paid", "fulfilled"),
    "always": ("pending", "partially_paid", "authorized", "accepted", "paid", "fulfilled"),
    "never": (),
}


class _Rejected(Exception):
    """Some orders of the batch have problems; nothing of the batch may stay."""


class CiamaImporter(models.AbstractModel):
    """Third step: staged orders become customers, sale orders, deliveries, by batches.

    A batch is all or nothing, in one savepoint. Orders that turn out to have a problem
    leave it and the rest starts again; what fails for an unknown reason is halved until
    the one order is found. So an order is a sale order or a card, never half of each.
    """

    _name = "ciama.importer"
    _description = "Import of Shop Orders"

    @api.model
    def _run(self, cards):
        """Import ``cards`` (``ciama.order`` of one shop and state ``received``)."""
        taken = self._take(cards)
        self._postpone(cards - taken)
        if not taken:
            return "Nothing to do."
        taken.env[self._name]._attempt_all(taken)
        self.env["ciama.live"]._changed(taken.shop_id)
        groups = taken.grouped("state").items()
        return ", ".join(f"{len(of_state)} {state}" for state, of_state in groups)

    def _postpone(self, cards):
        """Orders that another job has, which may be at their documents only, come again."""
        if cards:
            cards.with_delay(
                eta=10, description=self.env._("Import %s orders", len(cards))
            )._job_import()

    @api.model
    def _take(self, cards):
        """Those of ``cards`` (of one shop) that no other job has, locked, in the context of
        their company."""
        cards = cards.try_lock_for_update()
        if not cards:
            return cards
        cards.shop_id.ensure_one()
        company = cards.company_id
        importer = self.with_company(company).with_context(
            **QUIET, lang=company.partner_id.lang, allowed_company_ids=company.ids
        )
        return cards.with_env(importer.env)

    def _attempt_all(self, cards):
        """What fails for one of ``cards`` outside the steps that look after themselves must
        not keep the others back. Returns the drafts of those that could be read."""
        try:
            with self.env.cr.savepoint():
                drafts = self._attempt(cards)
                self.env.flush_all()
        except Exception as error:  # noqa: BLE001  # of this order only, once found
            self._raise_if_conflict(error)
            if len(cards) == 1:
                self._count_attempt(cards)
                self._note_unexpected(cards, error)
                return []
            middle = len(cards) // 2
            return self._attempt_all(cards[:middle]) + self._attempt_all(cards[middle:])
        return drafts

    def _count_attempt(self, cards):
        for card in cards:
            card.attempts += 1
        cards.write({"last_attempt": fields.Datetime.now()})

    def _attempt(self, cards):
        self._count_attempt(cards)
        drafts = self._drafts(cards)
        fresh, known = [], []
        for draft in drafts:
            (known if draft.card.sale_order_id else fresh).append(draft)
        self._leave_out(fresh)
        self.env["ciama.vies"]._hold_unproved(cards.shop_id, good(fresh) + known)
        self.env["ciama.rules"]._resolve(cards.shop_id, good(fresh) + good(known))
        self._in_savepoint(good(fresh) + good(known), self._take_off)
        self._in_savepoint(good(fresh), self._import_batch)
        for draft in good(known):  # each has its own history: delivered, invoiced, cancelled
            self._in_savepoint([draft], self._import_change)
        imported = [draft for draft in good(drafts) if draft.card.state == "imported"]
        self._make_documents(imported)
        self._make_cards([draft for draft in drafts if draft.problem])
        self._note_warnings(drafts)
        return drafts

    def _make_documents(self, drafts):
        self.env["ciama.documents"]._bring_up_to_date(drafts)

    def _take_off(self, drafts):
        self.env["ciama.refunds"]._take_off(drafts[0].card.shop_id, drafts)

    # -- reading
    def _drafts(self, cards):
        """One draft for each card that can be read; the others become cards here."""
        drafts, lost = [], self.env["ciama.order"]
        for card in cards:
            try:
                drafts.append(self._read(card))
            except Problem as problem:
                card._set_problem(problem)
            except KeyLost:
                card._set_problem(Problem(Code.KEY_LOST))
                lost |= card
            except Exception as error:  # noqa: BLE001  # this card only, loudly
                self._note_unexpected(card, error)
        if lost:
            lost.action_refetch()
        self._apply_status_mappings(cards.shop_id, drafts)
        return drafts

    def _read(self, card):
        """The draft of ``card``; raises ``Problem`` and ``KeyLost``."""
        order = card._normalize()
        return Draft(
            card=card,
            order=order,
            settled=check(order),
            commercial_digest=commercial_digest(order),
        )

    def _apply_status_mappings(self, shop, drafts):
        words = {d.order.shop_status: d.order.shop_status for d in drafts if d.order.shop_status}
        mappings = self.env["ciama.mapping.status"]._of_values(shop, words)
        for draft in drafts:
            mapping = mappings.get(draft.order.shop_status)
            draft.status = (mapping and mapping.status) or str(draft.order.status)

    def _leave_out(self, drafts):
        """What was never imported and is not meant to be."""
        for draft in drafts:
            shop, order = draft.card.shop_id, draft.order
            if draft.status == "cancelled" and given_back(draft) and shipped(draft):
                draft.status = "refunded"  # goods left, so there are documents to make
            if given_back(draft) and not shipped(draft) and draft.status != "deleted":
                draft.fail(Code.REFUNDED_BEFORE_IMPORT)
            elif draft.status in IGNORED_STATUSES:
                draft.fail(IGNORED_STATUSES[draft.status])
            elif order.test and shop.test_order_policy == "ignore":
                draft.fail(Code.TEST_ORDER)
            elif not shop._wants(order.created_at):
                draft.fail(
                    Code.TOO_OLD, date=order.created_at.date(), start=shop.import_from.date()
                )

    # -- writing
    @api.model
    def _in_savepoint(self, drafts, step):
        """Do ``step`` for ``drafts`` at once; those that have a problem afterwards, or of
        which it fails, keep nothing of it and do not disturb the others."""
        if not drafts:
            return
        try:
            with self.env.cr.savepoint():
                step(drafts)
                self._reject(drafts)
                self.env.flush_all()
        except _Rejected:
            self._in_savepoint(good(drafts), step)
        except Exception as error:  # noqa: BLE001  # of this order only, once found
            self._raise_if_conflict(error)
            if len(drafts) == 1:
                self._note_failure(drafts[0], error)
                return
            middle = len(drafts) // 2
            self._in_savepoint(drafts[:middle], step)
            self._in_savepoint(drafts[middle:], step)

    def _import_batch(self, drafts):
        shop = drafts[0].card.shop_id
        self._prepare(shop, drafts)
        self.env["ciama.sale.orders"]._create(shop, drafts)
        self._reject(drafts)
        self._confirm([draft for draft in drafts if self._to_confirm(draft)])
        self._note_imported(drafts)

    @api.model
    def _prepare(self, shop, drafts):
        """Everything that a sale order is made of; leaves at the first step with problems."""
        self.env["ciama.products"]._resolve(shop, drafts)
        self.env["ciama.sale.orders"]._resolve_terms(shop, drafts)
        self._reject(drafts)
        self.env["ciama.partners"]._resolve(shop, drafts)
        self._reject(drafts)
        self.env["ciama.rules"]._follow_customers(drafts)
        self.env["ciama.taxes"]._resolve(shop, drafts)
        self._reject(drafts)
        self.env["ciama.checks"]._run(shop, drafts)
        self._reject(drafts)

    def _reject(self, drafts):
        if len(good(drafts)) < len(drafts):
            raise _Rejected

    @api.model
    def _confirm(self, drafts):
        """Confirm the quotations of ``drafts``; Odoo makes the deliveries."""
        orders = self.env["sale.order"].browse([draft.sale_order.id for draft in drafts])
        orders.filtered(lambda order: order.state in ("draft", "sent")).action_confirm()
        self.env["ciama.deliveries"]._leave_out_removed(drafts)

    @api.model
    def _to_confirm(self, draft, confirmed=False):
        """By the rule, or since it was before. What was sent was paid, even if the money
        was given back since."""
        sent = draft.status == "refunded" and shipped(draft)
        status = "fulfilled" if sent else draft.status
        return confirmed or status in CONFIRMED_BY[draft.rules.confirm]

    def _note_imported(self, drafts):
        now = fields.Datetime.now()
        for draft in drafts:
            draft.card.write(
                {
                    "sale_order_id": draft.sale_order.id,
                    "state": "imported",
                    "imported_status": draft.status,
                    "commercial_digest": draft.commercial_digest,
                    "imported_at": draft.card.imported_at or now,
                    **NO_PROBLEM,
                }
            )
        self.env["ciama.order"].union(*(draft.card for draft in drafts))._note_way_out()

    @api.model
    def _accept(self, card):
        """The sale order stays as it is; what the shop changed counts as taken over."""
        try:
            draft = self._read(card)
        except (Problem, KeyLost):
            digest = card.commercial_digest
        else:
            self.env["ciama.refunds"]._leave_to_person(card, draft.order)
            self.env["ciama.rules"]._resolve(card.shop_id, [draft])
            self.env["ciama.refunds"]._take_off(card.shop_id, [draft])
            digest = draft.commercial_digest
        card.write(
            {
                "state": "imported",
                "imported_status": card.status,
                "commercial_digest": digest,
                **NO_PROBLEM,
            }
        )
        self.env["ciama.documents"]._enqueue(card, self.env._("Documents of %s", card.number))

    def _import_change(self, drafts):
        for draft in drafts:
            self.env["ciama.changes"]._apply(draft)
        self._reject(drafts)
        self._note_imported(drafts)

    @api.model
    def _raise_if_conflict(self, error):
        """Two jobs wrote the same records, or made the same customer: the transaction is
        stale, the queue runs the whole batch again."""
        table = isinstance(error, psycopg2.errors.UniqueViolation) and error.diag.table_name
        claimed = table and table.startswith(("ciama_binding", "ciama_mapping", "ciama_vies"))
        if isinstance(error, RetryableJobError):
            raise error
        if claimed or isinstance(error, CONFLICTS):
            # Not counted: where several workers sell one product it happens again and again.
            raise RetryableJobError(
                "Another job wrote the same records.", seconds=5, ignore_retry=True
            ) from error

    # -- cards
    def _make_cards(self, drafts):
        for draft in drafts:
            if draft.mapping:
                model, value, label = draft.mapping
                self.env[model]._of_values(draft.card.shop_id, {value: label})
        self.env["ciama.order"]._set_problems(
            [(draft.card, draft.problem, draft.waits_for or False, False) for draft in drafts]
        )

    def _note_warnings(self, drafts):
        """What was noted of orders that went through; what a person has seen stays seen."""
        for draft in drafts:
            if draft.card.state == "imported" or draft.warnings:
                draft.card._set_warnings(draft.warnings, content_known=draft.vat is None)

    def _note_failure(self, draft, error):
        if isinstance(error, (UserError, ValidationError, AccessError, RedirectWarning)):
            draft.fail(Code.ODOO_REFUSED, reason=str(error.args[0])[:500])
        else:
            self._note_unexpected(draft.card, error)
            draft.problem = None

    def _note_unexpected(self, card, error):
        """A bug, ours or another module's: loud in the log, with a reference to find it."""
        reference = secrets.token_hex(4).upper()
        detail = where(error)
        _logger.error("Order %s, reference %s\n%s", card.external_id, reference, detail)
        card._set_problem(Problem(Code.UNEXPECTED, reference=reference), detail=detail)

    @api.model
    def _mark_deleted(self, cards):
        """The shop no longer has these orders."""
        for card in cards:
            if not card.sale_order_id:
                card._set_problem(Problem(Code.DELETED_IN_SHOP))
            else:
                self.env["ciama.cancellations"]._cancel_sale_order(card)


def given_back(draft):
    """Whether the shop gave back all the money that it got for the order."""
    order = draft.order
    return draft.status == "refunded" or 0 < order.total_paid <= order.total_refunded


def shipped(draft):
    """Whether goods have left the shop, even if they came back."""
    unfulfilled = draft.order.fulfillment_status == FulfillmentStatus.UNFULFILLED
    return draft.status == "fulfilled" or not unfulfilled

from datetime import UTC

from odoo import api, fields, models, modules
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tools import SQL
from psycopg2 import DatabaseError
from psycopg2.errors import UniqueViolation

from ..canonical.texts import _lt
from ..models.translated import to_store
from ..platforms.errors import ConfigurationError, NotFound, NotShown, PlatformError, Throttled
from .trace import where

LOCKS = {"pull": 0x61AA, "backfill": 0x61AB}
CONFLICT_SECONDS = 5


class PullFailed(Exception):
    """What nobody foresaw; tells where it happened, not with which values."""


class CiamaPull(models.AbstractModel):
    """First step: fetch changed orders, stage them page by page, enqueue their import."""

    _name = "ciama.pull"
    _description = "Pull of a Shop's Orders"

    @api.model
    def _run(self, shop, since, window=None):
        """Walk all pages from the cursor kept on ``shop``, or since ``since`` (naive UTC)
        where there is no cursor yet.

        Each page is committed together with its cursor, so that a pull that dies goes on
        where it was. Returns what to note on the job; raises RetryableJobError for trouble
        of the moment. What the shop's settings cause is shown on the shop, and the next
        scheduled pull tries again.

        A backfill (``window``, ``ciama.backfill``) has a cursor of its own, so that pulls
        beside it write another row, and stages only what was placed in it. Its walk goes on
        to the newest change all the same: shops list by the time of change, and an order of
        the window may have changed yesterday.
        """
        shop, journal, changed = self._in_its_language(shop), [], 0
        if not self._lock(shop, window):
            return self._end_beside_another(window)
        try:
            connector = shop._connector(journal)
            cursor = (window or shop).sudo().cursor or None
            for page in connector.pull(cursor, since=since.replace(tzinfo=UTC)):
                changed += self._take_page(shop, page, journal, window)
                if not self._lock(shop, window):
                    return "Another pull of this shop took over."
                if window and not window._goes_on():
                    return f"{changed} new or changed orders; somebody stopped it."
        except Exception as error:  # noqa: BLE001  # raised again where nobody knows better
            return self._end_in_trouble(shop, error, journal, window)
        if window:
            window._finish()
        else:
            shop.last_pull = fields.Datetime.now()
        self._note_success(shop, journal)
        self.env["ciama.live"]._changed(shop)
        self._commit()
        return f"{changed} new or changed orders"

    def _end_beside_another(self, window):
        """The scheduled action makes the next pull; nobody but this job does the backfill
        that was paused and resumed within one page."""
        if window:
            raise RetryableJobError(
                "The page before is still being read.", seconds=CONFLICT_SECONDS, ignore_retry=True
            )
        return "Another pull of this shop is running."

    def _in_its_language(self, shop):
        """What a job notes on the shop is for people of its company."""
        return shop.with_context(lang=shop.company_id.partner_id.lang)

    def _lock(self, shop, window):
        """One pull of a shop at a time, and beside it one backfill; the lock lasts until
        the next commit."""
        lock = LOCKS["backfill" if window else "pull"]
        row = self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", lock, shop.id))
        return row[0][0]

    def _take_page(self, shop, page, journal, window):
        orders = self.env["ciama.staging"]._stage(
            shop, page.orders, current=not window, window=window
        )
        keeper = (window or shop).sudo()
        if keeper.cursor != page.cursor:
            keeper.cursor = page.cursor
        self._enqueue_imports(shop, orders)
        self.env["ciama.exchange"]._record(shop, journal)
        if orders:
            self.env["ciama.live"]._changed(shop)
        self._commit()
        return len(orders)

    @api.model
    def _enqueue_imports(self, shop, orders):
        """One job for each batch of ``orders``."""
        size = shop.batch_size
        for start in range(0, len(orders), size):
            batch = orders[start : start + size]
            batch.sudo().with_company(shop.company_id).with_delay(
                description=self.env._(
                    "Import %(count)s orders of %(shop)s", count=len(batch), shop=shop.name
                ),
            )._job_import()

    def _end_in_trouble(self, shop, error, journal, window=None):
        """Keep the journal and the pages before, drop the page that ``error`` broke.

        Returns what to note on the job where trying again is useless, else raises.
        """
        self._rollback()
        if not isinstance(error, DatabaseError):  # then the queue runs the job again
            self._note_trouble(shop, error, window)
        self.env["ciama.exchange"]._record(shop, journal)
        self.env["ciama.live"]._changed(shop)
        self._commit()
        if isinstance(error, ConfigurationError):
            return str(error)
        if isinstance(error, PlatformError):
            seconds = error.retry_after if isinstance(error, Throttled) else None
            raise RetryableJobError(str(error), seconds=seconds) from error
        if isinstance(error, UniqueViolation):  # pull and backfill met at the same new order
            raise RetryableJobError(
                "Another job staged the same orders.", seconds=CONFLICT_SECONDS, ignore_retry=True
            ) from error
        if isinstance(error, DatabaseError):
            raise error
        raise PullFailed(where(error)) from None

    def _note_trouble(self, shop, error, window):
        """Shown on the shop, and on the backfill that it ends."""
        if isinstance(error, PlatformError):
            health = "broken" if isinstance(error, ConfigurationError) else "waiting"
            message = error.message
        else:
            health = "broken"
            message = _lt(
                "The pull failed unexpectedly (%(error)s); its job has the details.",
                error=type(error).__name__,
            )
        shop.write({"health": health, "health_text": to_store(message)})
        if window and health == "broken":
            window._fail(message)

    def _note_success(self, shop, journal):
        if shop.health != "ok":
            shop.write({"health": "ok", "health_text": False})
        self.env["ciama.exchange"]._record(shop, journal)

    @api.model
    def _refetch(self, shop, cards):
        """Read the orders behind ``cards`` again from the shop and import them."""
        shop, journal = self._in_its_language(shop), []
        gone = hidden = self.env["ciama.order"]
        raws = []
        try:
            connector = shop._connector(journal)
            for card in cards:  # one call each: shops offer no list by arbitrary ids for all
                try:
                    raws.append(self._fetch(connector, card))
                except NotShown:
                    hidden |= card
                except NotFound:
                    gone |= card
        except Exception as error:  # noqa: BLE001  # raised again where nobody knows better
            return self._end_in_trouble(shop, error, journal)
        self.env["ciama.exchange"]._record(shop, journal)
        changed = self.env["ciama.staging"]._stage(shop, raws, renew=True)
        self.env["ciama.importer"]._mark_deleted(gone)
        again = changed | (cards - gone - hidden).filtered(
            lambda card: card.state != "imported" and not card._is_set_aside()
        )
        again._retry_now()
        return f"{len(raws)} read, {len(gone | hidden)} not found"

    def _fetch(self, connector, card):
        """The order of ``card``, not one that has its id as number; raises NotFound."""
        raw = connector.fetch(card.external_id)
        if raw.external_id != card.external_id:
            raise NotFound(card.external_id)
        return raw

    def _commit(self):
        """Keep what is done; inside a test, whose transaction must not end, only flush."""
        self.env.flush_all()
        if not modules.module.current_test:
            # pylint: disable-next=invalid-commit
            self.env.cr.commit()  # a page and its cursor must outlive a pull that dies later

    def _rollback(self):
        if not modules.module.current_test:
            self.env.cr.rollback()
            self.env.invalidate_all()

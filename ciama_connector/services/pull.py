import logging
from datetime import UTC

from odoo import api, fields, models, modules
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tools import SQL

from ..platforms.errors import ConfigurationError, NotFound, PlatformError, Throttled

_logger = logging.getLogger(__name__)

RETRY_SECONDS = 120


class CiamaPull(models.AbstractModel):
    """First step: fetch changed orders, stage them page by page, enqueue their import."""

    _name = "ciama.pull"
    _description = "Pull of a Shop's Orders"

    @api.model
    def _run(self, shop, cursor_field, since):
        """Walk all pages from the cursor kept in ``cursor_field`` of ``shop``, or since
        ``since`` (naive UTC) where there is no cursor yet.

        Each page is committed together with its cursor, so that a pull that dies goes on
        where it was. Trouble of the moment is retried by the queue; what the shop's
        settings cause is shown on the shop, and the next scheduled pull tries again.
        """
        journal, changed = [], 0
        if not self._lock(shop):
            return "Another pull of this shop is running."
        try:
            connector = shop._connector(journal)
            cursor = shop.sudo()[cursor_field] or None
            for page in connector.pull(cursor, since=since.replace(tzinfo=UTC)):
                changed += self._take_page(shop, cursor_field, page, journal)
                if not self._lock(shop):
                    return "Another pull of this shop took over."
        except PlatformError as error:
            self._rollback()
            self._note_trouble(shop, error, journal)
            self._commit()
            if isinstance(error, ConfigurationError):
                return str(error)
            seconds = error.retry_after if isinstance(error, Throttled) else RETRY_SECONDS
            raise RetryableJobError(str(error), seconds=seconds) from error
        self._note_success(shop, journal)
        self._commit()
        return f"{changed} new or changed orders"

    def _lock(self, shop):
        """One pull of a shop at a time; the lock lasts until the next commit."""
        row = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", 0x61AA, shop.id)
        )
        return row[0][0]

    def _take_page(self, shop, cursor_field, page, journal):
        orders = self.env["ciama.staging"]._stage(shop, page.orders)
        if shop.sudo()[cursor_field] != page.cursor:
            shop.sudo()[cursor_field] = page.cursor
        self._enqueue_imports(shop, orders)
        self.env["ciama.exchange"]._record(shop, journal)
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

    def _note_trouble(self, shop, error, journal):
        broken = isinstance(error, ConfigurationError)
        shop.write({"health": "broken" if broken else "waiting", "health_message": str(error)})
        self.env["ciama.exchange"]._record(shop, journal)

    def _note_success(self, shop, journal):
        values = {"last_pull": fields.Datetime.now()}
        if shop.health != "ok":
            values |= {"health": "ok", "health_message": False}
        shop.write(values)
        self.env["ciama.exchange"]._record(shop, journal)

    @api.model
    def _refetch(self, shop, cards):
        """Read the orders behind ``cards`` again from the shop and import them."""
        journal, gone = [], self.env["ciama.order"]
        connector = shop._connector(journal)
        raws = []
        for card in cards:  # one call each: shops offer no list by arbitrary ids for all
            try:
                raws.append(connector.fetch(card.external_id))
            except NotFound:
                gone |= card
        self.env["ciama.exchange"]._record(shop, journal)
        changed = self.env["ciama.staging"]._stage(shop, raws)
        self.env["ciama.importer"]._mark_deleted(gone)
        again = changed | (cards - gone).filtered(lambda card: card.state != "imported")
        again._retry_now(again)
        return f"{len(raws)} read, {len(gone)} not found"

    def _commit(self):
        """Keep what is done; inside a test, whose transaction must not end, only flush."""
        self.env.flush_all()
        if not modules.module.current_test:
            self.env.cr.commit()

    def _rollback(self):
        if not modules.module.current_test:
            self.env.cr.rollback()
            self.env.invalidate_all()

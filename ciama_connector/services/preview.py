"""What would become of orders if they were imported now; nothing of it stays."""

from contextlib import contextmanager
from decimal import Decimal

from odoo import api, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import Callbacks

from ..canonical import LineKind
from ..models.translated import written
from .identity import identity_of
from .preview_rows import Row, Seen, as_json

KEPT = ("accepted_codes", "vat_decision")  # what a person decided about a known order


class CiamaPreview(models.AbstractModel):
    """The import of orders, tried and taken back.

    The steps are the import's own, from reading to the sale order with its amounts, in a
    savepoint that is always rolled back. Confirming is left out: it would reserve stock.
    No number of a sequence is drawn, no job, mail or message leaves, VIES is not asked.
    """

    _name = "ciama.preview"
    _description = "Preview of Shop Orders"

    @api.model
    def _run(self, shop, raws):
        """A JSON-serialisable dict for each of ``raws`` (``platforms.base.RawOrder`` of
        ``shop``), in their order: see ``preview_rows.as_json``.

        Raises AccessError for all but managers, UserError while an import writes the same.
        """
        shop.ensure_one().check_access("read")
        if not (self.env.su or self.env.user.has_group("ciama_connector.group_manager")):
            raise AccessError(self.env._("Only managers of the connector preview orders."))
        try:
            with taken_back(self.env):
                return self._rows(shop, raws)
        except RetryableJobError as error:
            raise UserError(
                self.env._("The shop's orders are being imported right now. Try again shortly.")
            ) from error

    @api.model
    def _render(self, rows):
        """``rows`` of ``_run`` as Markup: a table, or cards one below the other on a phone."""
        words = dict(self.env["ciama.order"]._selection_status())
        return self.env["ir.qweb"]._render(
            "ciama_connector.preview_rows",
            {"rows": rows, "status_words": words, "written": self._written},
        )

    def _written(self, text):
        """A number of a row, as the reader's language writes it."""
        return written(self.env, Decimal(text), len(text.partition(".")[2]))

    def _rows(self, shop, raws):
        importer = self.env["ciama.preview.importer"]._of(shop)
        shop = shop.with_env(importer.env)
        known = self._known(shop, raws)
        cards = self._cards(shop, raws, known)
        drafts = importer._drafts(cards)
        seen = self._seen(shop, drafts)
        done = self._done(cards, raws, known)
        for draft in drafts:
            if draft.card in done:
                _from_sale_order(draft, done[draft.card].sale_order_id)
        to_try = [draft.card.id for draft in drafts if draft.card not in done]
        read = {draft.card: draft for draft in drafts}
        if to_try:
            tried = importer._attempt_all(cards.browse(to_try))
            read |= {draft.card: draft for draft in tried}
        rows = [
            Row(raw, card, read.get(card), done.get(card), seen.get(card, Seen()))
            for raw, card in zip(raws, cards, strict=True)
        ]
        return as_json(self.env, importer, shop, rows)

    def _known(self, shop, raws):
        """{external id: card} of orders that were staged before."""
        cards = shop.env["ciama.order"].search(
            [("shop_id", "=", shop.id), ("external_id", "in", [raw.external_id for raw in raws])]
        )
        return {card.external_id: card for card in cards}

    def _cards(self, shop, raws, known):
        """Cards to try with, as staging makes them, beside those that are there: a job may
        have these locked."""
        staging, values = shop.env["ciama.staging"], []
        currencies = staging._currencies()
        for index, raw in enumerate(raws):
            card = known.get(raw.external_id)
            values.append(
                {
                    **staging._values(shop, raw, currencies),
                    **{name: card[name] for name in KEPT if card},
                    "shop_id": shop.id,
                    "external_id": f"trial-{index}-{raw.external_id}",
                }
            )
        return shop.env["ciama.order"].create(values)

    def _done(self, cards, raws, known):
        """{card: card that is known} of orders that an import would not take up anew."""
        pairs = zip(cards, (known.get(raw.external_id) for raw in raws), strict=True)
        return {
            card: old for card, old in pairs if old and (old.sale_order_id or old._is_set_aside())
        }

    def _seen(self, shop, drafts):
        """{card: Seen}: which customers and products Odoo has before anything is tried."""
        partners = shop.env["ciama.partners"]
        people = partners._people([draft for draft in drafts if identity_of(draft.order)])
        partners._find(shop, people)
        lines = [
            line for draft in drafts for line in draft.order.lines if line.kind is LineKind.PRODUCT
        ]
        index = shop.env["ciama.products"]._index(shop, lines)
        seen = {
            draft.card: Seen(
                products={
                    line.id: index.find(line)
                    for line in draft.order.lines
                    if line.kind is LineKind.PRODUCT
                }
            )
            for draft in drafts
        }
        for person in people:
            for draft in person.drafts:
                seen[draft.card].customer = person.contact or person.company
        return seen


def _from_sale_order(draft, order):
    """What an import made of ``draft`` before; ``order`` may be empty."""
    lines = order.order_line.filtered("ciama_line_id")
    draft.sale_order = order
    draft.fiscal_position = order.fiscal_position_id
    draft.carrier = order.carrier_id
    draft.products = {line.ciama_line_id: line.product_id for line in lines}
    draft.taxes = {line.ciama_line_id: line.tax_ids for line in lines}


@contextmanager
def taken_back(env):
    """Whatever is written inside is undone: in the database, in the caches of records and
    methods, and of what waits for the commit (messages of the bus, mails)."""
    registry, cr = env.registry, env.cr
    savepoint = cr.savepoint()  # writes and sends what waited before
    signals, hooks = set(registry.cache_invalidated), cr.postcommit
    registry.cache_invalidated.clear()
    cr.postcommit = Callbacks()
    try:
        yield
    finally:
        cr.postcommit = hooks
        savepoint.close(rollback=True)
        registry.reset_changes()  # of this process only: no other has seen anything
        registry.cache_invalidated.update(signals)

from odoo import api, fields, models
from odoo.exceptions import UserError

from .notification import RELOAD, notification

AT_ONCE = 1000  # rows that one press looks at; those that hold most orders first


class CiamaMapping(models.AbstractModel):
    """What the screens of mappings show and do beside the meaning itself."""

    _inherit = "ciama.mapping"

    suggestion = fields.Char(
        compute="_compute_suggestion", help="How sure it is, and what the value probably means."
    )
    suggestion_sure = fields.Boolean(compute="_compute_suggestion")
    suggestion_reason = fields.Char(
        string="Why",
        compute="_compute_suggestion",
        help="What the suggestion is derived from.",
    )
    meaning = fields.Char(
        string="Means", compute="_compute_meaning", help="What it is in Odoo, in short."
    )

    first_seen = fields.Datetime(
        compute="_compute_first_seen", help="When the first order of the shop used the value."
    )

    @property
    def _kind(self):
        return self._name.removeprefix("ciama.mapping.")

    @api.depends("value", "label")
    def _compute_display_name(self):
        for mapping in self:
            mapping.display_name = mapping.label or mapping.value

    def _suggestions(self):
        """{mapping: Suggestion} of those of ``self`` that mean nothing yet."""
        engine, found = self.env["ciama.suggestions"], {}
        open_rows = self.filtered(lambda row: row.shop_id and row.value and not row.mapped)
        for shop, rows in open_rows.grouped("shop_id").items():
            labels = {row.value: row.label or "" for row in rows}
            suggested = engine._suggest(self._kind, shop, labels)
            found |= {row: best[0] for row in rows if (best := suggested[row.value])}
        return found

    @api.depends("value", "label", "mapped")
    @api.depends_context("lang")
    def _compute_suggestion(self):
        found = self._suggestions()
        for mapping in self:
            best = found.get(mapping)
            mapping.suggestion = best and self.env._(
                "%(confidence)s %% %(meaning)s",
                meaning=best.text,
                confidence=best.confidence,
            )
            mapping.suggestion_sure = best and best.sure
            mapping.suggestion_reason = best and best.reason

    @api.depends(lambda self: self._mapped_by)
    @api.depends_context("lang")
    def _compute_meaning(self):
        for mapping in self:
            mapping.meaning = mapping._meaning_text()

    def _compute_first_seen(self):
        for mapping in self:
            mapping.first_seen = mapping.create_date

    # -- buttons
    def action_take_suggestion(self):
        """Fill these rows in as suggested, however sure it is: a person looked at it."""
        self.check_access("write")
        return self._take(self._suggestions())

    def action_take_sure(self):
        """Fill in what is suggested for sure, of these rows, or of all that are open."""
        self.check_access("write")
        first = "waiting_count desc, id"
        rows = self or self.search([("mapped", "=", False)], order=first, limit=AT_ONCE)
        return self._take({row: best for row, best in rows._suggestions().items() if best.sure})

    def _take(self, found):
        if not found:
            raise UserError(self.env._("There is nothing sure enough to take over."))
        for mapping, suggestion in found.items():
            mapping.write(suggestion.values())
        return self.union(*found)._offer(self.env._("Values mapped: %s", len(found)))

    def _offer(self, message):
        """Say ``message``; and where orders waited for these values, offer to import them."""
        count = self.env["ciama.order"].search_count(self._waiting()) if self else 0
        if not count:
            return notification(message, "success", then=RELOAD)
        return {
            "type": "ir.actions.client",
            "tag": "ciama_offer",
            "params": {
                "message": message,
                "model": self._name,
                "ids": self.ids,
                "count": count,
                "next": RELOAD,
            },
        }

    def action_copy(self):
        """Give the same values of other shops the same meaning."""
        self.check_access("write")
        if not self.filtered("mapped"):
            raise UserError(self.env._("Say first what the value means in Odoo."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Apply to Other Shops"),
            "res_model": "ciama.copy.mappings",
            "view_mode": "form",
            "target": "new",
            "context": {"default_kind": self._kind, "default_row_ids": self.ids},
        }

    def action_open_file(self):
        """Mappings to and from a spreadsheet."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mappings from a File"),
            "res_model": "ciama.import.mappings",
            "view_mode": "form",
            "target": "new",
            "context": {"default_kind": self._kind},
        }

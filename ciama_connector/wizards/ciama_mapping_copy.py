from collections import defaultdict

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..services.suggestions_words import plain, speaks

KINDS = [
    ("product", "Products"),
    ("payment", "Payment Methods"),
    ("carrier", "Shipping Methods"),
    ("group", "Customer Groups"),
    ("tax", "Taxes"),
    ("status", "Order Statuses"),
]
SHOWN = 50  # rows of the preview
# "VAT 20 %" is not the same tax in two countries, and a shirt of each size has one name.
BY_VALUE_ONLY = ("tax", "product")


class CiamaCopyMappings(models.TransientModel):
    """Give the same word of other shops of the company the same meaning."""

    _name = "ciama.copy.mappings"
    _description = "Apply Mappings to Other Shops"

    kind = fields.Selection(KINDS, required=True, readonly=True)
    row_ids = fields.Json(required=True, readonly=True, help="Ids of the rows to copy.")
    possible_shop_ids = fields.Many2many("ciama.shop", compute="_compute_possible_shop_ids")
    shop_ids = fields.Many2many(
        "ciama.shop",
        string="Shops",
        compute="_compute_shop_ids",
        store=True,
        readonly=False,
        domain="[('id', 'in', possible_shop_ids)]",
        help="Other shops of the same company.",
    )
    replace = fields.Boolean(
        string="Replace Other Meanings",
        help="Also change what somebody mapped to something else. Otherwise only values that "
        "mean nothing yet are filled in.",
    )
    create_missing = fields.Boolean(
        string="Add Values Not Seen Yet",
        help="Also prepare the shops that have not used the value so far, for their first "
        "order with it. Rightly so only where shops use the same codes.",
    )
    count = fields.Integer(string="Rows That Change", compute="_compute_changes")
    preview = fields.Html(compute="_compute_changes", sanitize=False)

    def _rows(self):
        rows = self.env[f"ciama.mapping.{self.kind}"].browse(self.row_ids or []).exists()
        return rows.filtered("mapped")

    @api.depends("kind", "row_ids")
    def _compute_possible_shop_ids(self):
        for wizard in self:
            rows = wizard._rows()
            shops = self.env["ciama.shop"].search([("company_id", "in", rows.company_id.ids)])
            # With rows of several shops, each is applied to all shops but its own.
            wizard.possible_shop_ids = shops if len(rows.shop_id) > 1 else shops - rows.shop_id

    @api.depends("possible_shop_ids")
    def _compute_shop_ids(self):
        for wizard in self:
            wizard.shop_ids = wizard.possible_shop_ids

    @api.depends("shop_ids", "replace", "create_missing")
    @api.depends_context("lang")
    def _compute_changes(self):
        for wizard in self:
            filled, created = wizard._changes()
            wizard.count = len(filled) + len(created)
            wizard.preview = wizard._render(filled, created)

    def _changes(self):
        """({row to fill in: row to copy}, {(shop, value): row to copy}); nothing is written.
        A few queries, whatever the number of rows."""
        rows, shops = self._rows(), self.shop_ids._origin & self.possible_shop_ids._origin
        targets = rows.search([("shop_id", "in", shops.ids)])
        by_value, by_name = defaultdict(list), defaultdict(list)
        for target in targets:
            by_value[plain(target.value)].append(target)
            by_name[plain(target.label)].append(target)
        by_name.pop("", None)
        filled, created = {}, {}
        for row in rows:
            same = [
                target
                for target in by_value[plain(row.value)]
                if speaks(row.value) or plain(target.label) == plain(row.label)
            ]
            if self.kind not in BY_VALUE_ONLY:
                same += by_name.get(plain(row.label), [])
            same = [t for t in same if t.shop_id != row.shop_id and t.company_id == row.company_id]
            for target in same:
                if target not in rows and self._is_changed(target, row):
                    filled.setdefault(target, row)
            if self.create_missing and speaks(row.value):
                seen = {target.shop_id for target in same} | {row.shop_id}
                for shop in shops.filtered(lambda shop, row=row: shop.company_id == row.company_id):
                    if shop not in seen:
                        created.setdefault((shop, row.value), row)
        return filled, created

    def _is_changed(self, target, row):
        if not target.mapped:
            return True
        return self.replace and target._meaning() != row._meaning()

    def _render(self, filled, created):
        lines = [
            (target.shop_id.name, target.label or target.value, target.meaning, row.meaning)
            for target, row in filled.items()
        ]
        new = self.env._("not seen yet")
        lines += [
            (shop.name, row.label or value, new, row.meaning)
            for (shop, value), row in created.items()
        ]
        if not lines:
            return Markup("<p class='text-muted'>%s</p>") % self.env._(
                "No value of these shops would change."
            )
        cell, line = Markup("<td>%s</td>"), Markup("<tr>%s</tr>")
        titles = self.env._("Shop"), self.env._("Value"), self.env._("Now"), self.env._("Then")
        head = Markup().join(Markup("<th>%s</th>") % title for title in titles)
        body = Markup().join(
            line % Markup().join(cell % (text or "") for text in texts) for texts in lines[:SHOWN]
        )
        more = len(lines) - SHOWN
        rest = Markup("<p class='text-muted'>%s</p>") % self.env._("And %s more.", more)
        return Markup(
            "<div class='table-responsive'><table class='table table-sm'><thead><tr>%s</tr></thead>"
            "<tbody>%s</tbody></table></div>%s"
        ) % (head, body, rest if more > 0 else "")

    def action_apply(self):
        self.ensure_one()
        filled, created = self._changes()
        if not filled and not created:
            raise UserError(self.env._("No value of these shops would change."))
        alike = defaultdict(list)
        for target, row in filled.items():
            alike[row].append(target)
        for row, targets in alike.items():
            row.browse().union(*targets).write(row._meaning())
        rows = self._rows()
        made = rows.create(
            [
                {**row._meaning(), "shop_id": shop.id, "value": value, "label": row.label}
                for (shop, value), row in created.items()
            ]
        )
        changed = made.union(*filled)
        return changed._offer(self.env._("Values mapped: %s", len(changed)))

import base64
from urllib.parse import quote

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from .ciama_mapping_copy import KINDS
from .ciama_mapping_lines import Reader, cell_text, columns
from .ciama_mapping_sheet import Unreadable, read_sheet, write_csv

SHOWN = 50  # errors


class CiamaImportMappings(models.TransientModel):
    """Mappings from and to a spreadsheet. The file is looked through as soon as it is chosen:
    what would change, and what is wrong in which line; nothing is written before the button."""

    _name = "ciama.import.mappings"
    _description = "Mappings from a File"

    kind = fields.Selection(KINDS, required=True, default="product")
    sheet = fields.Binary(
        string="File", help="CSV as Excel or LibreOffice save it, or an Excel workbook."
    )
    sheet_name = fields.Char(string="File Name")
    template = fields.Binary(compute="_compute_template")
    count = fields.Integer(string="Lines That Change Something", compute="_compute_result")
    error_count = fields.Integer(string="Lines with Errors", compute="_compute_result")
    result = fields.Html(compute="_compute_result", sanitize=False)

    @api.depends("kind", "sheet")
    @api.depends_context("lang")
    def _compute_result(self):
        for wizard in self:
            if not wizard.sheet:
                wizard.count = wizard.error_count = 0
                wizard.result = False
                continue
            try:
                reader = wizard._read()
            except UserError as error:
                wizard.count, wizard.error_count = 0, 1
                wizard.result = Markup("<p class='text-danger'>%s</p>") % str(error)
            else:
                wizard.count = len(reader.changed) + len(reader.created)
                wizard.error_count = len(reader.errors)
                wizard.result = wizard._render(reader)

    def _read(self):
        # Saving a form reads sizes in place of files.
        wizard = self.with_context(bin_size=False) if self.id else self
        try:
            rows = read_sheet(base64.b64decode(wizard.sheet))
        except Unreadable as error:
            raise UserError(
                self.env._("This is neither CSV nor an Excel workbook: save it as one of them.")
            ) from error
        return Reader(self.env, f"ciama.mapping.{self.kind}", rows)

    def _render(self, reader):
        figures = [
            (self.env._("Values that get a meaning or another one: %s"), len(reader.changed)),
            (self.env._("Values that the shop has not used yet: %s"), len(reader.created)),
            (self.env._("Lines that change nothing: %s"), reader.unchanged),
            (self.env._("Lines with errors, which are left out: %s"), len(reader.errors)),
        ]
        items = Markup().join(Markup("<li>%s</li>") % (text % n) for text, n in figures if n)
        errors = Markup().join(
            Markup("<li>%s</li>")
            % self.env._("Line %(line)s: %(error)s", line=number, error=message)
            for number, message in reader.errors[:SHOWN]
        )
        more = len(reader.errors) - SHOWN
        if more > 0:
            errors += Markup("<li>%s</li>") % self.env._("And %s more.", more)
        return Markup("<ul>%s</ul><ul class='text-danger'>%s</ul>") % (items, errors)

    def action_import(self):
        """Write what the file says; lines with errors are left out."""
        self.ensure_one()
        self.env[f"ciama.mapping.{self.kind}"].check_access("create")
        if not self.sheet:
            raise UserError(self.env._("Choose a file first."))
        reader = self._read()
        if not reader.changed and not reader.created:
            raise UserError(self.env._("Nothing in this file changes a mapping."))
        rows = reader.apply()
        return rows._offer(self.env._("Values mapped: %s", len(rows)))

    # -- the other way
    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_template(self):
        own = [("company_id", "in", self.env.companies.ids)]
        for wizard in self:
            rows = self.env[f"ciama.mapping.{wizard.kind}"].search(own)
            titles = columns(rows)
            table = [list(titles.values())]
            table += [[cell_text(row, name) for name in titles] for row in rows]
            wizard.template = base64.b64encode(write_csv(table))

    def action_download(self):
        """All mappings of the kind: to be filled in, and given back."""
        self.ensure_one()
        self.env[f"ciama.mapping.{self.kind}"].check_access("read")
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/template/{quote(kind)}.csv?download=true",
            "target": "self",
        }

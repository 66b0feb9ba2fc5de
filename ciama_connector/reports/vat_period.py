import base64

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .vat_sheets import csv_file, xlsx_file

MONTHS = {"month": 1, "quarter": 3, "year": 12}


class CiamaVatPeriod(models.TransientModel):
    """A period, a company and shops: what the VAT return of that period needs."""

    _name = "ciama.vat.period"
    _description = "VAT Report of a Period"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    period = fields.Selection(
        [
            ("now", "This Month"),
            ("month", "Last Month"),
            ("quarter", "Last Quarter"),
            ("year", "Last Year"),
            ("custom", "Other"),
        ],
        required=True,
        default="month",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        compute="_compute_dates",
        store=True,
        precompute=True,
        readonly=False,
    )
    date_to = fields.Date(
        string="To",
        required=True,
        compute="_compute_dates",
        store=True,
        precompute=True,
        readonly=False,
    )
    shop_ids = fields.Many2many(
        "ciama.shop", string="Shops", check_company=True, help="None chosen: all of them."
    )
    without_shop = fields.Boolean(
        string="Sales Without Shop",
        default=True,
        help="Invoices that no shop has to do with; without them the report is not the "
        "whole VAT of the company.",
    )
    file = fields.Binary(readonly=True, attachment=False)

    @api.depends("period")
    def _compute_dates(self):
        """The last whole month, quarter or calendar year before today; or today's month."""
        for wizard in self:
            today = fields.Date.context_today(wizard)
            if wizard.period == "now":
                wizard.date_from = today.replace(day=1)
                wizard.date_to = today + relativedelta(day=31)
            elif months := MONTHS.get(wizard.period):
                past = (today.month - 1) % months
                start = today.replace(day=1) - relativedelta(months=past)
                wizard.date_from = start - relativedelta(months=months)
                wizard.date_to = start - relativedelta(days=1)

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        if any(wizard.date_from > wizard.date_to for wizard in self):
            raise ValidationError(self.env._("The period must not end before it begins."))

    # -- buttons
    def action_open_report(self):
        return self._open("ciama_connector.action_ciama_vat_report", self._report_domain())

    def action_open_oss(self):
        """The OSS return: by quarter, country and rate."""
        domain = [*self._report_domain(), ("kind", "=", "oss")]
        action = self._open("ciama_connector.action_ciama_vat_report", domain)
        groups = {"pivot_row_groupby": ["country_id", "rate"],
                  "pivot_column_groupby": ["date:quarter"]}  # fmt: skip
        views = sorted(action["views"], key=lambda view: view[1] != "pivot")
        name = self.env._("OSS by Quarter")
        return {**action, "views": views, "context": groups, "name": name, "display_name": name}

    def action_open_eu_sales(self):
        return self._open("ciama_connector.action_ciama_eu_sales", self._eu_sales_domain())

    def action_xlsx(self):
        """Download the workbook of the period."""
        return self._download(xlsx_file(self), self.env._("VAT"), "xlsx")

    def action_eu_sales_csv(self):
        """Download the intra-EU sales list of the period."""
        return self._download(csv_file(self), self.env._("Intra-EU Sales"), "csv")

    def _open(self, xml_id, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return {**action, "domain": domain}

    def _download(self, content, name, extension):
        self.file = base64.b64encode(content)
        name = f"{name} {self.date_from} {self.date_to}.{extension}"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}?download=true",
            "target": "self",
        }

    # -- what is counted
    def _dates_domain(self, field="date"):
        return [
            ("company_id", "=", self.company_id.id),
            (field, ">=", self.date_from),
            (field, "<=", self.date_to),
        ]

    def _report_domain(self):
        self.ensure_one()
        shops = [("shop_id", "in", self.shop_ids.ids)] if self.shop_ids else []
        if self.without_shop:
            shops = ["|", ("shop_id", "=", False), *shops] if shops else []
        elif not shops:
            shops = [("shop_id", "!=", False)]
        return [*self._dates_domain(), *shops]

    def _eu_sales_domain(self):
        """Whole months: the list is made by month, of the company and not of a shop."""
        self.ensure_one()
        first = self.date_from.replace(day=1)
        return [
            ("company_id", "=", self.company_id.id),
            ("month", ">=", first),
            ("month", "<=", self.date_to),
        ]

    def _rows(self):
        """Tuples of shop name, kind, country, rate, when due, documents, base and tax."""
        return self.env["ciama.vat.report"]._read_group(
            self._report_domain(),
            ["shop_name", "shop_id", "kind", "country_id", "rate", "due"],
            ["move_id:count_distinct", "base:sum", "tax:sum"],
        )

    def _oss_rows(self):
        """Tuples of quarter (its first day), country, rate, documents, base and tax."""
        return self.env["ciama.vat.report"]._read_group(
            [*self._report_domain(), ("kind", "=", "oss"), ("tax_id", "!=", False)],
            ["date:quarter", "country_id", "rate"],
            ["move_id:count_distinct", "base:sum", "tax:sum"],
        )

    def _eu_sales(self):
        return self.env["ciama.eu.sales"].search(
            self._eu_sales_domain(), order="month, vat_number, supply"
        )

    def _ledger_rows(self):
        """Tuples of account, its credit in the VAT report, in other entries, and in the
        ledger; of the whole company, with and without shops."""
        period = self._dates_domain()
        reported = {
            account: net + tax
            for account, net, tax in self.env["ciama.vat.report"]._read_group(
                period, ["account_id"], ["net:sum", "tax:sum"]
            )
        }
        items = [
            *period,
            ("parent_state", "=", "posted"),
            ("account_id", "in", [account.id for account in reported]),
        ]
        sales = ("out_invoice", "out_refund", "out_receipt")
        ledger, other = (
            dict(
                self.env["account.move.line"]._read_group(
                    [*items, *terms], ["account_id"], ["balance:sum"]
                )
            )
            for terms in ([], ["|", ("move_type", "not in", sales), ("display_type", "=", "cogs")])
        )
        return [
            (account, amount, -other.get(account, 0.0), -ledger.get(account, 0.0))
            for account, amount in sorted(reported.items(), key=lambda row: row[0].code or "")
        ]

from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.tools import SQL


class CiamaEuSales(models.Model):
    """Intra-EU sales list: what was supplied untaxed to each VAT number of another member
    state (EL for Greece, XI for Northern Ireland), by month, with the proof.

    The amounts are those of the VAT report's kind ``intra_eu``, in the company's currency,
    credit notes taken off in the month of their own date. An empty number is a supply that
    was exempted without one. The proof of a document is the check that it was made with,
    else the last valid one of its number that was answered before the day was over (UTC).
    """

    _name = "ciama.eu.sales"
    _description = "Intra-EU Sales List"
    _auto = False
    _order = "month desc, vat_number, supply"
    _rec_name = "vat_number"

    month = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    vat_number = fields.Char(string="Customer's VAT Number", readonly=True)
    prefix = fields.Char(string="Member State", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    supply = fields.Selection([("goods", "Goods"), ("services", "Services")], readonly=True)
    amount = fields.Monetary(currency_field="company_currency_id", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    documents = fields.Integer(readonly=True)
    unproved = fields.Integer(
        string="Without Proof",
        readonly=True,
        help="Documents whose number VIES had not called valid by the day of the invoice.",
    )
    check_id = fields.Many2one("ciama.vies.check", string="Last Proof", readonly=True)
    answered_at = fields.Datetime(related="check_id.answered_at", string="Answered by VIES")
    consultation_number = fields.Char(related="check_id.consultation_number")

    _depends = {
        "account.move": ["ciama_vies_check_id"],
        "ciama.vat.report": ["base", "kind", "supply", "vat_number"],
        "ciama.vies.check": ["answered_at", "company_id", "number", "state"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(report.id) AS id,
                   report.company_id,
                   DATE_TRUNC('month', report.date)::date AS month,
                   report.vat_number,
                   LEFT(report.vat_number, 2) AS prefix,
                   MIN(report.partner_id) AS partner_id,
                   report.supply,
                   SUM(report.base) AS amount,
                   report.company_currency_id,
                   COUNT(DISTINCT report.move_id) AS documents,
                   COUNT(DISTINCT report.move_id) FILTER (WHERE proof.id IS NULL) AS unproved,
                   MAX(proof.id) AS check_id
              FROM (%s) report
              JOIN account_move move ON move.id = report.move_id
              LEFT JOIN LATERAL (
                  SELECT checked.id
                    FROM ciama_vies_check checked
                   WHERE checked.state = 'valid'
                     AND (checked.id = move.ciama_vies_check_id
                          OR (checked.number = report.vat_number
                              AND checked.company_id = report.company_id
                              AND checked.answered_at < report.invoice_date + 1))
                   ORDER BY checked.id = move.ciama_vies_check_id DESC NULLS LAST,
                            checked.answered_at DESC
                   LIMIT 1
              ) proof ON TRUE
             WHERE report.kind = 'intra_eu'
               AND report.base <> 0
             GROUP BY report.company_id,
                      report.company_currency_id,
                      DATE_TRUNC('month', report.date),
                      report.vat_number,
                      CASE WHEN report.vat_number IS NULL THEN report.partner_id END,
                      report.supply
            """,
            self.env["ciama.vat.report"]._table_query,
        )

    def action_open_report(self):
        """The rows of the VAT report that a line of the list is made of."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "ciama_connector.action_ciama_vat_report"
        )
        views = sorted(action["views"], key=lambda view: view[1] != "list")
        return {**action, "views": views, "domain": self._report_domain(), "context": {}}

    def _report_domain(self):
        same = ["company_id", "vat_number", "supply"] + ["partner_id"] * (not self.vat_number)
        values = self.read(same, load=None)[0]
        return [
            ("kind", "=", "intra_eu"),
            ("date", ">=", self.month),
            ("date", "<", self.month + relativedelta(months=1)),
            *((field, "=", values[field]) for field in same),
        ]

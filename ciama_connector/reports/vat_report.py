from odoo import api, fields, models
from odoo.tools import SQL

from ..models.account_tax_vat import VAT_KINDS

# A row is a journal item for one tax. Both ids fit in one that JavaScript keeps exact
# (53 bits): 33 bits of journal items, 20 of taxes.
TAX_BITS = 20


class CiamaVatReport(models.Model):
    """VAT of sales, read from the journal items of posted invoices, credit notes and
    receipts: every item counts, with or without tax, of a shop or of none.

    One row for each item and tax of it. Amounts are positive for sales and negative for
    credit notes, in the company's currency unless the name says ``_currency``.
    """

    _name = "ciama.vat.report"
    _description = "VAT Report"
    _auto = False
    _order = "date desc, id"
    _rec_name = "move_id"

    date = fields.Date(readonly=True)
    invoice_date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    move_id = fields.Many2one(
        "account.move", string="Document", readonly=True, aggregator="count_distinct"
    )
    line_id = fields.Many2one("account.move.line", string="Journal Item", readonly=True)
    journal_id = fields.Many2one("account.journal", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    vat_number = fields.Char(string="Customer's VAT Number", readonly=True)
    shop_id = fields.Many2one("ciama.shop", string="Connected Shop", readonly=True)
    shop_name = fields.Char(string="Shop", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    kind = fields.Selection(VAT_KINDS, readonly=True)
    tax_id = fields.Many2one("account.tax", readonly=True)
    rate = fields.Char(readonly=True)
    supply = fields.Selection([("goods", "Goods"), ("services", "Services")], readonly=True)
    due = fields.Selection(
        [("on_invoice", "With the Invoice"), ("on_payment", "With the Payment")],
        string="VAT Due",
        readonly=True,
    )
    base = fields.Monetary(currency_field="company_currency_id", readonly=True)
    tax = fields.Monetary(string="Tax Amount", currency_field="company_currency_id", readonly=True)
    net = fields.Monetary(
        string="Net Sales",
        currency_field="company_currency_id",
        readonly=True,
        help="The base, counting an item with several taxes once.",
    )
    base_currency = fields.Monetary(string="Base in Currency", readonly=True)
    tax_currency = fields.Monetary(string="Tax in Currency", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)

    _depends = {
        "account.move": [
            "ciama_shop_id",
            "ciama_vat_country_id",
            "ciama_vat_kind",
            "ciama_vat_number",
            "commercial_partner_id",
            "invoice_date",
            "move_type",
        ],
        "account.move.line": [
            "account_id",
            "amount_currency",
            "balance",
            "company_id",
            "date",
            "display_type",
            "parent_state",
            "product_id",
            "tax_ids",
            "tax_line_id",
        ],
        "account.tax": [
            "amount",
            "amount_type",
            "ciama_vat_kind",
            "country_id",
            "tax_exigibility",
            "tax_scope",
        ],
        "ciama.shop": ["name"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["type"],
        "res.company": ["account_fiscal_country_id"],
    }

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self):
        kind = SQL("COALESCE(tax.ciama_vat_kind, move.ciama_vat_kind)")
        base = SQL("part.tax_amount IS NOT TRUE")
        return SQL(
            """
            SELECT (line.id::bigint << %(bits)s) + COALESCE(part.tax_id, 0) AS id,
                   line.id AS line_id,
                   line.move_id,
                   line.date,
                   move.invoice_date,
                   line.company_id,
                   line.company_currency_id,
                   line.currency_id,
                   line.journal_id,
                   line.account_id,
                   move.commercial_partner_id AS partner_id,
                   move.ciama_vat_number AS vat_number,
                   move.ciama_shop_id AS shop_id,
                   COALESCE(shop.name, %(no_shop)s) AS shop_name,
                   %(kind)s AS kind,
                   CASE WHEN %(kind)s = 'domestic' THEN company.account_fiscal_country_id
                        WHEN %(kind)s = 'other'
                             AND tax.country_id <> company.account_fiscal_country_id
                             THEN tax.country_id
                        ELSE move.ciama_vat_country_id
                   END AS country_id,
                   part.tax_id,
                   CASE WHEN tax.id IS NULL THEN %(no_tax)s
                        WHEN tax.amount_type IN ('percent', 'division')
                             THEN RTRIM(TO_CHAR(tax.amount, 'FM999990.9999'), '.') || ' %%'
                        ELSE %(fixed)s
                   END AS rate,
                   CASE WHEN COALESCE(tax.tax_scope, template.type) = 'service'
                        THEN 'services' ELSE 'goods'
                   END AS supply,
                   tax.tax_exigibility AS due,
                   CASE WHEN %(base)s THEN -line.balance ELSE 0 END AS base,
                   CASE WHEN %(base)s THEN 0 ELSE -line.balance END AS tax,
                   CASE WHEN line.tax_line_id IS NULL AND COALESCE(part.place, 1) = 1
                        THEN -line.balance ELSE 0
                   END AS net,
                   CASE WHEN %(base)s THEN -line.amount_currency ELSE 0 END AS base_currency,
                   CASE WHEN %(base)s THEN 0 ELSE -line.amount_currency END AS tax_currency
            """,
            bits=TAX_BITS,
            kind=kind,
            base=base,
            no_shop=self.env._("Without shop"),
            no_tax=self.env._("No tax"),
            fixed=self.env._("Amount"),
        )

    @api.model
    def _from(self):
        """A tax item is the amount of its tax, and base of the taxes computed on it."""
        return SQL(
            """
            FROM account_move_line line
            JOIN account_move move ON move.id = line.move_id
            JOIN res_company company ON company.id = line.company_id
            LEFT JOIN ciama_shop shop ON shop.id = move.ciama_shop_id
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN LATERAL (
                SELECT line.tax_line_id AS tax_id, TRUE AS tax_amount, 0 AS place
                 WHERE line.tax_line_id IS NOT NULL
                 UNION ALL
                SELECT COALESCE(child.child_tax, of_line.account_tax_id),
                       FALSE,
                       ROW_NUMBER() OVER (ORDER BY of_line.account_tax_id, child.child_tax)
                  FROM account_move_line_account_tax_rel of_line
                  LEFT JOIN account_tax_filiation_rel child
                         ON child.parent_tax = of_line.account_tax_id
                 WHERE of_line.account_move_line_id = line.id
            ) part ON TRUE
            LEFT JOIN account_tax tax ON tax.id = part.tax_id
            """
        )

    @api.model
    def _where(self):
        return SQL(
            """
            WHERE line.parent_state = 'posted'
              AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
              AND line.display_type NOT IN (
                  'payment_term', 'cogs', 'line_section', 'line_subsection', 'line_note')
            """
        )

    def action_open_document(self):
        """The invoice or credit note that the row comes from."""
        self.ensure_one()
        return self.move_id._get_records_action()

    def action_open_items(self):
        """The journal items of the rows."""
        return self.line_id._get_records_action(name=self.env._("Journal Items"))

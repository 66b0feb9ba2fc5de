"""Files of a ``ciama.vat.period``: the workbook, and the intra-EU sales list as CSV.

Amounts are in the company's currency, dates ISO in the CSV and dates of the reader's
spreadsheet in the workbook.
"""

import csv
import io

import xlsxwriter

ACCOUNTANTS = "account.group_account_readonly,account.group_account_manager"


def xlsx_file(period):
    """The bytes of the workbook: VAT by shop, OSS, intra-EU sales, and for those who may
    read the ledger the comparison with it."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        sheets = _Sheets(book, period)
        sheets.add(period.env._("VAT"), *_vat(period))
        sheets.add(period.env._("OSS"), *_oss(period))
        sheets.add(period.env._("Intra-EU Sales"), *_eu_sales(period))
        if period.env.user.has_groups(ACCOUNTANTS):
            sheets.add(period.env._("Ledger"), *_ledger(period))
    return output.getvalue()


def csv_file(period):
    """The intra-EU sales list: UTF-8 with a mark that spreadsheets understand."""
    output = io.StringIO()
    writer = csv.writer(output)
    head, rows = _eu_sales(period)
    digits = period.company_id.currency_id.decimal_places
    writer.writerow(head)
    for row in rows:
        writer.writerow(_plain(value, digits) for value in row)
    return output.getvalue().encode("utf-8-sig")


def _plain(value, digits):
    if isinstance(value, float):
        return f"{value:.{digits}f}"
    text = str(value)
    # A name that a spreadsheet would compute.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


# -- the tables: a head and rows


def _vat(period):
    env = period.env
    head = [
        env._("Shop"), env._("Kind"), env._("Country"), env._("Rate"), env._("VAT Due"),
        env._("Documents"), env._("Base"), env._("Tax"),
    ]  # fmt: skip
    kinds, due = _labels(period, "ciama.vat.report", "kind", "due")
    return head, [
        [
            shop,
            kinds.get(kind, ""),
            country.name or "",
            rate,
            due.get(when, ""),
            documents,
            base,
            tax,
        ]
        for shop, _id, kind, country, rate, when, documents, base, tax in period._rows()
    ]


def _oss(period):
    env = period.env
    head = [
        env._("Quarter"),
        env._("Country"),
        env._("Rate"),
        env._("Documents"),
        env._("Base"),
        env._("Tax"),
    ]
    return head, [
        [
            env._("%(year)s Q%(quarter)s", year=start.year, quarter=(start.month + 2) // 3),
            country.name or "",
            rate,
            documents,
            base,
            tax,
        ]
        for start, country, rate, documents, base, tax in period._oss_rows()
    ]


def _eu_sales(period):
    env = period.env
    head = [
        env._("Month"), env._("Member State"), env._("VAT Number"), env._("Customer"),
        env._("Goods or Services"), env._("Amount"), env._("Currency"), env._("Documents"),
        env._("Without Proof"), env._("Consultation Number"), env._("Answered by VIES"),
    ]  # fmt: skip
    (supplies,) = _labels(period, "ciama.eu.sales", "supply")
    return head, [
        [
            row.month.strftime("%Y-%m"),
            row.prefix or "",
            row.vat_number or "",
            row.partner_id.name or "",
            supplies[row.supply],
            row.amount,
            row.company_currency_id.name,
            row.documents,
            row.unproved,
            row.consultation_number or "",
            row.answered_at or "",
        ]
        for row in period._eu_sales()
    ]


def _ledger(period):
    env = period.env
    head = [
        env._("Account"), env._("Name"), env._("In the VAT Report"), env._("Other Entries"),
        env._("Ledger"), env._("Difference"),
    ]  # fmt: skip
    rounded = period.company_id.currency_id.round
    return head, [
        [account.code or "", account.name, reported, other, ledger,
         rounded(ledger - reported - other) or 0.0]
        for account, reported, other, ledger in period._ledger_rows()
    ]  # fmt: skip


def _labels(period, model, *names):
    fields = period.env[model]._fields
    return [dict(fields[name]._description_selection(period.env)) for name in names]


class _Sheets:
    """Sheets of one workbook, each headed by the company and the period."""

    def __init__(self, book, period):
        self.book = book
        company = period.company_id
        self.titles = [
            " ".join(filter(None, [company.name, company.vat])),
            f"{period.date_from} – {period.date_to}, {company.currency_id.name}",
        ]
        digits = company.currency_id.decimal_places
        self.money = book.add_format({"num_format": f"#,##0{'.' * bool(digits)}{'0' * digits}"})
        self.bold = book.add_format({"bold": True})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})

    def add(self, name, head, rows):
        sheet = self.book.add_worksheet(name[:31])
        for row, title in enumerate([*self.titles, ""]):
            sheet.write_string(row, 0, title, self.bold)
        top = len(self.titles) + 1
        for column, title in enumerate(head):
            sheet.write_string(top, column, title, self.bold)
        for row, values in enumerate(rows, start=top + 1):
            for column, value in enumerate(values):
                self._write(sheet, row, column, value)
        sheet.freeze_panes(top + 1, 0)
        sheet.autofit()

    def _write(self, sheet, row, column, value):
        if isinstance(value, float):
            sheet.write_number(row, column, value, self.money)
        elif isinstance(value, int):
            sheet.write_number(row, column, value)
        elif isinstance(value, str):
            sheet.write_string(row, column, value)
        else:
            sheet.write_datetime(row, column, value, self.moment)

"""Lines of a spreadsheet of mappings: what they say, what is wrong with them."""

from collections import defaultdict

from odoo.fields import Domain

from ..services.suggestions_words import plain

# By what people name a record, besides its name; the first that fits counts.
CODES = {
    "product.product": ("default_code", "barcode"),
    "account.journal": ("code",),
    "stock.warehouse": ("code",),
}
SHORT_TITLES = {"shop": "shop_id", "value": "value", "name": "label"}
YES = {"yes", "y", "true", "1", "x", "oui", "vrai", "ja", "wahr", "si", "vero"}
NO = {"no", "n", "false", "0", "non", "faux", "nein", "falsch", "falso"}
SEPARATOR = "|"  # between several taxes or tags, whose names may have commas
MOST_DAYS = 730


def columns(rows):
    """{field: title} of the table of a kind of mapping."""
    names = ["shop_id", "value", "label", *rows._meaning_fields]
    # It says how a journal is used, and several journals have one of the same name.
    names = [name for name in names if name != "payment_method_line_id"]
    return {name: rows._fields[name]._description_string(rows.env) for name in names}


def cell_text(row, name):
    """What stands in the table for a field of ``row``; :class:`Reader` reads it back."""
    value, kind = row[name], row._fields[name]
    if kind.type == "boolean":
        return row.env._("Yes") if value else ""
    if kind.type == "selection":
        return dict(kind._description_selection(row.env)).get(value, "")
    if kind.relational:
        return f" {SEPARATOR} ".join(_record_text(record) for record in value)
    return str(value or "")


def _record_text(record):
    code = record._name == "product.product" and record.default_code
    return code or record.name


class Wrong(Exception):
    """What a cell says cannot be; the sentence for the person who wrote it."""


class Reader:
    """The lines of a file, read all at once with a few queries.

    ``changed`` {row: values}, ``created`` [values], ``errors`` [(line, sentence)],
    ``unchanged`` (number of lines).
    """

    def __init__(self, env, model, lines):
        self.env = env
        self.rows = env[model]
        self.changed, self.created, self.errors, self.unchanged = {}, [], [], 0
        self.shops = env["ciama.shop"].search([]).grouped(lambda shop: plain(shop.name))
        (_number, head), *lines = lines or [(1, [])]
        self.fields = self._fields_of(head)
        lines = [(number, self._cells(cells)) for number, cells in lines]
        if self.errors:
            return
        self.lookups = self._lookups([cells for _number, cells in lines])
        known = self.rows.search(
            [("value", "in", list({cells.get("value", "") for _number, cells in lines}))],
            order="id",
        )
        known = {(row.shop_id, row.value): row for row in known}
        seen = {}
        for number, cells in lines:
            try:
                self._read(number, cells, known, seen)
            except Wrong as error:
                self.errors.append((number, str(error)))

    def apply(self):
        """Write all that is right; the rows that were changed or made."""
        alike = defaultdict(self.rows.browse)
        for row, values in self.changed.items():
            alike[repr(values)] |= row
        for rows in alike.values():
            rows.write(self.changed[rows[0]])
        return self.rows.create(self.created).union(*self.changed)

    # -- the head
    def _fields_of(self, head):
        """[field or None] of the columns."""
        titles = {**SHORT_TITLES, "meaning": self.rows._mapped_by[0]}
        for name, title in columns(self.rows).items():
            english = self.rows._fields[name].string
            titles |= dict.fromkeys(map(plain, (name, english, title)), name)
        found = [titles.get(plain(title)) for title in head]
        for name in ("shop_id", "value"):
            if name not in found:
                title = self.rows._fields[name]._description_string(self.env)
                text = self.env._('There is no column "%s". Download the table to see them.', title)
                self.errors.append((1, text))
        return found

    def _cells(self, cells):
        """{field: text} of what is not empty."""
        pairs = zip(self.fields, cells, strict=False)
        return {name: text for name, text in pairs if name and text}

    # -- what cells may name
    def _lookups(self, lines):
        """{field: {company: {text: records}}} for the columns that name records."""
        lookups = {}
        companies = self.env["ciama.shop"].search([]).company_id
        for name in self.rows._meaning_fields:
            field = self.rows._fields[name]
            texts = {text for cells in lines for text in _split(field, cells.get(name, "")) if text}
            if field.relational and texts:
                lookups[name] = {
                    company: self._lookup(field, company, list(texts)) for company in companies
                }
        return lookups

    def _lookup(self, field, company, texts):
        records = self.env[field.comodel_name].with_company(company)
        domain = Domain(field.domain if isinstance(field.domain, list) else [])
        if field.check_company:
            domain &= Domain(records._check_company_domain(company))
        keys = [*CODES.get(records._name, ()), "name"]
        if records._name == "product.product":  # a large table, searched by its indexes
            domain &= Domain.OR(Domain(key, "in", texts) for key in keys)
        found = records.search(domain)
        by_text = {}
        for spelling in (str, plain):  # exactly so, or but for case and accents
            for key in keys:
                spelled = {record: spelling(record[key]) for record in found.filtered(key)}
                by_text = {**found.filtered(key).grouped(spelled.get), **by_text}
        return by_text

    # -- one line
    def _read(self, number, cells, known, seen):
        shop = self._shop(cells.get("shop_id"))
        value = cells.get("value")
        if not value:
            raise Wrong(self.env._("The value in the shop is missing."))
        if (shop, value) in seen:
            before = seen[shop, value]
            raise Wrong(self.env._("Line %s has this value of the shop already.", before))
        seen[shop, value] = number
        meaning = {
            name: self._parse(name, cells[name], shop)
            for name in self.rows._meaning_fields
            if name in cells
        }
        row = known.get((shop, value), self.rows)
        new = {name: content for name, content in meaning.items() if row[name] != content}
        values = {name: self.rows._fields[name].convert_to_write(content, row)
                  for name, content in new.items()}  # fmt: skip
        if not values:
            self.unchanged += 1
        elif row:
            self.changed[row] = values
        else:
            self.created.append(
                {"shop_id": shop.id, "value": value, "label": cells.get("label"), **values}
            )

    def _shop(self, name):
        if not name:
            raise Wrong(self.env._("The shop is missing."))
        shops = self.shops.get(plain(name), self.env["ciama.shop"])
        if not shops:
            raise Wrong(self.env._('There is no shop "%s".', name))
        if len(shops) > 1:
            raise Wrong(self.env._('Several shops are called "%s".', name))
        return shops

    def _parse(self, name, text, shop):
        field = self.rows._fields[name]
        title = field._description_string(self.env)
        if field.relational:
            choices = self.lookups[name][shop.company_id]
            found = [self._one(choices, part, title) for part in _split(field, text)]
            return self.env[field.comodel_name].union(*found)
        if field.type == "selection":
            return self._option(field, text, title)
        if field.type == "boolean":
            if plain(text) not in YES | NO:
                raise Wrong(self.env._('"%(text)s" is neither yes nor no.', text=text))
            return plain(text) in YES
        if not text.isdecimal() or int(text) > MOST_DAYS:
            raise Wrong(
                self.env._(
                    '%(column)s: "%(text)s" is no whole number from 0 to %(most)s.',
                    column=title,
                    text=text,
                    most=MOST_DAYS,
                )
            )
        return int(text)

    def _one(self, choices, text, title):
        found = choices.get(text) or choices.get(plain(text))
        if not found:
            raise Wrong(self.env._('%(column)s: there is no "%(text)s".', column=title, text=text))
        if len(found) > 1:
            raise Wrong(
                self.env._(
                    '%(column)s: several are called "%(text)s"; use a code that only one has.',
                    column=title,
                    text=text,
                )
            )
        return found

    def _option(self, field, text, title):
        for options in (field._description_selection(self.env), field.selection):
            for key, label in options:
                if plain(text) in (plain(key), plain(label)):
                    return key
        labels = ", ".join(label for _key, label in field._description_selection(self.env))
        raise Wrong(
            self.env._(
                '%(column)s: "%(text)s" is none of %(labels)s.',
                column=title,
                text=text,
                labels=labels,
            )
        )


def _split(field, text):
    if field.type == "many2many":
        return [part.strip() for part in text.split(SEPARATOR)]
    return [text]

"""Products by SKU, barcode, name, and by what order lines of that name became.

All is searched for in the database, with its indexes: a catalogue may be large."""

from collections import defaultdict

from odoo.fields import Domain
from odoo.tools import SQL

from ..models.product_product import SKU_KEY
from .suggestion import Suggestion
from .suggestions_words import likeness, plain, sku_key, telling_words

FEW = 5  # products whose name has all of the label
CANDIDATES = 40  # products whose name has words of the label
NEAREST = 8  # of these, that are compared letter by letter
PARTS = 500  # searches in one query, which has to be planned as a whole
UPC, EAN = 12, 13  # digits of barcodes
SHORTEST_KEY = 3  # a shorter SKU, spelled differently, may be any


def find_products(shop, labels, causes):
    finder = _Finder(shop, labels)
    by_code, by_sku = finder.by_code(), finder.by_sku()
    by_name, by_line = finder.by_name(), finder.by_line()
    finder.name_all(by_code, by_sku, by_name, by_line)
    return {
        value: [
            *finder.of_code(value, by_code[value]),
            *finder.of_sku(value, by_sku[value] - by_code[value]),
            *finder.of_line(value, by_line[value]),
            *finder.of_name(value, by_name[value]),
        ]
        for value in labels
    }


class _Finder:
    def __init__(self, shop, labels):
        self.env = shop.env
        self.shop = shop
        self.labels = labels
        self.products = shop.env["product.product"]
        domain = (
            Domain(self.products._check_company_domain(shop.company_id))
            & Domain("type", "!=", "combo")
            & Domain("id", "not in", shop._special_products().ids)
        )
        self.domain = domain.optimize_full(self.products)  # once, not for each value
        self.names = {}

    # -- one search for all values
    def by_code(self):
        """Products whose reference or barcode is the value itself."""
        codes = {code for value in self.labels for code in _barcodes(value)}
        found = self.products.search_fetch(
            self.domain
            & (Domain("default_code", "in", list(self.labels)) | Domain("barcode", "in", [*codes])),
            ["default_code", "barcode"],
        )
        by_code = defaultdict(self.products.browse)
        for product in found:
            for code in {product.default_code, *_barcodes(product.barcode or "")} - {False, ""}:
                by_code[code] |= product
        return by_code

    def by_sku(self):
        """Products whose reference is the value but for case, separators and zeros."""
        keys = {value: key for value in self.labels if len(key := sku_key(value)) >= SHORTEST_KEY}
        expression = SQL(SKU_KEY.format(code="product_product.default_code"))
        query = self.products._search(self.domain & Domain("default_code", "!=", False))
        query.add_where(SQL("%s = ANY(%s)", expression, list(keys.values())))
        by_key = defaultdict(self.products.browse)
        for product_id, key in self.env.execute_query(
            query.select("product_product.id", expression)
        ):
            by_key[key] |= self.products.browse(product_id)
        by_sku = defaultdict(self.products.browse)
        by_sku.update({value: by_key[key] for value, key in keys.items()})
        return by_sku

    def by_name(self):
        """Some products whose name has the words of the label that tell most. Each value is
        searched for by itself, many in one query."""
        parts = []
        for value, label in self.labels.items():
            words = sorted(telling_words(label), key=len, reverse=True)[:2]
            if not words:
                continue
            alike = Domain.AND(Domain("name", "ilike", _stem(word)) for word in words)
            same = Domain("name", "ilike", _literal(label))
            for domain, limit in ((same, FEW), (alike, CANDIDATES)):
                query = self.products._search(self.domain & domain, limit=limit)
                parts.append(SQL("(%s)", query.select(SQL("%s", value), "product_product.id")))
        by_name = defaultdict(self.products.browse)
        for start in range(0, len(parts), PARTS):
            union = SQL(" UNION ").join(parts[start : start + PARTS])
            for value, product_id in self.env.execute_query(union):
                by_name[value] |= self.products.browse(product_id)
        return by_name

    def by_line(self):
        """Products of earlier order lines that have the label as their text."""
        names = {label for label in self.labels.values() if label}
        groups = self.env["sale.order.line"]._read_group(
            [
                ("name", "in", list(names)),
                ("ciama_line_id", "!=", False),
                ("company_id", "=", self.shop.company_id.id),
                ("product_id", "any", self.domain),
            ],
            ["name", "product_id"],
        )
        by_label = defaultdict(self.products.browse)
        for name, product in groups:
            by_label[name] |= product
        by_line = defaultdict(self.products.browse)
        by_line.update({value: by_label[label] for value, label in self.labels.items()})
        return by_line

    def name_all(self, *found):
        """Read the names of all that was found, at once."""
        products = self.products.union(*(p for by_value in found for p in by_value.values()))
        products.fetch(["default_code", "product_tmpl_id", "product_template_attribute_value_ids"])
        products.product_tmpl_id.fetch(["name", "product_variant_ids"])
        products.product_template_attribute_value_ids.fetch(["name"])
        for product in products:
            choices = product.product_template_attribute_value_ids.mapped("name")
            name = product.product_tmpl_id.name
            self.names[product] = f"{name} ({', '.join(choices)})" if choices else name

    # -- suggestions for one value
    def of_code(self, value, products):
        reason = self.env._("The internal reference or barcode is the same.")
        return self.each(products, 94, reason)

    def of_sku(self, value, products):
        reason = self.env._("The internal reference is the same but for its spelling.")
        # Of mere digits, a zero or a dot may be all that tells two products apart.
        return self.each(products, 90 if any(map(str.isalpha, value)) else 70, reason)

    def of_line(self, value, products):
        reason = self.env._("Order lines of this name became this product.")
        return self.each(products, 70 if self.has_siblings(products) else 85, reason)

    def of_name(self, value, products):
        label = self.labels[value]
        stems = [plain(_stem(word)) for word in telling_words(label)]

        def shared(product):
            name = plain(self.names[product])
            return -sum(stem in name for stem in stems)

        nearest = products.sorted(shared)[:NEAREST]
        scores = {product: likeness(label, self.names[product]) for product in nearest}
        same = self.products.union(*(product for product, score in scores.items() if score == 1))
        found = self.each(same, 82, self.env._("The product has the same name."))
        reason = self.env._("The product has a similar name.")
        for product, score in scores.items():
            if 0.5 <= score < 1:
                found += self.each(product, round(75 * score), reason)
        return found

    def each(self, products, confidence, reason):
        """One suggestion for each of ``products``; several are sure of nothing."""
        if len(products) > 1:
            confidence = min(confidence, 50)
        return [
            Suggestion("product_id", product, confidence, reason, self.text(product))
            for product in products
        ]

    def text(self, product):
        code = product.default_code
        return f"[{code}] {self.names[product]}" if code else self.names[product]

    def has_siblings(self, products):
        """Other variants, which may have the same name in the shop."""
        return any(len(template.product_variant_ids) > 1 for template in products.product_tmpl_id)


def _barcodes(value):
    """A barcode with and without the zero that makes a UPC an EAN."""
    if not value.isdigit() or len(value) not in (UPC, EAN):
        return {value} - {""}
    return {value, f"0{value}" if len(value) == UPC else value.removeprefix("0")}


def _stem(word):
    """Without an ending, so that a plural finds the singular."""
    return _literal(word if len(word) < 5 else word[:-1])


def _literal(text):
    """``text`` for LIKE, which knows signs of its own."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

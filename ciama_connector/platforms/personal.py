"""Payloads of shops for people who need not know whose order it is.

What is kept is what is known to say nothing about a person; everything else is masked: by
the name of its field, and wherever a word of the order's people stands in it.
"""

import re
from collections.abc import Iterable
from typing import Any

from .redact import MASK, redact_text

_SPLIT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
# Words of field names, taken apart: "billing_address" and "billingAddress" alike.
_PEOPLE = frozenset(
    (
        "customer", "buyer", "billing", "shipping", "delivery", "invoice", "recipient", "contact",
        "address", "addresses", "person", "user", "client", "member", "visitor", "identity",
        "destination", "pickup", "company", "employee", "staff",
    )
)  # fmt: skip
_PERSONAL = frozenset(
    (
        "firstname", "lastname", "fullname", "surname", "email", "mail", "phone", "mobile", "fax",
        "street", "address1", "address2", "addressline", "addressline1", "addressline2", "city",
        "ip", "agent", "vat", "vatid", "dni", "siret", "siren", "ape", "nif", "tin", "birthday",
        "birth", "latitude", "longitude", "note", "notes", "message", "comment", "instructions",
        "token", "secure", "password", "passwd", "secret", "cookie", "session", "referrer", "iban",
        "bic", "holder", "card", "cardholder", "username", "login", "gender", "identification",
        "alias",
    )
)  # fmt: skip
# Fields that name things and states, not people; and the objects that hold such things.
_THINGS = frozenset(
    (
        "sku", "reference", "module", "payment", "gateway", "method", "status", "state", "currency",
        "locale", "lang", "language", "type", "kind", "code", "rate", "tax", "taxes", "title",
        "version", "unit", "number", "channel", "source", "platform", "product", "carrier",
        "country", "countries", "iso", "jurisdiction", "label", "weight", "ean13", "barcode",
        "transaction", "tracking", "variant", "option", "category", "class", "financial",
        "fulfillment", "created", "updated", "date", "id", "ids", "gid", "typename", "schema",
    )
)  # fmt: skip
_THING_LISTS = frozenset(
    (
        "line", "lines", "item", "items", "products", "rows", "carriers", "taxes", "tax",
        "currency", "currencies", "country", "countries", "payments", "transactions", "states",
        "statuses", "coupon", "coupons", "vouchers", "fee", "fees", "discounts", "languages",
    )
)  # fmt: skip
_ZIP = frozenset(("zip", "postcode", "postal", "zipcode", "postalcode"))
_IDS = frozenset(("id", "ids", "gid"))
_TITLES = ("key", "name", "title", "label")
_HARMLESS = re.compile(
    r"""[-+]?\d{1,12}(\.\d+)?            # amounts, short ids
      | \d{4}-\d\d-\d\d([T ][\d:.+Z-]*)?  # dates
      | [A-Z]{2,3} | [a-z]{2}([-_][A-Za-z]{2})?
      | gid://[\w/]+ | true | false | """,
    re.X,
)


def mask_personal(payload: Any, words: Iterable[str] = ()) -> Any:
    """``payload`` (JSON values) with everything personal replaced by ``***``; of postcodes
    the first two characters are kept, countries and amounts are as they were. ``words``
    are names, addresses and numbers that are masked wherever they stand."""
    return _Masker(words).value(payload, frozenset(), False)


class _Masker:
    def __init__(self, words):
        texts = {word.strip() for word in words if word and len(word.strip()) > 1}
        longest_first = "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
        self.known = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)", re.I) if texts else None

    def value(self, value, name, of_person):
        """``name`` are the words of the field's name; ``of_person``: it tells of somebody."""
        if isinstance(value, dict):
            return self._object(value, name, of_person)
        if isinstance(value, list):
            return [self.value(entry, name, of_person) for entry in value]
        if isinstance(value, str):
            return self._text(value, name, of_person)
        if value and not isinstance(value, bool) and name & _PERSONAL:
            return MASK
        return value

    def _object(self, value, name, of_person):
        things = bool(name & _THING_LISTS)
        of_person = not things and (of_person or bool(name & _PEOPLE))
        titles = [key for key in _TITLES if isinstance(value.get(key), str)]
        masked = {}
        for key, entry in value.items():
            words = _words(key)
            if key == "value" and titles:  # {"key": "_billing_vat", "value": ...}
                words |= _words(value[titles[0]])
            elif key in titles and ("value" in value or things):
                words |= {"title"}
            masked[key] = self.value(entry, words, of_person)
        return masked

    def _text(self, text, name, of_person):
        if not text:
            return text
        if name & _ZIP:
            return text[:2] + MASK
        if name & _PERSONAL:
            return MASK
        if _HARMLESS.fullmatch(text) and not (of_person and _is_long_number(text)):
            return text
        if of_person or not name & _THINGS:
            return MASK
        text = text if name & _IDS else redact_text(text)
        return self.known.sub(MASK, text) if self.known else text


def _words(name):
    """``billing_address``, ``billingAddress``: billing, address, billingaddress."""
    words = [word.casefold() for word in _SPLIT.split(str(name)) if word]
    return frozenset((*words, "".join(words)))


def _is_long_number(text):
    """Telephone and VAT numbers are digits, too."""
    return len(text) > 7 and text.lstrip("+").isdigit()

"""Texts for people, written where Odoo must not be imported: see ``models.translated``."""


class Text(str):
    """An English text that can still be translated: it remembers its ``source`` (a
    %-format where there are ``params``).

    >>> text = Text("Shopify refused the request (%(status)s).", status=422)
    >>> str(text), text.params
    ('Shopify refused the request (422).', {'status': 422})
    """

    source: str
    params: dict[str, object]

    def __new__(cls, source: str, **params):
        text = super().__new__(cls, source % params if params else source)
        text.source, text.params = source, params
        return text


def storable(text: str) -> str:
    """``text`` without what PostgreSQL cannot store: NUL and half surrogate pairs."""
    return text.replace("\x00", "").encode(errors="replace").decode()


# Odoo's exporter finds the texts to translate by this name of a function.
_lt = Text

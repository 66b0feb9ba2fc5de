"""Reading what WooCommerce and its plugins hang on orders and lines as meta data."""

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..normalizing import label, long, objects, text, whole

_TAG = re.compile(r"<[^<>]*>")


def entries(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """``item``'s meta data, oldest first: the shop's own order varies."""
    return sorted(objects(item.get("meta_data")), key=lambda entry: whole(entry.get("id")))


def pairs(item: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(text(entry.get("key")), entry.get("value")) for entry in entries(item)]


def lookup(item: Mapping[str, Any]) -> dict[str, Any]:
    """Value by key; of a repeated key the first, as WooCommerce's ``get_meta`` gives."""
    found: dict[str, Any] = {}
    for key, value in pairs(item):
        found.setdefault(key, value)
    return found


def scalar(value: Any) -> str:
    """A meta value as text; structures, true and false as nothing."""
    return "" if isinstance(value, bool | list | Mapping) else text(value)


def first(found: Mapping[str, Any], keys: Iterable[str]) -> str:
    """The first of ``keys`` that has a text."""
    return next((value for key in keys if key and (value := scalar(found.get(key)))), "")


def has(found: Mapping[str, Any], tests: Iterable[tuple[str, str]]) -> bool:
    """Whether one of the (key, value) pairs is there."""
    return any(text(found.get(key)).lower() == value for key, value in tests)


def plain(value: Any) -> str:
    """A title that WooCommerce keeps as HTML ("Sac &amp; pochette") as people read it."""
    return label(long_plain(value))


def long_plain(value: Any) -> str:
    return long(html.unescape(_TAG.sub("", text(value))))

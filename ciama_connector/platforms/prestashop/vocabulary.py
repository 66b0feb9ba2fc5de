"""The words that a shop is set up with, spelled as its normalized orders spell them.

Payment modules are no resource of the webservice: only orders name them.
"""

from collections.abc import Iterable
from typing import Any

from .. import errors
from ..base import ShopValue, ShopVocabulary
from ..normalizing import label, objects
from . import lines, parties, status
from .fields import row_id
from .source import Row
from .webservice import Webservice


def vocabulary(service: Webservice, language: str) -> ShopVocabulary:
    """``language`` is the id of the shop's own."""
    carriers = _rows(service, "carriers", active="1", deleted="0")
    states = _rows(service, "order_states", deleted="0")
    return ShopVocabulary(
        carriers=_values(
            (lines.carrier_code(row, row_id(row)), lines.name_of(row)) for row in carriers
        ),
        statuses=_values((name := status.word(row, row_id(row), language), name) for row in states),
        groups=_values(
            (row_id(row), parties.group_name(row, language)) for row in _rows(service, "groups")
        ),
    )


def _rows(service: Webservice, resource: str, **filters: Any) -> list[Row]:
    try:
        return objects(service.rows(resource, sort="id_ASC", **filters))
    except (errors.MissingPermission, errors.NotFound):
        return []


def _values(pairs: Iterable[tuple[str, str]]) -> tuple[ShopValue, ...]:
    """Each value once: two states may have one name."""
    found: dict[str, ShopValue] = {}
    for value, name in pairs:
        if value:
            found.setdefault(value, ShopValue(label(value), name))
    return tuple(found.values())

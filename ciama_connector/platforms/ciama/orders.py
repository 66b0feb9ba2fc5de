"""A body of the hub as canonical order: it is one already, once it is validated.

Payload: ``{"order": {...}}`` as in ``canonical/schema.json``.
"""

from collections.abc import Mapping
from typing import Any

from ...canonical import Code, Order, Problem
from ...canonical.order import SCHEMA_VERSION
from ...canonical.texts import _lt
from ..normalizing import build, text


def major(version: str) -> str:
    """``"1"`` of ``"1.3"``."""
    return version.partition(".")[0]


def normalize(payload: Mapping[str, Any]) -> Order:
    """The canonical order; raises Problem.

    ``platform`` becomes "ciama"; the source that the hub names is kept as attribute
    ``source`` and, where the order has no channel, as its channel.
    """
    body = payload.get("order")
    if not isinstance(body, Mapping):
        raise Problem(Code.INVALID_ORDER, field="order", reason=_lt("not an object"))
    version = text(body.get("schema_version", SCHEMA_VERSION))
    if major(version) != major(SCHEMA_VERSION):
        raise Problem(
            Code.INVALID_ORDER,
            field="schema_version",
            reason=f"{version[:20]} ≠ {SCHEMA_VERSION}",
        )
    order = build(Order, **{**body, "schema_version": SCHEMA_VERSION})
    if order.platform == "ciama":
        return order
    source = {"name": "source", "value": order.platform}
    return build(
        Order,
        **{
            **body,
            "schema_version": SCHEMA_VERSION,
            "platform": "ciama",
            "channel": order.channel or order.platform,
            "attributes": [*(body.get("attributes") or ()), source],
        },
    )

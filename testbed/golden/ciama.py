"""The hub: its wire format is the canonical order itself."""

from collections.abc import Mapping
from typing import Any


def render(order: Mapping[str, Any]) -> dict[str, Any]:
    return {"order": dict(order)}

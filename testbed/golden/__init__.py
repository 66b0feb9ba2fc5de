"""The golden set: orders that the whole product is judged by.

Each case is written once, as a canonical order (its JSON form, see ``build``) in the
successive states that the shop shows, with the documents that an accountant expects of
each. Amounts on both sides are worked out by hand, never by running the code. The same
case is rendered into the wire format of every platform that can express it.

    for case in cases():
        for platform in PLATFORMS:
            if not cannot(platform, case):
                payload = render(platform, case.orders[0])

A renderer is a module of this package, named like its platform's code, with a function
``render(order)`` that returns the payload which the platform's connector would keep of
this order (``RawOrder.payload``), or raises :class:`CannotExpress` with the reason. It is
pure: ids of the platform are derived from those of the canonical order, so that a later
state of the order keeps them.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from .case import Case, Delivery, Document, Expected, Step
from .wire import CannotExpress

__all__ = [
    "PLATFORMS",
    "CannotExpress",
    "Case",
    "Delivery",
    "Document",
    "Expected",
    "Step",
    "cannot",
    "cases",
    "render",
]

PLATFORMS = ("prestashop", "shopify", "woocommerce", "wix", "ciama")
_THEMES = ("pricing", "vat", "payments", "refunds", "refunds_by_rate", "life")


@cache
def cases() -> tuple[Case, ...]:
    """All cases, theme by theme."""
    return tuple(case for theme in _THEMES for case in import_module(f"{__name__}.{theme}").CASES)


def render(platform: str, order: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of ``order`` (a canonical order as JSON) as ``platform`` gives it.

    Raises CannotExpress.
    """
    return import_module(f"{__name__}.{platform}").render(order)


def cannot(platform: str, case: Case) -> str:
    """Why ``platform`` cannot express ``case``; empty where it can."""
    try:
        for order in case.orders:
            render(platform, order)
    except CannotExpress as reason:
        return str(reason)
    return ""

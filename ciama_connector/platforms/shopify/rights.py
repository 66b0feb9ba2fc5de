"""Whether an app is allowed what ``guide.RIGHTS`` lists.

Shopify lists an app's access scopes. What it shows of customers is a matter of its own
(https://shopify.dev/docs/apps/launch/protected-customer-data): without level 1 no order
comes at all, without level 2 names and addresses come empty, with an error beside them.
"""

from collections.abc import Mapping
from typing import Any

from ...canonical.texts import _lt
from .. import errors
from ..base import RightCheck
from ..normalizing import listed, mapping, objects, text
from . import guide
from .const import REQUIRED_SCOPES
from .graph import Graph, missing_scopes

# As Shopify's page calls what stands behind a field of ``NewestPeople``
_FIELDS = {"email": "Email", "phone": "Phone", "name": "Name", "address1": "Address"}


def granted(data: Mapping[str, Any]) -> set[str]:
    """Scopes of the app in the answer to ``Shop``; one that may write may also read."""
    installation = mapping(data.get("currentAppInstallation"))
    scopes = {text(scope.get("handle")) for scope in objects(installation.get("accessScopes"))}
    return scopes | {scope.replace("write_", "read_", 1) for scope in scopes}


def scope_checks(scopes: set[str]) -> tuple[RightCheck, ...]:
    """Each right of ``guide.SCOPES`` against the scopes that the app has."""
    groups = {group[0]: group for group in REQUIRED_SCOPES}
    return tuple(
        RightCheck(right, False, missing_scopes([right.code]).message)
        if scopes.isdisjoint(groups.get(right.code, [right.code]))
        else RightCheck(right, True)
        for right in guide.SCOPES
    )


def customer_checks(graph: Graph, scopes: set[str]) -> tuple[RightCheck, RightCheck]:
    """What Shopify shows of the people in the newest orders."""
    untried = RightCheck(guide.CUSTOMER_FIELDS, None, _lt("It can be tried once orders come."))
    if "read_orders" not in scopes:
        return RightCheck(guide.CUSTOMER_DATA, None, untried.message), untried
    try:
        answer = graph.ask("NewestPeople")
    except errors.MissingPermission as error:
        return RightCheck(guide.CUSTOMER_DATA, False, error.message), untried
    seen = RightCheck(guide.CUSTOMER_DATA, True)
    if answer.hidden:
        names = sorted(_FIELDS.get(field, field) for field in answer.hidden)
        return seen, RightCheck(guide.CUSTOMER_FIELDS, False, _ask_for(names))
    if not listed(mapping(answer.data.get("orders")).get("nodes")):
        return seen, untried
    return seen, RightCheck(guide.CUSTOMER_FIELDS, True)


def _ask_for(names: list[str]) -> str:
    return _lt(
        "Shopify keeps back: %(fields)s. Ask for these fields under “Protected customer data "
        "access” in the app's settings; own apps get them from the plan Grow on.",
        fields=", ".join(names),
    )

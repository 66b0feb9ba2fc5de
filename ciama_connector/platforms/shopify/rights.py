"""What an app must be allowed, how that is found out, and where a shop keeper gets it.

Shopify lists an app's access scopes. What it shows of customers is a matter of its own
(https://shopify.dev/docs/apps/launch/protected-customer-data): without level 1 no order
comes at all, without level 2 names and addresses come empty, with an error beside them.
"""

from collections.abc import Mapping
from typing import Any

from ...canonical.texts import _lt
from .. import errors
from ..base import Right, RightCheck, Step
from ..normalizing import listed, mapping, objects, text
from .const import HISTORY_SCOPE, REQUIRED_SCOPES
from .graph import Graph, missing_scopes

# The needed ones are the first of each group of REQUIRED_SCOPES.
SCOPES = (
    Right("read_orders", "read_orders", _lt("Orders with their payments and refunds.")),
    Right("read_customers", "read_customers", _lt("Who ordered, and for which company.")),
    Right("read_products", "read_products", _lt("The SKU and the variant of what was ordered.")),
    Right("read_locations", "read_locations", _lt("The store in which something was sold.")),
    Right("read_payment_terms", "read_payment_terms", _lt("When an invoice is due.")),
    Right(
        "read_merchant_managed_fulfillment_orders",
        "read_merchant_managed_fulfillment_orders",
        _lt("Where an order is delivered to or picked up."),
    ),
    Right(
        HISTORY_SCOPE,
        HISTORY_SCOPE,
        _lt("Orders older than 60 days; without it they stay hidden."),
        needed=False,
    ),
    Right(
        "read_shipping",
        "read_shipping",
        _lt("Carriers are proposed for the shop's shipping rates."),
        needed=False,
    ),
    Right("read_locales", "read_locales", _lt("The shop's languages."), needed=False),
)
CUSTOMER_DATA = Right(
    "customer_data",
    _lt("Protected customer data"),
    _lt("Shopify counts every order as such."),
)
CUSTOMER_FIELDS = Right(
    "customer_fields",
    _lt("Protected customer fields"),
    _lt("Name, address, email and phone of who ordered; without them they come empty."),
    needed=False,
)
RIGHTS = (*SCOPES, CUSTOMER_DATA, CUSTOMER_FIELDS)
# As Shopify's page calls what stands behind a field of ``NewestPeople``
_FIELDS = {"email": "Email", "phone": "Phone", "name": "Name", "address1": "Address"}

STEPS = (
    Step(
        _lt("Open the Dev Dashboard from your shop's back office"),
        path=(
            _lt("Settings"),
            _lt("Apps"),
            _lt("Develop apps"),
            _lt("Build apps in Dev Dashboard"),
        ),
        text=_lt("It takes the shop's owner, or staff who may develop apps."),
    ),
    Step(
        _lt("Create an app"),
        path=(_lt("Apps"), _lt("Create app"), _lt("Start from Dev Dashboard")),
        fields=((_lt("App name"), "Odoo"),),
    ),
    Step(
        _lt("Give it its access scopes"),
        path=(_lt("Versions"), _lt("Access"), _lt("Scopes")),
        fields=((_lt("Scopes"), ",".join(right.code for right in SCOPES)),),
        text=_lt(
            "Leave the other fields as they are and press “Release”. If Shopify refuses "
            "read_all_orders, leave it out: orders of the last 60 days come all the same."
        ),
    ),
    Step(
        _lt("Install it in your shop"),
        path=(_lt("Home"), _lt("Install app")),
        text=_lt("App and shop must belong to the same organisation."),
    ),
    Step(
        _lt("Copy client ID and client secret"),
        path=(_lt("Settings"), _lt("Credentials")),
        text=_lt(
            "An app that was made in the shop's back office before 2026 has an access token "
            "that begins with shpat_: enter that instead of the two."
        ),
    ),
)


def granted(data: Mapping[str, Any]) -> set[str]:
    """Scopes of the app in the answer to ``Shop``; one that may write may also read."""
    installation = mapping(data.get("currentAppInstallation"))
    scopes = {text(scope.get("handle")) for scope in objects(installation.get("accessScopes"))}
    return scopes | {scope.replace("write_", "read_", 1) for scope in scopes}


def scope_checks(scopes: set[str]) -> tuple[RightCheck, ...]:
    """Each right of ``SCOPES`` against the scopes that the app has."""
    groups = {group[0]: group for group in REQUIRED_SCOPES}
    return tuple(
        RightCheck(right, False, missing_scopes([right.code]).message)
        if scopes.isdisjoint(groups.get(right.code, [right.code]))
        else RightCheck(right, True)
        for right in SCOPES
    )


def customer_checks(graph: Graph, scopes: set[str]) -> tuple[RightCheck, RightCheck]:
    """What Shopify shows of the people in the newest orders."""
    untried = RightCheck(CUSTOMER_FIELDS, None, _lt("It can be tried once orders come."))
    if "read_orders" not in scopes:
        return RightCheck(CUSTOMER_DATA, None, untried.message), untried
    try:
        answer = graph.ask("NewestPeople")
    except errors.MissingPermission as error:
        return RightCheck(CUSTOMER_DATA, False, error.message), untried
    seen = RightCheck(CUSTOMER_DATA, True)
    if answer.hidden:
        names = sorted(_FIELDS.get(field, field) for field in answer.hidden)
        return seen, RightCheck(CUSTOMER_FIELDS, False, _ask_for(names))
    if not listed(mapping(answer.data.get("orders")).get("nodes")):
        return seen, untried
    return seen, RightCheck(CUSTOMER_FIELDS, True)


def _ask_for(names: list[str]) -> str:
    return _lt(
        "Shopify keeps back: %(fields)s. Ask for these fields under “Protected customer data "
        "access” in the app's settings; own apps get them from the plan Grow on.",
        fields=", ".join(names),
    )

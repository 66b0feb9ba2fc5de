"""What the shop keeper is shown on the way to an app of their own: where it is made, and
what each of its rights is for.

Screens: https://shopify.dev/docs/apps/build/dev-dashboard/create-apps-using-dev-dashboard
"""

from ...canonical.texts import _lt
from ..base import Right, Step
from .const import HISTORY_SCOPE

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
    ),
    Step(
        _lt("Enter address, client ID and client secret here"),
        fields=(
            (_lt("Shop URL"), "https://your-shop.myshopify.com"),
            (_lt("Client ID"), _lt("The client ID you copied")),
            (_lt("Client secret"), _lt("The client secret you copied")),
        ),
        text=_lt(
            "An app that was made in the shop's back office before 2026 has an access token "
            "that begins with shpat_: enter that instead of the two."
        ),
    ),
)

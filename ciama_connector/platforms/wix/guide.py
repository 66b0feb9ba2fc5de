"""What the shop keeper is shown on the way to an API key: where it is made, and what each
of its permissions is for.

Permissions: npm ``@wix/auto_sdk_ecom_orders``, ``…_order-transactions``,
``…_order-fulfillments``. Screens: https://support.wix.com/en/article/managing-your-wix-api-keys
"""

from ...canonical.texts import _lt
from ..base import Right, Step
from .const import DEFAULT_URL

ORDERS = Right("ECOM.READ_ORDERS", _lt("Read Orders"), _lt("Orders, their lines and customers."))
PAYMENTS = Right(
    "ECOM.READ_TRANSACTIONS",
    _lt("Read Orders: payments"),
    _lt("Payments received, and refunds."),
)
FULFILLMENTS = Right(
    "ECOM.READ_FULFILLMENTS", _lt("Read Orders: fulfillments"), _lt("Parcels and tracking numbers.")
)
SITE = Right(
    "SITE_PROPERTIES",
    _lt("Read site, business, and email details"),
    _lt("The site's name, currency, time zone and languages."),
    needed=False,
)
RIGHTS = (ORDERS, PAYMENTS, FULFILLMENTS, SITE)
# Which permission a call needs, by the begin of its path
OF_PATH = {
    "/ecom/v1/orders": ORDERS,
    "/ecom/v1/payments": PAYMENTS,
    "/ecom/v1/fulfillments": FULFILLMENTS,
    "/site-properties": SITE,
}

STEPS = (
    Step(
        _lt("Make an API key in your Wix account"),
        path=(_lt("Account Settings"), _lt("API Keys"), _lt("Generate API Key")),
        fields=((_lt("Name"), "Odoo"), (_lt("Site access"), _lt("The site of this shop"))),
        text=_lt("Only the owner and co-owners of the account can do it."),
    ),
    Step(
        _lt("Let the key read"),
        fields=((_lt("Permissions"), _lt("Wix eCommerce: orders; site properties")),),
        text=_lt("No other permission is needed: nothing is written to the shop."),
    ),
    Step(
        _lt("Generate and copy the key"),
        path=(_lt("Generate Key"), _lt("Verify & Generate Key"), _lt("Copy Token & Close")),
        text=_lt("Wix sends a code by e-mail first, and shows the key only once."),
    ),
    Step(
        _lt("Find the site ID"),
        path=(_lt("My Sites"), _lt("The site of this shop")),
        text=_lt(
            "It stands in the address of the site's dashboard, behind /dashboard/: 36 letters, "
            "digits and dashes."
        ),
    ),
    Step(
        _lt("Enter key and site ID here"),
        fields=(
            (_lt("Shop URL"), DEFAULT_URL),
            (_lt("API key"), _lt("The key you copied")),
            (_lt("Site ID"), _lt("From the dashboard's address")),
        ),
        text=_lt("Leave the three fields of an app empty."),
    ),
)

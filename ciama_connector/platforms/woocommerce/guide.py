"""What the shop keeper is shown on the way to a REST API key: where it is made, and what it
must be able to see. Words of the screens as in WooCommerce 8 and later.

A key sees what its user may see in the back office: roles decide, the key itself only knows
Read and Write.
"""

from dataclasses import dataclass, field

from ...canonical.texts import _lt
from ..base import Right, RightCheck, Step
from ..errors import PlatformError

READ = Right(
    "read", _lt("Permissions: Read"), _lt("Nothing can be read with a key that may only write.")
)


@dataclass(frozen=True)
class Trial:
    """The least request that needs ``right``."""

    right: Right
    path: str
    params: dict[str, object] = field(default_factory=dict)


_ONE = {"per_page": 1, "_fields": "id"}
TRIALS = (
    Trial(Right("orders", _lt("WooCommerce, Orders"), _lt("Orders with all they hold.")),
          "orders", _ONE),
    Trial(Right("refunds", _lt("WooCommerce, Orders: refunds"),
                _lt("All refunds at once; without it, they are asked for order by order."),
                needed=False), "refunds", _ONE),
    Trial(Right("customers", _lt("WooCommerce, Customers"),
                _lt("Customer groups (the roles of WordPress), and numbers kept with customers."),
                needed=False), "customers", _ONE),
    Trial(Right("products", _lt("Products"),
                _lt("Which products are virtual, and the SKU that variations inherit."),
                needed=False), "products", _ONE),
    Trial(Right("settings", _lt("WooCommerce, Settings, Tax"),
                _lt("Whether prices include tax."), needed=False), "settings/tax"),
    Trial(Right("system_status", _lt("WooCommerce, Status"),
                _lt("Version, currency, and the address of an order's page."), needed=False),
          "system_status", {"_fields": "settings"}),
    Trial(Right("payment_gateways", _lt("WooCommerce, Settings, Payments"),
                _lt("Names of the payment methods, to map them before the first order."),
                needed=False), "payment_gateways", {"_fields": "id"}),
    Trial(Right("shipping", _lt("WooCommerce, Settings, Shipping"),
                _lt("Names of the shipping methods, to map them before the first order."),
                needed=False), "shipping/zones", {"_fields": "id"}),
    Trial(Right("reports", _lt("WooCommerce, Reports"),
                _lt("The order statuses of the shop, those of plugins included."),
                needed=False), "reports/orders/totals", {"_fields": "slug"}),
)  # fmt: skip
RIGHTS = (READ, *(trial.right for trial in TRIALS))
ABSENT = _lt(
    "The shop has no such page: its WooCommerce is older, or does without it. Nothing to mend."
)
USER_LACKS = _lt(
    "The user of the key may not see this: choose one with the role Shop manager or Administrator "
    "as the user of the key, in WooCommerce, Settings, Advanced, REST API."
)


def not_reading(refused: PlatformError) -> tuple[RightCheck, ...]:
    """Where the key may only write, nothing else can be tried."""
    later = _lt("Can be tried once the key may read.")
    others = (RightCheck(trial.right, None, later) for trial in TRIALS)
    return RightCheck(READ, False, refused.message), *others


STEPS = (
    Step(
        title=_lt("Look at the permalinks"),
        path=(_lt("Settings menu"), _lt("Permalinks")),
        fields=((_lt("Permalink structure"), _lt("Any but Plain")),),
        text=_lt("With plain permalinks, WordPress does not answer at the address of its API."),
    ),
    Step(
        title=_lt("Make a key"),
        path=(
            "WooCommerce",
            _lt("Settings, tab Advanced"),
            _lt("REST API"),
            _lt("Add key"),
        ),
        fields=(
            (_lt("Description"), "Odoo"),
            (_lt("User"), _lt("A shop manager or an administrator")),
            (_lt("Permissions"), _lt("Read")),
        ),
        text=_lt(
            "Then click Generate API key. The key sees what its user may see: a user of another "
            "role sees no orders."
        ),
    ),
    Step(
        title=_lt("Enter key and secret here"),
        fields=(
            (_lt("Consumer key"), "ck_…"),
            (_lt("Consumer secret"), "cs_…"),
        ),
        text=_lt("WooCommerce shows both once. If you missed them, make another key."),
    ),
)

"""What the shop keeper is shown on the way to a webservice key: where it is made, and what
each of its permissions is for. Words of the screens as in PrestaShop 8 and 9."""

from ...canonical.texts import _lt
from ..base import Right, Step
from . import const

_WHY = {
    "orders": _lt("Orders: totals, dates, references."),
    "order_details": _lt("The lines of orders."),
    "order_carriers": _lt("Tracking numbers."),
    "order_cart_rules": _lt("Vouchers used on orders."),
    "order_payments": _lt("Payments received."),
    "order_slip": _lt("Refunds."),
    "order_states": _lt("Where an order stands: paid, shipped, cancelled."),
    "customers": _lt("Who bought: name and e-mail address."),
    "addresses": _lt("Invoice and delivery addresses, VAT numbers."),
    "configurations": _lt("The shop's time zone, currency and language."),
    "countries": _lt("Countries of addresses: VAT depends on them."),
    "currencies": _lt("Currencies of orders and payments."),
    "languages": _lt("The language a customer is written to in."),
    "states": _lt("States and provinces of addresses."),
    "taxes": _lt("Tax rates of order lines."),
    "carriers": _lt("Names of carriers; without it, carriers are shown by number."),
    "cart_rules": _lt("Codes of vouchers; without it, only their names are known."),
    "customizations": _lt("Texts that buyers had put on products."),
    "groups": _lt("Customer groups, for price lists and payment terms."),
    "messages": _lt("Notes that buyers left with their orders."),
    "order_histories": _lt("When an order was shipped or cancelled."),
    "product_customization_fields": _lt("Names of the fields in which buyers write texts."),
    "products": _lt("Which products are virtual, so that no delivery is made for them."),
    "shops": _lt("Names of the shops, where one PrestaShop runs several."),
}

RIGHTS = tuple(
    Right(
        code=resource,
        label=_lt("%(resource)s: View (GET)", resource=resource),
        why=_WHY[resource],
        needed=resource in const.REQUIRED,
    )
    for resource in (*const.REQUIRED, *const.OPTIONAL)
)

STEPS = (
    Step(
        title=_lt("Switch the webservice on"),
        path=(_lt("Advanced Parameters"), _lt("Webservice"), _lt("Configuration")),
        fields=((_lt("Enable PrestaShop's webservice"), _lt("Yes")),),
        text=_lt("At the bottom of the page. Click Save beside it."),
    ),
    Step(
        title=_lt("Make a key"),
        path=(
            _lt("Advanced Parameters"),
            _lt("Webservice"),
            _lt("Add new webservice key"),
        ),
        fields=(
            (_lt("Key"), _lt("Click Generate")),
            (_lt("Key description"), "Odoo"),
            (_lt("Enable webservice key"), _lt("Yes")),
        ),
        text=_lt(
            "Copy the key, of 32 characters. Where one PrestaShop runs several shops, tick those "
            "to connect under Shop association."
        ),
    ),
    Step(
        title=_lt("Let the key read"),
        path=(
            _lt("Advanced Parameters"),
            _lt("Webservice"),
            _lt("Add new webservice key"),
            _lt("Permissions"),
        ),
        fields=((_lt("View (GET)"), ", ".join((*const.REQUIRED, *const.OPTIONAL))),),
        text=_lt(
            "In the column View (GET), tick the lines named above, or the box at the head of the "
            "column to tick all. No other column is needed: nothing is written to the shop. Then "
            "click Save."
        ),
    ),
    Step(
        title=_lt("Enter the key here"),
        fields=((_lt("Webservice key"), _lt("The key you copied")),),
    ),
)

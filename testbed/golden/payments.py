"""Money received: when, how often, in what; and invoices that follow deliveries."""

from .build import (
    BANK_WIRE,
    GIFT_CARD,
    LATER,
    ON_DELIVERY,
    changed,
    delivered,
    in_shop,
    item,
    order,
    payment,
    shipping,
)
from .case import Case, Delivery, Expected
from .expect import deliveries, document, imported, sold

# A chair at 50.00 + 10.00 tax, however it is paid
_CHAIR = item("CHAIR", 1, "50.00", {"20": "10.00"})
_ROW = ("CHAIR", "1", "50.00")
_SIXTY = {"taxes": {"20": ("50.00", "10.00")}, "total": "60.00"}
_UNPAID = {"payment_status": "pending", "payments": []}


_ON_DELIVERY = order(1301, _CHAIR, status="accepted", payment_method=ON_DELIVERY, **_UNPAID)
_CASH_ON_DELIVERY = Case(
    "cash_on_delivery",
    "Shipped and invoiced before it is paid; the driver's cash arrives when it is paid.",
    (
        in_shop(_ON_DELIVERY, imported(_ROW, **_SIXTY, paid="not_paid", payments=())),
        delivered({"CHAIR": "1"}),
        in_shop(
            changed(
                _ON_DELIVERY,
                status="fulfilled",
                payment_status="paid",
                fulfillment_status="fulfilled",
                payments=[
                    payment("60.00", kind="cash_on_delivery", method=ON_DELIVERY, paid_at=LATER)
                ],
            ),
            imported(_ROW, **_SIXTY, deliveries=deliveries(_ROW, state="done")),
        ),
    ),
)

_WIRED = order(1302, _CHAIR, status="pending", payment_method=BANK_WIRE, **_UNPAID)
_BANK_WIRE_LATER = Case(
    "bank_wire_later",
    "A quotation until the wire has arrived.",
    (
        in_shop(_WIRED, Expected(sale=sold(_ROW, **_SIXTY, state="draft"))),
        in_shop(
            changed(
                _WIRED,
                status="paid",
                payment_status="paid",
                payments=[payment("60.00", method=BANK_WIRE, paid_at=LATER)],
            ),
            imported(_ROW, **_SIXTY),
        ),
    ),
)

_TWO_PAYMENTS = Case(
    "two_payments",
    "A deposit by card, the rest by wire: two payments on one invoice.",
    (
        in_shop(
            order(
                1303,
                _CHAIR,
                payments=[
                    payment("20.00", 1, transaction_id="tx1303a"),
                    payment("40.00", 2, transaction_id="tx1303b", paid_at=LATER),
                ],
                updated_at=LATER,
            ),
            imported(_ROW, **_SIXTY, payments=("20.00", "40.00")),
        ),
    ),
)

_DEPOSIT = order(
    1304,
    _CHAIR,
    status="partially_paid",
    payment_status="partially_paid",
    payments=[payment("20.00", 1, transaction_id="tx1304a")],
)
_DEPOSIT_THEN_REST = Case(
    "deposit_then_rest",
    "A deposit does not release the order; the rest does.",
    (
        in_shop(_DEPOSIT),
        in_shop(
            changed(
                _DEPOSIT,
                status="paid",
                payment_status="paid",
                payments=[
                    *_DEPOSIT["payments"],
                    payment("40.00", 2, transaction_id="tx1304b", paid_at=LATER),
                ],
            ),
            imported(_ROW, **_SIXTY, payments=("20.00", "40.00")),
        ),
    ),
)

_GIFT_CARD_PAYS = Case(
    "gift_card_pays",
    "A gift card is a means of payment: it lessens neither price nor tax.",
    (
        in_shop(
            order(
                1305,
                _CHAIR,
                payments=[
                    payment("25.00", 1, kind="gift_card", method=GIFT_CARD),
                    payment("35.00", 2, transaction_id="tx1305"),
                ],
            ),
            imported(_ROW, **_SIXTY, payments=("25.00", "35.00")),
        ),
    ),
)

_OVERPAID = Case(
    "overpaid",
    "Two cents too much stay on the customer's account; a person is told.",
    (
        in_shop(
            order(1306, _CHAIR, payments=[payment("60.02", transaction_id="tx1306")]),
            imported(_ROW, **_SIXTY, payments=("60.02",), warnings=("overpaid",)),
        ),
    ),
)

_UNDERPAID = Case(
    "underpaid",
    "The shop confirms what is not wholly paid: the invoice stays open for the rest.",
    (
        in_shop(
            order(
                1307,
                _CHAIR,
                status="partially_paid",
                payment_status="partially_paid",
                payments=[payment("59.00", transaction_id="tx1307")],
            ),
            imported(_ROW, **_SIXTY, paid="partial", payments=("59.00",)),
        ),
    ),
    rules={"confirm_policy": "always"},
)

_AUTHORIZED = order(
    1308,
    _CHAIR,
    status="authorized",
    payment_status="authorized",
    payments=[payment("60.00", 1, transaction_id="tx1308", captured=False)],
)
_AUTHORIZED_THEN_CAPTURED = Case(
    "authorized_then_captured",
    "An authorization releases the order and is no payment; its capture is.",
    (
        in_shop(_AUTHORIZED, imported(_ROW, **_SIXTY, paid="not_paid", payments=())),
        in_shop(
            changed(
                _AUTHORIZED,
                status="paid",
                payment_status="paid",
                payments=[payment("60.00", 1, transaction_id="tx1308", paid_at=LATER)],
            ),
            imported(_ROW, **_SIXTY),
        ),
    ),
)

_PAID_TWICE = Case(
    "paid_twice",
    "The buyer paid twice: the second payment stays on the account, and a person is told.",
    (
        in_shop(
            order(
                1309,
                _CHAIR,
                payments=[
                    payment("60.00", 1, transaction_id="tx1309a"),
                    payment("60.00", 2, transaction_id="tx1309b", paid_at=LATER),
                ],
                updated_at=LATER,
            ),
            imported(_ROW, **_SIXTY, payments=("60.00", "60.00"), warnings=("overpaid",)),
        ),
    ),
)

_SHARED = {"email": "shared1310@example.org", "first_name": "Marie", "last_name": "Curie"}
_BUYER = {"customer": {"external_id": "1310", "company": "", **_SHARED}}
_TWO_SHOPS_ONE_CUSTOMER = Case(
    "two_shops_one_customer",
    "Who buys in two shops of the company is one customer.",
    (
        in_shop(order(1310, _CHAIR, **_BUYER), imported(_ROW, **_SIXTY)),
        in_shop(
            order(1311, item("LAMP", 1, "10.00", {"20": "2.00"}), **_BUYER),
            imported(("LAMP", "1", "10.00"), taxes={"20": ("10.00", "2.00")}, total="12.00"),
            shop=2,
        ),
    ),
)

# -- invoices at delivery

_THREE = ("CHAIR", "3", "10.00")
_TWELVE = {"taxes": {"20": ("10.00", "2.00")}, "total": "12.00"}
_TWO_OF_THREE = document(
    ("CHAIR", "2", "6.67"), taxes={"20": ("6.67", "1.33")}, total="8.00", state="paid"
)
_LAST_OF_THREE = document(
    ("CHAIR", "1", "3.33"), taxes={"20": ("3.33", "0.67")}, total="4.00", state="paid"
)
_INVOICED_AT_DELIVERY = Case(
    "invoiced_at_delivery",
    "Three for 10.00, delivered in two parts: the last invoice takes the cents.",
    (
        in_shop(
            order(1312, item("CHAIR", 3, "10.00", {"20": "2.00"})),
            imported(_THREE, **_TWELVE, invoices=()),
        ),
        delivered(
            {"CHAIR": "2"},
            imported(
                _THREE,
                **_TWELVE,
                invoices=(_TWO_OF_THREE,),
                deliveries=(Delivery({"CHAIR": "2"}, "done"), Delivery({"CHAIR": "1"})),
            ),
        ),
        delivered(
            {"CHAIR": "1"},
            imported(
                _THREE,
                **_TWELVE,
                invoices=(_TWO_OF_THREE, _LAST_OF_THREE),
                deliveries=(Delivery({"CHAIR": "2"}, "done"), Delivery({"CHAIR": "1"}, "done")),
            ),
        ),
    ),
    rules={"invoice_policy": "delivery"},
)

_TENTH_OFF = {"TEN": ("3.00", "0.60")}
_WAY = ("shipping", "1", "5.00")
_DELIVERED_WITH_SHIPPING = Case(
    "delivered_with_shipping",
    "Invoiced at delivery after a voucher: shipping comes with the first invoice, whole.",
    (
        in_shop(
            order(
                1314,
                item("CHAIR", 3, "27.00", {"20": "5.40"}, off=_TENTH_OFF),
                shipping("5.00", {"20": "1.00"}),
                vouchers={"TEN": "3.60"},
            )
        ),
        delivered({"CHAIR": "2"}),
        delivered(
            {"CHAIR": "1"},
            imported(
                ("CHAIR", "3", "27.00"),
                _WAY,
                taxes={"20": ("32.00", "6.40")},
                total="38.40",
                invoices=(
                    document(
                        ("CHAIR", "2", "18.00"),
                        _WAY,
                        taxes={"20": ("23.00", "4.60")},
                        total="27.60",
                    ),
                    document(("CHAIR", "1", "9.00"), taxes={"20": ("9.00", "1.80")}, total="10.80"),
                ),
                deliveries=(Delivery({"CHAIR": "2"}, "done"), Delivery({"CHAIR": "1"}, "done")),
            ),
        ),
    ),
    rules={"invoice_policy": "delivery"},
)

_NEVER_INVOICED = Case(
    "never_invoiced",
    "The shop makes its own invoices: Odoo delivers, and books the money.",
    (
        in_shop(
            order(1313, _CHAIR, shipping("5.00", {"20": "1.00"})),
            imported(
                _ROW,
                ("shipping", "1", "5.00"),
                taxes={"20": ("55.00", "11.00")},
                total="66.00",
                invoices=(),
            ),
        ),
    ),
    rules={"invoice_policy": "never"},
)

CASES = (
    _CASH_ON_DELIVERY,
    _BANK_WIRE_LATER,
    _TWO_PAYMENTS,
    _DEPOSIT_THEN_REST,
    _GIFT_CARD_PAYS,
    _OVERPAID,
    _UNDERPAID,
    _AUTHORIZED_THEN_CAPTURED,
    _PAID_TWICE,
    _TWO_SHOPS_ONE_CUSTOMER,
    _INVOICED_AT_DELIVERY,
    _DELIVERED_WITH_SHIPPING,
    _NEVER_INVOICED,
)

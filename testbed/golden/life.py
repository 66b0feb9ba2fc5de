"""What happens to an order after its first import."""

from .build import (
    BANK_WIRE,
    LATER,
    LATER_STILL,
    ON_DELIVERY,
    PLACED,
    address,
    back,
    changed,
    delivered,
    in_shop,
    item,
    order,
    payment,
    refund,
)
from .case import Case, Delivery, Expected
from .expect import deliveries, document, imported, sold, stopped

_CHAIRS = item("CHAIR", 2, "20.00", {"20": "4.00"})
_ROW = ("CHAIR", "2", "20.00")
_ALL = {"taxes": {"20": ("20.00", "4.00")}, "total": "24.00"}
_AT_DELIVERY = {"invoice_policy": "delivery"}
_CANCELLED = {"status": "cancelled", "payment_status": "voided"}


def _unpaid(number, *lines):
    """To be paid on delivery: no money to be given back when it is cancelled."""
    return order(
        number,
        *(lines or (_CHAIRS,)),
        status="accepted",
        payment_status="pending",
        payment_method=ON_DELIVERY,
        payments=[],
    )


_CANCELLED_BEFORE_IMPORT = Case(
    "cancelled_before_import",
    "Cancelled before Odoo knew of it: nothing to do.",
    (
        in_shop(
            changed(_unpaid(1501), cancelled_at=LATER, **_CANCELLED),
            stopped("ignored", "cancelled_before_import"),
        ),
    ),
)

_CANCELLED_BEFORE_INVOICE = Case(
    "cancelled_before_invoice",
    "Cancelled while nothing is delivered or invoiced: the sale order is cancelled too.",
    (
        in_shop(_unpaid(1502), imported(_ROW, **_ALL, invoices=(), payments=())),
        in_shop(
            changed(_unpaid(1502), cancelled_at=LATER, **_CANCELLED),
            imported(
                _ROW,
                **_ALL,
                sale=sold(_ROW, **_ALL, state="cancel"),
                deliveries=deliveries(_ROW, state="cancel"),
                invoices=(),
                payments=(),
            ),
        ),
    ),
    rules=_AT_DELIVERY,
)

_PAID = order(1503, _CHAIRS)
_CANCELLED_AFTER_INVOICE = Case(
    "cancelled_after_invoice",
    "Cancelled and paid back while nothing has left: a credit note over all, no delivery.",
    (
        in_shop(_PAID, imported(_ROW, **_ALL)),
        in_shop(
            changed(
                _PAID,
                lines=[{**_CHAIRS, "quantity_removed": "2"}],
                cancelled_at=LATER,
                status="cancelled",
                payment_status="refunded",
                refunds=[refund("24.00", back(1, 2, "20.00", "4.00"))],
            ),
            imported(
                _ROW,
                **_ALL,
                credit_notes=(document(_ROW, **_ALL),),
                deliveries=deliveries(_ROW, state="cancel"),
                payments=("24.00", "-24.00"),
            ),
        ),
    ),
)

_CANCELLED_AFTER_DELIVERY = Case(
    "cancelled_after_delivery",
    "Cancelled when the goods have left: a person sees to it.",
    (
        in_shop(_unpaid(1504)),
        delivered({"CHAIR": "2"}),
        in_shop(
            changed(_unpaid(1504), cancelled_at=LATER, **_CANCELLED),
            imported(
                _ROW,
                **_ALL,
                card="held",
                code="cannot_cancel",
                deliveries=deliveries(_ROW, state="done"),
                invoices=(document(_ROW, **_ALL, state="not_paid"),),
                payments=(),
            ),
        ),
    ),
)

_CANCELLED_UNPAID = Case(
    "cancelled_unpaid",
    "Invoiced, never paid, cancelled before it left: a credit note settles the invoice.",
    (
        in_shop(_unpaid(1510)),
        in_shop(
            changed(_unpaid(1510), cancelled_at=LATER, **_CANCELLED),
            imported(
                _ROW,
                **_ALL,
                invoices=(document(_ROW, **_ALL, state="reversed"),),
                credit_notes=(document(_ROW, **_ALL),),
                deliveries=deliveries(_ROW, state="cancel"),
                payments=(),
            ),
        ),
    ),
)

_WIRE = order(
    1511,
    _CHAIRS,
    status="pending",
    payment_status="pending",
    payment_method=BANK_WIRE,
    payments=[],
)
_CANCELLED_QUOTATION = Case(
    "cancelled_quotation",
    "The wire never came and the shop gave the order up: so does Odoo.",
    (
        in_shop(_WIRE),
        in_shop(
            changed(_WIRE, cancelled_at=LATER, **_CANCELLED),
            Expected(sale=sold(_ROW, **_ALL, state="cancel")),
        ),
    ),
)

# -- edited: a third chair at 10.00 + 2.00, and a lamp

_LAMP = item("LAMP", 1, "10.00", {"20": "2.00"})
_MORE = (item("CHAIR", 3, "30.00", {"20": "6.00"}), _LAMP)
_MORE_ROWS = ("CHAIR", "3", "30.00"), ("LAMP", "1", "10.00")
_EDITED_BEFORE_DELIVERY = Case(
    "edited_before_delivery",
    "A line is added and a quantity raised before anything left: the order follows.",
    (
        in_shop(_unpaid(1505)),
        in_shop(
            changed(_unpaid(1505), lines=_MORE),
            imported(
                *_MORE_ROWS,
                taxes={"20": ("40.00", "8.00")},
                total="48.00",
                invoices=(),
                payments=(),
            ),
        ),
    ),
    rules=_AT_DELIVERY,
)

_EDITED_AFTER_DELIVERY = Case(
    "edited_after_delivery",
    "A line is added when the goods have left: a card says so, nothing changes by itself.",
    (
        in_shop(_unpaid(1506)),
        delivered({"CHAIR": "2"}),
        in_shop(
            changed(_unpaid(1506), lines=(_CHAIRS, _LAMP)),
            imported(
                _ROW,
                **_ALL,
                card="held",
                code="already_delivered",
                deliveries=deliveries(_ROW, state="done"),
                invoices=(document(_ROW, **_ALL, state="not_paid"),),
                payments=(),
            ),
        ),
    ),
)


def _lamp_added(number):
    body = order(number, _CHAIRS)
    more = [*body["payments"], payment("12.00", 2, paid_at=LATER)]
    return changed(body, lines=(_CHAIRS, _LAMP), payments=more)


_EDITED_AFTER_INVOICE = Case(
    "edited_after_invoice",
    "A lamp is added and paid when the chairs are invoiced: a card tells the difference.",
    (
        in_shop(order(1512, _CHAIRS), imported(_ROW, **_ALL)),
        in_shop(_lamp_added(1512), imported(_ROW, **_ALL, card="held", code="already_invoiced")),
    ),
)

_AMENDED_AFTER_INVOICE = Case(
    "amended_after_invoice",
    "The same where the shop's rule is to amend: the lamp gets an invoice of its own.",
    (
        in_shop(order(1513, _CHAIRS), imported(_ROW, **_ALL)),
        in_shop(
            _lamp_added(1513),
            imported(
                _ROW,
                ("LAMP", "1", "10.00"),
                taxes={"20": ("30.00", "6.00")},
                total="36.00",
                invoices=(
                    document(_ROW, **_ALL),
                    document(
                        ("LAMP", "1", "10.00"), taxes={"20": ("10.00", "2.00")}, total="12.00"
                    ),
                ),
                payments=("24.00", "12.00"),
            ),
        ),
    ),
    rules={"edit_policy": "amend"},
)

_MOVED = address(city="Lyon", zip="69001")
_ADDRESS_CHANGED = Case(
    "address_changed",
    "Another address before anything left: the goods go there.",
    (
        in_shop(_unpaid(1507)),
        in_shop(
            changed(_unpaid(1507), shipping_address=_MOVED),
            imported(_ROW, **_ALL, invoices=(), payments=(), ships_to="Lyon"),
        ),
    ),
    rules=_AT_DELIVERY,
)

# -- deliveries and news out of order

_SPLIT = order(1508, _CHAIRS, _LAMP)
_SPLIT_ROWS = _ROW, ("LAMP", "1", "10.00")
_SPLIT_DELIVERY = Case(
    "split_delivery",
    "Invoiced at once, delivered in two parts: still one invoice.",
    (
        in_shop(_SPLIT),
        delivered({"CHAIR": "2"}),
        delivered(
            {"LAMP": "1"},
            imported(
                *_SPLIT_ROWS,
                taxes={"20": ("30.00", "6.00")},
                total="36.00",
                deliveries=(Delivery({"CHAIR": "2"}, "done"), Delivery({"LAMP": "1"}, "done")),
            ),
        ),
    ),
)

_NEWS = order(1509, _CHAIRS)
_NEWS_OUT_OF_ORDER = Case(
    "news_out_of_order",
    "The unpaid order of before arrives after the paid one: it is old news.",
    (
        in_shop(changed(_NEWS, LATER)),
        in_shop(
            changed(_NEWS, PLACED, status="pending", payment_status="pending", payments=[]),
            imported(_ROW, **_ALL),
        ),
        in_shop(
            changed(_NEWS, LATER_STILL, status="fulfilled", fulfillment_status="fulfilled"),
            imported(_ROW, **_ALL),
        ),
    ),
)

CASES = (
    _CANCELLED_BEFORE_IMPORT,
    _CANCELLED_BEFORE_INVOICE,
    _CANCELLED_AFTER_INVOICE,
    _CANCELLED_AFTER_DELIVERY,
    _CANCELLED_UNPAID,
    _CANCELLED_QUOTATION,
    _EDITED_BEFORE_DELIVERY,
    _EDITED_AFTER_DELIVERY,
    _EDITED_AFTER_INVOICE,
    _AMENDED_AFTER_INVOICE,
    _ADDRESS_CHANGED,
    _SPLIT_DELIVERY,
    _NEWS_OUT_OF_ORDER,
)

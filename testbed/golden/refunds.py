"""Money and goods given back: credit notes, or less on the order where none was invoiced."""

from .build import (
    LATER,
    LATER_STILL,
    PARTLY,
    back,
    changed,
    delivered,
    in_shop,
    item,
    order,
    refund,
    shipping,
    without,
)
from .case import Case, Delivery
from .expect import deliveries, document, imported, stopped

_WHOLLY = {"status": "refunded", "payment_status": "refunded"}

# Two chairs and shipping, 110.00 + 22.00

_CHAIRS = ("CHAIR", "2", "100.00")
_WAY = ("shipping", "1", "10.00")
_ALL = {"taxes": {"20": ("110.00", "22.00")}, "total": "132.00"}


def _chairs(number):
    return order(
        number,
        item("CHAIR", 2, "100.00", {"20": "20.00"}),
        shipping("10.00", {"20": "2.00"}),
    )


_EVERYTHING = refund("132.00", back(1, 2, "100.00", "20.00"), back(2, 1, "10.00", "2.00"))
_TO_REFUND = _chairs(1401)
_FULL_REFUND = Case(
    "full_refund",
    "Everything is given back before it was shipped, shipping too: nothing leaves.",
    (
        in_shop(_TO_REFUND, imported(_CHAIRS, _WAY, **_ALL)),
        in_shop(
            changed(_TO_REFUND, lines=without(_TO_REFUND, 2, 0), refunds=[_EVERYTHING], **_WHOLLY),
            imported(
                _CHAIRS,
                _WAY,
                **_ALL,
                credit_notes=(document(_CHAIRS, _WAY, **_ALL),),
                deliveries=deliveries(_CHAIRS, state="cancel"),
                payments=("132.00", "-132.00"),
            ),
        ),
    ),
)

_REFUNDED_BEFORE = _chairs(1402)
_REFUNDED_BEFORE_IMPORT = Case(
    "refunded_before_import",
    "Given back before Odoo knew of it, and nothing was shipped: there is nothing to do.",
    (
        in_shop(
            changed(
                _REFUNDED_BEFORE,
                lines=without(_REFUNDED_BEFORE, 2, 0),
                refunds=[_EVERYTHING],
                **_WHOLLY,
            ),
            stopped("ignored", "refunded_before_import"),
        ),
    ),
)

_REFUND_OF_SHIPPING = Case(
    "refund_of_shipping",
    "Only shipping is given back; the goods stay with the buyer.",
    (
        in_shop(_chairs(1403)),
        in_shop(
            changed(
                _chairs(1403), refunds=[refund("12.00", back(2, 1, "10.00", "2.00"))], **PARTLY
            ),
            imported(
                _CHAIRS,
                _WAY,
                **_ALL,
                credit_notes=(document(_WAY, taxes={"20": ("10.00", "2.00")}, total="12.00"),),
                payments=("132.00", "-12.00"),
            ),
        ),
    ),
)

# A chair at 50.00 + 10.00 and two books at 20.00 + 1.10

_CHAIR = ("CHAIR", "1", "50.00")
_BOOKS = ("BOOK", "2", "20.00")
_BOTH = {"taxes": {"20": ("50.00", "10.00"), "5.5": ("20.00", "1.10")}, "total": "81.10"}
_BOOKS_BACK = document(_BOOKS, taxes={"5.5": ("20.00", "1.10")}, total="21.10")


def _chair_and_books(number):
    return order(
        number,
        item("CHAIR", 1, "50.00", {"20": "10.00"}),
        item("BOOK", 2, "20.00", {"5.5": "1.10"}),
    )


def _without_books(number):
    body = _chair_and_books(number)
    return changed(
        body,
        lines=without(body, 0, 2),
        refunds=[refund("21.10", back(2, 2, "20.00", "1.10"))],
        **PARTLY,
    )


_BOOKS_REFUNDED = imported(
    _CHAIR,
    _BOOKS,
    **_BOTH,
    credit_notes=(_BOOKS_BACK,),
    deliveries=deliveries(_CHAIR),
    payments=("81.10", "-21.10"),
)
_REFUND_OF_A_LINE = Case(
    "refund_of_a_line",
    "One line of two is given back before shipping, at its own rate; it does not leave.",
    (
        in_shop(_chair_and_books(1404), imported(_CHAIR, _BOOKS, **_BOTH)),
        in_shop(_without_books(1404), _BOOKS_REFUNDED),
    ),
)

PARTLY_REFUNDED_BEFORE_IMPORT = Case(
    "partly_refunded_before_import",
    "The refund was there at the first import: the whole is invoiced, the part credited.",
    (in_shop(_without_books(1405), _BOOKS_REFUNDED),),
)

_REFUND_TOLD_TWICE = Case(
    "refund_told_twice",
    "The order comes again with its refund and another note: still one credit note.",
    (
        in_shop(_without_books(1406)),
        in_shop(
            changed(_without_books(1406), LATER_STILL, customer_note="Please ring"),
            _BOOKS_REFUNDED,
        ),
    ),
)

# Three chairs at 16.66 + 3.33 each, that is 49.98 + 9.99

_THREE = ("CHAIR", "3", "49.98")
_SIXTY = {"taxes": {"20": ("49.98", "9.99")}, "total": "59.97"}
_ONE_BACK = document(("CHAIR", "1", "16.66"), taxes={"20": ("16.66", "3.33")}, total="19.99")


def _three(number):
    return order(number, item("CHAIR", 3, "49.98", {"20": "9.99"}, list_price="19.99"))


def _one_back(number=1, created_at=LATER):
    return refund("19.99", back(1, 1, "16.66", "3.33"), number=number, created_at=created_at)


_SHIPPED = {"status": "fulfilled", "fulfillment_status": "fulfilled"}
_REFUND_OF_A_PIECE = Case(
    "refund_of_a_piece",
    "One of three comes back after delivery.",
    (
        in_shop(_three(1407)),
        delivered({"CHAIR": "3"}),
        in_shop(
            changed(_three(1407), refunds=[_one_back()], **_SHIPPED, **PARTLY),
            imported(
                _THREE,
                **_SIXTY,
                credit_notes=(_ONE_BACK,),
                deliveries=deliveries(_THREE, state="done"),
                payments=("59.97", "-19.99"),
            ),
        ),
    ),
)

_SEVERAL_REFUNDS = Case(
    "several_refunds",
    "Two pieces come back one after the other: a credit note each.",
    (
        in_shop(_three(1408)),
        delivered({"CHAIR": "3"}),
        in_shop(changed(_three(1408), refunds=[_one_back()], **_SHIPPED, **PARTLY)),
        in_shop(
            changed(
                _three(1408),
                LATER_STILL,
                refunds=[_one_back(), _one_back(2, LATER_STILL)],
                **_SHIPPED,
                **PARTLY,
            ),
            imported(
                _THREE,
                **_SIXTY,
                credit_notes=(_ONE_BACK, _ONE_BACK),
                deliveries=deliveries(_THREE, state="done"),
                payments=("59.97", "-19.99", "-19.99"),
            ),
        ),
    ),
)

# -- invoices at delivery: what was not invoiced is taken off the order

_TWO = ("CHAIR", "2", "33.32")
_FORTY = {"taxes": {"20": ("33.32", "6.66")}, "total": "39.98"}
_ONE_LESS = changed(_three(1411), lines=without(_three(1411), 1), refunds=[_one_back()], **PARTLY)
_REFUND_BEFORE_INVOICE = Case(
    "refund_before_invoice",
    "One of three is given back before anything was invoiced: the order is of two.",
    (
        in_shop(_three(1411), imported(_THREE, **_SIXTY, invoices=())),
        in_shop(_ONE_LESS, imported(_TWO, **_FORTY, invoices=(), payments=("59.97", "-19.99"))),
        delivered(
            {"CHAIR": "2"},
            imported(
                _TWO,
                **_FORTY,
                deliveries=deliveries(_TWO, state="done"),
                payments=("59.97", "-19.99"),
            ),
        ),
    ),
    rules={"invoice_policy": "delivery"},
)

_LEFT = document(("CHAIR", "2", "33.32"), taxes={"20": ("33.32", "6.66")}, total="39.98")
_PART_DELIVERED = changed(
    _three(1412), lines=without(_three(1412), 1), refunds=[_one_back()], **PARTLY
)
_REFUND_AFTER_PARTIAL_DELIVERY = Case(
    "refund_after_partial_delivery",
    "Two of three are delivered and invoiced; the third is given back and never leaves.",
    (
        in_shop(_three(1412)),
        delivered(
            {"CHAIR": "2"},
            imported(
                _THREE,
                **_SIXTY,
                invoices=(_LEFT,),
                deliveries=(Delivery({"CHAIR": "2"}, "done"), Delivery({"CHAIR": "1"})),
            ),
        ),
        in_shop(
            _PART_DELIVERED,
            imported(
                _TWO,
                **_FORTY,
                invoices=(_LEFT,),
                deliveries=deliveries(_TWO, state="done"),
                payments=("59.97", "-19.99"),
            ),
        ),
    ),
    rules={"invoice_policy": "delivery"},
)

CASES = (
    _FULL_REFUND,
    _REFUNDED_BEFORE_IMPORT,
    _REFUND_OF_SHIPPING,
    _REFUND_OF_A_LINE,
    PARTLY_REFUNDED_BEFORE_IMPORT,
    _REFUND_TOLD_TWICE,
    _REFUND_OF_A_PIECE,
    _SEVERAL_REFUNDS,
    _REFUND_BEFORE_INVOICE,
    _REFUND_AFTER_PARTIAL_DELIVERY,
)

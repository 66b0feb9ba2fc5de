"""Money given back rate by rate: for no line, after vouchers, of foreign taxes and currencies."""

from .build import PARTLY, address, back, changed, delivered, in_shop, item, order, refund, without
from .case import Case
from .expect import deliveries, document, imported

# -- amounts without lines: of 120.00 at 20 % and 105.50 at 5.5 %, a tenth

_SPREAD = (
    item("CHAIR", 1, "100.00", {"20": "20.00"}),
    item("BOOK", 5, "100.00", {"5.5": "5.50"}),
)
_SPREAD_ROWS = ("CHAIR", "1", "100.00"), ("BOOK", "5", "100.00")
_SPREAD_ALL = {"taxes": {"20": ("100.00", "20.00"), "5.5": ("100.00", "5.50")}, "total": "225.50"}
_A_TENTH = document(
    ("discount", "1", "10.00"),
    ("discount", "1", "10.00"),
    taxes={"20": ("10.00", "2.00"), "5.5": ("10.00", "0.55")},
    total="22.55",
)
_REFUND_OF_AN_AMOUNT = Case(
    "refund_of_an_amount",
    "A tenth of the money is given back for no line: a tenth of each rate.",
    (
        in_shop(order(1409, *_SPREAD)),
        in_shop(
            changed(order(1409, *_SPREAD), refunds=[refund("22.55")], **PARTLY),
            imported(
                *_SPREAD_ROWS,
                **_SPREAD_ALL,
                credit_notes=(_A_TENTH,),
                payments=("225.50", "-22.55"),
            ),
        ),
    ),
)

_AMOUNT_BEFORE_INVOICE = Case(
    "amount_before_invoice",
    "A tenth is given back before there is an invoice: it is credited as soon as there is one.",
    (
        in_shop(order(1417, *_SPREAD)),
        in_shop(changed(order(1417, *_SPREAD), refunds=[refund("22.55")], **PARTLY)),
        delivered(
            {"CHAIR": "1", "BOOK": "5"},
            imported(
                *_SPREAD_ROWS,
                **_SPREAD_ALL,
                credit_notes=(_A_TENTH,),
                deliveries=deliveries(*_SPREAD_ROWS, state="done"),
                payments=("225.50", "-22.55"),
            ),
        ),
    ),
    rules={"invoice_policy": "delivery"},
)

_REFUND_OF_AN_AMOUNT_TO_REVIEW = Case(
    "refund_of_an_amount_to_review",
    "The same, where the shop's rule wants a person to look at it: no credit note yet.",
    (
        in_shop(order(1410, *_SPREAD)),
        in_shop(
            changed(order(1410, *_SPREAD), refunds=[refund("22.55")], **PARTLY),
            imported(*_SPREAD_ROWS, **_SPREAD_ALL, card="held", code="refund_unexplained"),
        ),
    ),
    rules={"refund_policy": "review"},
)

# -- of vouchers, foreign taxes and currencies

_WITH_VOUCHER = order(
    1413,
    item("CHAIR", 1, "27.93", {"20": "5.59"}, off={"WELCOME": ("2.07", "0.41")}),
    item("BOOK", 1, "32.21", {"5.5": "1.77"}, off={"WELCOME": ("2.39", "0.13")}),
    vouchers={"WELCOME": "5.00"},
)
_REFUND_AFTER_VOUCHER = Case(
    "refund_after_voucher",
    "What a buyer gets back is what was paid: the price less its share of the voucher.",
    (
        in_shop(_WITH_VOUCHER),
        in_shop(
            changed(
                _WITH_VOUCHER,
                lines=without(_WITH_VOUCHER, 0, 1),
                refunds=[refund("33.98", back(2, 1, "32.21", "1.77"))],
                **PARTLY,
            ),
            imported(
                ("CHAIR", "1", "27.93"),
                ("BOOK", "1", "32.21"),
                taxes={"20": ("27.93", "5.59"), "5.5": ("32.21", "1.77")},
                total="67.50",
                credit_notes=(
                    document(
                        ("BOOK", "1", "32.21"), taxes={"5.5": ("32.21", "1.77")}, total="33.98"
                    ),
                ),
                deliveries=deliveries(("CHAIR", "1", "27.93")),
                payments=("67.50", "-33.98"),
            ),
        ),
    ),
)

_GERMAN = order(
    1414,
    item("CHAIR", 1, "100.00", {"19": "19.00"}),
    item("BOOK", 1, "50.00", {"7": "3.50"}),
    to=address("DE"),
)
_REFUND_UNDER_OSS = Case(
    "refund_under_oss",
    "A tenth of an order under OSS is given back: a tenth of each German rate.",
    (
        in_shop(_GERMAN),
        in_shop(
            changed(_GERMAN, refunds=[refund("17.25")], **PARTLY),
            imported(
                ("CHAIR", "1", "100.00"),
                ("BOOK", "1", "50.00"),
                taxes={"19": ("100.00", "19.00"), "7": ("50.00", "3.50")},
                total="172.50",
                position="oss:DE",
                credit_notes=(
                    document(
                        ("discount", "1", "10.00"),
                        ("discount", "1", "5.00"),
                        taxes={"19": ("10.00", "1.90"), "7": ("5.00", "0.35")},
                        total="17.25",
                    ),
                ),
                payments=("172.50", "-17.25"),
            ),
        ),
    ),
)

_AMERICAN = order(
    1415,
    item("CHAIR", 2, "200.00", {"4": "8.00", "4.25": "8.50"}),
    to=address("US", state_code="NY"),
    prices_include_tax=False,
)
_REFUND_OF_TWO_TAXES = Case(
    "refund_of_two_taxes",
    "One of two chairs with two sales taxes: 8.25 are 4.00 of the one and 4.25 of the other.",
    (
        in_shop(_AMERICAN),
        in_shop(
            changed(
                _AMERICAN,
                lines=without(_AMERICAN, 1),
                refunds=[refund("108.25", back(1, 1, "100.00", "8.25"))],
                **PARTLY,
            ),
            imported(
                ("CHAIR", "2", "200.00"),
                taxes={"4": ("200.00", "8.00"), "4.25": ("200.00", "8.50")},
                total="216.50",
                position="united_states",
                credit_notes=(
                    document(
                        ("CHAIR", "1", "100.00"),
                        taxes={"4": ("100.00", "4.00"), "4.25": ("100.00", "4.25")},
                        total="108.25",
                    ),
                ),
                deliveries=deliveries(("CHAIR", "1", "100.00")),
                payments=("216.50", "-108.25"),
            ),
        ),
    ),
)

_JAPANESE = order(
    1416,
    item("CHAIR", 2, "32001", {}),
    to=address("JP"),
    currency="JPY",
    shop_currency="EUR",
    exchange_rate="160",
    tax_exempt=True,
)
_REFUND_IN_YEN = Case(
    "refund_in_yen",
    "One of two at 16000.5: the shop gives 16000 back, and that is what is booked.",
    (
        in_shop(_JAPANESE),
        in_shop(
            changed(
                _JAPANESE,
                lines=without(_JAPANESE, 1),
                refunds=[refund("16000", back(1, 1, "16000", "0"))],
                **PARTLY,
            ),
            imported(
                ("CHAIR", "2", "32001"),
                taxes={"0": ("32001", "0")},
                total="32001",
                position="export",
                credit_notes=(
                    document(("CHAIR", "1", "16000"), taxes={"0": ("16000", "0")}, total="16000"),
                ),
                deliveries=deliveries(("CHAIR", "1", "16000")),
                payments=("32001", "-16000"),
            ),
        ),
    ),
)

CASES = (
    _REFUND_OF_AN_AMOUNT,
    _REFUND_OF_AN_AMOUNT_TO_REVIEW,
    _AMOUNT_BEFORE_INVOICE,
    _REFUND_AFTER_VOUCHER,
    _REFUND_UNDER_OSS,
    _REFUND_OF_TWO_TAXES,
    _REFUND_IN_YEN,
)

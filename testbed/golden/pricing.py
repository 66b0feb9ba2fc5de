"""Prices, rounding, vouchers, and lines that are no products. All delivered in France."""

from .build import in_shop, item, order, other, shipping
from .case import Case
from .expect import imported

_TAX_INCLUDED = Case(
    "tax_included",
    "Three at 19.99 with tax: the shop rounds the net of the line, 49.975, up.",
    (
        in_shop(
            order(1101, item("CHAIR", 3, "49.98", {"20": "9.99"}, list_price="19.99")),
            imported(("CHAIR", "3", "49.98"), taxes={"20": ("49.98", "9.99")}, total="59.97"),
        ),
    ),
)

_TAX_EXCLUDED = Case(
    "tax_excluded",
    "Prices without tax, which is 3.998 and 1.00.",
    (
        in_shop(
            order(
                1102,
                item("LAMP", 1, "19.99", {"20": "4.00"}),
                shipping("5.00", {"20": "1.00"}),
                prices_include_tax=False,
            ),
            imported(
                ("LAMP", "1", "19.99"),
                ("shipping", "1", "5.00"),
                taxes={"20": ("24.99", "5.00")},
                total="29.99",
            ),
        ),
    ),
)

_MIXED_RATES = Case(
    "mixed_rates",
    "All four French rates in one cart, and shipping at 20 %.",
    (
        in_shop(
            order(
                1103,
                item("CHAIR", 1, "10.00", {"20": "2.00"}),
                item("MEAL", 1, "10.05", {"10": "1.01"}),
                item("BOOK", 2, "20.00", {"5.5": "1.10"}),
                item("SYRUP", 1, "5.00", {"2.1": "0.11"}),
                shipping("4.99", {"20": "1.00"}),
            ),
            imported(
                ("CHAIR", "1", "10.00"),
                ("MEAL", "1", "10.05"),
                ("BOOK", "2", "20.00"),
                ("SYRUP", "1", "5.00"),
                ("shipping", "1", "4.99"),
                taxes={
                    "20": ("14.99", "3.00"),
                    "10": ("10.05", "1.01"),
                    "5.5": ("20.00", "1.10"),
                    "2.1": ("5.00", "0.11"),
                },
                total="55.26",
            ),
        ),
    ),
)

# Seven at 1.19 and thirteen at 7.90, with tax: net 0.991667 and 7.488152 a piece

_ROUNDED_PER_ITEM = Case(
    "rounded_per_item",
    "The net of a piece is rounded, then multiplied: 0.99 x 7 and 7.49 x 13.",
    (
        in_shop(
            order(
                1104,
                item("SCREW", 7, "6.93", {"20": "1.40"}, list_price="1.19"),
                item("BOOK", 13, "97.37", {"5.5": "5.33"}, list_price="7.90"),
            ),
            imported(
                ("SCREW", "7", "6.93"),
                ("BOOK", "13", "97.37"),
                taxes={"20": ("6.93", "1.40"), "5.5": ("97.37", "5.33")},
                total="111.03",
            ),
        ),
    ),
)

_ROUNDED_PER_LINE = Case(
    "rounded_per_line",
    "The net of a line is rounded: 6.941667 and 97.345972.",
    (
        in_shop(
            order(
                1105,
                item("SCREW", 7, "6.94", {"20": "1.39"}, list_price="1.19"),
                item("BOOK", 13, "97.35", {"5.5": "5.35"}, list_price="7.90"),
            ),
            imported(
                ("SCREW", "7", "6.94"),
                ("BOOK", "13", "97.35"),
                taxes={"20": ("6.94", "1.39"), "5.5": ("97.35", "5.35")},
                total="111.03",
            ),
        ),
    ),
)

_ROUNDED_PER_TOTAL = Case(
    "rounded_per_total",
    "Lines keep six decimals, only the sum is rounded: 3 x 0.991667 is 2.98, not 2.97.",
    (
        in_shop(
            order(
                1106,
                *(
                    item(sku, 1, "0.991667", {"20": "0.198333"}, list_price="1.19")
                    for sku in ("CHAIR", "TABLE", "LAMP")
                ),
                total="3.57",
                total_tax="0.59",
            ),
            imported(
                ("CHAIR", "1", "1.00"),
                ("TABLE", "1", "0.99"),
                ("LAMP", "1", "0.99"),
                taxes={"20": ("2.98", "0.59")},
                total="3.57",
            ),
        ),
    ),
)

_SIX_DECIMALS = Case(
    "six_decimals",
    "A hundred at 0.123456 without tax: 12.3456 and, with tax, 14.81472.",
    (
        in_shop(
            order(
                1107,
                item("SCREW", 100, "12.3456", {"20": "2.46912"}),
                prices_include_tax=False,
                total="14.81",
                total_tax="2.46",
            ),
            imported(("SCREW", "100", "12.35"), taxes={"20": ("12.35", "2.46")}, total="14.81"),
        ),
    ),
)

_PIECES_333 = Case(
    "pieces_333",
    "A price of a piece that is no whole cent: 11.07 for 333.",
    (
        in_shop(
            order(1108, item("SCREW", 333, "11.07", {"20": "2.21"})),
            imported(("SCREW", "333", "11.07"), taxes={"20": ("11.07", "2.21")}, total="13.28"),
        ),
    ),
)

_VOUCHER_TWO_RATES = Case(
    "voucher_two_rates",
    "5.00 off 72.50, by gross: 2.48 at 20 % (2.07 + 0.41) and 2.52 at 5.5 % (2.39 + 0.13).",
    (
        in_shop(
            order(
                1109,
                item("CHAIR", 1, "27.93", {"20": "5.59"}, off={"WELCOME": ("2.07", "0.41")}),
                item("BOOK", 1, "32.21", {"5.5": "1.77"}, off={"WELCOME": ("2.39", "0.13")}),
                vouchers={"WELCOME": "5.00"},
            ),
            imported(
                ("CHAIR", "1", "27.93"),
                ("BOOK", "1", "32.21"),
                taxes={"20": ("27.93", "5.59"), "5.5": ("32.21", "1.77")},
                total="67.50",
            ),
        ),
    ),
)

_VOUCHER_PERCENT = Case(
    "voucher_percent",
    "A tenth off the products, not off shipping.",
    (
        in_shop(
            order(
                1110,
                item("CHAIR", 2, "54.00", {"20": "10.80"}, off={"TEN": ("6.00", "1.20")}),
                shipping("5.00", {"20": "1.00"}),
                vouchers={"TEN": "7.20"},
            ),
            imported(
                ("CHAIR", "2", "54.00"),
                ("shipping", "1", "5.00"),
                taxes={"20": ("59.00", "11.80")},
                total="70.80",
            ),
        ),
    ),
)

_FREE_SHIPPING_VOUCHER = Case(
    "free_shipping_voucher",
    "A voucher takes all of the shipping off; its line stays, at nothing.",
    (
        in_shop(
            order(
                1111,
                item("CHAIR", 1, "50.00", {"20": "10.00"}),
                shipping("0.00", {"20": "0.00"}, off={"FREESHIP": ("4.99", "1.00")}),
                vouchers={"FREESHIP": "5.99"},
            ),
            imported(
                ("CHAIR", "1", "50.00"),
                ("shipping", "1", "0.00"),
                taxes={"20": ("50.00", "10.00")},
                total="60.00",
            ),
        ),
    ),
)

_SHIPPING_AT_NO_COST = Case(
    "shipping_at_no_cost",
    "A carrier that costs nothing: still the way the goods go.",
    (
        in_shop(
            order(1112, item("CHAIR", 1, "50.00", {"20": "10.00"}), shipping("0.00", {})),
            imported(
                ("CHAIR", "1", "50.00"),
                ("shipping", "1", "0.00"),
                taxes={"20": ("50.00", "10.00")},
                total="60.00",
            ),
        ),
    ),
)

_GIFT_WRAPPING = Case(
    "gift_wrapping",
    "Wrapping is sold beside the product, with tax.",
    (
        in_shop(
            order(
                1113,
                item("CHAIR", 1, "20.00", {"20": "4.00"}),
                other("gift_wrap", "Gift wrapping", "2.50", {"20": "0.50"}),
            ),
            imported(
                ("CHAIR", "1", "20.00"),
                ("gift_wrap", "1", "2.50"),
                taxes={"20": ("22.50", "4.50")},
                total="27.00",
            ),
        ),
    ),
)

_GIFT_CARD_SOLD = Case(
    "gift_card_sold",
    "A gift card is money kept for its bearer: no tax until it is spent.",
    (
        in_shop(
            order(
                1114,
                item("LAMP", 1, "10.00", {"20": "2.00"}),
                other("gift_card", "Gift card", "50.00", {}),
            ),
            imported(
                ("LAMP", "1", "10.00"),
                ("gift_card", "1", "50.00"),
                taxes={"20": ("10.00", "2.00")},
                total="62.00",
            ),
        ),
    ),
)

_TIP = Case(
    "tip",
    "A tip that the buyer gives freely is outside of VAT.",
    (
        in_shop(
            order(1115, item("MEAL", 1, "20.00", {"10": "2.00"}), other("tip", "Tip", "3.00", {})),
            imported(
                ("MEAL", "1", "20.00"),
                ("tip", "1", "3.00"),
                taxes={"10": ("20.00", "2.00")},
                total="25.00",
            ),
        ),
    ),
)

_HUNDRED_PERCENT = Case(
    "hundred_percent_discount",
    "A voucher pays for everything: an invoice over nothing, and no payment.",
    (
        in_shop(
            order(
                1116,
                item("CHAIR", 1, "0.00", {"20": "0.00"}, off={"ALL": ("30.00", "6.00")}),
                vouchers={"ALL": "36.00"},
            ),
            imported(("CHAIR", "1", "0.00"), taxes={}, total="0.00", payments=()),
        ),
    ),
)

_ZERO_ORDER = Case(
    "zero_order",
    "A free sample, without shipping.",
    (
        in_shop(
            order(1117, item("BOOK", 1, "0.00", {"5.5": "0.00"})),
            imported(("BOOK", "1", "0.00"), taxes={}, total="0.00", payments=()),
        ),
    ),
)

_SET = {"id": "1", "title": "Dining set", "sku": "SET", "quantity": "1"}
_BUNDLE = Case(
    "bundle",
    "A set whose parts are lines of their own, with the shop's share of the price each.",
    (
        in_shop(
            order(
                1118,
                item("CHAIR", 4, "160.00", {"20": "32.00"}, bundle=_SET),
                item("TABLE", 1, "200.00", {"20": "40.00"}, bundle=_SET),
            ),
            imported(
                ("CHAIR", "4", "160.00"),
                ("TABLE", "1", "200.00"),
                taxes={"20": ("360.00", "72.00")},
                total="432.00",
            ),
        ),
    ),
)

_SERVICE = Case(
    "service",
    "Nothing is shipped, so nothing is delivered.",
    (
        in_shop(
            order(1119, item("COURSE", 1, "100.00", {"20": "20.00"})),
            imported(("COURSE", "1", "100.00"), taxes={"20": ("100.00", "20.00")}, total="120.00"),
        ),
    ),
)

_FEE = Case(
    "fee",
    "A surcharge for small orders.",
    (
        in_shop(
            order(
                1120,
                item("CHAIR", 1, "10.00", {"20": "2.00"}),
                other("fee", "Small order fee", "1.50", {"20": "0.30"}),
            ),
            imported(
                ("CHAIR", "1", "10.00"),
                ("fee", "1", "1.50"),
                taxes={"20": ("11.50", "2.30")},
                total="13.80",
            ),
        ),
    ),
)

_A_CENT_MORE = Case(
    "a_cent_more",
    "The shop's total is a cent more than its lines: the cent is a line of its own.",
    (
        in_shop(
            order(
                1121,
                item("CHAIR", 1, "10.00", {"20": "2.00"}),
                item("LAMP", 1, "10.00", {"20": "2.00"}),
                total="24.01",
            ),
            imported(
                ("CHAIR", "1", "10.00"),
                ("LAMP", "1", "10.00"),
                ("rounding", "1", "0.01"),
                taxes={"20": ("20.00", "4.00")},
                total="24.01",
            ),
        ),
    ),
)

CASES = (
    _TAX_INCLUDED,
    _TAX_EXCLUDED,
    _MIXED_RATES,
    _ROUNDED_PER_ITEM,
    _ROUNDED_PER_LINE,
    _ROUNDED_PER_TOTAL,
    _SIX_DECIMALS,
    _PIECES_333,
    _VOUCHER_TWO_RATES,
    _VOUCHER_PERCENT,
    _FREE_SHIPPING_VOUCHER,
    _SHIPPING_AT_NO_COST,
    _GIFT_WRAPPING,
    _GIFT_CARD_SOLD,
    _TIP,
    _HUNDRED_PERCENT,
    _ZERO_ORDER,
    _BUNDLE,
    _SERVICE,
    _FEE,
    _A_CENT_MORE,
)

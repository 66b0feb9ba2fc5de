"""Which VAT is due: who buys, where the goods go, and what proves it.

The company is French, above the threshold of distance sales (OSS), and registered for
sales tax in New York. Directive 2006/112/EC: art. 33 (distance sales), 138 (supply
within the Union), 146 (export); XI: Protocol on Northern Ireland, for goods.
"""

from typing import Any

from .build import address, answered, in_shop, item, order, shipping, vat_number
from .case import Case, Expected
from .expect import imported, stopped

_PENDING = stopped("held", "vat_check_pending")


def _sale(number: int, **values: Any) -> dict[str, Any]:
    """A chair at 100.00 and shipping at 10.00, exempt."""
    return order(
        number,
        item("CHAIR", 1, "100.00", {}),
        shipping("10.00", {}),
        **{"tax_exempt": True, **values},
    )


def _taxed(number: int, **values: Any) -> dict[str, Any]:
    """The same at 20 %, as France and Austria have it."""
    return order(
        number,
        item("CHAIR", 1, "100.00", {"20": "20.00"}),
        shipping("10.00", {"20": "2.00"}),
        **values,
    )


def _sold(position: str, rate: str, tax: str, total: str, **changes: Any) -> Expected:
    return imported(
        ("CHAIR", "1", "100.00"),
        ("shipping", "1", "10.00"),
        taxes={rate: ("110.00", tax)},
        total=total,
        position=position,
        **changes,
    )


def _exempt(position: str, **changes: Any) -> Expected:
    return _sold(position, "0", "0.00", "110.00", **changes)


def _company(number: str, country: str, **place: Any) -> dict[str, Any]:
    """Values of an order of a company with a VAT number."""
    return {
        "to": address(country, company="Atelier Sud", **place),
        "vat_candidates": vat_number(number),
    }


_B2B_DOMESTIC = Case(
    "b2b_domestic",
    "A French company pays French VAT; its number needs no proof.",
    (
        in_shop(
            _taxed(1201, **_company("FR40303265045", "FR")),
            _sold("domestic", "20", "22.00", "132.00"),
        ),
    ),
)

_INTRA_EU_VALID = Case(
    "intra_eu_valid",
    "A German company with a number that VIES confirms: exempt, shipping too.",
    (
        in_shop(_sale(1202, **_company("DE129273398", "DE")), _PENDING),
        answered({"DE129273398": "valid"}, _exempt("intra_eu")),
    ),
)

_INTRA_EU_INVALID = Case(
    "intra_eu_invalid",
    "The shop exempted a number that VIES does not know: a person decides.",
    (
        in_shop(_sale(1203, **_company("DE136695976", "DE")), _PENDING),
        answered({"DE136695976": "invalid"}, stopped("held", "tax_exempt_unproved")),
    ),
)

_INVALID_BUT_CHARGED = Case(
    "invalid_but_charged",
    "An invalid number, and Austrian VAT was charged as to anybody: that is right.",
    (
        in_shop(_taxed(1204, **_company("ATU13585627", "AT")), _PENDING),
        answered({"ATU13585627": "invalid"}, _sold("oss:AT", "20", "22.00", "132.00")),
    ),
)

_VIES_UNAVAILABLE = Case(
    "vies_unavailable",
    "VIES does not answer: the order waits, the number is not taken for invalid.",
    (
        in_shop(_sale(1205, **_company("BE0417497106", "BE")), _PENDING),
        answered({"BE0417497106": "unavailable"}, stopped("held", "vat_check_unavailable")),
    ),
)

_NUMBER_OF_ANOTHER_COUNTRY = Case(
    "number_of_another_country",
    "Goods go to Germany, the buyer's number is Dutch: that exempts, and is to be looked at.",
    (
        in_shop(_sale(1206, **_company("NL004495445B01", "DE")), _PENDING),
        answered(
            {"NL004495445B01": "valid"}, _exempt("intra_eu", warnings=("vat_number_foreign",))
        ),
    ),
)

_TRIANGULAR = Case(
    "triangular",
    "Sold to a Belgian company, shipped to its customer in Germany: exempt with its number.",
    (
        in_shop(
            _sale(
                1207,
                **_company("BE0403170701", "BE"),
                shipping_address=address("DE", first_name="Klara", last_name="Beispiel"),
            ),
            _PENDING,
        ),
        answered({"BE0403170701": "valid"}, _exempt("intra_eu")),
    ),
)

_FRENCH_NUMBER_ABROAD = Case(
    "french_number_abroad",
    "A French company has goods sent to Germany: its number exempts nothing.",
    (
        in_shop(
            _taxed(
                1208,
                **_company("FR83404833048", "FR"),
                shipping_address=address("DE", company="Atelier Sud"),
            ),
            _sold("domestic", "20", "22.00", "132.00"),
        ),
    ),
)

_NUMBER_WITHOUT_PREFIX = Case(
    "number_without_prefix",
    "A Greek number as Greeks write it: EL is put before it.",
    (
        in_shop(_sale(1209, **_company("094 259 216", "GR")), _PENDING),
        answered({"EL094259216": "valid"}, _exempt("intra_eu")),
    ),
)

_NUMBER_MALFORMED = Case(
    "number_malformed",
    "No number at all: French VAT was charged, the order is imported and to be looked at.",
    (
        in_shop(
            _taxed(1210, **_company("FR12 unknown", "FR")),
            _sold("domestic", "20", "22.00", "132.00", warnings=("vat_number_malformed",)),
        ),
    ),
)

_OSS = Case(
    "oss",
    "A private customer in Germany pays German VAT, books 7 %; shipping follows the goods.",
    (
        in_shop(
            order(
                1211,
                item("CHAIR", 1, "100.00", {"19": "19.00"}),
                item("BOOK", 1, "50.00", {"7": "3.50"}),
                shipping("10.00", {"19": "1.90"}),
                to=address("DE"),
            ),
            imported(
                ("CHAIR", "1", "100.00"),
                ("BOOK", "1", "50.00"),
                ("shipping", "1", "10.00"),
                taxes={"19": ("110.00", "20.90"), "7": ("50.00", "3.50")},
                total="184.40",
                position="oss:DE",
            ),
        ),
    ),
)

_FRENCH_VAT_WHERE_OSS_IS_DUE = Case(
    "french_vat_where_oss_is_due",
    "The shop charged Italy's private customer French VAT: a person decides.",
    (in_shop(_taxed(1212, to=address("IT")), stopped("held", "tax_oss_due")),),
)

_EXPORT = Case(
    "export",
    "Norway is outside the Union: no VAT.",
    (in_shop(_sale(1213, to=address("NO")), _exempt("export")),),
)

_EXPORT_TAXED = Case(
    "export_taxed",
    "The shop charged VAT on an export: a person decides.",
    (in_shop(_taxed(1214, to=address("NO")), stopped("held", "tax_on_export")),),
)

_MONACO = Case(
    "monaco",
    "Monaco is France for VAT.",
    (in_shop(_taxed(1215, to=address("MC")), _sold("monaco", "20", "22.00", "132.00")),),
)

_REUNION = Case(
    "reunion",
    "The overseas departments are outside the VAT area: an export.",
    (in_shop(_sale(1216, to=address("RE")), _exempt("export")),),
)

_REUNION_AS_FRANCE = Case(
    "reunion_as_france",
    "Réunion written as France: its postcode tells.",
    (in_shop(_sale(1217, to=address("FR", zip="97400", city="Saint-Denis")), _exempt("export")),),
)

_CANARIES = Case(
    "canaries",
    "The Canary Islands are Spain, but outside the VAT area.",
    (
        in_shop(
            _sale(
                1218,
                to=address("ES", zip="35001", city="Las Palmas", state_code="GC"),
            ),
            _exempt("export"),
        ),
    ),
)

_NORTHERN_IRELAND = Case(
    "northern_ireland",
    "Goods to a company in Northern Ireland with an XI number: as within the Union.",
    (
        in_shop(
            _sale(1219, **_company("XI110305878", "GB", zip="BT1 5GS", city="Belfast")),
            _PENDING,
        ),
        answered({"XI110305878": "valid"}, _exempt("intra_eu")),
    ),
)

_ABROAD = {"shop_currency": "EUR", "tax_exempt": True}

_SWITZERLAND_CHF = Case(
    "switzerland_chf",
    "An export, sold and paid in francs.",
    (
        in_shop(
            _sale(1220, to=address("CH"), currency="CHF", exchange_rate="0.95", **_ABROAD),
            _exempt("export"),
        ),
    ),
)

_JAPAN_JPY = Case(
    "japan_jpy",
    "Yen have no cents.",
    (
        in_shop(
            order(
                1221,
                item("CHAIR", 3, "32001", {}),
                shipping("1500", {}),
                to=address("JP"),
                currency="JPY",
                exchange_rate="160",
                **_ABROAD,
            ),
            imported(
                ("CHAIR", "3", "32001"),
                ("shipping", "1", "1500"),
                taxes={"0": ("33501", "0")},
                total="33501",
                position="export",
            ),
        ),
    ),
)

_KUWAIT_KWD = Case(
    "kuwait_kwd",
    "Dinars have three decimals.",
    (
        in_shop(
            order(
                1222,
                item("CHAIR", 3, "30.555", {}),
                shipping("2.125", {}),
                to=address("KW"),
                currency="KWD",
                exchange_rate="0.33",
                **_ABROAD,
            ),
            imported(
                ("CHAIR", "3", "30.555"),
                ("shipping", "1", "2.125"),
                taxes={"0": ("32.680", "0.000")},
                total="32.680",
                position="export",
            ),
        ),
    ),
)

_STATE_AND_COUNTY = Case(
    "state_and_county",
    "Two sales taxes on one line: of the State of New York, and of Nassau County.",
    (
        in_shop(
            order(
                1223,
                item("CHAIR", 1, "100.00", {"4": "4.00", "4.25": "4.25"}),
                shipping("10.00", {"4": "0.40", "4.25": "0.43"}),
                to=address("US", state_code="NY"),
                prices_include_tax=False,
            ),
            imported(
                ("CHAIR", "1", "100.00"),
                ("shipping", "1", "10.00"),
                taxes={"4": ("110.00", "4.40"), "4.25": ("110.00", "4.68")},
                total="119.08",
                position="united_states",
            ),
        ),
    ),
)

CASES = (
    _B2B_DOMESTIC,
    _INTRA_EU_VALID,
    _INTRA_EU_INVALID,
    _INVALID_BUT_CHARGED,
    _VIES_UNAVAILABLE,
    _NUMBER_OF_ANOTHER_COUNTRY,
    _TRIANGULAR,
    _FRENCH_NUMBER_ABROAD,
    _NUMBER_WITHOUT_PREFIX,
    _NUMBER_MALFORMED,
    _OSS,
    _FRENCH_VAT_WHERE_OSS_IS_DUE,
    _EXPORT,
    _EXPORT_TAXED,
    _MONACO,
    _REUNION,
    _REUNION_AS_FRANCE,
    _CANARIES,
    _NORTHERN_IRELAND,
    _SWITZERLAND_CHF,
    _JAPAN_JPY,
    _KUWAIT_KWD,
    _STATE_AND_COUNTY,
)

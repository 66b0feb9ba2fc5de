"""Places whose VAT is not that of the country they are written under. Plain Python.

Sources: Directive 2006/112/EC (consolidated), art. 5 to 7 for what belongs to the VAT
area, art. 104, 105, 120 and its national follow-ups for rates of their own; the Protocol
on Ireland/Northern Ireland (Windsor Framework), art. 8 and annex 3, for Northern Ireland.
Postcodes are those of the national posts.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from ..canonical.texts import _lt

# ISO codes; GR for Greece. Art. 5 (2), with Monaco, the Isle of Man and the bases on
# Cyprus counted as the states they belong to (art. 7).
MEMBER_STATES = frozenset(
    ["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
     "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"]
)  # fmt: skip
# Northern Ireland, for goods; Odoo has a country of this code.
NORTHERN_IRELAND = "XI"


@dataclass(frozen=True)
class Territory:
    """A place that is an exception.

    ``belongs_to`` is the ISO code of the country whose VAT it has, empty for a place
    outside the VAT area of the Union; ``iso`` is its own country code, if it has one;
    ``rates`` maps the country's rates to its own where they differ, ``more_rates`` are due
    there beside the country's.
    """

    name: str
    belongs_to: str = ""
    iso: str = ""
    goods_only: bool = False  # services are those of the country it is written under
    rates: tuple[tuple[Decimal, Decimal], ...] = ()
    more_rates: tuple[Decimal, ...] = ()

    @property
    def is_outside(self):
        return not self.belongs_to

    def rate(self, rate):
        """The territory's rate in place of its country's ``rate`` (percent)."""
        return dict(self.rates).get(rate, rate)


def _rates(**by_rate):
    return tuple((Decimal(key[1:]), Decimal(value)) for key, value in by_rate.items())


@dataclass(frozen=True)
class _Row:
    """Where a territory is recognised: by its own code, or by the country it is written
    under with a postcode or one of its states (Odoo's codes)."""

    territory: Territory
    country: str = ""
    zips: str = ""  # pattern of the whole postcode, upper case, without blanks and hyphens
    states: frozenset = frozenset()


def _row(name, country="", zips="", states="", **values):
    return _Row(Territory(name, **values), country, zips, frozenset(states.split()))


_ROWS = (
    # -- Outside the VAT area. Art. 6 (1): inside the customs union.
    _row(_lt("Mount Athos"), "GR", "63086"),
    _row(_lt("Canary Islands"), "ES", r"(35|38)\d{3}", "GC TF"),
    _row(_lt("Guadeloupe"), "FR", r"971(?!33|50)\d\d", iso="GP"),
    _row(_lt("Martinique"), "FR", r"972\d\d", iso="MQ"),
    _row(_lt("French Guiana"), "FR", r"973\d\d", iso="GF"),
    _row(_lt("Réunion"), "FR", r"974\d\d", iso="RE"),
    _row(_lt("Mayotte"), "FR", r"976\d\d", iso="YT"),
    _row(_lt("Saint-Martin"), "FR", r"97150|978\d\d", iso="MF"),  # art. 349 TFEU; La Poste: 97150
    _row(_lt("Åland Islands"), "FI", r"22\d{3}", "FI-01", iso="AX"),
    _row(_lt("Jersey"), "GB", "JE[0-9].*", iso="JE"),
    _row(_lt("Guernsey"), "GB", "GY[0-9].*", iso="GG"),
    _row(_lt("Campione d'Italia"), "IT", "22061"),  # since 2020 inside the customs union
    # Art. 6 (2): outside the customs union too.
    _row(_lt("Heligoland"), "DE", "27498"),
    _row(_lt("Büsingen"), "DE", "78266"),
    _row(_lt("Ceuta"), "ES", r"51\d{3}", "CE"),
    _row(_lt("Melilla"), "ES", r"52\d{3}", "ME"),
    _row(_lt("Livigno"), "IT", "23041"),  # 23030, its old code, is shared with Valtellina
    # Not part of the Union, although a member state's country code is used for them:
    # art. 355 TFEU with annex II, and states without a postcode system of their own.
    _row(_lt("Saint-Barthélemy"), "FR", r"97133|977\d\d", iso="BL"),
    _row(_lt("Saint-Pierre and Miquelon"), "FR", r"975\d\d", iso="PM"),
    _row(_lt("Wallis and Futuna"), "FR", r"986\d\d", iso="WF"),
    _row(_lt("French Polynesia"), "FR", r"987\d\d", iso="PF"),
    _row(_lt("New Caledonia"), "FR", r"988\d\d", iso="NC"),
    _row(_lt("French Southern Territories"), "FR", r"984\d\d", iso="TF"),
    _row(_lt("Greenland"), "DK", r"39\d\d", iso="GL"),
    _row(_lt("Faroe Islands"), "DK", r"(FO)?[1-9]\d\d", iso="FO"),
    _row(_lt("Caribbean Netherlands"), "NL", "", "BQ1 BQ2 BQ3", iso="BQ"),
    _row(_lt("San Marino"), "IT", "4789[0-9]", iso="SM"),
    _row(_lt("Vatican City"), "IT", "00120", iso="VA"),
    _row(_lt("Andorra"), "ES", "AD[1-7]00", iso="AD"),
    _row(_lt("Andorra"), "FR", "AD[1-7]00", iso="AD"),
    _row(_lt("Gibraltar"), "ES", "GX111AA", iso="GI"),
    _row(_lt("Gibraltar"), "GB", "GX111AA", iso="GI"),
    # -- Counted as another country. Art. 7.
    _row(_lt("Monaco"), "FR", r"980\d\d", belongs_to="FR", iso="MC"),
    _row(_lt("Isle of Man"), "GB", "IM[0-9].*", "L9", belongs_to="GB", iso="IM"),
    _row(_lt("Akrotiri and Dhekelia"), "GB", ".*BFPO5[78]", belongs_to="CY"),
    # Protocol, art. 8: goods only.
    _row(_lt("Northern Ireland"), "GB", "BT[0-9].*", "D5 D7 D9 E3 E5 E7",
         belongs_to=NORTHERN_IRELAND, goods_only=True),
    # -- Rates of their own. Art. 105: Código do IVA, art. 18 (3); Madeira's reduced rate
    # is 4 % since October 2024 (Decreto Legislativo Regional 6/2024/M).
    _row(_lt("Madeira"), "PT", "9[0-4].*", "30", belongs_to="PT",
         rates=_rates(_23="22", _13="12", _6="4")),
    _row(_lt("Azores"), "PT", "9[5-9].*", "20", belongs_to="PT",
         rates=_rates(_23="16", _13="9", _6="4")),
    # Art. 104: § 10 (4) UStG.
    _row(_lt("Jungholz"), "AT", "6691", belongs_to="AT", rates=_rates(_20="19")),
    _row(_lt("Mittelberg"), "AT", "699[1-3]", belongs_to="AT", rates=_rates(_20="19")),
    # Art. 120; CGI, art. 297: the standard rate is France's, and which goods have a reduced
    # one is told by the shop's own rate.
    _row(_lt("Corsica"), "FR", r"20\d{3}", belongs_to="FR",
         more_rates=(Decimal("0.9"), Decimal(13))),
)  # fmt: skip

_BY_COUNTRY = {}
for _entry in _ROWS:
    _BY_COUNTRY.setdefault(_entry.country, []).append(_entry)
_BY_ISO = {row.territory.iso: row.territory for row in _ROWS if row.territory.iso}


def territory_of(country, postcode="", state="", *, goods=True):
    """The Territory of an address, or None where its country is all there is to say.

    ``country`` is its ISO code, ``state`` Odoo's code of the state. ``goods``: whether
    something is sent there, or services only are sold.
    """
    if country == NORTHERN_IRELAND:
        country, postcode = "GB", postcode or "BT1"
    if country in _BY_ISO:
        return _BY_ISO[country]
    compact = re.sub(r"[\s-]", "", postcode or "").upper()
    for row in _BY_COUNTRY.get(country, ()):
        by_state = state and state in row.states
        by_zip = row.zips and re.fullmatch(row.zips, compact)
        if (by_state or by_zip) and (goods or not row.territory.goods_only):
            return row.territory
    return None


def vat_area(country):
    """The country whose VAT a country (ISO code) has: Monaco has France's (art. 7)."""
    territory = territory_of(country)
    return (territory and territory.belongs_to) or country


def own_country(country, postcode):
    """The country code that an address should have: shops that know no Réunion write
    France and its postcode."""
    place = territory_of(country, postcode)
    return (place and place.iso) or country

from dataclasses import dataclass
from typing import Any

from odoo import api, models

from ..canonical import Code, LineKind
from .identity import vat_claim, vat_of
from .territories import MEMBER_STATES, NORTHERN_IRELAND, Territory, territory_of, vat_area
from .vat import is_union, same_vat, vat_country, vat_prefix, with_prefix

# Antarctica: nobody's fiscal positions name: what Odoo finds for it is the position for
# all that lies outside the Union.
NOWHERE = "AQ"


@dataclass(frozen=True)
class Decision:
    """How an order stands for VAT; shared by the orders of a batch that are alike.

    ``kind`` is ``domestic``, ``private`` (in another member state), ``business`` (exempt
    in another member state), ``export``, or ``other`` where a person chose the position or
    the company is outside the Union: no rule of the Union applies then.
    """

    position: Any  # account.fiscal.position
    kind: str
    country: str = ""  # ISO code whose VAT is due, or where it goes; XI: goods to N. Ireland
    territory: Territory | None = None
    # Odoo has no position for ``country``, although its VAT is due
    is_missing: bool = False


class CiamaFiscalPositions(models.AbstractModel):
    """The fiscal position of orders: Odoo decides, asked rightly.

    Odoo is asked about the place of delivery as the law sees it (``territories``), and
    told whether the customer's number is proved; ``docs/vat.md`` has the table of cases.
    """

    _name = "ciama.fiscal.positions"
    _description = "Fiscal Positions of Shop Orders"

    @api.model
    def _resolve(self, shop, drafts):
        """Set ``fiscal_position`` and ``vat`` (a Decision) of each draft; the finder, to ask
        for other positions."""
        finder = _Finder(self.env, shop.company_id, self._told_by_vies(shop, drafts))
        for draft in drafts:
            draft.vat = finder.decide(draft)
            draft.fiscal_position = draft.vat.position
            self._warn(draft)
        return finder

    def _told_by_vies(self, shop, drafts):
        """{number: "valid", "invalid" ...} of customers whose number Odoo has and the order
        does not give; the others' was asked for before."""
        numbers = {number_of(d.invoice_partner) for d in drafts if not vat_of(d.order)} - {""}
        if not numbers:
            return {}
        checks = self.env["ciama.vies.check"].sudo()._newest(shop.company_id, numbers)
        return {number: check.state for number, check in checks.items()}

    def _warn(self, draft):
        """Numbers that a person should look at."""
        claim = vat_claim(draft.order)
        if claim.malformed:
            draft.warn(Code.VAT_NUMBER_MALFORMED, text=claim.text)
        places = draft.invoice_partner.country_id | draft.delivery_partner.country_id
        known = {vat_prefix(code) for code in places.mapped("code")}
        if "GB" in known:
            known.add(NORTHERN_IRELAND)
        if claim.number and known and claim.number[:2] not in known:
            countries = ", ".join(sorted(places.mapped("code")))
            draft.warn(Code.VAT_NUMBER_FOREIGN, number=claim.number, countries=countries)


class _Finder:
    """Fiscal positions of a company, asked once for each kind of customer."""

    def __init__(self, env, company, told_by_vies):
        self.env = env
        self.company = company
        self.told_by_vies = told_by_vies
        self.home = vat_area(company.account_fiscal_country_id.code)
        place = company.partner_id
        own = territory_of(company.country_id.code, place.zip, place.state_id.code)
        self.in_union = self.home in MEMBER_STATES and not (own and own.is_outside)
        self.zips_matter = None
        self.countries = {}
        self.decisions = {}
        self.answers = {}

    # -- the decision
    def decide(self, draft):
        key = self._facts(draft)
        if key not in self.decisions:
            self.decisions[key] = self._decide(draft)
        return self.decisions[key]

    def _facts(self, draft):
        """Everything of an order that a decision depends on."""
        invoice, delivery = draft.invoice_partner, draft.delivery_partner
        return (
            invoice.vat,
            invoice.country_id,
            invoice.property_account_position_id,
            delivery.country_id,
            delivery.state_id,
            self._zip(delivery),
            _territory(draft, delivery),
            delivery.vat,
            delivery.property_account_position_id,
            draft.group and draft.group.fiscal_position_id,
            self._proved(draft),
            sends_goods(draft),
            self._handed_over_in(draft),
        )

    def _decide(self, draft):
        invoice, delivery = draft.invoice_partner, draft.delivery_partner
        chosen = (
            delivery.property_account_position_id
            or invoice.property_account_position_id
            or (draft.group and draft.group.fiscal_position_id)
        )
        if chosen:
            return Decision(chosen, "other", delivery.country_id.code or "")
        country = self._handed_over_in(draft)
        if country:
            delivery = self.stand_in(country)
        country = delivery.country_id.code
        if not self.in_union or not country:
            position = invoice.env["account.fiscal.position"]._get_fiscal_position(
                invoice, delivery
            )
            return Decision(position, "other", country or "")
        return self._by_place(draft, delivery, _territory(draft, delivery))

    def _by_place(self, draft, delivery, territory):
        """The place of delivery decides, whatever country the number is of."""
        area = vat_area(delivery.country_id.code)
        if territory:
            area = territory.belongs_to
        if area == self.home:
            position = self._special(delivery, area) or self.home_position()
            return Decision(position, "domestic", area, territory)
        if not is_union(area):
            place = NOWHERE if territory else delivery.country_id.code
            position = self._special(delivery, place)
            return Decision(position, "export", delivery.country_id.code, territory)
        number = self._proved(draft)
        if number == self.home:
            # Art. 138 (1) asks for a number of another state than that of departure, and
            # who buys with one is no private person: neither exempt nor OSS.
            return Decision(self.home_position(), "domestic", self.home, territory)
        if number:
            position = self.business_position(delivery, area)
            return Decision(position, "business", area, territory)
        return self.private(delivery, area, territory)

    def private(self, delivery, area, territory=None):
        """For a customer in another member state whose VAT is due there."""
        position = self._special(delivery, area, proved=False)
        if area != NORTHERN_IRELAND or position.country_id:
            return Decision(position, "private", area, territory)
        # Odoo counts Northern Ireland as exports. Where other states have positions of
        # their own (OSS), this one lacks it; else domestic VAT is due.
        position = self.ask(self.stand_in(self._other_state()), proved=False)
        missing = bool(position.country_id)
        return Decision(
            self.home_position() if missing else position, "private", area, territory, missing
        )

    def business_position(self, delivery, area):
        """For a business of another member state."""
        if area == NORTHERN_IRELAND:  # which Odoo does not count as the Union
            return self.ask(self.stand_in(self._other_state()), proved=True)
        return self._special(delivery, area, proved=True)

    def home_position(self):
        return self.ask(self.stand_in(self.home))

    def export_position(self):
        return self.ask(self.stand_in(NOWHERE))

    # -- the facts
    def _zip(self, partner):
        """The postcode, where the company has positions for ranges of them."""
        if self.zips_matter is None:
            positions = self.env["account.fiscal.position"]
            domain = [("zip_from", "!=", False), *positions._check_company_domain(self.company)]
            self.zips_matter = bool(positions.search_count(domain, limit=1))
        return self.zips_matter and partner.zip

    def _proved(self, draft):
        """ISO code of the member state (or XI) whose number the customer has, as far as it
        is proved or need not be; else an empty string."""
        number = number_of(draft.invoice_partner)
        country = vat_country(number)
        if not number or country == self.home:
            return country
        if not is_union(country) or (country == NORTHERN_IRELAND and not sends_goods(draft)):
            return ""
        return country if self._counts(draft, number) else ""

    def _counts(self, draft, number):
        """Whether ``number`` is proved, or need not be where the company asks no proof."""
        asked = vat_of(draft.order)
        if asked and same_vat(number, asked) and draft.vat_counts is not None:
            return draft.vat_counts
        state = self.told_by_vies.get(number)
        if state in ("valid", "invalid"):
            return state == "valid"
        return draft.invoice_partner.vies_valid or not self.company.vat_check_vies

    def _handed_over_in(self, draft):
        """ISO code of the country where the customer takes the goods at the counter; empty
        where they are sent."""
        order = draft.order
        if order.shipping_address and not order.shipping_address.is_empty:
            return ""
        point = order.pickup_point
        if order.channel == "pos" or (point and not point.carrier):
            return (point and point.address and point.address.country) or self.home
        return ""

    # -- Odoo's answers
    def ask(self, partner, *, proved=None):
        """The position that Odoo finds for a delivery to ``partner``; ``proved``: whether
        its VAT number counts, None to leave that to Odoo."""
        key = (partner.country_id, partner.state_id, self._zip(partner), proved)
        if proved is None:
            key += ((partner.vat or "")[:2], partner.vies_valid)
        if key not in self.answers:
            partner = partner.with_context(ciama_vat_proved=proved)
            # As invoice address too: Odoo would prefer the other one to the delivery's
            # for numbers of the company's own country.
            positions = self.env["account.fiscal.position"].with_company(self.company)
            self.answers[key] = positions._get_fiscal_position(partner, partner)
        return self.answers[key]

    def _special(self, delivery, country, *, proved=None):
        """The position for exactly this place that an accountant made, else the one for
        ``country`` (ISO code), whose VAT it has."""
        own = self.ask(delivery, proved=proved)
        if delivery.country_id.code == country or own.state_ids or own.zip_from:
            return own
        if own.country_id and own.country_id.code not in MEMBER_STATES:
            return own
        return self.ask(self.stand_in(country), proved=proved)

    def stand_in(self, code):
        """A partner of whom nothing is known but the country."""
        if not self.countries:
            self.countries = {row.code: row for row in self.env["res.country"].search([])}
        country = self.countries.get(code) or self.company.account_fiscal_country_id
        return self.env["res.partner"].with_company(self.company).new({"country_id": country.id})

    def _other_state(self):
        return next(code for code in sorted(MEMBER_STATES) if code != self.home)


def number_of(partner):
    """The VAT number that Odoo has of a customer, with prefix, or an empty string."""
    return with_prefix(partner.vat, partner.country_id.code) if partner.vat else ""


def sends_goods(draft):
    """Whether anything in the order is goods; services go by another country's VAT in
    Northern Ireland."""
    products = [
        draft.products[line.id] for line in draft.order.lines if line.kind is LineKind.PRODUCT
    ]
    return any(product.type != "service" for product in products)


def _territory(draft, delivery):
    return territory_of(
        delivery.country_id.code, delivery.zip, delivery.state_id.code, goods=sends_goods(draft)
    )

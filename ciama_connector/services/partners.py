from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import email_normalize

from ..canonical import Address, Code
from .draft import good
from .identity import claim_of, company_name_of, identity_of, name_of, own_keys, vat_of
from .places import Places, fold, same, same_phone
from .vat import same_vat, with_prefix


@dataclass(eq=False)
class Person:
    """Who orders, and for which company: found in Odoo, or to be created; shared by the
    orders of the batch that mean the same."""

    keys: dict = field(default_factory=dict)  # {(kind, key): None}, the surest first
    values: dict = field(default_factory=dict)
    company_values: dict | None = None  # None: ordered as a private person
    company_id: str = ""  # the shop's id of the company
    drafts: list = field(default_factory=list)
    contact: object = None  # res.partner
    company: object = None  # res.partner
    followed: bool = False  # found by the shop's own id: the shop may update it
    proof: object = None  # ciama.vies.check of its VAT number, where VIES was asked
    new: bool = False
    new_company: bool = False
    twins: tuple = ()  # res.partner: the customers among which nothing tells who it is

    @property
    def root(self):
        """Whose addresses are used."""
        return self.company or self.contact

    @property
    def billing(self):
        order = self.drafts[-1].order
        return order.billing_address or order.shipping_address or Address()

    def keys_of(self, kind):
        return [key for of_kind, key in self.keys if of_kind == kind]


class CiamaPartners(models.AbstractModel):
    """Customers: found, created, completed, never doubled.

    Found by the shop's own id, then by VAT number (companies), then by e-mail. Odoo's
    data is completed but not blanked. An order that names a company other than the one
    its customer belongs to gets a contact of that company.
    """

    _name = "ciama.partners"
    _description = "Customers of Shop Orders"

    @api.model
    def _resolve(self, shop, drafts):
        """Set ``partner``, ``invoice_partner`` and ``delivery_partner`` of each draft."""
        places = Places(self.env)
        nameless = [draft for draft in drafts if not identity_of(draft.order)]
        for draft in drafts:
            if draft not in nameless:
                places.check(draft)
        self._fail_without_customer(shop, nameless)
        people = self._people(good(drafts))
        # Numbers were checked already; Odoo would refuse the whole order for a bad one.
        service = self.with_context(no_vat_validation=True)
        customers, companies = service._find(shop, people)
        people = service._without_ambiguous(shop, people)
        service._create(people, places)
        service._bind(shop, people, customers, companies)
        service._update(people)
        service.env["ciama.addresses"]._attach(people, places)

    def _fail_without_customer(self, shop, nameless):
        """Unless a person said who ordered; then that customer's address counts."""
        keys = {key: draft for draft in nameless for _kind, key in own_keys(draft.order)}
        chosen = self._usable(self.env["ciama.binding"]._lookup(shop, "customer", keys))
        for key, draft in keys.items():
            if key not in chosen:
                draft.fail(Code.CUSTOMER_MISSING)

    # -- who is it
    def _people(self, drafts):
        """Orders of the batch grouped by customer and company."""
        by_key, people = {}, []
        for draft in drafts:
            keys = identity_of(draft.order) or own_keys(draft.order)
            company = fold(company_name_of(draft.order))
            known = [by_key[key, company] for key in keys if (key, company) in by_key]
            person = known[0] if known else Person()
            if not known:
                people.append(person)
            person.keys.update(dict.fromkeys(keys))
            person.drafts.append(draft)
            for key in keys:
                by_key.setdefault((key, company), person)
            self._describe(person, draft.order)
            person.proof = draft.vat_proof
        return people

    def _describe(self, person, order):
        """Values of the customer, from the newest of its orders of the batch."""
        billing, company, vat = person.billing, company_name_of(order), vat_of(order)
        values = {
            "name": name_of(order) or self.env._("Walk-in customer"),
            "email": order.customer.email or billing.email,
            "phone": order.customer.phone or billing.phone,
            "lang": self._lang(order.language or order.customer.language),
            "vat": "" if company else vat,
        }
        person.values = {key: value for key, value in values.items() if value}
        person.company_values = {"name": company, "vat": vat} if company else None
        person.company_id = order.customer.company_external_id if company else ""

    def _lang(self, code):
        """The installed language nearest to ``code`` ("fr", "fr-FR", "pt_BR")."""
        code = (code or "").replace("-", "_")
        installed = [lang for lang, _name in self.env["res.lang"].get_installed()]
        if code in installed:
            return code
        return next((lang for lang in installed if lang[:2] == code[:2].lower()), False)

    # -- is it there already
    def _find(self, shop, people):
        """Set ``contact`` and ``company`` of ``people`` where Odoo has them; what is bound
        already: ({customer id: partner}, {company id: partner})."""
        emails = {key for person in people for key in person.keys_of("email")}
        lookup = self.env["ciama.binding"]._lookup
        customers = self._usable(
            lookup(shop, "customer", [k for p in people for k in p.keys_of("customer")])
        )
        companies = self._usable(lookup(shop, "company", [p.company_id for p in people]))
        claims = self._usable(lookup(None, "email", map(claim_of, emails)))
        by_email = self._by_email(emails)
        vats = self._by_vat({p.company_values["vat"] for p in people if p.company_values})
        for person in people:
            bound = [customers[key] for key in person.keys_of("customer") if key in customers]
            candidates = list(bound)
            for key in person.keys_of("email"):
                candidates += [claims[claim_of(key)]] if claim_of(key) in claims else []
                if not self._is_known_to_be_new(person):
                    candidates += self._likeliest(person, by_email.get(key, []), candidates)
            if person.company_values:
                number = person.company_values["vat"]
                surest = companies.get(person.company_id), vats.get(number)
                person.company = self._company_of(person, surest, candidates)
                candidates = [
                    partner
                    for partner in candidates
                    if partner.commercial_partner_id == person.company
                ]
            person.contact = candidates[0] if candidates else None
            person.followed = person.contact in bound
        self._find_in_companies(people)
        return customers, companies

    def _likeliest(self, person, found, surer):
        """``found`` (partners of one e-mail, by age), the likeliest first; notes on ``person``
        the ``twins`` where there is nothing to tell them apart by."""
        if surer or person.company_values or len(found) < 2:
            return found
        sold_to = {draft.card.sale_order_id.partner_id for draft in person.drafts}
        roots = self._independent(found)
        roots = [root for root in roots if not root.is_company] or roots
        named = [root for root in roots if same(root.name, person.values["name"])]
        known = [partner for partner in found if partner in sold_to]
        if known or len(named) == 1:
            return known or named
        if len({root.commercial_partner_id for root in roots}) > 1:
            person.twins = tuple(named or roots)
        return found

    @staticmethod
    def _independent(found):
        """Those of ``found`` (partners) that belong to no company; all, if each does."""
        return [partner for partner in found if not partner.parent_id] or found

    @staticmethod
    def _is_known_to_be_new(person):
        """A person said that it is none of the customers with this e-mail."""
        accepted = [draft.card.accepted_codes or {} for draft in person.drafts]
        return any(Code.CUSTOMER_AMBIGUOUS in codes for codes in accepted)

    def _without_ambiguous(self, shop, people):
        """``people`` less those that only a person can tell apart; where the shop does not
        hold them, the eldest gets the order."""
        level = shop.check_ambiguous_customer
        for person in people if level != "off" else ():
            (email, *_others) = person.keys_of("email") or [""]
            for draft in person.drafts if person.twins else ():
                tell = draft.fail if level == "hold" else draft.warn
                tell(Code.CUSTOMER_AMBIGUOUS, count=len(person.twins), claim=claim_of(email))
        return [person for person in people if not person.drafts[0].problem]

    def _usable(self, found):
        """{external id: res.partner} of a lookup, without those that a person retired or
        gave to another company."""
        partners = self.env["res.partner"].search(
            [("id", "in", list(set(found.values()))), *self._company_domain()]
        )
        return {
            key: partner
            for key, res_id in found.items()
            if (partner := partners.browse(res_id)) in partners
        }

    def _company_domain(self):
        return [("company_id", "in", (False, self.env.company.id))]

    @staticmethod
    def _company_of(person, surest, candidates):
        """The company that an order names, among ``surest`` (bound, by number) or those
        that the ``candidates`` for the contact belong to."""
        name, number = person.company_values["name"], person.company_values["vat"]
        for company in filter(None, surest):
            if same_vat(company.vat, number):
                return company
        for candidate in candidates:
            company = candidate.commercial_partner_id
            if company.is_company and same(company.name, name) and same_vat(company.vat, number):
                return company
        return None

    def _by_email(self, emails):
        """{normalized e-mail: partners}; people before companies, the eldest first."""
        if not emails:
            return {}
        rows = self.env["res.partner"].search(
            [
                ("email_normalized", "in", list(emails)),
                ("type", "in", ("contact", False)),
                *self._company_domain(),
            ],
            order="is_company, id",
        )
        return {email: list(found) for email, found in rows.grouped("email_normalized").items()}

    def _by_vat(self, vats):
        """{VAT number: company}; Odoo may have it without its prefix."""
        vats = vats - {""}
        if not vats:
            return {}
        rows = self.env["res.partner"].search(
            [
                ("vat", "in", [*vats, *(vat[2:] for vat in vats)]),
                ("parent_id", "=", False),
                *self._company_domain(),
            ],
            order="id desc",
        )
        found = {with_prefix(row.vat, row.country_id.code): row for row in rows}
        return {vat: found[vat] for vat in vats if vat in found}

    def _find_in_companies(self, people):
        """Contacts of known companies by their names, where nothing surer is known."""
        missing = [person for person in people if person.company and not person.contact]
        if not missing:
            return
        children = self.env["res.partner"].search(
            [
                ("parent_id", "in", [person.company.id for person in missing]),
                ("type", "=", "contact"),
            ]
        )
        for person in missing:
            email = next(iter(person.keys_of("email")), "")
            person.contact = next(
                (
                    child
                    for child in children
                    if child.parent_id == person.company
                    and same(child.name, person.values["name"])
                    and (not email or child.email_normalized in (False, email))
                ),
                None,
            )

    # -- make what is missing
    def _create(self, people, places):
        """Two ``create`` at the most: companies, then people."""
        partners = self.env["res.partner"]
        pending = {}  # two customers of one company make it once
        for person in people:
            if person.company_values is not None and not person.company:
                key = person.company_id or person.company_values["vat"] or person
                pending.setdefault(key, []).append(person)
        companies = partners.create(
            [self._new_company(group[-1], places) for group in pending.values()]
        )
        for company, group in zip(companies, pending.values(), strict=True):
            for person in group:
                person.company, person.new_company = company, True
        missing = [person for person in people if not person.contact]
        created = partners.create([self._new_person(person, places) for person in missing])
        for person, contact in zip(missing, created, strict=True):
            person.contact, person.new = contact, True

    def _bind(self, shop, people, customers, companies):
        """Remember who is who, but for those bound already. The e-mail of a new customer
        and the VAT number of a new company are claimed: of two jobs that create the same
        one, one must give way."""
        bindings, ids, company_ids, emails, vats = self.env["ciama.binding"], {}, {}, {}, {}
        for person in people:
            for key in person.keys_of("customer"):
                ids.setdefault(key, person.contact)
            if person.company_id:
                company_ids.setdefault(person.company_id, person.company)
            for key in person.keys_of("email") if person.new else ():
                emails.setdefault(claim_of(key), person.contact)
            if person.new_company and person.company_values["vat"]:
                vats.setdefault(claim_of(person.company_values["vat"]), person.company)
        bindings._rebind(shop, "customer", {k: v for k, v in ids.items() if k not in customers})
        bindings._rebind(
            shop, "company", {k: v for k, v in company_ids.items() if k not in companies}
        )
        bindings._rebind(None, "email", emails)
        bindings._rebind(None, "vat", vats)

    def _new_company(self, person, places):
        values = {
            **{key: person.values[key] for key in ("email", "lang") if key in person.values},
            **{key: value for key, value in person.company_values.items() if value},
            **places.values(person.billing),
            "is_company": True,
            "customer_rank": 1,
        }
        return _with_proof(person, values)

    def _new_person(self, person, places):
        values = _with_proof(person, {**person.values, "customer_rank": 1})
        if person.company:
            return {**values, "parent_id": person.company.id, "type": "contact"}
        return {**values, **places.values(person.billing, phone=person.values.get("phone"))}

    # -- complete what is there
    def _update(self, people):
        """Fill blanks; follow the shop in phone and e-mail of its own customers."""
        for person in people:
            contact = person.contact
            changes = {name: value for name, value in person.values.items() if not contact[name]}
            if person.followed:
                changes |= self._news(contact, person.values)
            if changes:
                contact.write(_with_proof(person, changes))
            number = person.company_values and person.company_values["vat"]
            if number and not person.company.vat:
                person.company.write(_with_proof(person, {"vat": number}))
            root, proved = person.root, _is_proved(person)
            known = person.proof and same_vat(root.vat, person.proof.number)
            if known and root.vies_valid != proved:
                root.vies_valid = proved

    @staticmethod
    def _news(contact, values):
        news = {}
        phone, email = values.get("phone"), values.get("email")
        if phone and not same_phone(phone, contact.phone):
            news["phone"] = phone
        if email and email_normalize(email, strict=False) != contact.email_normalized:
            news["email"] = email
        return news


def _with_proof(person, values):
    """With what VIES has told us about the number; Odoo would ask at once."""
    return {**values, "vies_valid": _is_proved(person)} if values.get("vat") else values


def _is_proved(person):
    return bool(person.proof) and person.proof.state == "valid"

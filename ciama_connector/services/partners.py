from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import email_normalize

from ..canonical import Address, Code
from .draft import good
from .places import Places, same
from .vat import clean_vat

WALK_IN = "walk-in"  # the shop's one customer for sales over the counter
# Kinds of children that stand for an address of their partner.
ADDRESS_TYPES = ("delivery", "invoice", "other", "contact")


@dataclass(eq=False)
class Person:
    """A customer of the batch: found in Odoo, or to be created; shared by its orders."""

    keys: set = field(default_factory=set)
    company: object = None  # res.partner, for B2B
    contact: object = None  # res.partner: who orders
    values: dict = field(default_factory=dict)
    company_values: dict | None = None
    drafts: list = field(default_factory=list)


class CiamaPartners(models.AbstractModel):
    """Customers and their addresses: found, created, completed, never doubled.

    Found by the shop's own id, then by VAT number (companies), then by e-mail. Odoo's
    data is completed but not blanked, and an address that exists is never rewritten:
    another address becomes another child.
    """

    _name = "ciama.partners"
    _description = "Customers of Shop Orders"

    @api.model
    def _resolve(self, shop, drafts):
        """Set ``partner``, ``invoice_partner`` and ``delivery_partner`` of each draft."""
        places = Places(self.env)
        for draft in drafts:
            if not self._identity(draft):
                draft.fail(Code.CUSTOMER_MISSING)
            else:
                places.check(draft)
        drafts = good(drafts)
        people = self._people(shop, drafts)
        self._find(shop, people)
        self._create(shop, people, places)
        self._update(people)
        self._attach_addresses(people, places)

    # -- who is it
    def _identity(self, draft):
        """(kind, key) pairs that identify the customer, the surest first."""
        order, keys = draft.order, []
        if order.customer.external_id:
            keys.append(("customer", order.customer.external_id))
        email = self._email(order)
        if email:
            keys.append(("email", email))
        if not keys and self._name_of(order):
            # Without id and e-mail (marketplaces): the order's own customer.
            keys.append(("customer", f"order-{order.external_id}"))
        if not keys and order.channel == "pos":
            keys.append(("customer", WALK_IN))
        return keys

    @staticmethod
    def _email(order):
        billing = order.billing_address
        for email in (order.customer.email, billing.email if billing else ""):
            normalized = email_normalize(email or "", strict=False)
            if normalized:
                return normalized
        return ""

    @staticmethod
    def _name_of(order):
        customer = order.customer
        own = " ".join(filter(None, (customer.first_name, customer.last_name)))
        for name in (
            own,
            order.billing_address.full_name if order.billing_address else "",
            order.shipping_address.full_name if order.shipping_address else "",
            customer.company,
            order.billing_address.company if order.billing_address else "",
            customer.email,
        ):
            if name:
                return name[:250]
        return ""

    @staticmethod
    def _company_name(order):
        if order.billing_address and order.billing_address.company:
            return order.billing_address.company[:250]
        return order.customer.company[:250]

    @staticmethod
    def _vat(order):
        """The first candidate that is a well-formed VAT number for the buyer's country,
        with prefix; (number, text of a candidate that is none)."""
        countries = {
            address.country
            for address in (order.billing_address, order.shipping_address)
            if address and address.country
        }
        malformed = ""
        for candidate in order.vat_candidates:
            number = clean_vat(candidate.value, countries)
            if number:
                return number, ""
            malformed = malformed or candidate.value
        return "", malformed

    def _people(self, shop, drafts):
        """Orders of the batch grouped by customer: shared id, e-mail or VAT number."""
        by_key, people = {}, []
        for draft in drafts:
            keys = set(self._identity(draft))
            vat, malformed = self._vat(draft.order)
            draft.vat_note = malformed
            company = self._company_name(draft.order)
            if vat and company:
                keys.add(("vat", vat))
            known = [by_key[key] for key in keys if key in by_key and key[0] != "vat"]
            person = known[0] if known else Person()
            if not known:
                people.append(person)
            person.keys |= keys
            person.drafts.append(draft)
            for key in keys:
                by_key.setdefault(key, person)
            self._describe(person, draft.order, company, vat)
        return people

    def _describe(self, person, order, company, vat):
        """Values of the customer, from the newest of its orders of the batch."""
        billing = order.billing_address or order.shipping_address or Address()
        person.values = {
            key: value
            for key, value in {
                "name": self._name_of(order) or company or self.env._("Walk-in customer"),
                "email": order.customer.email or billing.email,
                "phone": order.customer.phone or billing.phone,
                "lang": self._lang(order.language or order.customer.language),
            }.items()
            if value
        }
        person.company_values = {"name": company, "vat": vat} if company else None

    def _lang(self, code):
        """The installed language nearest to ``code`` ("fr", "fr-FR", "pt_BR")."""
        code = (code or "").replace("-", "_")
        installed = [lang for lang, _name in self.env["res.lang"].get_installed()]
        if code in installed:
            return code
        return next((lang for lang in installed if lang[:2] == code[:2].lower()), False)

    # -- is it there already
    def _find(self, shop, people):
        wanted = defaultdict(set)
        for person in people:
            for kind, key in person.keys:
                wanted[kind].add(key)
        bindings = self.env["ciama.binding"]
        customers = bindings._lookup(shop, "customer", wanted["customer"])
        emails = bindings._lookup(None, "email", wanted["email"])
        emails |= self._by_email(wanted["email"] - emails.keys())
        vats = self._by_vat(wanted["vat"])
        partners = self.env["res.partner"]
        for person in people:
            for kind, table in (("customer", customers), ("email", emails)):
                found = [table[key] for k, key in person.keys if k == kind and key in table]
                if found and not person.contact:
                    person.contact = partners.browse(found[0])
            if person.company_values is not None:
                person.company = self._company_of(person, vats)
                if person.contact and person.company and (
                    person.contact.commercial_partner_id != person.company
                ):  # fmt: skip
                    person.contact = None  # a private customer who now buys for a company

    def _company_of(self, person, vats):
        number = person.company_values["vat"]
        if number and number in vats:
            return self.env["res.partner"].browse(vats[number])
        commercial = person.contact and person.contact.commercial_partner_id
        known = commercial and commercial.is_company and (
            same(commercial.name, person.company_values["name"])
            and (not number or not commercial.vat or commercial.vat == number)
        )  # fmt: skip
        return commercial if known else None

    def _by_email(self, emails):
        """{normalized e-mail: partner id}; of several, who ordered first."""
        if not emails:
            return {}
        rows = self.env["res.partner"].search_fetch(
            [
                ("email_normalized", "in", list(emails)),
                ("type", "in", ("contact", False)),
                ("company_id", "in", (False, self.env.company.id)),
            ],
            ["email_normalized"],
            order="id desc",
        )
        return {row.email_normalized: row.id for row in rows}

    def _by_vat(self, vats):
        if not vats:
            return {}
        rows = self.env["res.partner"].search_fetch(
            [
                ("vat", "in", list(vats)),
                ("parent_id", "=", False),
                ("company_id", "in", (False, self.env.company.id)),
            ],
            ["vat"],
            order="id desc",
        )
        return {row.vat: row.id for row in rows}

    # -- make what is missing
    def _create(self, shop, people, places):
        """Two ``create`` at the most: companies, then people."""
        partners = self.env["res.partner"]
        pending = {}  # two customers of one company make it once
        for person in people:
            if person.company_values is not None and not person.company:
                key = person.company_values["vat"] or person
                pending.setdefault(key, []).append(person)
        companies = partners.create(
            [self._new_company(group[0], places) for group in pending.values()]
        )
        for company, group in zip(companies, pending.values(), strict=True):
            for person in group:
                person.company = company
        missing = [person for person in people if not person.contact]
        created = partners.create([self._new_person(person, places) for person in missing])
        for person, contact in zip(missing, created, strict=True):
            person.contact = contact
        self._bind(shop, people, missing)

    def _bind(self, shop, people, created):
        bindings = self.env["ciama.binding"]
        ids = {key: p.contact for p in people for kind, key in p.keys if kind == "customer"}
        bound = bindings._lookup(shop, "customer", ids)
        bindings._bind(shop, "customer", {k: v for k, v in ids.items() if k not in bound})
        emails = {key: p.contact for p in created for kind, key in p.keys if kind == "email"}
        claimed = bindings._lookup(None, "email", emails)
        bindings._bind(None, "email", {k: v for k, v in emails.items() if k not in claimed})

    def _new_company(self, person, places):
        address = _billing(person)
        values = {
            "name": person.company_values["name"],
            "is_company": True,
            "customer_rank": 1,
            **places.values(address),
            **{key: person.values[key] for key in ("lang",) if key in person.values},
        }
        if address.email or person.values.get("email"):
            values["email"] = person.values.get("email") or address.email
        if person.company_values["vat"]:
            # The network is never asked here; the check of the number is a step of its own.
            values |= {"vat": person.company_values["vat"], "vies_valid": False}
        return values

    def _new_person(self, person, places):
        values = {**person.values, "customer_rank": 1}
        if person.company:
            return {**values, "parent_id": person.company.id, "type": "contact"}
        return {**values, **places.values(_billing(person), phone=person.values.get("phone"))}

    # -- complete what is there
    def _update(self, people):
        """Fill blanks; follow the shop in name, phone and e-mail of its own customer."""
        for person in people:
            contact, changes = person.contact, {}
            own = any(kind == "customer" for kind, _key in person.keys)
            for name, value in person.values.items():
                current = contact[name]
                if not current or (own and name in ("phone", "email") and not same(current, value)):
                    changes[name] = value
            if changes:
                contact.write(changes)
            company = person.company
            if company and person.company_values["vat"] and not company.vat:
                company.write({"vat": person.company_values["vat"], "vies_valid": False})

    # -- addresses
    def _attach_addresses(self, people, places):
        """Give each order its addresses; one ``create`` for all that are new."""
        index, new, slots = {}, [], []
        for person in people:
            root = person.company or person.contact
            if root.id not in index:
                index[root.id] = self._addresses_of(root | person.contact)
            known = index[root.id]
            for draft in person.drafts:
                draft.partner = person.contact
                for slot, kind, address in (
                    ("invoice_partner", "invoice", draft.order.billing_address),
                    ("delivery_partner", "delivery", draft.order.shipping_address),
                ):
                    address = address or draft.order.billing_address or draft.order.shipping_address
                    if address is None or address.is_empty:
                        setattr(draft, slot, root)
                        continue
                    name = address.full_name or address.company or root.name
                    key = places.key(address, name, root)
                    if key not in known and not (root.street or root.city or root.zip):
                        root.write(places.values(address))
                        known[places.key(address, root.name, root)] = root
                        known[key] = root
                    if key not in known:
                        known[key] = len(new)
                        new.append(
                            {
                                "parent_id": root.id,
                                "type": kind,
                                "name": name[:250],
                                **places.values(address, phone=address.phone),
                            }
                        )
                    slots.append((draft, slot, known[key]))
        created = self.env["res.partner"].create(new)
        for draft, slot, where in slots:
            setattr(draft, slot, created[where] if isinstance(where, int) else where)

    def _addresses_of(self, partners):
        """{normalized address: partner} of a customer and its children."""
        root = partners[:1]
        children = self.env["res.partner"].search(
            [("parent_id", "=", root.id), ("type", "in", ADDRESS_TYPES)], order="id desc"
        ) if root._origin else self.env["res.partner"]  # fmt: skip
        return {Places.key_of(partner, root): partner for partner in children | root}


def _billing(person):
    order = person.drafts[-1].order
    return order.billing_address or order.shipping_address or Address()

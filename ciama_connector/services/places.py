"""Countries and states by code, and addresses as partner values and as keys."""

import re
import unicodedata

from ..canonical import Code
from .territories import own_country


def fold(text):
    """Letters and digits only, without case and accents: what people type differently is
    the same."""
    plain = unicodedata.normalize("NFKD", text or "")
    return re.sub(r"[\W_]+", "", plain).casefold()


def same(left, right):
    return fold(left) == fold(right)


def same_phone(left, right):
    """Whether two texts are one number, with or without the code of its country."""
    left, right = (re.sub(r"\D", "", phone or "").lstrip("0") for phone in (left, right))
    shorter, longer = sorted((left, right), key=len)
    return longer == shorter or (len(shorter) >= 8 and longer.endswith(shorter))


class Places:
    """Countries and states by code, and addresses as partner values and as keys."""

    def __init__(self, env):
        self.env = env
        self.countries = {country.code: country for country in env["res.country"].search([])}
        self.states = {}

    def check(self, draft):
        """Fail ``draft`` where its addresses cannot be used."""
        order = draft.order
        for address in (order.billing_address, order.shipping_address):
            if address and address.country and address.country not in self.countries:
                draft.fail(Code.COUNTRY_UNKNOWN, country=address.country)
                return
        ships = any(line.requires_shipping for line in order.lines if line.kind == "product")
        anywhere = order.shipping_address or order.billing_address or order.pickup_point
        if ships and not anywhere and order.channel != "pos":
            draft.fail(Code.ADDRESS_MISSING)

    def country(self, address):
        """res.country of an address; empty if unknown."""
        code = own_country(address.country, address.zip)
        return self.countries.get(code) or self.env["res.country"]

    def state(self, address):
        """res.country.state of an address, by code, then by name; empty if unknown."""
        country = self.country(address)
        if country.id not in self.states:
            table = {}
            for state in country.state_ids:
                table[fold(state.code)] = state
                table.setdefault(fold(state.name), state)
                table.setdefault(fold(re.sub(r"\s*\(.*\)$", "", state.name)), state)
            self.states[country.id] = table
        table = self.states[country.id]
        return (
            table.get(fold(address.state_code))
            or table.get(fold(address.state_name))
            or self.env["res.country.state"]
        )

    def values(self, address, *, phone=None):
        """Partner values of the place itself, blanks left out."""
        values = {
            "street": address.street,
            "street2": address.street2,
            "zip": address.zip,
            "city": address.city,
            "country_id": self.country(address).id,
            "state_id": self.state(address).id,
            "phone": phone or address.phone,
        }
        return {key: value for key, value in values.items() if value}

    def key(self, address, name):
        """What makes two addresses the same: name and place, folded."""
        return (
            fold(name),
            fold(address.street),
            fold(address.street2),
            fold(address.zip),
            fold(address.city),
            self.state(address).id,
            self.country(address).id,
        )

    @staticmethod
    def key_of(partner):
        """The same of a res.partner."""
        return (
            fold(partner.name),
            fold(partner.street),
            fold(partner.street2),
            fold(partner.zip),
            fold(partner.city),
            partner.state_id.id,
            partner.country_id.id,
        )

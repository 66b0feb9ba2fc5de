from odoo import api, models

from .identity import NAME_LIMIT
from .places import Places, fold


class CiamaAddresses(models.AbstractModel):
    """Invoice and delivery addresses of the customers of a batch.

    An address that exists is never rewritten, since orders use it: another address
    becomes another child.
    """

    _name = "ciama.addresses"
    _description = "Addresses of Shop Orders"

    @api.model
    def _attach(self, people, places):
        """Set ``partner``, ``invoice_partner`` and ``delivery_partner`` of the drafts of
        ``people``; one ``create`` for all addresses that are new."""
        books = self._books(people)
        new, slots = [], []
        for person in people:
            root, book = person.root, books[person.root]
            for draft in person.drafts:
                draft.partner = person.contact
                billing, shipping = draft.order.billing_address, draft.order.shipping_address
                for slot, kind, address in (
                    ("invoice_partner", "invoice", billing or shipping),
                    ("delivery_partner", "delivery", shipping or billing),
                ):
                    if not address or self._says_nothing(address, root, places):
                        setattr(draft, slot, root)
                        continue
                    key, values = self._entry(address, kind, root, places)
                    if key not in book and self._fill(root, values):
                        book[key] = root
                    if key not in book:
                        book[key] = len(new)
                        new.append({"parent_id": root.id, "type": kind, **values})
                    slots.append((draft, slot, book[key]))
        created = self.env["res.partner"].create(new)
        for draft, slot, place in slots:
            setattr(draft, slot, created[place] if isinstance(place, int) else place)

    def _books(self, people):
        """{customer: {normalized address: partner}}, children included, in one query."""
        roots = self.env["res.partner"].union(*(person.root for person in people))
        books = {root: {} for root in roots}
        # The eldest come last and win, the customer's own address before all.
        for child in self.env["res.partner"].search(
            [("parent_id", "in", roots.ids)], order="id desc"
        ):
            books[child.parent_id][Places.key_of(child)] = child
        for root in roots:
            books[root][Places.key_of(root)] = root
        return books

    @staticmethod
    def _says_nothing(address, root, places):
        """A mere country is an address only where it is not the customer's."""
        return address.is_empty and places.country(address) in (
            root.country_id,
            root.country_id.browse(),
        )

    @staticmethod
    def _entry(address, kind, root, places):
        """(key, values) of an address; a company is invoiced in its own name, goods go
        to the person who receives them."""
        own = bool(address.company) and fold(address.company) == fold(root.name)
        if own and kind == "invoice":
            name = root.name
        else:
            names = dict.fromkeys(["" if own else address.company, address.full_name])
            name = ", ".join(filter(None, names)) or root.name
        name = name[:NAME_LIMIT]
        return places.key(address, name), {"name": name, **places.values(address)}

    @staticmethod
    def _fill(root, values):
        """The first address of a customer that had none becomes its own."""
        if (
            root.street or root.zip or root.city
            or root.country_id.id not in (False, values.get("country_id"))
            or fold(values["name"]) != fold(root.name)
        ):  # fmt: skip
            return False
        root.write({name: value for name, value in values.items() if not root[name]})
        return True

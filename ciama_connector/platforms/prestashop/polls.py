"""Changes that the change date of an order does not tell of.

Refunds (order_slip) and payments entered through the webservice leave ``date_upd`` as it
is; so does a tracking number written to an order_carrier (staff's own pages move the
order). Slips and payments only ever grow: those with an id beyond the last one are new.
A parcel's row is as old as its order and has no change date: the newest ``WATCHED``
rows are read as a whole and compared with what they said before. Numbers that are
written to older rows come with the order's next change.

A pull that finds nothing may cost three requests, one of them for the orders: slips are
looked at each time, parcels and payments by turns. Both rest in the cursor, so that
nothing is lost, only later by a pull.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..normalizing import fingerprint, objects, text
from .fields import row_id
from .webservice import Webservice

WATCHED = 2000
_MARK = 4  # digits of a fingerprint


@dataclass(frozen=True)
class Marks:
    """How far was looked: the last ids, and those beyond them that orders brought along;
    parcel id -> mark of its number; the id of the first parcel watched; what has its turn."""

    slip: int = 0
    payment: int = 0
    brought_slips: tuple[int, ...] = ()
    brought_payments: tuple[int, ...] = ()
    parcels: Mapping[str, str] = field(default_factory=dict)
    first_parcel: int = 0
    turn: str = "parcels"

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> "Marks":
        return cls(**stored)

    def dump(self) -> dict[str, Any]:
        return asdict(self)

    def having_brought(self, payloads: Iterable[Mapping[str, Any]]) -> "Marks":
        """Without news of what came with its order anyway."""
        slips, payments = set(self.brought_slips), set(self.brought_payments)
        parcels = dict(self.parcels)
        for payload in payloads:
            slips |= {_id(row) for row in objects(payload.get("slips"))}
            payments |= {_id(row) for row in objects(payload.get("payments"))}
            shipments = objects(payload.get("shipments"))
            parcels |= _numbers([row for row in shipments if _id(row) >= self.first_parcel])
        return replace(
            self,
            brought_slips=tuple(sorted(n for n in slips if n > self.slip)),
            brought_payments=tuple(sorted(n for n in payments if n > self.payment)),
            parcels=parcels,
        )


@dataclass(frozen=True)
class Found:
    """Orders to bring again, and how far was looked."""

    marks: Marks
    order_ids: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()


def begin(service: Webservice) -> Marks:
    """Where a first pull begins: it brings what is there with the orders themselves."""
    parcels = _parcels(service)
    return Marks(
        slip=_last(service, "order_slip"),
        payment=_last(service, "order_payments"),
        parcels=_numbers(parcels),
        first_parcel=min(map(_id, parcels), default=0),
    )


def look(service: Webservice, marks: Marks) -> Found:
    """What is new since ``marks``, in two requests."""
    last, slips = _beyond(service, "order_slip", marks.slip, "id_order")
    order_ids = {text(r.get("id_order")) for r in slips if _id(r) not in marks.brought_slips}
    references: set[str] = set()
    marks = replace(marks, slip=last, brought_slips=())
    if marks.turn == "parcels":
        parcels = [row for row in _parcels(service) if _id(row) >= marks.first_parcel]
        numbers = _numbers(parcels)
        changed = {key for key, mark in numbers.items() if marks.parcels.get(key) != mark}
        changed |= {row_id(row) for row in parcels} & (set(marks.parcels) - set(numbers))
        order_ids |= {text(row.get("id_order")) for row in parcels if row_id(row) in changed}
        first = min(map(_id, parcels), default=marks.first_parcel)
        marks = replace(marks, parcels=numbers, first_parcel=first, turn="payments")
    else:
        last, payments = _beyond(service, "order_payments", marks.payment, "order_reference")
        new = [row for row in payments if _id(row) not in marks.brought_payments]
        references = {text(row.get("order_reference")) for row in new}
        marks = replace(marks, payment=last, brought_payments=(), turn="parcels")
    return Found(marks, frozenset(order_ids - {"", "0"}), frozenset(references - {""}))


def _last(service: Webservice, resource: str) -> int:
    rows = objects(service.rows(resource, fields=("id",), sort="id_DESC", limit=1))
    return max(map(_id, rows), default=0)


def _beyond(
    service: Webservice, resource: str, last: int, owner: str
) -> tuple[int, list[Mapping[str, Any]]]:
    """(last id now, rows beyond ``last``)"""
    rows = objects(service.rows(resource, fields=("id", owner), sort="id_ASC", id=f">[{last}]"))
    return max([last, *map(_id, rows)]), rows


def _parcels(service: Webservice) -> list[Mapping[str, Any]]:
    fields = ("id", "id_order", "tracking_number")
    return objects(service.rows("order_carriers", fields=fields, sort="id_DESC", limit=WATCHED))


def _numbers(parcels: list[Mapping[str, Any]]) -> dict[str, str]:
    """Parcel id -> mark, of those with a tracking number."""
    return {
        row_id(row): fingerprint(text(row.get("tracking_number")), _MARK)
        for row in reversed(parcels)
        if text(row.get("tracking_number"))
    }


def _id(row: Mapping[str, Any]) -> int:
    return int(row_id(row) or 0)

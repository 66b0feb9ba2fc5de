"""Taxes of WooCommerce lines: the rate ids of a line joined with the order's tax lines.

A line's ``taxes[].id`` is a rate id; rate, label and compound are snapshots on the
order's ``tax_lines``, which stay when the rate is deleted.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...canonical import Code, Problem, Tax
from ..normalizing import build, decimal, label, objects, text
from . import meta

ZERO = Decimal(0)
_CENT = Decimal("0.01")
_PERCENT = re.compile(r"(\d{1,2}(?:[.,]\d+)?)\s*%")


class Rates:
    """The rates of one order."""

    def __init__(self, order: Mapping[str, Any]):
        self.currency = text(order.get("currency"))
        self.known = {
            text(line.get("rate_id")): _facts(line) for line in objects(order.get("tax_lines"))
        }

    def amounts(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """``net``, ``tax``, ``gross`` and ``taxes`` of a line."""
        net = decimal(item.get("total"), "total")
        tax = decimal(item.get("total_tax"), "total_tax")
        taxes = self._taxes(item, net, tax)
        return {"net": net, "tax": tax, "gross": net + tax, "taxes": tuple(taxes)}

    def _taxes(self, item, net: Decimal, tax: Decimal) -> list[Tax]:
        told = [
            (text(entry.get("id")), decimal(entry.get("total"), "taxes.total"))
            for entry in objects(item.get("taxes"))
            if text(entry.get("total"))
        ]
        found = [pair for pair in told if self._is_charged(*pair, net)]
        if tax and not found:
            # of one rate only, where there is one
            found = [(next(iter(self.known)) if len(self.known) == 1 else "", ZERO)]
        elif found:
            self._check_difference(found, tax)
        if found:
            # 2.235 is 2.23 as the line's tax and 2.24 as its rate's: the line counts
            largest = max(range(len(found)), key=lambda index: abs(found[index][1]))
            rest = tax - sum((amount for _, amount in found), ZERO)
            found[largest] = (found[largest][0], found[largest][1] + rest)
        return [
            build(Tax, amount=amount, **self.known.get(rate_id, {"code": rate_id}))
            for rate_id, amount in found
        ]

    def _is_charged(self, rate_id: str, amount: Decimal, net: Decimal) -> bool:
        """Nothing of a rate on an amount that would bear some is a rate not charged."""
        if amount:
            return True
        rate = self.known.get(rate_id, {}).get("rate")
        return rate is not None and abs(net * rate / 100) < _CENT

    def _check_difference(self, found: list[tuple[str, Decimal]], tax: Decimal) -> None:
        """Raise TAX_DISAGREES for more than a difference of rounding."""
        total = sum((amount for _, amount in found), ZERO)
        unit = Decimal(1).scaleb(min(int(tax.as_tuple().exponent), 0))
        if abs(tax - total) > unit * (1 + len(found)):
            raise Problem(
                Code.TAX_DISAGREES,
                lines=total,
                total=tax,
                difference=tax - total,
                currency=self.currency,
            )


def totals(order: Mapping[str, Any]) -> list[Tax]:
    """The order's tax per rate, on lines, fees and shipping."""
    return [
        build(
            Tax,
            amount=decimal(line.get("tax_total"), "tax_lines.tax_total")
            + decimal(line.get("shipping_tax_total"), "tax_lines.shipping_tax_total"),
            **_facts(line),
        )
        for line in objects(order.get("tax_lines"))
    ]


def _facts(line: Mapping[str, Any]) -> dict[str, Any]:
    title = meta.plain(line.get("label"))
    return {
        "rate": _rate(line, title),
        "label": title,
        "jurisdiction": _jurisdiction(line),
        "code": label(line.get("rate_id")),
        "compound": line.get("compound") is True,
    }


def _rate(line: Mapping[str, Any], title: str) -> Decimal | None:
    """Percent. Orders from before WooCommerce 3.7 have none: the label may tell it."""
    rate = decimal(line.get("rate_percent"), "tax_lines.rate_percent")
    charged = decimal(line.get("tax_total")) or decimal(line.get("shipping_tax_total"))
    if rate or not charged:
        return rate
    told = _PERCENT.search(title)
    return Decimal(told[1].replace(",", ".")) if told else None


def _jurisdiction(line: Mapping[str, Any]) -> str:
    """Country and state in front of the name in "CA-QC-QST-2"; both may be missing."""
    code, name = text(line.get("rate_code")).upper(), text(line.get("label")).upper()
    place, found, _ = code.partition(f"{name}-")
    return label(place.strip("-")) if found and name else ""

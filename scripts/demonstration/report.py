"""What became of every order: figures, verdict, table."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

HEAD = (
    "platform", "fetched", "imported", "held", "blocked", "failed", "ignored",
    "total shop", "total Odoo",
)  # fmt: skip
SHOWN = 10  # faults of a shop; more do not tell more


@dataclass
class ShopReport:
    platform: str
    fetched: int
    imported: int = 0
    codes: dict = field(
        default_factory=lambda: {"held": Counter(), "blocked": Counter(), "ignored": Counter()}
    )
    failed: int = 0
    shop_totals: dict = field(default_factory=lambda: defaultdict(Decimal))
    odoo_totals: dict = field(default_factory=lambda: defaultdict(Decimal))
    differences: list = field(default_factory=list)
    faults: list = field(default_factory=list)  # orders that ended as neither

    def as_dict(self):
        return {
            "platform": self.platform,
            "fetched": self.fetched,
            "imported": self.imported,
            "held": dict(self.codes["held"]),
            "blocked": dict(self.codes["blocked"]),
            "failed": self.failed,
            "ignored": dict(self.codes["ignored"]),
            "total_shop": plain_totals(self.shop_totals),
            "total_odoo": plain_totals(self.odoo_totals),
            "differences": self.differences,
        }


def examine(platform, recorded, cards):
    """The report of a shop: ``recorded`` is what it has given (``recordings.Recorded``),
    ``cards`` what Odoo holds (``odoo.cards_of``)."""
    report = ShopReport(platform, len(recorded.ids))
    found = {card["external_id"]: card for card in cards}
    for external_id in sorted(recorded.ids):
        card = found.get(external_id)
        if not card:
            report.faults.append(f"order {external_id} never reached Odoo")
        elif card["state"] in report.codes and card["code"]:
            report.codes[card["state"]][card["code"]] += 1
        elif card["state"] == "failed" and card["code"]:
            report.failed += 1
        elif card["sale_order_id"] and card["state"] in ("imported", "done"):
            report.imported += 1
            compare(report, card, recorded.orders.get(external_id))
        else:
            report.faults.append(f"order {card['number']} is {card['state']} without a cause")
    return report


def compare(report, card, order):
    """Add an imported order to the totals of both sides."""
    if order is None:
        report.faults.append(f"order {card['number']} was imported, but cannot be read")
        return
    from ciama_connector.canonical.money import cents

    shop = cents(order.total, order.currency)
    odoo = cents(Decimal(str(card["total"])), card["currency"])
    report.shop_totals[order.currency] += shop
    report.odoo_totals[card["currency"]] += odoo
    if (shop, order.currency) != (odoo, card["currency"]):
        report.differences.append(
            {
                "order": card["number"],
                "shop": f"{shop} {order.currency}",
                "odoo": f"{odoo} {card['currency']}",
            }
        )


def plain_totals(totals):
    """Text, or {currency: text} where there are several currencies."""
    texts = {currency: str(total) for currency, total in sorted(totals.items())}
    if len(texts) > 1:
        return texts
    return next(iter(texts.values()), "0.00")


# -- for a person


def table(reports):
    """Lines of text; a shop with several currencies takes several."""
    rows = [HEAD]
    for report in reports:
        numbers = (
            report.fetched,
            report.imported,
            *(sum(report.codes[state].values()) for state in ("held", "blocked")),
            report.failed,
            sum(report.codes["ignored"].values()),
        )
        left = [report.platform, *map(str, numbers)]
        currencies = sorted({*report.shop_totals, *report.odoo_totals}) or [""]
        for currency in currencies:
            sides = (report.shop_totals, report.odoo_totals)
            totals = [f"{side[currency]} {currency}" if currency else "" for side in sides]
            rows.append((*left, *totals))
            left = [""] * len(left)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(align(row, widths)) for row in rows]
    return [lines[0], "-" * len(lines[0]), *lines[1:]]


def align(row, widths):
    first, *others = zip(row, widths, strict=True)
    return [first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]


def remarks(reports):
    """Lines of text: why orders are held, and what is wrong."""
    lines = []
    for report in reports:
        for state, codes in report.codes.items():
            if codes:
                causes = ", ".join(f"{code} {number}" for code, number in sorted(codes.items()))
                lines.append(f"{report.platform}, {state}: {causes}")
    for report in reports:
        lines += [
            f"DIFFERENCE {report.platform} {one['order']}: {one['shop']} in the shop,"
            f" {one['odoo']} in Odoo"
            for one in report.differences
        ]
        lines += [f"FAULT {report.platform}: {fault}" for fault in report.faults[:SHOWN]]
        if len(report.faults) > SHOWN:
            lines.append(f"FAULT {report.platform}: {len(report.faults) - SHOWN} more")
    return lines

"""Vouchers, spread over the lines and rates they were given on.

The shop tells the order's discount (net and with tax, rounded) and each voucher's value
(both, unrounded), but neither lines nor rates. A voucher's own tax shows how it lies over
the rates; what its conditions say of products narrows it. The shares are whole cents that
add up to the order's discount, net and tax.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ...canonical import Discount, Line, LineDiscount, LineKind, cents, spread
from ..normalizing import build, label
from . import taxes
from .fields import flag, identifier
from .source import Source

ZERO = Decimal(0)
_HALF_CENT = Decimal("0.005")
# How far a voucher's tax may be off without meaning anything: for amounts, PrestaShop
# takes an average rate, which costs some parts in 100,000.
_NOISE, _NOISE_SHARE = Decimal("0.001"), Decimal("0.0001")


@dataclass
class Draft:
    """A line before it is built. Amounts are the shop's, before vouchers."""

    net: Decimal
    tax: Decimal
    rates: taxes.Rates
    values: dict[str, Any]  # the other fields of the canonical line
    unit_net: Decimal = ZERO
    discounts: list[LineDiscount] = field(default_factory=list)

    @property
    def kind(self) -> LineKind:
        return self.values.get("kind", LineKind.PRODUCT)

    @property
    def left(self) -> Decimal:
        """Net after the vouchers so far."""
        return self.net - sum((discount.net for discount in self.discounts), ZERO)

    @property
    def tax_left(self) -> Decimal:
        return self.tax - sum((discount.tax for discount in self.discounts), ZERO)

    @property
    def tax_ratio(self) -> Decimal:
        """Tax of one of net, as it was charged."""
        return self.tax / self.net if self.net else ZERO

    def built(self) -> Line:
        net, tax = self.left, self.tax_left
        return build(
            Line,
            net=net,
            tax=tax,
            gross=net + tax,
            taxes=taxes.split(tax, self.rates),
            discounts=tuple(self.discounts),
            **self.values,
        )


@dataclass(frozen=True)
class _Voucher:
    code: str
    title: str
    net: Decimal  # exact
    gross: Decimal
    free_shipping: bool = False
    gift: tuple[str, str] | None = None  # product and variant that are given away
    product: str = ""  # the only product it counts for


def apply(source: Source, drafts: list[Draft]) -> list[Discount]:
    """Put the order's discounts into ``drafts``; they, one by one, for information."""
    gross = source.amount(source.order, "total_discounts_tax_incl")
    net = source.amount(source.order, "total_discounts_tax_excl")
    vouchers = _vouchers(source)
    if gross and not sum((voucher.gross for voucher in vouchers), ZERO):
        vouchers = [_Voucher("", "", net, gross)]
    if not vouchers:
        return []
    grosses = spread(gross, [voucher.gross for voucher in vouchers], source.currency)
    nets = spread(net, [voucher.net for voucher in vouchers], source.currency)
    for voucher, share, share_net in zip(vouchers, grosses, nets, strict=True):
        _put(voucher, share_net, share - share_net, drafts, source.currency)
    return [
        build(
            Discount,
            code=voucher.code,
            title=voucher.title,
            gross=share,
            free_shipping=voucher.free_shipping,
        )
        for voucher, share in zip(vouchers, grosses, strict=True)
    ]


def _vouchers(source: Source) -> list[_Voucher]:
    found = []
    for row in source.rows("cart_rules"):
        if flag(row.get("deleted")):
            continue  # taken off the order by staff
        rule = source.shared("cart_rules", row.get("id_cart_rule"))
        gift = identifier(rule.get("gift_product"))
        product = identifier(rule.get("reduction_product"))
        found.append(
            _Voucher(
                code=label(rule.get("code")),
                title=label(source.worded(row.get("name"))),
                net=source.amount(row, "value_tax_excl"),
                gross=source.amount(row, "value"),
                free_shipping=flag(row.get("free_shipping")),
                gift=(gift, identifier(rule.get("gift_product_attribute"))) if gift else None,
                product="" if product.startswith("-") else product,  # cheapest, selection
            )
        )
    return found


def _put(voucher: _Voucher, net: Decimal, tax: Decimal, drafts: list[Draft], currency: str) -> None:
    """Give each draft its share of ``net`` and ``tax`` (whole cents)."""
    if not net and not tax:
        return
    exact = _whole(voucher, drafts)
    nets = [cents(share, currency) for share in exact]
    shares = [_tax_share(d, n, currency) for d, n in zip(drafts, nets, strict=True)]
    net_left, tax_left = net - sum(nets, ZERO), tax - sum(shares, ZERO)
    rest = voucher.net - sum(exact, ZERO)
    spread_out = rest > _HALF_CENT or not any(exact)
    weights = _weights(voucher, drafts, exact, rest) if spread_out else exact
    if any(weights):
        tax_weights = [w * draft.tax_ratio for w, draft in zip(weights, drafts, strict=True)]
        more = _by_rate(net_left, weights, drafts, currency)
        more_tax = _by_rate(
            tax_left, tax_weights if any(tax_weights) else weights, drafts, currency
        )
        nets = [one + other for one, other in zip(nets, more, strict=True)]
        shares = [one + other for one, other in zip(shares, more_tax, strict=True)]
    elif net_left or tax_left:
        drafts.append(_discount_line(voucher, net_left, tax_left, drafts))
    named = {"code": voucher.code, "title": voucher.title}
    for draft, share, share_tax in zip(drafts, nets, shares, strict=False):
        if share or share_tax:
            draft.discounts.append(build(LineDiscount, net=share, tax=share_tax, **named))


def _tax_share(draft: Draft, net: Decimal, currency: str) -> Decimal:
    """The tax on a part of a draft; all of it on the whole."""
    exact = draft.tax_left if net == draft.left else net * draft.tax_ratio
    return cents(exact, currency)


def _discount_line(voucher: _Voucher, net: Decimal, tax: Decimal, drafts: list[Draft]) -> Draft:
    """For a discount where no line is worth anything."""
    rates = next((draft.rates for draft in drafts if draft.rates), ())
    values = {
        "id": f"discount-{len(drafts)}",
        "kind": LineKind.DISCOUNT,
        "name": voucher.title or "Discount",
        "requires_shipping": False,
    }
    return Draft(-net, -tax, rates, values)


def _by_rate(
    amount: Decimal, weights: Sequence[Decimal], drafts: Sequence[Draft], currency: str
) -> list[Decimal]:
    """``amount`` spread over rates first, then over the lines of each, so that what a
    rate gets is no more than a cent off."""
    groups: dict[Decimal, list[int]] = {}
    for place, (draft, weight) in enumerate(zip(drafts, weights, strict=True)):
        if weight:
            groups.setdefault(taxes.combined(draft.rates), []).append(place)
    totals = [sum((weights[i] for i in places), ZERO) for places in groups.values()]
    shares = [cents(ZERO, currency)] * len(drafts)
    for places, share in zip(groups.values(), spread(amount, totals, currency), strict=True):
        parts = spread(share, [weights[i] for i in places], currency)
        for place, part in zip(places, parts, strict=True):
            shares[place] = part
    return shares


# -- where a voucher lies, as exactly as the shop tells


def _whole(voucher: _Voucher, drafts: Sequence[Draft]) -> list[Decimal]:
    """The net of what a voucher takes off as a whole: shipping, a gift."""
    shares, rest = [ZERO] * len(drafts), voucher.net
    for place, most in _first_of_all(voucher, drafts):
        shares[place] = max(min(rest, most, drafts[place].left), ZERO)
        rest -= shares[place]
    return shares


def _weights(
    voucher: _Voucher, drafts: Sequence[Draft], whole: Sequence[Decimal], rest: Decimal
) -> list[Decimal]:
    """The exact net that a voucher takes off each draft beside the ``whole``, as far as
    can be told."""
    room = [max(draft.left - share, ZERO) for draft, share in zip(drafts, whole, strict=True)]
    places = _places(voucher, drafts, room, rest)
    wanted = voucher.gross - voucher.net - _tax_of(whole, drafts)
    noise = max(_NOISE, voucher.gross * _NOISE_SHARE)
    return _bent(_proportional(rest, room, places), wanted, noise, room, places, drafts)


def _first_of_all(voucher: _Voucher, drafts: Sequence[Draft]) -> list[tuple[int, Decimal]]:
    """(place, most net) of what a voucher takes off as a whole: shipping, a gift."""
    found = []
    for place, draft in enumerate(drafts):
        if draft.kind is LineKind.SHIPPING and voucher.free_shipping:
            found.append((place, draft.net))
        key = (draft.values.get("product_id", ""), draft.values.get("variant_id", ""))
        if draft.kind is LineKind.PRODUCT and key == voucher.gift:
            found.append((place, draft.unit_net))
    return found


def _places(
    voucher: _Voucher, drafts: Sequence[Draft], room: Sequence[Decimal], net: Decimal
) -> list[int]:
    """The narrowest set of lines that has room for ``net``."""
    products = [i for i, draft in enumerate(drafts) if draft.kind is LineKind.PRODUCT]
    named = [i for i in products if voucher.product == drafts[i].values.get("product_id")]
    for places in (named if voucher.product else [], products):
        if places and sum((room[i] for i in places), ZERO) + _HALF_CENT >= net:
            return places
    return list(range(len(drafts)))


def _proportional(net: Decimal, room: Sequence[Decimal], places: Sequence[int]) -> list[Decimal]:
    total = sum((room[i] for i in places), ZERO)
    return [net * room[i] / total if total and i in places else ZERO for i in range(len(room))]


def _bent(
    shares: list[Decimal],
    wanted: Decimal,
    noise: Decimal,
    room: Sequence[Decimal],
    places: Sequence[int],
    drafts: Sequence[Draft],
) -> list[Decimal]:
    """``shares`` moved toward high or low rates until their tax is the ``wanted`` one:
    the voucher was given on some of the lines only."""
    missing = wanted - _tax_of(shares, drafts)
    if abs(missing) <= noise:
        return shares
    extreme, rest = [ZERO] * len(shares), sum(shares, ZERO)
    ordered = sorted(places, key=lambda i: drafts[i].tax_ratio, reverse=missing > 0)
    for place in ordered:
        extreme[place] = min(rest, room[place])
        rest -= extreme[place]
    reach = _tax_of(extreme, drafts) - _tax_of(shares, drafts)
    if not reach or missing / reach < 0:
        return shares
    part = min(missing / reach, Decimal(1))
    return [a + (b - a) * part for a, b in zip(shares, extreme, strict=True)]


def _tax_of(shares: Sequence[Decimal], drafts: Sequence[Draft]) -> Decimal:
    return sum((s * draft.tax_ratio for s, draft in zip(shares, drafts, strict=True)), ZERO)

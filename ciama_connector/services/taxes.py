from collections import Counter
from decimal import Decimal

from odoo import api, models

from ..canonical import Code, LineKind

UNTAXED_KINDS = (LineKind.TIP, LineKind.GIFT_CARD, LineKind.DEPOSIT)


class CiamaTaxes(models.AbstractModel):
    """Fiscal position and taxes: Odoo decides, the shop's rates are the proof.

    For each line the taxes of the product, mapped by the fiscal position that Odoo
    finds, must have the rates that the shop charged; else another sales tax of the same
    position with these rates is taken (a reduced rate that the product lacks); else a
    tax mapping made by a person; else the order is held, and the cause says what
    disagrees. Nothing is re-priced.
    """

    _name = "ciama.taxes"
    _description = "Taxes of Shop Orders"

    @api.model
    def _resolve(self, shop, drafts):
        """Set ``fiscal_position``, ``taxes`` and ``tax_amounts`` of each draft."""
        positions = {}
        for draft in drafts:
            draft.fiscal_position = self._position(draft, positions)
        mappings = self.env["ciama.mapping.tax"].search([("shop_id", "=", shop.id)])
        choice = _Choice(self.env, shop, {mapping.value: mapping for mapping in mappings})
        for draft in drafts:
            draft.taxes, draft.tax_amounts = {}, {}
            for settled in draft.settled.lines:
                taxes = choice.of_line(draft, settled)
                if taxes is None:
                    break
                draft.taxes[settled.line.id] = taxes
                draft.tax_amounts[settled.line.id] = amounts_by_tax(settled, taxes)

    def _position(self, draft, known):
        """Odoo's own choice, asked once for each kind of customer in the batch."""
        invoice, delivery = draft.invoice_partner, draft.delivery_partner
        key = (
            invoice.vat,
            invoice.country_id.id,
            invoice.property_account_position_id.id,
            delivery.country_id.id,
            delivery.state_id.id,
            delivery.zip,
            delivery.vat,
            delivery.property_account_position_id.id,
        )
        if key not in known:
            known[key] = self.env["account.fiscal.position"]._get_fiscal_position(invoice, delivery)
        return known[key]


class _Choice:
    """The taxes of lines, remembered for each product, position and rates."""

    def __init__(self, env, shop, mappings):
        self.env = env
        self.company = shop.company_id
        self.mappings = mappings
        self.by_position = {}
        self.default = shop.company_id.account_sale_tax_id
        # Products of the shop's settings stand for anything: their taxes are the line's.
        self.stand_ins = shop._special_products()

    def of_line(self, draft, settled):
        """account.tax records for a line, or None where ``draft`` was failed."""
        line, position = settled.line, draft.fiscal_position
        product = draft.products[line.id]
        source = product.taxes_id._filter_taxes_by_company(self.company)
        if not source and product in self.stand_ins:
            source = self.default
        odoo = position.map_tax(source)
        rates = charged_rates(settled, odoo, self._candidates(position))
        if line.kind in UNTAXED_KINDS and not rates:
            return self.env["account.tax"]
        if same_rates(odoo, rates) or (not settled.net and not settled.tax):
            return odoo
        value = mapping_value(draft, rates)
        mapping = self.mappings.get(value)
        if mapping and mapping.mapped:
            return mapping.tax_ids.flatten_taxes_hierarchy()
        other = self._of_rates(position, rates, product) if rates and any_rate(odoo) else None
        if other:
            return other
        exempt = any_rate(source) and not any_rate(odoo)
        self._fail(draft, line, odoo, rates, value, exempt=exempt)
        return None

    def _candidates(self, position):
        """Sales taxes (percentages) that belong to ``position``, in Odoo's order."""
        if position.id not in self.by_position:
            taxes = self.env["account.tax"].search(
                [
                    ("type_tax_use", "=", "sale"),
                    ("amount_type", "=", "percent"),
                    *self.env["account.tax"]._check_company_domain(self.company),
                ]
            )
            self.by_position[position.id] = taxes.filtered(
                lambda tax: (
                    position in tax.fiscal_position_ids
                    or (tax.is_domestic and (not position or position.is_domestic))
                )
            )
        return self.by_position[position.id]

    def _of_rates(self, position, rates, product):
        """One tax of ``position`` for each rate, or None."""
        scope = "service" if product.type == "service" else "consu"
        chosen = self.env["account.tax"]
        for rate in rates:
            candidates = self._candidates(position)
            fitting = candidates.filtered(lambda tax, rate=rate: percent(tax) == rate)
            fitting = fitting.filtered(lambda tax: not tax.price_include) or fitting
            fitting = fitting.filtered(lambda tax: tax.tax_scope in (scope, False)) or fitting
            if not fitting:
                return None
            chosen |= fitting[0]
        return chosen

    def _fail(self, draft, line, odoo, rates, value, *, exempt):
        position = draft.fiscal_position.name or self.env._("none")
        shop_text, odoo_text = rates_text(rates), rates_text(map(percent, odoo))
        common = {
            "waits_for": value,
            "mapping": ("ciama.mapping.tax", value, line.taxes[0].label if line.taxes else ""),
        }
        if not rates:
            country = draft.order.shipping_address or draft.order.billing_address
            draft.fail(
                Code.TAX_EXEMPT_UNPROVED,
                line=line.name[:80],
                country=country.country if country else "?",
                position=position,
                odoo=odoo_text,
                **common,
            )
        elif exempt:
            draft.fail(Code.TAX_CHARGED_ON_EXEMPT, rate=shop_text, position=position, **common)
        else:
            draft.fail(
                Code.TAX_RATE_DIFFERS,
                shop=shop_text,
                odoo=odoo_text,
                position=position,
                line=line.name[:80],
                **common,
            )


def percent(tax):
    """A tax's rate as Decimal: 20, 5.5."""
    return Decimal(str(tax.amount)).normalize()


def any_rate(taxes):
    return any(tax.amount for tax in taxes)


def same_rates(taxes, rates):
    return Counter(percent(tax) for tax in taxes if tax.amount) == Counter(rates)


def rates_text(rates):
    """``20``, ``7.25+1.5`` or ``0``."""
    return "+".join(f"{rate:f}" for rate in sorted(rates) if rate) or "0"


def mapping_value(draft, rates):
    address = draft.order.shipping_address or draft.order.billing_address
    country = address.country if address else ""
    return f"{country or '??'} {rates_text(rates)}"


def charged_rates(settled, odoo, candidates):
    """The rates of a line that are not zero; a hidden one is inferred from its amount."""
    rates = []
    for tax, amount in zip(settled.line.taxes, settled.taxes, strict=True):
        rate = tax.rate
        if rate is None:
            rate = _inferred(amount, settled.net, [*odoo, *candidates])
        # A rate whose amount is nothing counts only where it would round to nothing.
        if rate and (amount or abs(settled.net * rate) < 1):
            rates.append(rate.normalize())
    return rates


def _inferred(amount, net, taxes):
    """The rate of ``taxes`` that makes ``amount`` of ``net``, to the cent; else as computed."""
    if not amount or not net:
        return Decimal(0)
    for tax in taxes:
        if abs(net * percent(tax) / 100 - amount) <= Decimal("0.015"):
            return percent(tax)
    return (amount / net * 100).quantize(Decimal("0.01"))


def amounts_by_tax(settled, taxes):
    """The shop's tax amounts in the order of ``taxes`` (one for each, zero if none)."""
    left = [
        (tax.rate.normalize() if tax.rate else None, amount)
        for tax, amount in zip(settled.line.taxes, settled.taxes, strict=True)
        if amount
    ]
    amounts = []
    for tax in taxes:
        match = next((entry for entry in left if entry[0] == percent(tax)), None)
        if match is None and len(taxes) == 1:
            amounts.append(sum((amount for _rate, amount in left), Decimal(0)))
            left = []
        elif match is not None:
            left.remove(match)
            amounts.append(match[1])
        else:
            amounts.append(Decimal(0))
    if left and amounts:  # mapped by hand to fewer taxes: all of it stays tax
        amounts[0] += sum((amount for _rate, amount in left), Decimal(0))
    return amounts

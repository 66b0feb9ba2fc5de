"""The shop's view of an order beside what Odoo made of it, to the cent."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, models

from ..canonical import Line, Order, cents
from ..canonical.parts import exact
from .identity import company_name_of, email_of, name_of, vat_of
from .places import fold, same, same_phone
from .receipts import Receipt
from .sale_orders import ROUNDING_LINE
from .taxes_rates import percent
from .territories import own_country
from .vat import same_vat

ZERO = Decimal(0)


@dataclass(frozen=True)
class Side:
    """A line as one of both sees it; amounts of the whole quantity, in whole cents."""

    name: str
    sku: str
    quantity: Decimal
    net: Decimal
    tax: Decimal
    rates: dict[Decimal | None, Decimal]  # percent (None: not told) -> tax

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def figures(self) -> dict[str, Decimal]:
        return {
            "quantity": self.quantity,
            "net": self.net,
            "tax": self.tax,
            "gross": self.gross,
        }


@dataclass(frozen=True)
class LinePair:
    """``shop`` or ``odoo`` is None where only the other has the line."""

    shop: Side | None
    odoo: Side | None
    compared: bool  # False: there is no sale order to compare with
    line: Line | None = None  # the shop's, with its choices and discounts

    @property
    def differs(self) -> frozenset[str]:
        """Which of the ``figures`` differ; all, where one side lacks the line."""
        if not self.compared:
            return frozenset()
        if not self.shop or not self.odoo:
            return frozenset((self.shop or self.odoo).figures)
        odoo = self.odoo.figures
        return frozenset(name for name, amount in self.shop.figures.items() if amount != odoo[name])


@dataclass(frozen=True)
class Figure:
    """An amount of the order; None where a side does not know it."""

    label: str
    shop: Decimal | None
    odoo: Decimal | None
    invoiced: Decimal | None = None  # on posted invoices, before credit notes
    differs: bool = False


@dataclass(frozen=True)
class Booking:
    """Money of the shop and what was booked for it."""

    label: str
    shop: Decimal
    currency: str
    odoo: Decimal | None
    document: str = ""  # name of what was booked, or why nothing was
    differs: bool = False


@dataclass(frozen=True)
class Fact:
    """What is known of a person or a place."""

    label: str
    shop: str
    odoo: str
    differs: bool = False


@dataclass(frozen=True)
class Comparison:
    order: Order
    sale_order: object  # sale.order, may be empty
    lines: tuple[LinePair, ...] = ()
    taxes: tuple[Figure, ...] = ()
    totals: tuple[Figure, ...] = ()
    payments: tuple[Booking, ...] = ()
    refunds: tuple[Booking, ...] = ()
    people: dict[str, tuple[Fact, ...]] = field(default_factory=dict)  # by heading

    @property
    def differences(self) -> int:
        """How many rows differ."""
        rows = (*self.taxes, *self.totals, *self.payments, *self.refunds)
        facts = (fact for of_one in self.people.values() for fact in of_one)
        return sum(bool(row.differs) for row in (*self.lines, *rows, *facts))


class CiamaComparison(models.AbstractModel):
    """Nothing is tolerated: a cent more is a difference. Both sides are as they should be
    now: what refunds took off the order before it was written is off the shop's side, too."""

    _name = "ciama.comparison"
    _description = "Comparison of Shop Orders"

    @api.model
    def _of(self, card):
        """The ``Comparison`` of ``card``; raises ``Problem`` and ``KeyLost``."""
        card = card.sudo()
        draft = card.env["ciama.importer"]._read(card)
        card.env["ciama.refunds"]._take_off(card.shop_id, [draft], known_only=True)
        draft.sale_order = card.sale_order_id
        return _Comparer(self.env, draft).compare()


class _Comparer:
    def __init__(self, env, draft):
        self.env = env
        self.draft = draft
        self.shop = draft.card.shop_id
        self.sold = draft.sale_order
        self.currency = draft.order.currency
        self.digits = self.sold.currency_id.decimal_places
        # A down payment is a part of what the other lines sell.
        rows = self.sold.order_line.filtered(
            lambda row: not row.display_type and not row.is_downpayment
        )
        self.rows = self._with_rates(rows)
        moves = self.sold.order_line.invoice_lines.move_id
        self.invoices = moves.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )

    def compare(self):
        draft = self.draft
        lines = tuple(self._lines())
        return Comparison(
            order=draft.order,
            sale_order=self.sold,
            lines=lines,
            taxes=tuple(self._taxes(lines)),
            totals=tuple(self._totals()),
            payments=tuple(self._payments()),
            refunds=tuple(self._refunds()),
            people=self._people(),
        )

    # -- lines
    def _with_rates(self, rows):
        """[(sale order line, {rate: tax})], as Odoo's engine shares the tax out."""
        engine = self.sold.env["account.tax"]
        bases = [row._prepare_base_line_for_taxes_computation() for row in rows]
        if bases:
            engine._add_tax_details_in_base_lines(bases, self.sold.company_id)
            engine._round_base_lines_tax_details(bases, self.sold.company_id)
        found = []
        for row, base in zip(rows, bases, strict=True):
            rates = defaultdict(Decimal)
            for detail in base["tax_details"]["taxes_data"]:
                rates[percent(detail["tax"])] += self._exact(detail["tax_amount_currency"])
            found.append((row, dict(rates)))
        return found

    def _exact(self, amount):
        return exact(amount, self.digits)

    def _lines(self):
        by_id, others = defaultdict(list), []
        for row, rates in self.rows:
            if row.ciama_line_id:
                by_id[row.ciama_line_id].append((row, rates))
            else:
                others.append((row, rates))
        for settled in self.draft.settled.lines:
            odoo = self._odoo_side(by_id.pop(settled.line.id, []))
            shop = self._shop_side(settled, odoo)
            yield LinePair(shop, odoo, bool(self.sold), settled.line)
        missing = self.draft.settled.discrepancy.net
        if missing or ROUNDING_LINE in by_id:
            label = self.env._("Rounding difference of the shop")
            side = Side(label, "", Decimal(1), missing, ZERO, {}) if missing else None
            yield LinePair(side, self._odoo_side(by_id.pop(ROUNDING_LINE, [])), bool(self.sold))
        for row in [*by_id.values(), *([entry] for entry in others)]:
            yield LinePair(None, self._odoo_side(row), True)

    def _shop_side(self, settled, odoo):
        """A rate that the shop hides is taken to be Odoo's, if that has only one."""
        line, rates = settled.line, defaultdict(Decimal)
        known = [rate for rate in odoo.rates if rate] if odoo else []
        for tax, amount in zip(line.taxes, settled.taxes, strict=True):
            rate = tax.rate.normalize() if tax.rate is not None else None
            if rate is None and len(known) == 1:
                rate = known[0]
            rates[rate] += amount
        quantity = self.env["ciama.sale.orders"]._quantity(line)
        return Side(line.name, line.sku, quantity, settled.net, settled.tax, dict(rates))

    def _odoo_side(self, entries):
        if not entries:
            return None
        rates = defaultdict(Decimal)
        for _row, of_row in entries:
            for rate, amount in of_row.items():
                rates[rate] += amount
        first = entries[0][0]
        return Side(
            name=(first.name or "").split("\n")[0] or first.product_id.display_name,
            sku=first.product_id.default_code or "",
            quantity=sum((Decimal(str(row.product_uom_qty)) for row, _rates in entries), ZERO),
            net=sum((self._exact(row.price_subtotal) for row, _rates in entries), ZERO),
            tax=sum((self._exact(row.price_tax) for row, _rates in entries), ZERO),
            rates=dict(rates),
        )

    # -- sums
    def _taxes(self, lines):
        """Tax per rate, the highest first."""
        shop, odoo = defaultdict(Decimal), defaultdict(Decimal)
        for pair in lines:
            for side, sums in ((pair.shop, shop), (pair.odoo, odoo)):
                for rate, amount in side.rates.items() if side else ():
                    sums[rate] += amount
        rates = {rate for sums in (shop, odoo) for rate, amount in sums.items() if amount}
        for rate in sorted(rates, key=lambda rate: -(rate or ZERO)):
            label = self.env._("Rate not told") if rate is None else f"{rate:f} %"
            yield self._figure(
                label, shop[rate], odoo[rate] if self.sold else None, self._invoiced_tax(rate)
            )

    def _figure(self, label, shop, odoo, invoiced=None):
        """Amounts differ from the sale order's, or from those of its invoices once all is
        invoiced."""
        whole = invoiced is not None and self.sold.invoice_status == "invoiced"
        differs = odoo is not None and (shop != odoo or (whole and shop != invoiced))
        return Figure(label, shop, odoo, invoiced, differs)

    def _invoiced_tax(self, rate):
        if not self.invoices:
            return None
        rows = self.invoices.line_ids.filtered(
            lambda row: row.tax_line_id and percent(row.tax_line_id) == rate
        )
        amounts = (row.move_id.direction_sign * row.amount_currency for row in rows)
        return sum((self._exact(amount) for amount in amounts), ZERO)

    def _totals(self):
        order, sold, invoices = self.draft.order, self.sold, self.invoices
        total, tax = cents(order.total, self.currency), cents(order.total_tax, self.currency)
        rows = (
            (self.env._("Without tax"), total - tax, "amount_untaxed"),
            (self.env._("Tax"), tax, "amount_tax"),
            (self.env._("Total"), total, "amount_total"),
        )
        for label, amount, name in rows:
            yield self._figure(
                label,
                amount,
                self._exact(sold[name]) if sold else None,
                sum((self._exact(move[name]) for move in invoices), ZERO) if invoices else None,
            )

    # -- money
    def _payments(self):
        draft, order = self.draft, self.draft.shop_order
        receipts = [Receipt(draft, payment) for payment in order.payments]
        booked = draft.card.env["ciama.binding"]._records(
            self.shop, "payment", [receipt.external_id for receipt in receipts]
        )
        registers = self._registers({payment.method.code for payment in order.payments})
        for receipt, payment in ((receipt, receipt.payment) for receipt in receipts):
            found = booked.get(receipt.external_id)
            label = payment.method.label or payment.method.code
            if payment.transaction_id:
                label = f"{label} {payment.transaction_id}"
            amount = cents(payment.amount, payment.currency)
            if found:
                odoo = exact(found.amount, found.currency_id.decimal_places)
                differs = odoo != amount or found.currency_id.name != payment.currency
                document = found.name or found.memo or ""
            else:
                due = bool(self.sold) and payment.captured and amount > 0
                differs = due and registers[payment.method.code] and not self._is_paid()
                odoo, document = None, self._why_not_booked(payment, due, differs)
            yield Booking(label, amount, payment.currency, odoo, document, differs)

    def _registers(self, codes):
        """{payment method: whether its payments are booked}, by its mapping or the shop."""
        mappings = self.env["ciama.mapping.payment"].sudo().search(
            [("shop_id", "=", self.shop.id), ("value", "in", list(codes))]
        )  # fmt: skip
        own = {row.value: row.register_payment for row in mappings}
        default = self.shop.register_payments
        return {code: own[code] == "yes" if own.get(code) else default for code in codes}

    def _is_paid(self):
        """Whoever booked it."""
        states = set(self.invoices.mapped("payment_state"))
        return bool(states) and states <= {"paid", "in_payment", "reversed"}

    def _why_not_booked(self, payment, due, differs):
        if not payment.captured:
            return self.env._("authorised only")
        if differs or not due:
            return self.env._("not booked")
        return self.env._("booked elsewhere")

    def _refunds(self):
        draft, order = self.draft, self.draft.shop_order
        keys = {refund.id: f"{order.external_id}/{refund.id}" for refund in order.refunds}
        bound = draft.card.env["ciama.binding"]._records(self.shop, "refund", keys.values())
        for refund in order.refunds:
            found = bound.get(keys[refund.id])
            amount = cents(refund.amount, order.currency)
            odoo, differs, document = None, False, self.env._("not booked")
            if found is not None and found._name == "account.move":
                odoo = exact(found.amount_total, found.currency_id.decimal_places)
                differs, document = odoo != amount, found.name
            elif found is not None and found._name == "sale.order":
                document = self.env._("taken off the sale order")
            elif found is not None:
                document = self.env._("left to a person")
            label = refund.reason or self.env._("Refund %s", refund.id)
            yield Booking(label[:80], amount, order.currency, odoo, document, differs)

    # -- people and places
    def _people(self):
        order, sold = self.draft.order, self.sold
        billing = order.billing_address or order.shipping_address
        shipping = order.shipping_address or order.billing_address
        return {
            self.env._("Customer"): self._customer(order, sold.partner_id),
            self.env._("Billing address"): self._place(billing, sold.partner_invoice_id),
            self.env._("Shipping address"): self._place(shipping, sold.partner_shipping_id),
        }

    def _customer(self, order, partner):
        company, customer = partner.commercial_partner_id, order.customer
        phone = customer.phone or ""
        rows = (
            (self.env._("Name"), name_of(order), partner.name, same),
            (self.env._("Company"), company_name_of(order),
             company.name if company.is_company else "", same),
            (self.env._("E-mail"), email_of(order), partner.email_normalized, same),
            (self.env._("Phone"), phone, partner.phone, same_phone),
            (self.env._("VAT number"), vat_of(order), partner.vat, same_vat),
        )  # fmt: skip
        return self._facts(rows)

    def _place(self, address, partner):
        if not address:
            return ()
        street = ", ".join(filter(None, (address.street, address.street2)))
        own = ", ".join(filter(None, (partner.street, partner.street2)))
        names = ", ".join(filter(None, (address.company, address.full_name)))
        country = own_country(address.country, address.zip)
        rows = (
            (self.env._("Name"), names, partner.name, _names),
            (self.env._("Street"), street, own, same),
            (self.env._("Postcode"), address.zip, partner.zip, same),
            (self.env._("City"), address.city, partner.city, same),
            (self.env._("Country"), country, partner.country_id.code, same),
        )
        return self._facts(rows)

    def _facts(self, rows):
        """Odoo may know more; what the shop says is to be there."""
        return tuple(
            Fact(label, shop or "", odoo or "", bool(self.sold and shop and not alike(shop, odoo)))
            for label, shop, odoo, alike in rows
            if shop or odoo
        )


def _names(shop, odoo):
    """Odoo bills a company in its own name, and delivers to the person."""
    parts = [{fold(part) for part in text.split(", ")} for text in (shop, odoo or "")]
    return bool(parts[0] & parts[1]) or same(shop, odoo)

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, models

from ..canonical import Code, LineKind, cents

# Stock comes last: an order that is held takes none from those after it.
CHECKS = ("risk", "duplicate", "customer", "credit", "price", "stock")
CODES = (
    Code.RISK_FLAGGED,
    Code.DUPLICATE_SUSPECTED,
    Code.CUSTOMER_INCOMPLETE,
    Code.CREDIT_EXCEEDED,
    Code.PRICE_DIFFERS,
    Code.STOCK_SHORT,
)
# Levels and recommendations as the canonical order has them, and what else shops say.
HIGH_RISK = {"high", "highest", "critical", "cancel"}
SOME_RISK = {"medium", "elevated", "investigate"}


class CiamaChecks(models.AbstractModel):
    """Last step before orders are written: what a person may want to look at first.

    Each check is off, warns, or holds the order (a setting of the shop). Where several
    hold one order, the first is its cause and the others stand beside it as warnings, so
    that a person decides on all of them at once; what was decided is not asked again.
    """

    _name = "ciama.checks"
    _description = "Checks of Shop Orders"

    @api.model
    def _run(self, shop, drafts):
        """Warn of or fail ``drafts``, whose customers, products and terms are known."""
        for draft in drafts:
            for code in CODES:  # of a try together with other orders
                draft.warnings.pop(str(code), None)
        drafts = sorted(drafts, key=lambda draft: (draft.order.created_at, draft.card.id))
        for check in CHECKS:
            level = shop[f"check_{check}"]
            if level != "off":
                getattr(self, f"_check_{check}")(shop, drafts, level)

    def _found(self, draft, level, code, **params):
        if code in (draft.card.accepted_codes or {}):
            return
        if level == "hold" and not draft.problem:
            draft.fail(code, **params)
        else:
            draft.warn(code, **params)

    # -- the customer
    def _check_risk(self, shop, drafts, level):
        for draft in drafts:
            risk = draft.order.risk
            if not risk or has_left(draft):
                continue
            words = [word for word in (risk.level, risk.recommendation) if word]
            shown, known = ", ".join(words), {word.casefold() for word in words}
            if known & HIGH_RISK:
                self._found(draft, level, Code.RISK_FLAGGED, risk=shown)
            elif known & SOME_RISK:
                self._found(draft, "warn", Code.RISK_FLAGGED, risk=shown)

    def _check_customer(self, shop, drafts, level):
        for draft in drafts:
            counter = draft.order.channel == "pos"
            missing = [] if counter or has_left(draft) else self._missing(draft)
            if missing:
                self._found(draft, level, Code.CUSTOMER_INCOMPLETE, missing=", ".join(missing))

    def _missing(self, draft):
        """Names of what the invoice lacks and, where goods are sent, the parcel."""
        customer, invoice, delivery = draft.partner, draft.invoice_partner, draft.delivery_partner
        products = [line for line in draft.order.lines if line.kind is LineKind.PRODUCT]
        sent = any(line.requires_shipping for line in products)
        places = (invoice, delivery) if sent else (invoice,)
        there = {
            self.env._("street"): all(place.street for place in places),
            self.env._("postcode"): all(
                place.zip or not place.country_id.zip_required for place in places
            ),
            self.env._("city"): all(place.city for place in places),
            self.env._("country"): all(place.country_id for place in places),
            self.env._("e-mail"): customer.email or invoice.email,
            self.env._("phone number"): (
                not (sent and draft.carrier) or delivery.phone or customer.phone
            ),
        }
        return [name for name, found in there.items() if not found]

    def _check_duplicate(self, shop, drafts, level):
        """Compared with imported orders of all shops of the company, and with each other."""
        window = timedelta(hours=shop.duplicate_hours)
        seen = defaultdict(list)
        for key, *moment_and_card in self._imported(shop, drafts, window):
            seen[key].append(moment_and_card)
        for draft in drafts:
            moment, key = draft.order.created_at.replace(tzinfo=None), self._content(draft)
            twins = [card for at, card in seen[key] if abs(at - moment) <= window]
            if twins:
                self._found(
                    draft,
                    level,
                    Code.DUPLICATE_SUSPECTED,
                    other=twins[0].display_name,
                    hours=shop.duplicate_hours,
                )
            if not draft.problem:
                seen[key].append((moment, draft.card))

    def _imported(self, shop, drafts, window):
        """(content, naive UTC date, card) of those imported orders that may be the same."""
        moments = [draft.order.created_at.replace(tzinfo=None) for draft in drafts]
        customers = [draft.partner.commercial_partner_id.id for draft in drafts]
        cards = self.env["ciama.order"].search(
            [
                ("company_id", "=", shop.company_id.id),
                ("id", "not in", [draft.card.id for draft in drafts]),
                ("order_date", ">=", min(moments) - window),
                ("order_date", "<=", max(moments) + window),
                ("amount_total", "in", [float(total_of(draft.order)) for draft in drafts]),
                ("sale_order_id.state", "!=", "cancel"),
                ("sale_order_id.partner_id.commercial_partner_id", "in", customers),
            ],
            order="order_date, id",
        )
        for card in cards:
            sold = Counter()
            for row in card.sale_order_id.order_line.filtered("ciama_line_id"):
                sold[row.product_id.id] += row.product_uom_qty
            customer = card.sale_order_id.partner_id.commercial_partner_id
            total = cents(Decimal(str(card.amount_total)), card.currency_code)
            yield _key(customer, card.currency_code, total, sold), card.order_date, card

    def _content(self, draft):
        """What two orders of one customer share where they are the same order."""
        sold, quantity = Counter(), self.env["ciama.sale.orders"]._quantity
        for settled in draft.settled.lines:
            sold[draft.products[settled.line.id].id] += float(quantity(settled.line))
        if draft.settled.discrepancy.net:
            sold[draft.card.shop_id.product_rounding_id.id] += 1.0
        customer = draft.partner.commercial_partner_id
        return _key(customer, draft.order.currency, total_of(draft.order), sold)

    def _check_credit(self, shop, drafts, level):
        """As Odoo counts: what is due, what is sold and not invoiced; of this order only
        what is not paid."""
        company = shop.company_id
        if not company.account_use_credit_limit:
            return
        unpaid = {draft: amount for draft in drafts if (amount := self._unpaid(draft)) > 0}
        debtors = self.env["res.partner"].sudo()  # the figures are for accountants
        debtors = debtors.union(*(draft.partner.commercial_partner_id for draft in unpaid))
        debtors = debtors.filtered("credit_limit")
        debtors.invalidate_recordset(["credit", "credit_to_invoice"])  # not kept up to date
        owed = {debtor: debtor.credit + debtor.credit_to_invoice for debtor in debtors}
        rates = {}
        for draft, amount in unpaid.items():
            debtor = draft.partner.commercial_partner_id.sudo()
            if debtor not in owed:
                continue
            key = draft.currency, draft.order.created_at.date()
            if key not in rates:
                rates[key] = self.env["ciama.sale.orders"]._rate(draft)
            due = company.currency_id.round(owed[debtor] + float(amount) / rates[key])
            if company.currency_id.compare_amounts(due, debtor.credit_limit) > 0:
                self._found(
                    draft,
                    level,
                    Code.CREDIT_EXCEEDED,
                    due=company.currency_id.format(due),
                    limit=company.currency_id.format(debtor.credit_limit),
                )
            if not draft.problem:
                owed[debtor] = due

    def _unpaid(self, draft):
        """What the order adds to the customer's debt; of one that is confirmed already only
        what is new."""
        unpaid = draft.order.total - draft.order.total_paid
        if is_confirmed(draft):
            unpaid = min(unpaid, draft.order.total - Decimal(str(draft.sale_order.amount_total)))
        return unpaid


def is_confirmed(draft):
    """Odoo counts the order: its stock is reserved, its amount is owed."""
    return bool(draft.sale_order) and draft.sale_order.state == "sale"


def has_left(draft):
    """The shop has sent the goods: what would have stopped them comes too late."""
    return draft.status == "fulfilled"


def total_of(order):
    return cents(order.total, order.currency)


def _key(customer, currency, total, sold):
    return customer.id, currency, total, frozenset(sold.items())

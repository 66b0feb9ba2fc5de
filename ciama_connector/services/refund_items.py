"""From what a refund is worth to what its credit note says, by what was invoiced."""

from decimal import Decimal

from ..canonical import Code, LineKind, SettledLine, spread
from ..canonical.parts import NOTHING, Part, exact
from .credit_notes import TEXT_LIMIT, Item
from .taxes_rates import amounts_by_tax


class Invoiced:
    """The posted invoices of one order, line by line."""

    def __init__(self, draft):
        self.draft = draft
        self.sale_lines = {
            line.ciama_line_id: line for line in draft.sale_order.order_line if line.ciama_line_id
        }
        self.rows = {}
        for line_id, line in self.sale_lines.items():
            posted = self._posted(line)
            if posted:
                self.rows[line_id] = posted[-1]
        self.lines = {line.id: line for line in draft.shop_order.lines}
        moves = draft.sale_order.invoice_ids.filtered(lambda move: move.state == "posted")
        digits = draft.sale_order.currency_id.decimal_places
        self.left = exact(-sum(m.direction_sign * m.amount_total for m in moves), digits)

    def __bool__(self):
        return bool(self.rows)

    @staticmethod
    def _posted(line):
        return line._invoice_lines_out().filtered(lambda row: row.parent_state == "posted")

    # -- may it be credited?
    def covers(self, credit):
        """Whether all that ``credit`` gives back is invoiced; what is not, waits. Fails the
        draft where only a part is, and nothing more will be."""
        if self._has_lines(credit) and self._has_amount(credit):
            return True
        if not self.draft.problem and not self._is_unfinished():
            self.draft.fail(
                Code.REFUND_EXCEEDS,
                amount=credit.gross,
                left=self.left,
                currency=self.draft.order.currency,
            )
        return False

    def _has_lines(self, credit):
        if any(taken.line_id not in self.rows for taken in (*credit.lines, *credit.spread)):
            return False
        return all(self._has_units(credit, taken) for taken in credit.lines if taken.quantity)

    def _has_amount(self, credit):
        """What names no line is given back of what is invoiced."""
        complete = all(
            line.product_uom_id.compare(line._quantity_invoiced(), line.product_uom_qty) >= 0
            for line in self.sale_lines.values()
        )
        return complete or not credit.spread or credit.gross <= self.left

    def _is_unfinished(self):
        """Whether more may be invoiced."""
        order = self.draft.sale_order
        follows = order.env["ciama.deliveries"]._still_to_leave(order)
        return self.draft.rules.invoice != "delivery" or bool(follows)

    def _has_units(self, credit, taken):
        line = self.sale_lines[taken.line_id]
        invoiced, unit = line._quantity_invoiced(), line.product_uom_id
        removed = {row.id: row.quantity_removed for row in self.draft.order.lines}
        if unit.compare(invoiced, line.product_uom_qty) < 0 and removed.get(taken.line_id):
            self.draft.fail(
                Code.REFUND_PARTLY_INVOICED,
                line=line.name.splitlines()[0][:80],
                quantity=f"{taken.quantity.normalize():f}",
                invoiced=f"{invoiced:g}",
            )
            return False
        units = self._credited_before(credit, taken.line_id) + taken.quantity
        return unit.compare(float(units), invoiced) <= 0

    def _credited_before(self, credit, line_id):
        units = Decimal(0)
        for id_, other in self.draft.credits.items():
            if other is credit:
                break
            if id_ not in self.draft.taken_off:
                units += sum(row.quantity for row in other.lines if row.line_id == line_id)
        return units

    # -- what it says
    def items(self, credit, label):
        """Items of the credit note; ``label`` names what is given back for no line."""
        found = [self._item(taken, label) for taken in credit.lines]
        groups = {}
        for taken in credit.spread:
            row = self.rows[taken.line_id]
            groups.setdefault((row.tax_ids, row.account_id), []).append(taken)
        name = credit.refund.reason[:TEXT_LIMIT] or label
        for group in groups.values():
            part = sum((self._part(taken) for taken in group), NOTHING)
            found.append(Item(self.rows[group[0].line_id], part, reduction=name))
        self.left -= credit.gross
        return tuple(item for item in found if item.part.net or item.part.gross)

    def _item(self, taken, label):
        row, line = self.rows[taken.line_id], self.lines.get(taken.line_id)
        stays = line and line.kind is LineKind.PRODUCT and not taken.quantity
        return Item(
            row,
            self._part(taken),
            float(taken.quantity) or 1.0,
            f"{label}: {row.name}" if stays else "",
        )

    def _part(self, taken):
        """``taken`` by Odoo's taxes. Where Odoo booked another tax than the shop's inside
        the same total, so is the part of it."""
        row, line = self.rows[taken.line_id], self.lines.get(taken.line_id)
        if self._is_retaxed(taken.line_id):
            return self._share(self._booked(taken.line_id), taken)
        if not line or not row.tax_ids:
            return Part(taken.gross, {})
        taxes = row.tax_ids.flatten_taxes_hierarchy()
        amounts = amounts_by_tax(SettledLine(line, taken.net, taken.taxes), taxes)
        return Part(taken.net, dict(zip(taxes.ids, amounts, strict=True)))

    def _share(self, whole, taken):
        """What ``taken`` is of ``whole``, so that all that is given back of it adds up to it
        tax by tax."""
        done, currency = self._gross_before(taken), self.draft.order.currency
        weights = [abs(amount) for amount in (whole.net, *whole.taxes.values())]
        upto = spread(done + taken.gross, weights, currency)
        net, *taxes = (a - b for a, b in zip(upto, spread(done, weights, currency), strict=True))
        return Part(net, dict(zip(whole.taxes, taxes, strict=True)))

    def _booked(self, line_id):
        line = self.sale_lines[line_id]
        whole = line._shop_amounts() if line.product_uom_qty else None
        return whole or sum((row._ciama_part() for row in self._posted(line)), NOTHING)

    def _gross_before(self, taken):
        """What was given back of the line of ``taken`` before it."""
        gross = Decimal(0)
        for id_, credit in self.draft.credits.items():
            for other in () if id_ in self.draft.taken_off else (*credit.lines, *credit.spread):
                if other is taken:
                    return gross
                if other.line_id == taken.line_id:
                    gross += other.gross
        return gross  # of a cancellation: after all refunds

    def _is_retaxed(self, line_id):
        settled = {row.line.id: row.net for row in self.draft.settled.lines}
        line = self.sale_lines[line_id]
        booked = exact(line.price_subtotal, line.currency_id.decimal_places)
        return settled.get(line_id, booked) != booked

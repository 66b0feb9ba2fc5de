from decimal import Decimal

from odoo import Command, api, models

from ..canonical import Refund
from ..canonical.parts import NOTHING, Part
from .credit_notes import Item, Note
from .matching import match, receivable_rows

# Odoo keeps the lines of confirmed orders.
GONE = {"product_uom_qty": 0.0, "extra_tax_data": False}


class CiamaAmendments(models.AbstractModel):
    """Confirmed sale orders of which a part left or was invoiced, brought to what the shop
    says now: line by line, in place.

    What left stays sold. What was invoiced stays as it is, or, where the shop's settings
    say so and the difference is clear, a credit note takes back what is less; what is more
    is invoiced by the rule.
    """

    _name = "ciama.amendments"
    _description = "Amendments of Shop Orders"

    @api.model
    def _amend(self, draft):
        """Amend the sale order of ``draft``; False where a person must decide."""
        order, shop = draft.sale_order, draft.card.shop_id
        wanted = {
            command[2]["ciama_line_id"]: command[2]
            for command in self.env["ciama.sale.orders"]._lines(draft)
        }
        lines = {row.ciama_line_id: row for row in order.order_line if row.ciama_line_id}
        if not all(_left_stays(row, wanted.get(line_id)) for line_id, row in lines.items()):
            return False
        before = {line_id: row._shop_amounts() for line_id, row in lines.items()}
        touched = self._touched(lines, wanted)
        if touched and shop.edit_policy != "amend":
            return False
        locked = order.locked
        if locked:
            order.action_unlock()
        self._write(order, lines, wanted)
        if locked:
            order.action_lock()
        self.env["ciama.sale.orders"]._verify(draft)
        if draft.problem:
            return False
        return self._credit(draft, touched, before)

    def _touched(self, lines, wanted):
        """{line id: sale order line} of invoiced lines that change; if all that was sold was
        invoiced, whatever is added (without a line yet) changes the invoiced order too."""
        found = {}
        for line_id, row in lines.items():
            invoiced, values = row._quantity_invoiced(), wanted.get(line_id)
            if not invoiced or _stays(row, values):
                continue
            if _credited(row) or _differs(row, values, invoiced):
                found[line_id] = row
        complete = all(row._quantity_invoiced() >= row.product_uom_qty for row in lines.values())
        if complete:
            found |= dict.fromkeys(wanted.keys() - lines.keys())
        return found

    def _write(self, order, lines, wanted):
        commands = []
        for line_id, row in lines.items():
            values = wanted.get(line_id) or {**GONE, "price_unit": row.price_unit}
            if any(_is_news(row, name, value) for name, value in values.items()):
                commands.append(Command.update(row.id, _amended(row, values)))
        commands += [
            Command.create(values) for line_id, values in wanted.items() if line_id not in lines
        ]
        # Odoo would ask a person to look at deliveries of less.
        order.with_context(mail_activity_automation_skip=True).write({"order_line": commands})

    # -- what was invoiced
    def _credit(self, draft, touched, before):
        """A credit note for what is less of the invoiced lines; False where it is not clear."""
        items = []
        for line_id, row in touched.items():
            if not row:
                continue
            less = _less(row, before[line_id])
            if less is None:
                return False
            if less.part.net or less.part.gross:
                items.append(less)
        if not items:
            return True
        gross = sum((item.part for item in items), NOTHING).gross
        order = draft.order
        refund = Refund(
            id=f"edit {draft.commercial_digest}",
            created_at=order.updated_at,
            amount=gross,
            reason=self.env._("Order edited in the shop"),
            paid_out=False,
        )
        key = f"{order.external_id}/{refund.id}"
        note = Note(draft, refund, key, tuple(items), edited=True)
        moves = self.env["ciama.credit.notes"]._create(draft.card.shop_id, [note])
        if draft.problem:
            return False
        self.env["ciama.binding"]._rebind(draft.card.shop_id, "refund", {key: moves[note]})
        match(self.env, [receivable_rows(draft.sale_order.invoice_ids | moves[note])])
        return True


def _left_stays(row, values):
    """Whether what left of a line is still sold, the same product at the same price."""
    if not row.qty_delivered:
        return values is None or values["product_id"] == row.product_id.id
    if values is None or values["product_id"] != row.product_id.id:
        return False
    enough = row.product_uom_id.compare(values["product_uom_qty"], row.qty_delivered) >= 0
    return enough and not _differs(row, values, row.qty_delivered)


def _differs(row, values, units):
    """Whether ``units`` of a line that left or were invoiced are not sold any more, or at
    another price. A price that is less than a cent off is the rounding of other units."""
    if values is None or row.product_uom_id.compare(values["product_uom_qty"], units) < 0:
        return True
    if not row.product_uom_id.compare(values["product_uom_qty"], row.product_uom_qty):
        before = _amounts(row.extra_tax_data, row.price_unit * row.product_uom_qty)
        price = values["price_unit"] * values["product_uom_qty"]
        return before != _amounts(values.get("extra_tax_data"), price)
    return abs(row.price_unit - values["price_unit"]) >= row.currency_id.rounding


def _stays(row, values):
    if values is None:
        return not row.product_uom_qty
    same = not _is_news(row, "product_uom_qty", values["product_uom_qty"])
    return same and not _differs(row, values, row.product_uom_qty)


def _amounts(extra_tax_data, total):
    """What tells whether a line costs the same: the shop's amounts, tax by tax."""
    if not extra_tax_data:
        return round(total, 6)
    taxes = extra_tax_data["manual_tax_amounts"]
    net = extra_tax_data["manual_total_excluded_currency"]
    return net, {key: tax["tax_amount_currency"] for key, tax in taxes.items()}


def _amended(row, values):
    """What to write: the price too, which Odoo would choose anew for another quantity; but
    not the same quantity, for which Odoo would deliver again what is not to leave."""
    kept = ("product_id", "sequence", "ciama_line_id")
    if not row.product_uom_id.compare(values["product_uom_qty"], row.product_uom_qty):
        kept += ("product_uom_qty",)
    return {name: value for name, value in values.items() if name not in kept}


def _is_news(row, name, value):
    if name == "tax_ids":
        return set(value[0][2]) != set(row.tax_ids.ids)
    if name == "product_uom_qty":
        return bool(row.product_uom_id.compare(value, row.product_uom_qty))
    if name == "sequence":
        return False
    current = row[name].id if row._fields[name].type == "many2one" else row[name]
    return (current or False) != (value or False)


def _less(row, before):
    """The Item of what an invoiced line lost; None where it is not clear: more of it for
    the same units, or less money for more of them, or not invoiced as it was sold."""
    posted = row._invoice_lines_out().filtered(lambda line: line.parent_state == "posted")
    after = row._shop_amounts() if row.product_uom_qty else NOTHING
    if before is None or after is None or not posted or _credited(row):
        return None
    invoiced = sum((line._ciama_part() for line in posted), NOTHING)
    if invoiced.without_zeros() != before.without_zeros():
        return None  # in parts, or changed by a person
    less = invoiced + _negative(after)
    units = row._quantity_invoiced() - row.product_uom_qty
    amounts = (less.net, *less.taxes.values())
    if units < 0:  # more units are invoiced by the rule, at no lower price
        return Item(posted[-1], NOTHING) if all(amount <= 0 for amount in amounts) else None
    if any(amount < 0 for amount in amounts) and not all(amount == 0 for amount in amounts):
        return None
    return Item(posted[-1], less, units or 1.0, "" if units else row.name)


def _credited(row):
    """Credit notes for less of a line that are no refund of the shop: what is more again was
    invoiced once already, and would not be again."""
    return row.invoice_lines.filtered(
        lambda line: (
            line.move_id.move_type == "out_refund"
            and line.parent_state != "cancel"
            and not line.move_id.ciama_refund
        )
    )


def _negative(part):
    return Part(Decimal(0) - part.net, {key: -amount for key, amount in part.taxes.items()})

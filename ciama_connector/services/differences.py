"""What the shop's order says otherwise than the sale order, for a person to read."""

from decimal import Decimal

from ..canonical.parts import exact

TEXT_LIMIT = 600


def readable(draft, parts):
    """``Chair: 3 -> 2, 30.00 -> 20.00; delivery address``: quantities and amounts without
    tax, line by line; of addresses only that they changed, since causes are no place for
    personal data. ``parts`` are the ``content.PARTS`` that changed."""
    env = draft.sale_order.env
    found = list(_lines(draft)) if "lines" in parts else []
    if "billing" in parts:
        found.append(env._("billing address"))
    if "delivery" in parts:
        found.append(env._("delivery address"))
    if "shipping" in parts:
        methods = [line.shipping.title or line.name for line in draft.shipping_lines
                   if line.shipping]  # fmt: skip
        found.append(env._("shipping method: %s", ", ".join(methods) or env._("none")))
    if "removed" in parts:
        found += [
            env._("%(line)s: %(units)s not to be delivered", line=line.name, units=_number(units))
            for line in draft.order.lines
            if (units := line.quantity_removed)
        ]
    return "; ".join(found)[:TEXT_LIMIT] or env._("nothing that Odoo shows")


def _lines(draft):
    digits = draft.sale_order.currency_id.decimal_places
    before = {
        row.ciama_line_id: (
            _shop_title(row),
            Decimal(str(row.product_uom_qty)),
            exact(row.price_subtotal, digits),
            exact(row.price_tax, digits),
        )
        for row in draft.sale_order.order_line
        if row.ciama_line_id
    }
    after = {
        row.line.id: (_title(row.line.name), row.line.quantity, row.net, row.tax)
        for row in (draft.booked or draft.settled).lines
    }
    for line_id in before | after:
        name = (after.get(line_id) or before[line_id])[0]
        old = before.get(line_id, (name, Decimal(0), exact(0, digits), Decimal(0)))
        new = after.get(line_id, (name, Decimal(0), exact(0, digits), Decimal(0)))
        changes = []
        if old[1] != new[1]:
            changes.append(f"{_number(old[1])} -> {_number(new[1])}")
        if old[2] != new[2]:
            changes.append(f"{old[2]} -> {new[2]}")
        if old[2] == new[2] and old[3] != new[3]:
            # Not within an f-string: Odoo's exporter does not look there.
            tax = draft.sale_order.env._("tax")
            changes.append(f"{tax} {old[3]} -> {new[3]}")
        if new[0] and old[0] != new[0]:
            changes.append(old[0])
        if changes:
            yield f"{name}: {', '.join(changes)}"


def _shop_title(row):
    """The line's title as the shop gave it: Odoo's begins with the product's reference."""
    title, product = _title(row.name), row.product_id.with_context(lang=row.order_partner_id.lang)
    return product.name if title == _title(product.display_name) else title


def _title(text):
    return text.splitlines()[0][:80] if text else ""


def _number(quantity):
    return f"{quantity.normalize():f}"

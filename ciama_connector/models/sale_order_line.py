from decimal import Decimal

from odoo import fields, models

from ..canonical.parts import NOTHING, Part, exact


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    ciama_line_id = fields.Char(string="Line in the Shop", readonly=True, copy=False)
    ciama_list_price = fields.Float(
        string="Price in the Shop",
        digits="Product Price",
        readonly=True,
        help="Per unit before discounts, as the shop shows it.",
    )

    def _prepare_procurement_values(self):
        """Nothing leaves in the past: Odoo refuses deliveries planned in a closed period, and
        an order may be older than the period when its money arrives."""
        values = super()._prepare_procurement_values()
        if self.order_id.ciama_shop_id:
            values["date_planned"] = max(values["date_planned"], fields.Datetime.now())
        return values

    def _prepare_invoice_line(self, **optional_values):
        """A line of a shop is invoiced with the shop's amounts, also in parts, whoever
        makes the invoice. The connector says in the context how much is due."""
        plan = self.env.context.get("ciama_invoicing")
        if plan and self.order_id.id in plan:
            optional_values["quantity"] = plan[self.order_id.id]["quantities"].get(self.id, 0.0)
        values = super()._prepare_invoice_line(**optional_values)
        if self.ciama_line_id and not self.display_type and not self.is_downpayment:
            values.update(self._invoice_part_values(values["quantity"]))
            title, *rest = self.name.split("\n")
            if title == self.product_id.name:  # Odoo would write it twice, with and without code
                values["name"] = "\n".join([self.product_id.display_name, *rest])
        return values

    def _invoice_lines_out(self):
        """Lines of invoices that stand; a credit note does not make its goods due again."""
        return self.invoice_lines.filtered(
            lambda row: row.move_id.move_type == "out_invoice" and row.parent_state != "cancel"
        )

    def _quantity_invoiced(self):
        """In units of the sale order line, before any credit note."""
        return sum(
            row.product_uom_id._compute_quantity(row.quantity, self.product_uom_id)
            for row in self._invoice_lines_out()
        )

    def _shop_amounts(self):
        """The shop's amounts (``Part``) of the whole line, or None where a person changed
        its price, quantity or taxes."""
        self.ensure_one()
        digits = self.currency_id.decimal_places
        if not self.tax_ids:
            return Part(exact(self.price_subtotal, digits), {})
        row = self._prepare_base_line_for_taxes_computation()
        if not row["manual_tax_amounts"]:  # not taken over by Odoo's engine
            return None
        return Part(
            exact(row["manual_total_excluded_currency"], digits),
            {int(key): exact(amounts["tax_amount_currency"], digits)
             for key, amounts in row["manual_tax_amounts"].items()},
        )  # fmt: skip

    def _invoice_part(self, quantity):
        """The shop's amounts (``Part``) of the next ``quantity`` units, or None where it
        has none: a person's price, or more units than were sold."""
        whole = self._shop_amounts()
        if whole is None:
            return None
        taken = self._invoice_lines_out()
        upto = self._quantity_invoiced() + quantity
        order = self.product_uom_id.compare(upto, self.product_uom_qty)
        if order > 0 or not self.product_uom_qty:
            return None
        if order == 0 and not taken:
            return whole
        done = sum((row._ciama_part() for row in taken), NOTHING)
        fraction = Decimal(1) if order == 0 else Decimal(str(upto)) / Decimal(
            str(self.product_uom_qty)
        )  # fmt: skip
        return whole.share(fraction, done, self.currency_id.decimal_places)

    def _invoice_part_values(self, quantity):
        """Invoice line values that carry ``_invoice_part``."""
        part = self._invoice_part(quantity)
        if part is None or not quantity:
            return {}
        if not self._invoice_lines_out() and quantity == self.product_uom_qty:
            return {}  # as the sale order line says
        return part_values(self, part, quantity)


def part_values(line, part, quantity):
    """Price of ``quantity`` units of a sale order line that carries the amounts ``part``."""
    included = bool(line.tax_ids) and all(tax.price_include for tax in line.tax_ids)
    price = float((part.gross if included else part.net) / Decimal(str(quantity)))
    known = bool(line.tax_ids) and extra_tax_data(line.currency_id, price, quantity, part)
    return {"price_unit": price, "discount": 0.0, "extra_tax_data": known}


def extra_tax_data(currency, price, quantity, part):
    """Core's own field for amounts that are not to be computed anew; Odoo honours it while
    currency, price, quantity and taxes stay. Amounts in the company's currency are left to
    the rate of each document's date."""
    return {
        "currency_id": currency.id,
        "price_unit": price,
        "discount": 0.0,
        "quantity": quantity,
        "manual_total_excluded_currency": float(part.net),
        "manual_tax_amounts": {
            str(tax_id): {
                "tax_amount_currency": float(amount),
                "base_amount_currency": float(part.net),
            }
            for tax_id, amount in part.taxes.items()
        },
    }

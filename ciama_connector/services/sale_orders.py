from decimal import ROUND_HALF_UP, Decimal

from odoo import Command, api, models

from ..canonical import Code, LineKind, cents
from ..canonical.parts import Part
from ..models.sale_order_line import extra_tax_data
from .draft import good
from .identity import vat_claim
from .rules import promised

ROUNDING_LINE = "rounding"
TEXT_LIMIT = 2000
# What Odoo would choose anew for another customer.
KEPT = ("payment_term_id", "user_id", "team_id", "warehouse_id")


class CiamaSaleOrders(models.AbstractModel):
    """Sale orders of a batch, with the shop's own amounts, to the cent."""

    _name = "ciama.sale.orders"
    _description = "Sale Orders of Shop Orders"

    # -- before anything is written
    @api.model
    def _resolve_terms(self, shop, drafts):
        """Set ``currency``, ``pricelist``, ``shipping`` and ``carrier``; fail those for which
        one is missing."""
        currencies = {
            currency.name: currency
            for currency in self.env["res.currency"].search([("active", "=", True)])
        }
        self._check_payments(shop, drafts)
        self._resolve_carriers(shop, good(drafts))
        pricelists = {}
        for draft in good(drafts):
            draft.currency = currencies.get(draft.order.currency)
            if not draft.currency:
                draft.fail(Code.CURRENCY_UNKNOWN, currency=draft.order.currency)
            elif draft.settled.discrepancy.net and not shop.product_rounding_id:
                draft.fail(Code.SPECIAL_PRODUCT_MISSING, kind=self.env._("Rounding"))
        for draft in good(drafts):
            if draft.currency not in pricelists:
                pricelists[draft.currency] = self._pricelist(shop, draft.currency)
            draft.pricelist = pricelists[draft.currency]

    def _pricelist(self, shop, currency):
        """The shop's pricelist, or one that only carries the order's currency."""
        if shop.pricelist_id.currency_id == currency:
            return shop.pricelist_id
        pricelists = self.env["product.pricelist"].sudo()
        name = self.env._("Shop orders in %s", currency.name)
        found = pricelists.search(
            [("currency_id", "=", currency.id), ("company_id", "=", shop.company_id.id),
             ("name", "=", name)], limit=1,
        )  # fmt: skip
        return found or pricelists.create(
            {"name": name, "currency_id": currency.id, "company_id": shop.company_id.id}
        )

    @api.model
    def _check_payments(self, shop, drafts):
        """Fail those whose payment method a person must map first."""
        if shop.unknown_payment_policy != "hold":
            return
        for draft in drafts:
            method = draft.order.payment_method
            if not draft.problem and method and not draft.payment.mapped:
                draft.fail(
                    Code.PAYMENT_METHOD_UNMAPPED,
                    value=method.label or method.code,
                    waits_for=method.code,
                    mapping=("ciama.mapping.payment", method.code, method.label),
                )

    def _resolve_carriers(self, shop, drafts):
        def methods_of(draft):
            return [line.shipping for line in draft.shipping_lines if line.shipping]

        labels = {m.code: m.title for draft in drafts for m in methods_of(draft)}
        mappings = self.env["ciama.mapping.carrier"]
        rows = mappings._of_values(shop, labels)
        for draft in drafts:
            methods = methods_of(draft)
            own = mappings.union(*(rows[method.code] for method in methods))
            draft.shipping = (own.filtered("mapped") or own)[:1]
            draft.carrier = draft.shipping.carrier_id or shop.carrier_id
            if methods and not draft.shipping.mapped and shop.unknown_carrier_policy == "hold":
                method = methods[0]
                draft.fail(
                    Code.CARRIER_UNMAPPED,
                    value=method.title or method.code,
                    waits_for=method.code,
                    mapping=("ciama.mapping.carrier", method.code, method.title),
                )

    # -- writing
    @api.model
    def _create(self, shop, drafts):
        """One ``create`` for all; sets ``sale_order``, fails what misses the total."""
        orders = self.env["sale.order"].create(
            [
                {
                    **self._defaults(shop, draft),
                    **self._header(shop, draft),
                    **self._notes(draft),
                    "order_line": self._lines(draft),
                }
                for draft in drafts
            ]
        )
        for draft, order in zip(drafts, orders, strict=True):
            draft.sale_order = order
            self._verify(draft)

    @api.model
    def _rewrite(self, draft):
        """Give the quotation of ``draft`` another content. Lines that people added stay;
        where the total is not the shop's any more for that, the draft fails."""
        order, shop = draft.sale_order, draft.card.shop_id
        old = order.order_line.filtered("ciama_line_id")
        order.write(
            {
                **{name: order[name].id for name in KEPT},
                **self._shipping_news(shop, draft),
                **self._header(shop, draft),
                **self._notes(draft),
                "order_line": [Command.delete(row.id) for row in old] + self._lines(draft),
            }
        )
        self._verify(draft)

    @api.model
    def _write_notes(self, draft):
        """Bring up to date what is for information only, whatever the order's state."""
        order = draft.sale_order
        news = {
            name: value
            for name, value in self._notes(draft).items()
            if (order[name] or "") != (value or "")
        }
        if news:
            order.write(news)

    def _defaults(self, shop, draft):
        """What the shop's settings say once; people may decide otherwise later."""
        values = {
            "company_id": shop.company_id.id,
            "payment_term_id": draft.rules.payment_term.id,
            "user_id": shop.user_id.id,
            "require_signature": False,
            "require_payment": False,
            "ciama_shop_id": shop.id,
            **self._shipping(shop, draft),
        }
        if shop.team_id:
            values["team_id"] = shop.team_id.id
        return values

    def _shipping(self, shop, draft):
        """Where the goods leave from and when they are promised, by the shipping method."""
        values, warehouse = {}, draft.shipping.warehouse_id or shop.warehouse_id
        if warehouse:
            values["warehouse_id"] = warehouse.id
        if draft.shipping.lead_days:
            values["commitment_date"] = promised(
                shop.company_id, draft.order.created_at, draft.shipping.lead_days
            )
        return values

    @api.model
    def _shipping_news(self, shop, draft):
        """The same for an order that exists, where the shop's customer chose another method;
        else what people decided stays."""
        method = self._notes(draft)["ciama_shipping_method"]
        same = method == (draft.sale_order.ciama_shipping_method or "")
        return {} if same else self._shipping(shop, draft)

    def _header(self, shop, draft):
        order = draft.order
        values = {
            "partner_id": draft.partner.id,
            "partner_invoice_id": draft.invoice_partner.id,
            "partner_shipping_id": draft.delivery_partner.id,
            "client_order_ref": " / ".join(filter(None, (order.number, order.po_number))),
            "origin": f"{shop.name} {order.number}",
            "date_order": order.created_at.replace(tzinfo=None),
            "pricelist_id": draft.pricelist.id,
            "currency_id": draft.currency.id,
            "fiscal_position_id": draft.fiscal_position.id,
            "ciama_vies_check_id": draft.vat_proof and draft.vat_proof.id,
        }
        if draft.carrier and draft.shipping_lines:
            values["carrier_id"] = draft.carrier.id
        return values

    def _notes(self, draft):
        order, method = draft.order, draft.order.payment_method
        vouchers = [discount.code or discount.title for discount in order.discounts]
        return {
            "ciama_payment_method": method and (method.label or method.code),
            "ciama_shipping_method": ", ".join(
                line.shipping.title or line.name for line in draft.shipping_lines if line.shipping
            ),
            "ciama_vouchers": ", ".join(filter(None, vouchers)),
            "ciama_customer_note": note_text(order),
            "ciama_gift_message": order.gift_message,
            "ciama_pickup_point": pickup_text(order.pickup_point),
            "ciama_vat_text": vat_claim(order).text,
        }

    @api.model
    def _lines(self, draft):
        """Commands for ``order_line``."""
        settled = draft.booked
        commands = [
            Command.create(self._line(draft, line, sequence))
            for sequence, line in enumerate(settled.lines, start=10)
        ]
        if settled.discrepancy.net:
            commands.append(Command.create(self._rounding_line(draft)))
        return commands

    def _rate(self, draft):
        """Order currency per unit of the company's, as the sale order will have it."""
        company = draft.card.company_id
        return self.env["res.currency"]._get_conversion_rate(
            company.currency_id, draft.currency, company, draft.order.created_at.date()
        )

    def _line(self, draft, settled, sequence):
        line, taxes = settled.line, draft.taxes[settled.line.id]
        amounts = draft.tax_amounts[line.id]
        included = bool(taxes) and all(tax.price_include for tax in taxes)
        total = settled.net + sum(amounts, Decimal(0)) if included else settled.net
        quantity = self._quantity(line)
        price = float(total / quantity)
        values = {
            "sequence": sequence,
            "product_id": draft.products[line.id].id,
            "name": line_text(line, draft.products[line.id].with_context(lang=draft.partner.lang)),
            "product_uom_qty": float(quantity),
            "price_unit": price,
            "discount": 0.0,
            "tax_ids": [Command.set(taxes.ids)],
            "is_delivery": line.kind is LineKind.SHIPPING,
            "ciama_line_id": line.id,
            "ciama_list_price": float(line.list_price or 0),
        }
        if taxes:
            part = Part(settled.net, dict(zip(taxes.ids, amounts, strict=True)))
            values["extra_tax_data"] = extra_tax_data(draft.currency, price, float(quantity), part)
        return values

    def _quantity(self, line):
        """In the digits that Odoo keeps; the price is computed from it, so that the
        amount stays the shop's."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return line.quantity.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) or line.quantity

    def _rounding_line(self, draft):
        return {
            "sequence": 9999,
            "product_id": draft.card.shop_id.product_rounding_id.id,
            "name": self.env._("Rounding difference of the shop"),
            "product_uom_qty": 1,
            "price_unit": float(draft.settled.discrepancy.net),
            "tax_ids": [Command.clear()],
            "ciama_line_id": ROUNDING_LINE,
        }

    @api.model
    def _verify(self, draft):
        """Untaxed amount, tax and total must be the shop's to the cent; the tax may be Odoo's
        by decision."""
        order, wanted = draft.sale_order, draft.order
        tax = wanted.total_tax if draft.expected_tax is None else draft.expected_tax
        shop = cents(wanted.total, wanted.currency), cents(tax, wanted.currency)
        digits = order.currency_id.decimal_places
        odoo = tuple(
            Decimal(f"{amount:.{digits}f}") for amount in (order.amount_total, order.amount_tax)
        )
        if odoo != shop:
            draft.fail(
                Code.TOTAL_DIFFERS,
                shop=shop[0],
                odoo=odoo[0],
                shop_tax=shop[1],
                odoo_tax=odoo[1],
                currency=wanted.currency,
            )


def note_text(order):
    """What the customer wants to be known, the driver's instructions included."""
    address = order.shipping_address
    return "\n".join(filter(None, (order.customer_note, address and address.instructions)))


def pickup_text(point):
    """Name, code and address of a pick-up point, in one line."""
    if not point:
        return False
    name = f"{point.name} ({point.id})" if point.name and point.id else point.name or point.id
    place = point.address
    town = place and " ".join(filter(None, (place.zip, place.city)))
    return ", ".join(filter(None, (name, place and place.street, town)))


def line_text(line, product):
    """Name, bundle, choices and vouchers of a line, as the sale order shows them: below the
    product, whose name it would write twice unless the text begins as Odoo writes it."""
    named_alike = not line.name or line.name == product.name
    parts = [product.display_name if named_alike else line.name]
    if line.bundle and line.bundle.title:
        parts.append(f"({line.bundle.title})")
    parts += [f"{option.name}: {option.value}" for option in line.options]
    for discount in line.discounts:
        label = discount.code or discount.title
        if label:
            parts.append(f"{label}: -{discount.net + discount.tax}")
    return "\n".join(parts)[:TEXT_LIMIT]

"""Lines of a PrestaShop order: products, shipping, gift wrapping.

``total_price_*`` of a row follows the shop's way of rounding (``round_type``) and is
after the product's own reductions; vouchers are taken off the order's totals only and
come into the lines by ``vouchers``. Eco-tax is inside the prices. A pack is one row.
"""

from decimal import ROUND_HALF_UP, Decimal

from ...canonical import Attribute, Discount, Line, LineKind, ShippingMethod
from ..normalizing import build, decimal, label, long, text
from . import const, taxes, vouchers
from .fields import flag, identifier, row_id
from .related import customized_texts
from .source import Row, Source
from .vouchers import Draft

ZERO = Decimal(0)
SHIPPING_ID, WRAPPING_ID = "shipping", "wrapping"
_PRICE_DIGITS = Decimal("0.0001")
_WEIGHT_DIGITS = Decimal("0.000001")


def all_lines(source: Source) -> tuple[list[Line], list[Discount]]:
    """The lines after all discounts, and the vouchers they come from."""
    drafts = [_product(source, detail) for detail in source.rows("details")]
    known = [draft.rates for draft in drafts]
    drafts += _shipping(source, known)
    known += [draft.rates for draft in drafts]
    drafts += _wrapping(source, known)
    discounts = vouchers.apply(source, drafts)
    return [draft.built() for draft in drafts], discounts


def with_tax(source: Source) -> bool:
    """Whether the buyer's group is shown prices with tax; PrestaShop's default."""
    group = source.shared("groups", source.customer.get("id_default_group"))
    return text(group.get("price_display_method")) != "1"


def _product(source: Source, detail: Row) -> Draft:
    net = source.amount(detail, "total_price_tax_excl")
    tax = source.amount(detail, "total_price_tax_incl") - net
    rates = taxes.of_line(source, detail, net, tax)
    product = source.shared("products", detail.get("product_id"))
    values = {
        "id": row_id(detail) or label(detail.get("id")),
        "name": label(source.worded(detail.get("product_name"))),
        "sku": label(detail.get("product_reference")),
        "barcode": _barcode(detail),
        "product_id": identifier(detail.get("product_id")),
        "variant_id": identifier(detail.get("product_attribute_id")),
        "quantity": source.amount(detail, "product_quantity"),
        "quantity_removed": source.amount(detail, "product_quantity_refunded"),
        "list_price": _list_price(source, detail, rates),
        "options": _options(source, detail),
        "requires_shipping": not flag(product.get("is_virtual")),
        "weight": _weight(source, detail),
    }
    unit_net = source.amount(detail, "unit_price_tax_excl")
    return Draft(net, tax, rates, values, unit_net=unit_net)


def _barcode(detail: Row) -> str:
    codes = (label(detail.get(f"product_{kind}")) for kind in ("ean13", "upc", "isbn"))
    return next((code for code in codes if code), "")


def _list_price(source: Source, detail: Row, rates: taxes.Rates) -> Decimal:
    """Per unit before reductions, as the buyer saw it; staff may have raised the price."""
    price = max(
        source.amount(detail, "original_product_price"),
        source.amount(detail, "unit_price_tax_excl"),
    )
    if with_tax(source):
        price *= 1 + taxes.combined(rates) / 100
    return price.quantize(_PRICE_DIGITS, ROUND_HALF_UP)


def _weight(source: Source, detail: Row) -> Decimal | None:
    """Kilograms a unit; None where the shop weighs in an unknown unit, or not at all."""
    weight = source.amount(detail, "product_weight")
    factor = const.KILOGRAMS.get(text(source.shop.get("weight_unit")).lower())
    return (weight * Decimal(factor)).quantize(_WEIGHT_DIGITS) if weight and factor else None


def _options(source: Source, detail: Row) -> tuple[Attribute, ...]:
    """Texts that the buyer had put on the product, and the eco-tax inside its price."""
    found = []
    customization = source.shared("customizations", detail.get("id_customization"))
    for entry in customized_texts(customization):
        key = entry.get("id_customization_field")
        name = source.worded(source.shared("product_customization_fields", key).get("name"))
        found.append((label(name) or "Customization", long(entry.get("value"))))
    ecotax = source.amount(detail, "ecotax")
    if ecotax:
        amount = ecotax.quantize(taxes.unit(source.currency), ROUND_HALF_UP)
        found.append(("Ecotax", f"{amount} {source.currency}"))
    return tuple(build(Attribute, name=name, value=value) for name, value in found if value)


# -- what is not a product


def _shipping(source: Source, known: list[taxes.Rates]) -> list[Draft]:
    """One line; none for orders without a carrier (all of it is downloaded)."""
    order = source.order
    net = source.amount(order, "total_shipping_tax_excl")
    tax = source.amount(order, "total_shipping_tax_incl") - net
    number = identifier(order.get("id_carrier"))
    if not number and not net and not tax:
        return []
    told = decimal(order.get("carrier_tax_rate"), "carrier_tax_rate")
    name = carrier_name(source, number)
    values = {
        "id": SHIPPING_ID,
        "kind": LineKind.SHIPPING,
        "name": name or "Shipping",
        "shipping": _method(source, number, name),
        "requires_shipping": False,
    }
    rates = taxes.of_amounts(source, net, tax, told, known)
    return [Draft(net, tax, rates, values)]


def carrier_name(source: Source, number: str) -> str:
    return name_of(source.shared("carriers", number))


def name_of(carrier: Row) -> str:
    name = label(carrier.get("name"))
    return "" if name == "0" else name  # PrestaShop's word for the shop's own name


def carrier_code(carrier: Row, number: str) -> str:
    """A carrier gets a new id (``number``) at each edit; its reference stays."""
    return identifier(carrier.get("id_reference")) or number or "none"


def _method(source: Source, number: str, name: str) -> ShippingMethod:
    carrier = source.shared("carriers", number)
    code = carrier_code(carrier, number)
    delay = label(source.worded(carrier.get("delay")))
    return build(ShippingMethod, code=code, title=name, carrier=name, delivery_time=delay)


def _wrapping(source: Source, known: list[taxes.Rates]) -> list[Draft]:
    net = source.amount(source.order, "total_wrapping_tax_excl")
    tax = source.amount(source.order, "total_wrapping_tax_incl") - net
    if not net and not tax:
        return []
    values = {
        "id": WRAPPING_ID,
        "kind": LineKind.GIFT_WRAP,
        "name": "Gift wrapping",
        "requires_shipping": False,
    }
    return [Draft(net, tax, taxes.of_amounts(source, net, tax, ZERO, known), values)]

"""What was sold, vouchers and slips, as rows of PrestaShop.

Rows hold the amounts before vouchers; those are taken off the totals of the order. Tax
rates are ids of shared rows.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from ..prestashop.money import Pair, cents, six
from .wire import ZERO, CannotExpress, money

Json = dict[str, Any]
Line = Mapping[str, Any]
_CARRIER = "2"
_NO_SUCH_LINE = {
    "fee": "PrestaShop has no fees: modules put them into the shipping costs",
    "tip": "PrestaShop has no tips",
    "gift_card": "PrestaShop sells gift cards as products of modules",
    "deposit": "PrestaShop has no deposits",
    "discount": "in PrestaShop a discount is a voucher",
}


def _before_vouchers(line: Line) -> Pair:
    net = money(line["net"]) + sum((money(off["net"]) for off in line["discounts"]), ZERO)
    tax = money(line["tax"]) + sum((money(off["tax"]) for off in line["discounts"]), ZERO)
    return Pair(net, net + tax)


def _sum(pairs: list[Pair]) -> Pair:
    return Pair(sum((p.excl for p in pairs), ZERO), sum((p.incl for p in pairs), ZERO))


class Rows:
    """The rows of one order. Raises CannotExpress."""

    def __init__(self, order: Mapping[str, Any]):
        self.order = order
        self.number = int(order["external_id"])
        for line in order["lines"]:
            if line["kind"] in _NO_SUCH_LINE:
                raise CannotExpress(_NO_SUCH_LINE[line["kind"]])
            if line["bundle"]:
                raise CannotExpress("a pack of PrestaShop is one row")
        self.goods = self._of("product")
        if len(self._of("shipping")) > 1:
            raise CannotExpress("PrestaShop has one shipping cost")

    def _of(self, kind: str) -> list[Line]:
        return [line for line in self.order["lines"] if line["kind"] == kind]

    # -- totals

    @cached_property
    def shipping(self) -> Pair:
        return _sum([_before_vouchers(line) for line in self._of("shipping")])

    @cached_property
    def wrapping(self) -> Pair:
        return _sum([_before_vouchers(line) for line in self._of("gift_wrap")])

    @property
    def carrier(self) -> str:
        return _CARRIER if self._of("shipping") else "0"

    @property
    def round_type(self) -> str:
        """3: on the total, so that rows keep their decimals; 2: on each line."""
        nets = [money(line["net"]) for line in self.goods]
        return "2" if all(net == cents(net) for net in nets) else "3"

    @property
    def totals(self) -> Json:
        products = _sum([_before_vouchers(line) for line in self.goods])
        way = [line for line in self._of("shipping") if line["taxes"]]
        rate = sum((money(tax["rate"]) for line in way for tax in line["taxes"]), ZERO)
        off = _sum([share for shares in self._vouchers.values() for _line, share in shares])
        return {
            **off.fields("total_discounts"),
            "total_products": six(products.excl),
            "total_products_wt": six(products.incl),
            **self.shipping.fields("total_shipping"),
            "carrier_tax_rate": f"{rate:.3f}",
            **self.wrapping.fields("total_wrapping"),
        }

    # -- products

    @property
    def details(self) -> list[Json]:
        return [self._detail(line) for line in self.goods]

    def _key(self, line_id: Any) -> int:
        return self.number * 100 + int(line_id)

    def _detail(self, line: Line) -> Json:
        pair, quantity = _before_vouchers(line), money(line["quantity"])
        found = {
            "id": self._key(line["id"]),
            "product_id": line["product_id"],
            "product_attribute_id": "0",
            "id_customization": "0",
            "product_name": line["name"],
            "product_reference": line["sku"],
            "product_ean13": "",
            "product_isbn": "",
            "product_upc": "",
            "product_quantity": line["quantity"],
            "product_quantity_refunded": line["quantity_removed"],
            "product_quantity_reinjected": line["quantity_removed"],
            "product_quantity_return": str(self._returned(line)),
            "product_weight": "0.000000",
            "ecotax": "0.000000",
            "original_product_price": six(pair.excl / quantity),
            "tax_computation_method": "0",
            **pair.fields("total_price", plain=False),
            "unit_price_tax_excl": six(pair.excl / quantity),
            "unit_price_tax_incl": six(pair.incl / quantity),
        }
        taxes = [{"id": _tax_id(tax["rate"])} for tax in line["taxes"]]
        return {**found, "associations": {"taxes": taxes}} if taxes else found

    def _returned(self, line: Line) -> Decimal:
        """Units that came back after they were shipped."""
        if self.order["fulfillment_status"] == "unfulfilled":
            return ZERO
        entries = [row for back in self.order["refunds"] for row in back["lines"]]
        units = (money(row["quantity"]) for row in entries if row["line_id"] == line["id"])
        return sum(units, ZERO)

    # -- vouchers

    @cached_property
    def _vouchers(self) -> dict[str, list[tuple[Line, Pair]]]:
        """{code: [(line, what was taken off it)]}"""
        found: dict[str, list[tuple[Line, Pair]]] = {}
        for line in self.order["lines"]:
            for off in line["discounts"]:
                share = Pair(money(off["net"]), money(off["net"]) + money(off["tax"]))
                found.setdefault(off["code"], []).append((line, share))
        return found

    @property
    def cart_rules(self) -> list[Json]:
        return [self._cart_rule(place, code) for place, code in enumerate(self._vouchers, start=1)]

    def _cart_rule(self, place: int, code: str) -> Json:
        shares = self._vouchers[code]
        off = _sum([share for _line, share in shares])
        frees = any(line["kind"] == "shipping" for line, _share in shares)
        return {
            "id": self._key(place),
            "id_cart_rule": str(self._key(place)),
            "name": code,
            "value": six(off.incl),
            "value_tax_excl": six(off.excl if frees else self._net_value(off)),
            "free_shipping": "1" if frees else "0",
            "deleted": "0",
        }

    def _net_value(self, off: Pair) -> Decimal:
        """Unrounded, by the average rate of the products."""
        products = _sum([_before_vouchers(line) for line in self.goods])
        return off.incl * products.excl / products.incl

    # -- slips

    @property
    def slips(self) -> list[Json]:
        return [self._slip(back) for back in self.order["refunds"] if back["lines"]]

    def _slip(self, back: Mapping[str, Any]) -> Json:
        lines = {line["id"]: line for line in self.order["lines"]}
        parts: dict[str, list[Pair]] = {"product": [], "shipping": []}
        entries = []
        for row in back["lines"]:
            kind = lines[row["line_id"]]["kind"]
            if kind not in parts:
                raise CannotExpress(f"a slip of PrestaShop gives no {kind} back")
            pair = Pair(money(row["net"]), money(row["net"]) + money(row["tax"]))
            parts[kind].append(pair)
            if kind == "product":
                entries.append(self._slip_detail(back, row, pair))
        return {
            "id": self._key(back["id"]),
            "date_add": back["created_at"],
            **_sum(parts["product"]).fields("total_products", plain=False),
            **_sum(parts["shipping"]).fields("total_shipping", plain=False),
            "associations": {"order_slip_details": entries},
        }

    def _slip_detail(self, back: Mapping[str, Any], row: Line, pair: Pair) -> Json:
        return {
            "id": str(self._key(back["id"])),
            "id_order_detail": str(self._key(row["line_id"])),
            "product_quantity": row["quantity"],
            "amount_tax_excl": six(pair.excl),
            "amount_tax_incl": six(pair.incl),
        }

    # -- rows that orders share

    @property
    def tables(self) -> Json:
        rates = {tax["rate"] for line in self.goods for tax in line["taxes"]}
        return {
            "taxes": {_tax_id(rate): _tax(rate) for rate in rates},
            "products": {
                line["product_id"]: {
                    "id": int(line["product_id"]),
                    "is_virtual": "0" if line["requires_shipping"] else "1",
                }
                for line in self.goods
            },
            "cart_rules": {
                row["id_cart_rule"]: {
                    "id": int(row["id_cart_rule"]),
                    "code": row["name"],
                    "gift_product": "0",
                    "gift_product_attribute": "0",
                    "reduction_product": "0",
                }
                for row in self.cart_rules
            },
            "carriers": {
                _CARRIER: {
                    "id": int(_CARRIER),
                    "id_reference": _CARRIER,
                    "name": "Colissimo",
                    "delay": "48h",
                    "url": "https://www.laposte.fr/outils/suivre-vos-envois?code=@",
                }
            },
        }


def _tax_id(rate: str) -> str:
    """Every shop numbers its taxes itself."""
    return str(int(money(rate) * 1000))


def _tax(rate: str) -> Json:
    return {"id": int(_tax_id(rate)), "rate": f"{money(rate):.3f}", "name": f"TVA {rate}%"}

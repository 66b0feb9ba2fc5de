"""Lines of Shopify orders: prices, discounts, currencies, and every kind of line."""

from decimal import Decimal

import pytest

from ciama_connector.canonical import LineKind, PaymentKind, check

from .shopify_cases import bag, canonical, order_of, recorded, tax_line

D = Decimal


# -- prices, discounts, currencies


def test_prices_with_tax_leave_the_net_after_every_discount():
    order = order_of("#1002")
    assert order.prices_include_tax
    first = order.lines[0]
    assert (first.gross, first.tax, first.net) == (D("26.91"), D("4.30"), D("22.61"))
    assert first.list_price == D("29.9")
    assert [(d.code, d.net + d.tax) for d in first.discounts] == [("WILLKOMMEN10", D("2.99"))]
    assert [(d.code, d.gross) for d in order.discounts] == [("WILLKOMMEN10", D("10.01"))]


def test_line_discounts_keep_their_titles():
    order = order_of("#1008")
    assert [(d.title, d.gross) for d in order.discounts] == [
        ("2 mugs -15%", D("4.35")),
        ("Geste commercial", D("9.00")),
    ]
    assert [bool(line.discounts) for line in order.lines] == [False, True, True, False]


def test_an_amount_off_the_order_is_split_over_lines_of_different_rates():
    order = order_of("#1024")
    assert [d.gross for d in order.discounts] == [D("10.00")]
    parts = [line for line in order.lines if line.kind is LineKind.PRODUCT]
    shares = [discount.net + discount.tax for line in parts for discount in line.discounts]
    assert (len(shares), sum(shares)) == (3, D("10.00"))
    assert len({tax.rate for line in parts for tax in line.taxes}) == 2


def test_two_discounts_on_one_line_are_told_apart():
    order = recorded("#1001")
    codes = [{"__typename": "DiscountCodeApplication", "index": i, "code": f"C{i}"} for i in (0, 1)]
    order["lineItems"]["nodes"][0]["discountAllocations"] = [
        {"allocatedAmountSet": bag("6.0"), "discountApplication": codes[0]},
        {"allocatedAmountSet": bag("1.2"), "discountApplication": codes[1]},
    ]
    found = canonical(order)
    assert [(d.code, d.gross) for d in found.discounts] == [("C0", D("6.0")), ("C1", D("1.2"))]
    first = found.lines[0]
    assert first.gross == D("52.6")
    assert [(d.code, d.net, d.tax) for d in first.discounts] == [
        ("C0", D("5.00"), D("1.00")),
        ("C1", D("1.00"), D("0.20")),
    ]


def test_free_shipping_is_a_discount_of_the_shipping_line():
    order = order_of("#1021")
    shipping = order.lines[-1]
    assert (shipping.kind, shipping.gross, shipping.list_price) == (
        LineKind.SHIPPING,
        D(0),
        D("5.9"),
    )
    assert order.discounts[0].free_shipping
    assert order.discounts[0].gross == D("5.9")


def test_the_buyer_paid_in_another_currency():
    order = order_of("#1005")
    assert (order.currency, order.shop_currency) == ("USD", "EUR")
    assert order.total == D("174.03")
    assert abs(order.exchange_rate * D("160.10") - order.total) < D("0.01")
    assert {payment.currency for payment in order.payments} == {"USD"}
    assert not order.prices_include_tax
    assert [tax.label for tax in order.lines[0].taxes] == [
        "New York State Tax",
        "New York City Tax",
        "Metropolitan Commuter Transportation District",
    ]
    assert order.lines[0].gross == order.lines[0].net + D("8.58")
    same = order_of("#1001")
    assert (same.shop_currency, same.exchange_rate) == (None, None)


def test_yen_have_no_cents():
    order = recorded("#1001")
    item = order["lineItems"]["nodes"][0] | {"quantity": 1, "discountAllocations": []}
    for field in ("originalUnitPriceSet", "originalTotalSet", "discountedTotalSet"):
        item[field] = {"shopMoney": {"amount": "59.8"}, "presentmentMoney": {"amount": "9747.0"}}
    item["taxLines"] = [tax_line("886.0", 0.1, "消費税")]
    order |= {"presentmentCurrencyCode": "JPY", "lineItems": {"nodes": [item]}, "taxLines": []}
    order |= {"shippingLines": {"nodes": []}, "totalTaxSet": bag("886.0", "JPY")}
    order["totalPriceSet"] = item["originalTotalSet"]
    found = canonical(order)
    assert (found.currency, found.total, found.lines[0].net) == ("JPY", D(9747), D(8861))
    assert found.exchange_rate == D("162.99331104")
    assert [line.net for line in check(found).lines] == [D(8861)]


def test_float_rates_of_the_api_are_no_noise():
    order = recorded("#1001")
    tax = order["lineItems"]["nodes"][1]["taxLines"][0]
    tax["ratePercentage"] = 5.500000000000001
    assert canonical(order).lines[1].taxes[0].rate == D("5.5")
    tax["ratePercentage"] = None
    assert canonical(order).lines[1].taxes[0].rate == D("5.5")


# -- kinds of lines


def test_duties_are_a_fee_line():
    order = order_of("#1006")
    duty = [line for line in order.lines if line.kind is LineKind.FEE]
    assert [(line.gross, line.tax) for line in duty] == [(D("5.79"), D(0))]
    assert duty[0].id.startswith("duty-")


def test_the_tax_on_a_duty_is_its_own():
    order = recorded("#1006")
    duty = order["lineItems"]["nodes"][0]["duties"][0]
    duty |= {"price": bag("5.79", "CHF"), "taxLines": [tax_line("0.43", 0.081, "CH MwSt")]}
    order |= {"totalTaxSet": bag("9.06", "CHF"), "totalPriceSet": bag("121.32", "CHF")}
    order["taxLines"] = []
    found = canonical(order)
    (line,) = [line for line in found.lines if line.kind is LineKind.FEE]
    assert (line.net, line.tax, line.gross) == (D("5.79"), D("0.43"), D("6.22"))
    assert not check(found).discrepancy


def test_duties_inside_the_prices_are_not_added():
    order = recorded("#1006")
    order["dutiesIncluded"] = True
    found = canonical(order)
    assert not [line for line in found.lines if line.kind is LineKind.FEE]
    assert "duties_included" in {attribute.name for attribute in found.attributes}


def test_additional_fees_carry_their_tax():
    order = recorded("#1001")
    fee = {"id": "gid://shopify/AdditionalFee/7", "name": "Small order", "price": bag("2.40")}
    order["additionalFees"] = [fee | {"taxLines": [tax_line("0.40")]}]
    order["totalPriceSet"], order["totalTaxSet"] = bag("86.10"), bag("12.29")
    order["taxLines"] = []
    found = canonical(order)
    line = found.lines[-1]
    assert (line.kind, line.net, line.tax, line.id) == (
        LineKind.FEE,
        D("2.00"),
        D("0.40"),
        "fee-7",
    )
    assert not check(found).discrepancy


def test_a_tip_is_a_line_without_tax():
    tip = [line for line in order_of("#1015").lines if line.kind is LineKind.TIP]
    assert [(line.gross, line.tax) for line in tip] == [(D("2.0"), D(0))]


def with_tip_item(title):
    """A point of sale order whose tip is also one of its items, as some channels do."""
    order = recorded("#1015")
    item = recorded("#1015")["lineItems"]["nodes"][0]
    item |= {
        "id": "gid://shopify/LineItem/99",
        "title": title,
        "name": title,
        "sku": None,
        "variant": None,
        "product": None,
        "taxLines": [],
        "originalUnitPriceSet": bag("2.0"),
        "originalTotalSet": bag("2.0"),
    }
    order["lineItems"]["nodes"].append(item)
    return order


@pytest.mark.parametrize("title", ["Tip", "Pourboire"])
def test_a_tip_sold_as_an_item_is_counted_once(title):
    found = canonical(with_tip_item(title))
    assert [line.id for line in found.lines if line.kind is LineKind.TIP] == ["99"]
    assert sum(line.gross for line in found.lines) == found.total == D("29.85")


def test_an_item_that_costs_as_much_as_the_tip_is_no_tip():
    order = with_tip_item("Sac en papier")
    order["subtotalPriceSet"], order["totalPriceSet"] = bag("29.85"), bag("31.85")
    found = canonical(order)
    assert [(line.id, line.kind) for line in found.lines[2:]] == [
        ("99", LineKind.PRODUCT),
        ("tip", LineKind.TIP),
    ]
    assert sum(line.gross for line in found.lines) == found.total


def test_cash_rounding_changes_what_is_paid_and_not_the_total():
    order = recorded("#1015")
    order["totalCashRoundingAdjustment"] = {"paymentSet": bag("-0.02"), "refundSet": bag("0.0")}
    order["transactions"][0]["amountRoundingSet"] = bag("-0.02")
    order["totalReceivedSet"] = bag("29.83")
    found = canonical(order)
    assert (found.total, found.total_paid) == (D("29.85"), D("29.83"))
    assert [payment.amount for payment in found.payments] == [D("29.83")]
    facts = {attribute.name: attribute.value for attribute in found.attributes}
    assert facts["cash_rounding"] == "-0.02"
    assert not check(found).discrepancy
    assert "cash_rounding" not in {a.name for a in order_of("#1015").attributes}


def test_change_given_back_is_no_payment():
    order = recorded("#1015")
    sale = order["transactions"][0]
    sale["amountSet"] = bag("50.0")
    change = {**sale, "id": "gid://shopify/OrderTransaction/5", "kind": "CHANGE"}
    change |= {"amountSet": bag("20.15"), "parentTransaction": {"id": sale["id"]}}
    order["transactions"].append(change)
    assert [p.amount for p in canonical(order).payments] == [D("29.85")]


def test_a_gift_card_bought_and_a_gift_card_that_pays():
    bought = order_of("#1022").lines[0]
    assert (bought.kind, bought.tax, bought.requires_shipping) == (LineKind.GIFT_CARD, D(0), False)
    order = order_of("#1014")
    assert [(p.kind, p.amount) for p in order.payments] == [
        (PaymentKind.GIFT_CARD, D("50.0")),
        (PaymentKind.PAYMENT, D("58.25")),
    ]
    assert order.payment_method.code == "shopify_payments"
    assert order.discounts == ()


def test_bundle_parts_know_their_bundle():
    lines = [line for line in order_of("#1024").lines if line.kind is LineKind.PRODUCT]
    assert {(line.bundle.title, line.bundle.sku) for line in lines} == {
        ("Coffret Petit-déjeuner", "COF-PDJ")
    }
    assert len({line.bundle.id for line in lines}) == 1


def test_custom_items_and_personalisation():
    order = order_of("#1016")
    custom, lamp = order.lines[:2]
    assert (custom.sku, custom.variant_id, custom.name) == ("", "", "Gravure sur mesure – 2 lignes")
    assert (lamp.options[0].name, lamp.options[0].value) == ("Gravure", "« À mon père »")
    assert order.channel == "draft"


def test_a_subscription_names_its_plan():
    order = recorded("#1001")
    order["lineItems"]["nodes"][0]["sellingPlan"] = {"name": "Tous les mois"}
    option = canonical(order).lines[0].options[-1]
    assert (option.name, option.value) == ("selling_plan", "Tous les mois")


def test_a_deleted_variant_keeps_its_sku():
    order = order_of("TEST-1025-FR")
    assert order.test
    assert order.number == "TEST-1025-FR"
    assert (order.lines[0].product_id, order.lines[0].variant_id) == ("", "")
    assert order.lines[0].sku


def with_removed_shipping(total):
    order = recorded("#1001")
    gone = recorded("#1001")["shippingLines"]["nodes"][0]
    gone |= {"id": "gid://shopify/ShippingLine/1", "isRemoved": True}
    order["shippingLines"]["nodes"].append(gone)
    order["totalPriceSet"] = bag(total)
    return order


def test_a_shipping_line_that_an_edit_removed_is_left_out():
    found = canonical(with_removed_shipping("83.7"))
    assert [line.gross for line in found.lines] == [D("59.8"), D("18.0"), D("5.9")]
    assert sum(line.gross for line in found.lines) == found.total


def test_a_removed_shipping_line_stays_where_the_total_has_it():
    found = canonical(with_removed_shipping("89.6"))
    assert [line.gross for line in found.lines] == [D("59.8"), D("18.0"), D("5.9"), D("5.9")]
    assert [line.quantity_removed for line in found.lines] == [0, 0, 0, 1]
    assert sum(line.gross for line in found.lines) == found.total


def test_each_of_several_shipping_lines_is_a_line():
    order = recorded("#1001")
    second = recorded("#1001")["shippingLines"]["nodes"][0]
    second |= {"id": "gid://shopify/ShippingLine/2", "title": "Express", "code": "EXPR"}
    second |= {"originalPriceSet": bag("12.0"), "discountedPriceSet": bag("12.0")}
    order["shippingLines"]["nodes"].append(second | {"taxLines": [tax_line("2.0")]})
    order |= {"totalPriceSet": bag("95.7"), "totalTaxSet": bag("13.89"), "taxLines": []}
    found = canonical(order)
    sent = [line for line in found.lines if line.kind is LineKind.SHIPPING]
    assert [(line.shipping.code, line.net, line.tax) for line in sent] == [
        ("COLISSIMO", D("4.92"), D("0.98")),
        ("EXPR", D("10.0"), D("2.0")),
    ]
    assert len({line.id for line in found.lines}) == len(found.lines)
    assert not check(found).discrepancy


def test_weights_are_kilograms():
    order = recorded("#1001")
    order["lineItems"]["nodes"][0]["weight"] = {"unit": "GRAMS", "value": 180.0}
    order["lineItems"]["nodes"][1]["weight"] = {"unit": "POUNDS", "value": 2}
    lines = canonical(order).lines
    assert [lines[0].weight, lines[1].weight] == [D("0.18"), D("0.907185")]

"""WooCommerce payloads as canonical orders: the recorded orders, and what plugins add."""

import copy
import json
from decimal import Decimal
from random import Random

import pytest

from ciama_connector.canonical import Code, LineKind, OrderStatus, PaymentKind, Problem, check
from ciama_connector.platforms.woocommerce.orders import normalize
from ciama_connector.platforms.woocommerce.tidy import tidy_order
from testbed import DATA

FOLDER = DATA / "woocommerce"


def recorded(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


EXPECTED = {entry["id"]: entry for entry in recorded("expected_totals")}
ORDERS = {
    order["id"]: order
    for name in ("orders_page1", "orders_page2", "order_trashed_direct")
    for order in (recorded(name) if "page" in name else [recorded(name)])
}
D = Decimal


def payload(order_id, **changes):
    """What the client keeps of a recorded order, with ``changes`` to the order."""
    order = tidy_order({**copy.deepcopy(ORDERS[order_id]), **changes})
    path = FOLDER / f"orders_{order_id}_refunds.json"
    refunds = json.loads(path.read_text("utf-8")) if path.exists() else []
    return {"order": order, "refunds": refunds, "customer": {}, "products": {}}


def read(order_id, **changes):
    return normalize(payload(order_id, **changes))


def metas(*pairs):
    return [{"id": n, "key": key, "value": value} for n, (key, value) in enumerate(pairs, 1)]


def with_line(order_id, index=0, **changes):
    """A recorded order with ``changes`` to one product line."""
    lines = copy.deepcopy(ORDERS[order_id]["line_items"])
    lines[index].update(changes)
    return read(order_id, line_items=lines)


def problem_of(given):
    with pytest.raises(Problem) as caught:
        check(normalize(given) if isinstance(given, dict) else given())
    return caught.value


# -- the recorded orders against the shop's own figures


@pytest.mark.parametrize("order_id", sorted(ORDERS))
def test_every_recorded_order_is_sound(order_id):
    order = read(order_id)
    check(order)
    assert order.external_id == str(order_id)


@pytest.mark.parametrize("order_id", sorted(EXPECTED.keys() & ORDERS.keys()))
def test_totals_are_the_shops(order_id):
    expected, order = EXPECTED[order_id], read(order_id)
    assert order.total == D(expected["total"])
    assert order.total_tax == D(expected["total_tax"])
    assert [(t.rate, t.amount, t.label, t.compound) for t in order.tax_totals] == [
        (D(str(t["rate_percent"])), D(t["tax"]), t["label"], t["compound"])
        for t in expected["tax_by_rate"]
    ]
    kinds = [line.kind for line in order.lines]
    assert kinds.count(LineKind.PRODUCT) == expected["product_lines"]
    assert kinds.count(LineKind.SHIPPING) == expected["shipping_lines"]
    assert len(kinds) == sum(expected[f"{kind}_lines"] for kind in ("product", "shipping", "fee"))
    assert sum(line.quantity for line in order.lines if line.kind is LineKind.PRODUCT) == D(
        str(expected["quantity"])
    )
    assert {(r.id, r.amount, len(r.lines)) for r in order.refunds} == {
        (str(r["id"]), D(r["amount"]), r["lines"]) for r in expected["refunds"]
    }
    assert order.total - order.total_refunded == D(expected["net_after_refunds"])


@pytest.mark.parametrize("order_id", sorted(EXPECTED.keys() & ORDERS.keys()))
def test_tax_per_rate_in_whole_cents_is_the_shops(order_id):
    """Order 88 rounds tax on the subtotal: its own tax lines are a cent off its total."""
    expected, order = EXPECTED[order_id], read(order_id)
    settled = check(order)
    found = {}
    for line in settled.lines:
        for tax, amount in zip(line.line.taxes, line.taxes, strict=True):
            found[tax.rate] = found.get(tax.rate, D(0)) + amount
    stated = {D(str(t["rate_percent"])): D(t["tax"]) for t in expected["tax_by_rate"]}
    assert sum(found.values()) == D(expected["total_tax"])
    if sum(stated.values()) == D(expected["total_tax"]):
        assert {rate: amount for rate, amount in found.items() if amount} == stated
    else:
        assert order_id == 88


@pytest.mark.parametrize(
    ("order_id", "status", "payment", "fulfillment", "paid"),
    [
        (39, "refunded", "refunded", "fulfilled", "20.78"),
        (40, "paid", "partially_refunded", "unfulfilled", "64.00"),
        (43, "pending", "pending", "unfulfilled", "0"),  # on-hold, bank transfer
        (45, "fulfilled", "paid", "fulfilled", "1249.00"),
        (46, "accepted", "pending", "unfulfilled", "0"),  # processing, cash on delivery
        (57, "refunded", "refunded", "fulfilled", "53.50"),  # refund without lines
        (60, "pending", "pending", "unfulfilled", "0"),
        (66, "pending", "pending", "unfulfilled", "0"),
        (67, "fulfilled", "partially_refunded", "fulfilled", "90.88"),
        (78, "failed", "failed", "unfulfilled", "0"),
        (79, "cancelled", "voided", "unfulfilled", "0"),
        (83, "paid", "paid", "unfulfilled", "34.89"),
        (94, "pending", "pending", "unfulfilled", "0"),  # "expedie", the shop's own word
        (114, "deleted", "paid", "unfulfilled", "14.90"),
    ],
)
def test_statuses(order_id, status, payment, fulfillment, paid):
    order = read(order_id)
    assert (order.status, order.payment_status, order.fulfillment_status) == (
        status, payment, fulfillment,
    )  # fmt: skip
    assert order.shop_status == ORDERS[order_id]["status"]
    assert order.total_paid == D(paid)


# -- amounts and taxes


def test_line_amounts_are_without_tax_although_prices_include_it():
    mug = read(39).lines[0]
    assert (mug.net, mug.tax, mug.gross) == (D("12.42"), D("2.48"), D("14.90"))
    assert mug.list_price == D("14.90")
    tax = mug.taxes[0]
    assert (tax.rate, tax.label, tax.jurisdiction, tax.code) == (D(20), "TVA 20%", "FR", "1")


def test_a_coupon_is_inside_the_lines_and_not_taken_off_again():
    order = read(41)
    mug = order.lines[0]
    assert (mug.net, mug.tax) == (D("11.18"), D("2.23"))
    assert mug.list_price == D("14.90")
    assert [(d.code, d.net, d.tax) for d in mug.discounts] == [
        ("bienvenue10", D("1.24"), D("0.25"))
    ]
    assert [(d.code, d.gross) for d in order.discounts] == [("bienvenue10", D("6.17"))]
    assert sum(line.gross for line in order.lines) == order.total == D("61.40")


def test_of_two_coupons_no_line_tells_which():
    order = read(69)
    assert [d.code for d in order.discounts] == ["bienvenue10", "moins5"]
    assert {(d.code, d.title) for line in order.lines for d in line.discounts} == {
        ("", "bienvenue10, moins5")
    }


def test_a_price_cut_by_hand_is_a_discount_without_code():
    order = read(69, coupon_lines=[])
    assert [(d.code, d.gross > 10) for d in order.discounts] == [("", True)]
    assert order.lines[0].discounts[0].title == ""


def test_the_cent_between_a_line_and_its_rates_goes_to_the_rate():
    """2.235 is 2.23 as the line's tax and 2.24 as its rate's."""
    mug = read(41).lines[0]
    assert ORDERS[41]["line_items"][0]["taxes"][0]["total"] == "2.24"
    assert [tax.amount for tax in mug.taxes] == [mug.tax] == [D("2.23")]


def test_two_taxes_of_canada_one_on_top_of_the_other():
    order = read(60)
    assert [(t.rate, t.amount, t.compound, t.jurisdiction) for t in order.lines[0].taxes] == [
        (D(5), D("1.86"), False, "CA"),
        (D("9.975"), D("3.90"), True, "CA-QC"),
    ]
    assert order.lines[-1].kind is LineKind.SHIPPING
    assert order.lines[-1].taxes == ()  # though its tax_status says taxable


def test_a_deleted_rate_lives_on_in_the_orders_tax_lines():
    order = read(39)
    assert order.lines[0].taxes[0].rate == 20
    orphan = with_line(39, taxes=[{"id": 77, "total": "2.48", "subtotal": "2.48"}])
    assert [(t.rate, t.code, t.amount) for t in orphan.lines[0].taxes] == [(None, "77", D("2.48"))]


def test_a_rate_of_which_nothing_was_charged_is_no_tax():
    line = {"total_tax": "0.00", "taxes": [{"id": 1, "total": "0.00", "subtotal": "0.00"}]}
    assert with_line(39, **line).lines[0].taxes == ()
    free = with_line(39, total="0.00", **line).lines[0]
    assert [(tax.rate, tax.amount) for tax in free.taxes] == [(D(20), D(0))]


def test_tax_without_a_rate_belongs_to_the_only_one_there_is():
    assert [t.rate for t in with_line(39, taxes=[]).lines[0].taxes] == [D(20)]
    assert [t.rate for t in with_line(40, taxes=[]).lines[0].taxes] == [None]


def test_rates_that_contradict_their_line():
    problem = problem_of(
        lambda: with_line(39, taxes=[{"id": 1, "total": "9.99", "subtotal": "9.99"}])
    )
    assert problem.code is Code.TAX_DISAGREES


@pytest.mark.parametrize("percent", [None, 0])
def test_an_old_order_tells_its_rate_by_the_label(percent):
    tax_lines = copy.deepcopy(ORDERS[40]["tax_lines"])
    for line in tax_lines:
        line["rate_percent"] = percent
    assert [t.rate for t in read(40, tax_lines=tax_lines).tax_totals] == [D(20), D("5.5")]


def test_prices_without_tax_rounded_at_the_subtotal():
    order = read(88)
    assert order.prices_include_tax is False
    assert check(order).discrepancy.tax == D("-0.01")
    assert order.lines[0].list_price == D("0.33")


def test_a_line_sum_that_is_not_the_total():
    problem = problem_of(payload(39, total="25.78"))
    assert problem.code is Code.AMOUNTS_DISAGREE
    assert problem.params["difference"] == "5.00"


def test_fees_wrapping_tips_and_reductions():
    order = read(67)
    kinds = {line.name: (line.kind, line.gross) for line in order.lines}
    assert kinds["Emballage cadeau"] == (LineKind.GIFT_WRAP, D("4.20"))
    assert kinds["Remise fidélité"] == (LineKind.DISCOUNT, D("-8.70"))
    assert order.is_gift
    fees = copy.deepcopy(ORDERS[46]["fee_lines"])
    assert read(46).lines[-1].kind is LineKind.FEE
    fees[0]["name"] = "Pourboire"
    assert read(46, fee_lines=fees).lines[-1].kind is LineKind.TIP


# -- lines


def test_names_are_read_as_people_see_them():
    assert read(46).lines[1].name == 'Sac & pochette "Voyage"'


def test_options_are_the_visible_meta_data_as_shown():
    shirt = read(41).lines[2]
    assert [(o.name, o.value) for o in shirt.options] == [("Couleur", "Écru"), ("Taille", "M")]
    first, second = read(76).lines
    assert [(o.name, o.value) for o in first.options] == [("Gravure", "Été 2026")]
    assert [(o.name, o.value) for o in second.options] == [("Gravure", "Hiver")]


def test_options_that_plugins_hide():
    choice = [{"name": "Texte", "value": "Pour <b>Léa</b> &amp; Tom"}]
    line = with_line(39, meta_data=metas(("_tmcartepo_data", choice), ("_x", "y"))).lines[0]
    assert [(o.name, o.value) for o in line.options] == [("Texte", "Pour Léa & Tom")]


def test_a_deleted_product_has_neither_id_nor_sku():
    line = read(83).lines[0]
    assert (line.name, line.product_id, line.sku, line.barcode) == (
        "Article sans référence", "", "", "",
    )  # fmt: skip


def test_barcodes_come_with_the_line():
    assert with_line(39, global_unique_id="3760001230017").lines[0].barcode == "3760001230017"


def test_rates_of_one_method_are_told_apart():
    assert read(39).lines[-1].shipping.code == "flat_rate:1"
    assert read(53).lines[-1].shipping.code == "flat_rate:4"
    assert read(74).lines[-1].shipping.code == "flat_rate:DHL Europe"  # made by hand
    assert read(39).lines[-1].shipping.title == "Colissimo"


def test_several_shipping_lines():
    lines = copy.deepcopy(ORDERS[39]["shipping_lines"]) * 2
    lines[1] = {**lines[1], "id": 99, "method_title": "DHL", "total": "0.00", "total_tax": "0.00"}
    lines[1]["taxes"] = []
    order = read(39, shipping_lines=lines)
    check(order)
    assert [line.name for line in order.lines if line.kind is LineKind.SHIPPING] == [
        "Colissimo", "DHL",
    ]  # fmt: skip


def test_a_negative_line_of_no_product_is_a_reduction():
    lines = copy.deepcopy(ORDERS[83]["line_items"])
    lines[0].update(total="-5.00", total_tax="-1.00", quantity=-1)
    lines[0]["taxes"] = [{"id": 1, "total": "-1.00", "subtotal": "-1.00"}]
    order = read(83, line_items=lines, total="8.90", total_tax="1.48")
    check(order)
    assert (order.lines[0].kind, order.lines[0].gross) == (LineKind.DISCOUNT, D("-6.00"))


@pytest.mark.parametrize("quantity", [-2, 0, 10_000_000])
def test_quantities_nobody_can_ship(quantity):
    assert problem_of(lambda: with_line(39, quantity=quantity)).code is Code.BAD_QUANTITY


def test_an_emptied_line_is_left_out():
    zero = {"quantity": 0, "total": "0.00", "total_tax": "0.00", "taxes": []}
    assert [line.kind for line in with_line(40, 0, **zero).lines].count(LineKind.PRODUCT) == 2


@pytest.mark.parametrize(
    ("container", "part"),
    [
        ({}, {"bundled_by": 6}),
        ({}, {"composite_parent": "6"}),
        (
            {"meta_data": metas(("_bundle_cart_key", "abc"))},
            {"meta_data": metas(("_bundled_by", "abc"))},
        ),
        ({}, {"meta_data": metas(("_woosb_parent_id", "11"))}),
    ],
)
def test_parts_of_a_bundle_name_it(container, part):
    lines = copy.deepcopy(ORDERS[40]["line_items"])
    lines[0].update(container)
    lines[1].update(part)
    mug, coffee, tea = [line for line in read(40, line_items=lines).lines if line.sku]
    assert (coffee.bundle.id, coffee.bundle.sku, coffee.bundle.quantity) == ("6", "MUG-ETE-01", 2)
    assert mug.bundle is None
    assert tea.bundle is None


def test_a_gift_card_that_is_sold():
    given = payload(72)
    given["products"] = {"18": {"id": 18, "type": "pw-gift-card", "sku": "GIFT-50"}}
    assert normalize(given).lines[0].kind is LineKind.GIFT_CARD


@pytest.mark.parametrize(
    "paid_with",
    [
        {"gift_cards": [{"id": 1, "code": "GC-1", "amount": "10.00"}]},
        {"pw_gift_cards_redeemed": [{"number": "GC-1", "amount": -10}]},
        {"meta_data": metas(("_ywgc_applied_gift_cards", {"GC-1": "10.00"}))},
        {"meta_data": metas(("smart_coupons_contribution", {"GC-1": 10}))},
    ],
)
def test_a_gift_card_that_pays_is_money(paid_with):
    order = read(39, total="10.78", status="processing", refunds=[], **paid_with)
    check(order)
    assert order.total == D("20.78")
    assert order.total_paid == D("20.78")
    assert [(p.kind, p.amount) for p in order.payments] == [
        (PaymentKind.GIFT_CARD, D("10.00")),
        (PaymentKind.PAYMENT, D("10.78")),
    ]


def test_a_gift_card_inside_the_lines_is_a_coupon():
    order = read(41, meta_data=metas(("smart_coupons_contribution", {"bienvenue10": "6.17"})))
    assert order.total == D("61.40")
    assert [payment.kind for payment in order.payments] == [PaymentKind.PAYMENT]


# -- payments


def test_a_payment_has_date_method_and_transaction():
    [payment] = read(65).payments
    assert payment.transaction_id == "pi_3Pq000000000000000000001"
    assert (payment.method.code, payment.method.label) == ("stripe", "Carte bancaire (Stripe)")
    assert payment.amount == D("42.67")
    assert payment.paid_at.isoformat() == "2026-09-26T02:52:52+00:00"
    assert payment.captured


def test_cash_on_delivery_is_shipped_before_it_is_paid():
    assert read(46).payments == ()
    assert read(46).payment_method.code == "cod"
    assert read(67).payments[0].kind is PaymentKind.CASH_ON_DELIVERY


def test_orders_made_by_hand_may_be_paid_by_nothing_named():
    assert read(83).payments[0].method.code == "unknown"
    assert read(66).payment_method is None


@pytest.mark.parametrize(
    "mark",
    [
        ("_stripe_charge_captured", "no"),
        ("_intention_status", "requires_capture"),
        ("_ppcp_paypal_captured", "false"),
    ],
)
def test_authorized_and_not_captured(mark):
    order = read(43, meta_data=metas(mark), transaction_id="ch_1")
    assert (order.status, order.payment_status) == (OrderStatus.AUTHORIZED, "authorized")
    assert order.total_paid == 0
    assert [(p.captured, p.amount) for p in order.payments] == [(False, D("11.95"))]


def test_a_free_order_is_paid_without_a_payment():
    line = {"total": "0.00", "total_tax": "0.00", "taxes": []}
    lines = [{**ORDERS[78]["line_items"][0], **line}]
    order = read(
        78, line_items=lines, total="0.00", total_tax="0.00", tax_lines=[], status="processing"
    )
    check(order)
    assert (order.status, order.payment_status, order.payments) == (OrderStatus.PAID, "paid", ())


@pytest.mark.parametrize("status", ["checkout-draft", "auto-draft", ""])
def test_a_cart_is_no_order(status):
    assert problem_of(payload(78, status=status)).code is Code.UNKNOWN_STATUS


@pytest.mark.parametrize("status", ["expedie", "wc-en-preparation", "vérifié"])
def test_an_unknown_status_claims_no_money(status):
    order = read(40, status=status)
    assert (order.status, order.shop_status) == (OrderStatus.PENDING, status)


@pytest.mark.parametrize(
    "mark", [("_wcpay_mode", "test"), ("_ppcp_paypal_payment_mode", "sandbox")]
)
def test_test_orders(mark):
    assert read(65, meta_data=metas(mark)).test
    assert not read(65).test


# -- refunds


def test_refunds_name_the_lines_they_give_back():
    first, second = read(41).refunds
    assert (first.id, first.amount, first.reason) == ("105", D("17.90"), "retour 1 t-shirt")
    [line] = first.lines
    assert (line.line_id, line.quantity, line.net, line.tax) == (
        "14", D(1), D("14.92"), D("2.98"),
    )  # fmt: skip
    assert line.restocked is True
    assert [(x.line_id, x.quantity) for x in second.lines] == [("12", D(0))]


def test_refunded_shipping_and_fees():
    assert [x.line_id for x in read(39).refunds[0].lines] == ["2", "3"]
    fee = read(46).refunds[0]
    assert [(x.line_id, x.net, x.tax) for x in fee.lines] == [("42", D("2.92"), D("0.58"))]
    assert fee.paid_out is False  # nothing had been paid yet


@pytest.mark.parametrize(("order_id", "amount"), [(51, "5.00"), (57, "53.50")])
def test_refunds_of_a_mere_amount(order_id, amount):
    [refund] = read(order_id).refunds
    assert (refund.amount, refund.lines, refund.paid_out) == (D(amount), (), True)


def test_units_taken_back_before_shipping():
    assert [line.quantity_removed for line in read(69).lines] == [0, 2, 0]
    assert [line.quantity_removed for line in read(84).lines[:2]] == [2, 3]
    shipped = {"status": "completed", "date_completed_gmt": "2026-10-05T10:00:00"}
    assert [line.quantity_removed for line in read(69, **shipped).lines] == [0, 0, 0]


def test_a_refund_known_by_its_sum_only():
    given = payload(40)
    given["refunds"] = []
    [refund] = normalize(given).refunds
    assert (refund.id, refund.amount, refund.lines) == ("101", D("14.89"), ())


# -- people and places


def test_a_guest_and_an_account():
    assert (read(39).customer.external_id, read(39).customer.is_guest) == ("", True)
    account = read(62).customer
    assert (account.external_id, account.is_guest, account.email) == (
        "2", False, "claire.durand@example.fr",
    )  # fmt: skip


def test_billing_and_shipping_may_differ():
    order = read(62)
    assert (order.billing_address.full_name, order.billing_address.street2) == (
        "Claire Durand", "Bât. B",
    )  # fmt: skip
    assert (order.shipping_address.full_name, order.shipping_address.phone) == ("Mamie Durand", "")


def test_an_order_without_anybody():
    order = read(72)
    assert order.billing_address is None
    assert order.shipping_address is None
    assert order.customer.email == ""


@pytest.mark.parametrize(
    ("country", "state", "code", "name"),
    [
        ("DE", "DE-BE", "BE", ""),
        ("US", "CA", "CA", ""),
        ("CH", "ZH", "ZH", ""),
        ("JP", "JP13", "13", ""),
        ("TR", "TR34", "34", ""),
        ("FR", "Bretagne", "", "Bretagne"),
        ("GB", "Essex", "", "Essex"),
    ],
)
def test_states(country, state, code, name):
    billing = {**ORDERS[53]["billing"], "country": country, "state": state}
    address = read(53, billing=billing).billing_address
    assert (address.state_code, address.state_name, address.country) == (code, name, country)


# Kinds of keys; the whole table is in const.VAT_KEYS.
@pytest.mark.parametrize(
    "key",
    [
        "_billing_vat_number", "_vat_number", "vat_number", "_billing_eu_vat_number",
        "billing_vat", "_billing_vat_id", "VAT Number", "_billing_piva", "_billing_nif",
        "_billing_yweu_vat", "_billing_tax_id", "_wc_billing/shop/vat-number",
        "_wc_other/shop/tva-intracom", "_wc_billing/my-shop/ust-idnr", "company_vat_no",
    ],
)  # fmt: skip
def test_vat_numbers_wherever_plugins_keep_them(key):
    order = read(39, meta_data=metas((key, "BE 0477.472.701"), ("is_vat_exempt", "no")))
    assert [(vat.value, vat.source) for vat in order.vat_candidates] == [
        ("BE 0477.472.701", f"meta:{key}")
    ]


def test_vat_numbers_people_write_elsewhere():
    billing = {**ORDERS[39]["billing"], "company": "ACME, TVA BE0477472701"}
    order = read(39, billing=billing, customer_note="Our VAT: DE123456789, thanks")
    assert [(vat.value, vat.source) for vat in order.vat_candidates] == [
        ("BE0477472701", "billing.company"),
        ("DE123456789", "note"),
    ]


def test_what_only_looks_like_a_vat_key_is_none():
    found = metas(
        ("_vat_number_is_valid", "true"), ("_vat_country", "BE"), ("is_vat_exempt", "yes"),
        ("_vat_number_check_date", "2026-10-05 12:00"), ("_private", "12345678"),
        ("_wc_other/shop/po-ref", "PO-2026/117"), ("_vat_rate_total", "1234.50"),
    )  # fmt: skip
    assert read(39, meta_data=found).vat_candidates == ()


def test_one_number_in_two_places_is_one_candidate():
    order = read(55)
    assert [(vat.value, vat.source) for vat in order.vat_candidates] == [
        ("BE0477472701", "meta:_wc_billing/boutique/vat-number")
    ]
    assert order.po_number == "PO-2026/117"
    assert order.attributes == ()


def test_exempt_from_vat():
    order = read(74)
    assert order.tax_exempt
    assert order.customer.tax_exempt
    assert order.total_tax == 0
    assert [vat.source for vat in order.vat_candidates] == ["meta:_billing_vat_number"]
    assert not read(55).tax_exempt


def test_numbers_that_are_no_vat_numbers():
    order = read(39, meta_data=metas(("_billing_siret", "55208131766522")))
    assert order.billing_address.identification == "55208131766522"
    assert order.vat_candidates == ()


# -- notes and logistics


def test_notes_in_any_writing():
    assert read(100).customer_note == 'Ligne 1\nLigne 2 <b>gras</b> & "guillemets"\n日本語 🙂'


def test_gift_message_tracking_and_delivery_date():
    order = read(65)
    assert order.gift_message == "Joyeux anniversaire ❤"
    assert order.is_gift
    assert [shipment.tracking_number for shipment in order.shipments] == ["6A00000000001"]
    assert order.attributes == ()
    assert [(a.name, a.value) for a in read(100).attributes] == [("delivery_date", "2026-12-24")]


def test_parcels_of_shipment_tracking():
    items = [
        {
            "tracking_provider": "", "custom_tracking_provider": "Colissimo",
            "custom_tracking_link": "https://example.com/6A1", "tracking_number": "6A1",
            "date_shipped": "1790000000", "tracking_id": "x",
        }
    ]  # fmt: skip
    [shipment] = read(39, meta_data=metas(("_wc_shipment_tracking_items", items))).shipments
    assert (shipment.carrier, shipment.tracking_url) == ("Colissimo", "https://example.com/6A1")
    assert shipment.created_at.year == 2026


@pytest.mark.parametrize(
    ("found", "point", "name", "carrier"),
    [
        (
            metas(
                ("_lpc_meta_pickUpLocationId", "123456"),
                ("_lpc_meta_pickUpLocationLabel", "Tabac"),
            ),
            "123456", "Tabac", "Colissimo",
        ),
        (metas(("Mondial Relay Parcel Shop ID", "FR-051322")), "FR-051322", "", "Mondial Relay"),
        (
            metas(("_shipping_method_chronorelais", {"id": "2468X", "name": "Bar"})),
            "2468X", "Bar", "Chronopost",
        ),
        (
            metas(("sendcloudshipping_service_point_meta", {"id": 99, "extra": "Kiosk|Weg 1"})),
            "99", "Kiosk", "",
        ),
    ],
)  # fmt: skip
def test_relay_points(found, point, name, carrier):
    pickup = read(39, meta_data=found).pickup_point
    assert (pickup.id, pickup.name, pickup.carrier) == (point, name, carrier)


def test_collected_at_the_shop():
    place = {**ORDERS[39]["shipping_lines"][0], "method_id": "pickup_location", "instance_id": "0"}
    place["meta_data"] = metas(("pickup_location", "Entrepôt"), ("pickup_address", "1 quai, Lyon"))
    pickup = read(39, shipping_lines=[place]).pickup_point
    assert (pickup.name, pickup.address.street) == ("Entrepôt", "1 quai, Lyon")
    assert read(39).pickup_point is None


@pytest.mark.parametrize("key", ["wpml_language", "trp_language", "pll_language"])
def test_language(key):
    order = read(39, meta_data=metas((key, "de")))
    assert order.language == order.customer.language == "de"


def test_split_carts_subscriptions_and_channels():
    assert read(39, parent_id=12).cart_reference == "12"
    assert read(39, meta_data=metas(("has_sub_order", "1"))).cart_reference == "39"
    assert read(39).cart_reference == ""
    assert read(39).channel == "web"
    assert read(94).channel == "admin"
    assert read(39, created_via="subscription").channel == "subscription"


def test_another_currency_than_the_shops():
    found = metas(
        ("_wcpay_multi_currency_order_default_currency", "USD"),
        ("_wcpay_multi_currency_order_exchange_rate", "0.912345678901"),
    )
    order = read(39, meta_data=found)
    assert (order.shop_currency, order.exchange_rate) == ("USD", D("0.91234568"))


def test_numbers_of_plugins():
    assert read(39, number="FA-2026-0017").number == "FA-2026-0017"


def test_clock_change_does_not_matter():
    """Both orders were made at 02:30 local time, an hour apart."""
    first = read(39, date_created="2026-10-25T02:30:00", date_created_gmt="2026-10-25T00:30:00")
    second = read(39, date_created="2026-10-25T02:30:00", date_created_gmt="2026-10-25T01:30:00")
    assert (second.created_at - first.created_at).total_seconds() == 3600


# -- bad input


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": None}, Code.INVALID_ORDER),
        ({"line_items": [], "shipping_lines": []}, Code.NO_LINES),
        ({"line_items": None, "shipping_lines": "x"}, Code.NO_LINES),
        ({"currency": "euro"}, Code.INVALID_ORDER),
        ({"total": "NaN"}, Code.INVALID_ORDER),
        ({"total": "12,50"}, Code.INVALID_ORDER),
        ({"total": {"a": 1}}, Code.INVALID_ORDER),
        ({"date_created_gmt": None}, Code.BAD_DATE),
        ({"date_created_gmt": "yesterday"}, Code.BAD_DATE),
        ({"date_created_gmt": "1970-01-01T00:00:00"}, Code.BAD_DATE),
        ({"date_modified_gmt": "0000-00-00T00:00:00"}, Code.BAD_DATE),
    ],
)
def test_orders_that_cannot_be_read(changes, code):
    problem = problem_of(payload(39, **changes))
    assert problem.code is code
    assert "Bernard" not in str(problem)


@pytest.mark.parametrize("given", [{}, {"order": None}, {"order": "<html>"}, {"order": [1]}])
def test_payloads_that_are_no_orders(given):
    assert problem_of(given).code is Code.INVALID_ORDER


def test_strange_names():
    billing = {
        **ORDERS[39]["billing"],
        "first_name": "=cmd|' /C calc'!A0",
        "last_name": "<script>🙂</script>" + "x" * 10_000,
        "company": "Zoë & Søn\x00",
    }
    order = read(39, billing=billing)
    assert order.billing_address.first_name == "=cmd|' /C calc'!A0"
    assert order.billing_address.last_name.startswith("<script>🙂")
    assert len(order.billing_address.last_name) == 1000
    assert order.billing_address.company == "Zoë & Søn"


def test_texts_of_any_length():
    long = metas(("Gravure", "é" * 1500), ("gift_message", "m" * 30_000))
    order = read(39, customer_note="x" * 30_000, meta_data=long)
    assert [len(order.customer_note), len(order.gift_message)] == [20_000, 20_000]
    assert len(with_line(39, meta_data=long).lines[0].options[0].value) == 1500


def _vandalised(value, random):
    """A copy of a JSON value in which about one node in sixty is something else."""
    junk = (None, "", "x", -1, 0, 10**30, "1e9", True, [], {}, [None], {"id": []}, "\x00")
    if random.random() < 1 / 60:
        return random.choice(junk)
    if isinstance(value, dict):
        return {key: _vandalised(inner, random) for key, inner in value.items()}
    return [_vandalised(inner, random) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("order_id", [41, 55, 65, 67, 92])
def test_vandalised_orders_end_as_named_problems(order_id):
    outcomes = set()
    for seed in range(150):
        try:
            check(normalize(_vandalised(payload(order_id), Random(seed))))
            outcomes.add("sound")
        except Problem as problem:
            outcomes.add(problem.code)
    assert "sound" in outcomes
    assert len(outcomes) > 2


def test_without_addresses_and_lists():
    given = payload(39)
    for key in ("billing", "shipping", "meta_data", "fee_lines", "coupon_lines", "refunds"):
        given["order"].pop(key)
    order = normalize(given)
    check(order)
    assert order.billing_address is None


def test_a_currency_without_cents():
    line = {"total": "1000", "total_tax": "100", "taxes": [{"id": 1, "total": "100"}]}
    lines = [{**ORDERS[78]["line_items"][0], **line}]
    order = read(78, currency="JPY", line_items=lines, total="1100", total_tax="100",
                 status="processing", date_paid_gmt="2026-10-01T00:00:00")  # fmt: skip
    check(order)
    assert order.payments[0].amount == D(1100)

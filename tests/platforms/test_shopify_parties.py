"""Shopify orders: who bought, where it goes, and where VAT numbers hide."""

import pytest

from ciama_connector.canonical import check

from .shopify_cases import RECORDED, canonical, order_of, recorded

VAT_PLACES = {
    "#1003": ("BE0417497106", "company_location.tax_registration_id"),
    "#1006": ("CHE-116.281.710 MWST", "custom_attributes.UID / VAT"),
    "#1016": ("FR40303265045", "customer.tax_id"),
}


@pytest.mark.parametrize("name", VAT_PLACES)
def test_vat_numbers_from_every_place(name):
    found = [(c.value, c.source) for c in order_of(name).vat_candidates]
    assert found == [VAT_PLACES[name]]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Notre numéro de TVA : FR40303265045, merci", ["FR40303265045"]),
        ("ESB58378431 / IE6388047V", ["ESB58378431", "IE6388047V"]),
        ("Please deliver before 18:00, call +33 6 12 34 56 78", []),
    ],
)
def test_vat_numbers_written_into_the_note(text, numbers):
    order = order_of("#1001", note=text)
    assert [c.value for c in order.vat_candidates] == numbers
    assert {c.source for c in order.vat_candidates} <= {"note"}


def test_an_italian_vat_number_asked_at_checkout():
    field = {"key": "TAX_CREDENTIAL_IT", "title": "P. IVA", "value": "00743110157"}
    fields = {"nodes": [field | {"purpose": "TAX", "countryCode": "IT"}]}
    order = order_of("#1004", localizedFields=fields)
    assert [(c.value, c.source) for c in order.vat_candidates] == [
        ("00743110157", "localized_fields.TAX_CREDENTIAL_IT")
    ]


def test_codice_fiscale_identifies_and_pec_is_kept():
    order = order_of("#1004")
    assert order.billing_address.identification == "DNGNCL85M01H501W"
    assert order.vat_candidates == ()
    pec = {a.name: a.value for a in order.attributes}["TAX_EMAIL_IT"]
    assert pec == "niccolo.dangelo@pec.example.it"


def test_a_b2b_order():
    order = order_of("#1003")
    assert order.customer.company
    assert order.customer.company_external_id.isdigit()
    assert order.po_number
    assert (order.payment_terms.name, order.payment_terms.due_days) == ("Net 30", 30)
    assert order.payment_terms.due_at
    assert order.tax_exempt


def test_a_guest_is_known_by_the_order():
    order = order_of("#1007")
    assert order.customer.is_guest
    assert order.customer.external_id == ""
    assert "@" in order.customer.email
    assert order.customer.last_name == order.billing_address.last_name
    assert order.shipping_address.full_name != order.billing_address.full_name
    assert order.customer_note.count("\n") == 1
    assert order.is_gift


def test_an_order_without_addresses():
    order = order_of("#1018")
    assert (order.billing_address, order.shipping_address) == (None, None)
    assert order.customer.email
    assert not any(line.requires_shipping for line in order.lines)
    pos = order_of("#1015")
    assert (pos.channel, pos.customer.email) == ("pos", "")


def test_unicode_survives():
    order = order_of("#1017")
    assert "🎁" in order.customer_note
    assert "<b>html</b>" in order.customer_note
    assert order.billing_address.country == "GR"


def test_protected_customer_data_may_be_null():
    hidden = {"customer": None, "email": None, "phone": None, "note": None}
    address = dict.fromkeys(RECORDED["#1001"]["billingAddress"])
    address |= {"id": "gid://shopify/MailingAddress/1", "countryCodeV2": "FR"}
    order = order_of("#1001", **hidden, billingAddress=address, shippingAddress=address)
    assert order.customer.email == ""
    assert order.billing_address.country == "FR"
    assert not check(order).discrepancy


def test_pick_up_in_a_shop():
    place = {
        "name": "Boutique Lyon",
        "address1": "1 rue Mercière",
        "zip": "69002",
        "city": "Lyon",
        "countryCode": "FR",
        "location": {"id": "gid://shopify/Location/5"},
    }
    entry = {"id": "x", "deliveryMethod": {"methodType": "PICK_UP"}, "assignedLocation": place}
    order = order_of("#1001", fulfillmentOrders={"nodes": [entry]}, shippingAddress=None)
    assert (order.pickup_point.id, order.pickup_point.name) == ("5", "Boutique Lyon")
    assert order.pickup_point.address.city == "Lyon"


def test_a_gift_message_from_cart_attributes():
    pairs = [{"key": "Message cadeau", "value": "Bon anniversaire !"}]
    order = order_of("#1001", customAttributes=pairs)
    assert (order.is_gift, order.gift_message) == (True, "Bon anniversaire !")


def test_risk_and_tax_that_a_channel_remits():
    order = recorded("#1012")
    order["lineItems"]["nodes"][0]["taxLines"][0]["channelLiable"] = True
    found = canonical(order)
    assert (found.risk.level, found.risk.recommendation) == ("medium", "investigate")
    facts = {attribute.name: attribute.value for attribute in found.attributes}
    assert facts["tax_remitted_by_channel"] == "29.67"


def test_one_number_in_several_places_is_one_candidate_of_the_surest():
    order = recorded("#1003")
    order["note"] = "Notre TVA: BE0417497106. Celle de la filiale: FR40303265045"
    order["customAttributes"] = [{"key": "VAT number", "value": "BE0417497106"}]
    assert [(c.value, c.source) for c in canonical(order).vat_candidates] == [
        ("BE0417497106", "company_location.tax_registration_id"),
        ("FR40303265045", "note"),
    ]


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("VAT ID", True),
        ("N° TVA intracommunautaire", True),
        ("USt-IdNr.", True),
        ("Partita IVA", True),
        ("btw_nummer", True),
        ("Private delivery", False),
        ("Lavatory", False),
    ],
)
def test_names_of_fields_for_vat_numbers(key, found):
    order = order_of("#1001", customAttributes=[{"key": key, "value": "12345678"}])
    assert bool(order.vat_candidates) is found


def test_a_pick_up_point_of_a_carrier_is_the_shipping_address():
    method = {"methodType": "PICKUP_POINT", "presentedName": "Mondial Relay"}
    order = recorded("#1001")
    order["fulfillmentOrders"] = {"nodes": [{"id": "x", "deliveryMethod": method}]}
    order["shippingAddress"]["company"] = "Tabac de la Gare"
    found = canonical(order)
    assert (found.pickup_point.name, found.pickup_point.carrier) == (
        "Tabac de la Gare",
        "Mondial Relay",
    )
    assert found.pickup_point.address.city == found.shipping_address.city


def test_a_private_buyer_has_no_company_record():
    order = order_of("#1002")
    assert (order.customer.company_external_id, order.payment_terms, order.po_number) == (
        "",
        None,
        "",
    )
    assert order.language == "de"


def test_a_customer_without_a_name_is_called_as_on_the_bill():
    order = recorded("#1002")
    order["customer"] |= {"firstName": None, "lastName": None}
    found = canonical(order).customer
    assert (found.first_name, found.last_name) == ("Jürgen", "Weiß")

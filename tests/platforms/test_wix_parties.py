"""Wix orders: people, places, VAT numbers."""

from decimal import Decimal

import pytest

from .wix_cases import changed, normalize, payload

D = Decimal


@pytest.mark.parametrize(
    ("number", "candidates"),
    [
        (
            "10003",
            [
                ("BE0403019261", "billingInfo.vatId"),
                ("BE0403019261", "customFields:VAT number / N° TVA"),
            ],
        ),
        ("10004", [("IT00743110157", "customFields:Codice fiscale / P. IVA")]),
        ("10006", [("CHE-116.281.710 MWST", "customFields:VAT number / N° TVA")]),
        ("10016", [("FR83404833048", "billingInfo.vatId")]),
        ("10025", []),
    ],
)
def test_vat_numbers_and_their_places(number, candidates):
    assert [(c.value, c.source) for c in normalize(number).vat_candidates] == candidates


@pytest.mark.parametrize(
    ("note", "found"),
    [
        ("Notre TVA : FR40303265045 merci", ["FR40303265045"]),
        ("USt-IdNr DE 136 695 976, danke", ["DE 136 695 976"]),
        ("NL004495445B01", ["NL004495445B01"]),
        ("ATU13585627.", ["ATU13585627"]),
        ("Code porte 1234, appeler le 0612345678", []),
        ("BE HAPPY 2026", []),
    ],
)
def test_vat_numbers_in_the_buyers_note(note, found):
    order = normalize(changed("10002", buyerNote=note))
    assert [(c.value, c.source) for c in order.vat_candidates] == [(n, "buyerNote") for n in found]


def test_vat_numbers_written_beside_the_company():
    billing = {
        "contactDetails": {"lastName": "Rossi", "company": "Rossi S.r.l. IT00743110157"},
        "address": {"country": "IT", "addressLine2": "P.IVA 00743110157"},
    }
    order = normalize(changed("10002", billingInfo=billing))
    assert [(c.value, c.source) for c in order.vat_candidates] == [
        ("IT00743110157", "billingInfo.company"),
        ("00743110157", "billingInfo.addressLine2"),
    ]


def test_vat_numbers_in_fields_of_apps():
    fields = {"namespaces": {"@acme/b2b": {"vat_number": "FR40303265045", "color": "red"}}}
    order = normalize(changed("10002", extendedFields=fields))
    assert [(c.value, c.source) for c in order.vat_candidates] == [
        ("FR40303265045", "extendedFields:@acme/b2b.vat_number")
    ]


def test_a_cpf_is_an_identification_and_no_vat_number():
    order = normalize("10025")
    assert order.billing_address.identification == "11144477735"
    assert order.billing_address.state_code == "SP"


def test_a_company_number_of_a_checkout_field_is_an_identification():
    fields = [{"title": "N° SIRET", "value": "30326504500018"}]
    order = normalize(changed("10002", customFields=fields))
    assert order.billing_address.identification == "30326504500018"
    assert order.vat_candidates == ()
    assert normalize("10004").billing_address.identification == ""  # asks for either


def test_addresses():
    order = normalize("10004")
    address = order.billing_address
    assert (address.street, address.street2) == ("Via San Niccolò 12", "Int. 7")
    assert (address.state_code, address.state_name, address.country) == ("FI", "Firenze", "IT")
    gift = normalize("10007")
    assert (gift.customer.first_name, gift.shipping_address.first_name) == ("Noël", "Mamie")
    billed = normalize("10024")
    assert billed.billing_address.company == "Bonnaud & Fils SARL"
    assert billed.shipping_address.zip == "87000"
    assert normalize("10018").billing_address is None


@pytest.mark.parametrize(
    ("country", "street"), [("FR", "118 rue Garibaldi"), ("DE", "rue Garibaldi 118")]
)
def test_a_street_in_parts_is_put_together_the_countrys_way(country, street):
    value = payload("10001")
    address = value["order"]["billingInfo"]["address"]
    address |= {"country": country, "addressLine": None}
    assert normalize(value).billing_address.street == street
    address["addressLine"] = "rue Garibaldi"  # some themes leave the number out
    assert normalize(value).billing_address.street == street


def test_pickup_in_the_store():
    order = normalize("10015")
    assert order.pickup_point.name == "Retrait boutique"
    assert order.pickup_point.address.street == "2 rue des Fleurs"
    assert order.shipping_address.street == "118 rue Garibaldi"
    assert order.lines[1].shipping.title == "Retrait boutique"


def test_the_shops_place_is_not_the_buyers_delivery_address():
    value = payload("10015")
    del value["order"]["recipientInfo"]
    logistics = value["order"]["shippingInfo"]["logistics"]
    logistics["shippingDestination"] = {"address": logistics["pickupDetails"]["address"]}
    assert normalize(value).shipping_address is None


def test_members_and_guests():
    assert not normalize("10001").customer.is_guest
    guest = normalize("10002").customer
    assert guest.is_guest
    assert guest.external_id == "f68d221d-239c-4330-998e-597386c92701"


def test_other_facts_of_the_order():
    order = normalize("10003")
    assert order.channel == "backoffice"
    assert order.po_number == "PO-2026-118"
    assert order.tax_exempt
    assert order.language == "nl"
    assert order.customer_note == "Levering enkel op dinsdag."
    dollars = normalize("10005")
    assert (dollars.currency, dollars.shop_currency) == ("USD", "EUR")
    assert dollars.exchange_rate == D("1.0855")
    assert normalize("10001").shop_currency is None
    assert normalize("10011").cancelled_at.isoformat() == "2026-08-27T10:00:03.416000+00:00"
    assert normalize("10023").staff_note == "Acompte reçu par chèque"
    assert ("archived", "true") in [(a.name, a.value) for a in normalize("10001").attributes]

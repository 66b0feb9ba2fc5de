"""Customers, addresses, numbers and notes of PrestaShop orders."""

import pytest

from ciama_connector.canonical import check
from ciama_connector.platforms.prestashop.orders import normalize

from .prestashop_cases import payload, payloads, read


def with_row(order_id, table, key, **changes):
    """A recorded order with ``changes`` to a row it uses."""
    found = payload(order_id)
    rows = found["tables"].get(table) or found.get(table)
    rows[key] = {**rows[key], **changes}
    return normalize(found)


def vat(order):
    return [(candidate.value, candidate.source) for candidate in order.vat_candidates]


# -- people


def test_a_customer_with_an_account():
    customer = read(1).customer
    assert (customer.external_id, customer.is_guest) == ("2", False)
    assert (customer.first_name, customer.last_name) == ("Élodie", "Lefèvre")
    assert (customer.email, customer.phone) == ("elodie.lefevre@example.test", "+33 6 12 34 56 78")
    assert (customer.language, customer.group_id, customer.group_name) == ("fr-FR", "3", "Client")


def test_a_company():
    customer = read(4).customer
    assert customer.company == "Menuiserie Dupont & Fils SARL"
    assert customer.group_name == "Professionnels (HT)"


@pytest.mark.parametrize(("number", "language"), [(12, "fr-FR"), (26, "en-US")])
def test_guests_are_customers_too(number, language):
    customer = read(number).customer
    assert customer.is_guest
    assert customer.email
    assert customer.external_id
    assert customer.language == language


def test_an_erased_customer_lives_on_in_the_address():
    changed = payload(4)
    changed["customer"] = {}
    customer = normalize(changed).customer
    assert (customer.external_id, customer.email) == ("5", "")
    assert (customer.first_name, customer.last_name) == ("Société", "Contact")
    assert customer.company == "Menuiserie Dupont & Fils SARL"


def test_a_language_without_locale():
    assert with_row(1, "languages", "1", locale="").language == "fr"


# -- addresses


def test_addresses_to_ship_and_to_invoice():
    order = read(4)
    billing, shipping = order.billing_address, order.shipping_address
    assert (billing.external_id, billing.city, billing.zip) == ("6", "Nantes", "44300")
    assert (shipping.external_id, shipping.city, shipping.phone) == (
        "5", "Saint-Nazaire", "0611111111",
    )  # fmt: skip
    assert (shipping.full_name, shipping.country) == ("Paul Livraison", "FR")
    assert billing.identification == "30326504500015"


def test_lines_and_instructions():
    address = read(1).shipping_address
    assert (address.street, address.street2) == ("12 rue de l'Église", "Bât. B – 3ᵉ étage")
    assert (address.instructions, address.phone) == ("Code porte 12A", "0299000001")


def test_states():
    assert (read(10).shipping_address.state_code, read(10).shipping_address.country) == ("CA", "US")
    assert read(11).shipping_address.state_name == "New York"
    japan = with_row(10, "states", "8", iso_code="JP-13")
    assert japan.shipping_address.state_code == "JP-13"
    changed = payload(10)
    changed["tables"]["states"]["8"]["iso_code"] = "JP-13"
    changed["tables"]["countries"]["21"]["iso_code"] = "JP"
    assert normalize(changed).shipping_address.state_code == "13"


def test_an_address_that_the_customer_deleted_is_still_the_orders():
    assert read(3).shipping_address.city == "Berlin"


def test_an_address_that_is_gone_for_good():
    changed = payload(3)
    changed["addresses"] = {}
    order = normalize(changed)
    check(order)
    assert (order.billing_address, order.shipping_address) == (None, None)


def test_greece_has_one_code():
    assert with_row(1, "countries", "8", iso_code="EL").billing_address.country == "GR"


# -- numbers


def test_vat_numbers():
    assert vat(read(4)) == [("FR40303265045", "billing_address.vat_number")]
    assert vat(read(62)) == [("DE136695976", "billing_address.vat_number")]
    assert vat(read(1)) == []


def test_vat_numbers_where_people_put_them():
    found = payload(4)
    found["addresses"]["6"].update(vat_number="", address2="TVA FR40303265045", dni="B12345678")
    found["addresses"]["5"].update(company="Dupont (BE 0403.170.701)")
    found["messages"] = [{"id": 1, "id_employee": "0", "message": "notre n° FR 40 303 265 045"}]
    assert vat(normalize(found)) == [
        ("B12345678", "billing_address.dni"),
        ("FR40303265045", "billing_address.address2"),
        ("BE 0403.170.701", "shipping_address.company"),
    ]


def test_the_number_of_a_private_person_is_no_vat_number():
    order = read(22)
    assert vat(order) == []
    assert order.billing_address.identification == "12345678Z"


# -- notes


def test_notes_of_customers_and_of_staff():
    order = read(8)
    assert order.customer_note == "Merci de livrer après 18h"
    assert read(58).staff_note == "Client prévenu par téléphone"
    found = payload(58)
    found["messages"] = [
        {"id": 1, "id_employee": "0", "message": "Bonjour"},
        {"id": 2, "id_employee": "0", "message": "Bonjour"},
        {"id": 3, "id_employee": "7", "message": "Voir avec Paul"},
    ]
    order = normalize(found)
    assert order.customer_note == "Bonjour"
    assert order.staff_note == "Client prévenu par téléphone\nVoir avec Paul"


def test_invoice_number_and_packaging():
    assert {a.name: a.value for a in read(2, recyclable="1").attributes} == {
        "shop_invoice_number": "1",
        "recyclable_packaging": "yes",
    }
    assert read(1).attributes == ()


# -- languages


@pytest.mark.parametrize("version", ["", "ps1.7.8.11", "ps9.1.0-dev"])
def test_texts_in_one_language_and_in_several(version):
    number = max(payloads(version))
    order = read(number, version)
    assert order.shop_status in ("Paiement accepté", "Erreur de paiement")
    assert all(tax.label.startswith("TVA FR") for line in order.lines for tax in line.taxes)


def test_a_text_that_is_missing_in_the_shops_language():
    names = [{"id": "1", "value": ""}, {"id": "2", "value": "Payment accepted"}]
    assert with_row(2, "order_states", "5", name=names).shop_status == "Payment accepted"
    assert with_row(2, "order_states", "5", name=[]).shop_status == "5"

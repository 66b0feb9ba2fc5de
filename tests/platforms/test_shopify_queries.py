"""What the client asks of Shopify, held against the official schema."""

import pytest
from graphql import (
    FieldNode,
    NoDeprecatedCustomRule,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    validate,
    visit,
)

from ciama_connector.platforms.shopify import const, documents, reader
from testbed.shopify import bulk, contract
from testbed.shopify.cost import MAX_COST, Cost

OPTIONAL = {"Locales", "ShippingRates"}  # asked, but done without where it is refused
SCHEMA = contract.schema()
PAGES = [*reader.ORDER_PAGES, *(page for _, pages in reader.DETAILS.values() for page in pages)]


def cost(operation, **variables):
    return Cost(SCHEMA, parse(documents.document(operation)), variables).requested()


def test_the_pinned_version_is_the_one_of_the_schema():
    assert const.API_VERSION == contract.API_VERSION


@pytest.mark.parametrize("operation", documents.operations())
def test_every_query_is_valid_and_names_nothing_deprecated(operation):
    document = parse(documents.document(operation))
    assert validate(SCHEMA, document) == []
    assert validate(SCHEMA, document, [NoDeprecatedCustomRule]) == []


def test_the_check_for_deprecated_fields_works():
    document = parse("{ orders(first: 1) { nodes { riskLevel customer { email } } } }")
    found = validate(SCHEMA, document, [NoDeprecatedCustomRule])
    assert len(found) == 2


def test_an_unknown_operation_is_an_error():
    with pytest.raises(KeyError):
        documents.document("Nothing")


@pytest.mark.parametrize("operation", reader.FIRST_GUESS)
def test_the_first_guess_of_the_cost_of_an_order_is_not_too_low(operation):
    assert cost(operation, ids=["x"]) <= reader.FIRST_GUESS[operation]
    size = int(MAX_COST * reader.MARGIN / reader.FIRST_GUESS[operation])
    assert size >= 4
    assert cost(operation, ids=["x"] * size) <= MAX_COST


@pytest.mark.parametrize(("field", "operation", "size"), PAGES)
def test_further_pages_stay_below_the_limit(field, operation, size):
    assert field in documents.document(operation)
    assert cost(operation, id="x", first=size, after="x") <= MAX_COST


def test_lists_of_ids_are_cheap_at_any_size():
    assert cost("ListOrders", first=250) <= 260


def test_a_page_of_shipping_rates_stays_below_the_limit():
    assert cost("ShippingRates", after="x") <= MAX_COST


def test_the_export_is_one_that_shopify_runs_in_bulk():
    text = documents.document("ExportOrders").replace("FILTER", "updated_at:>='2026-01-01'")
    assert bulk.refusal(SCHEMA, parse(text)) == ""


class _Scopes(Visitor):
    """Which access each field that is asked for needs."""

    def __init__(self, info):
        super().__init__()
        self.info = info
        self.found = set()

    def enter_field(self, node: FieldNode, *_):
        known = contract.required_scopes()
        owner = self.info.get_parent_type()
        for key in (f"{owner.name}.{node.name.value}", get_named_type(self.info.get_type()).name):
            if key in known:
                self.found.add(frozenset(known[key]))


def test_the_scopes_to_ask_for_are_those_the_queries_need():
    needed = set()
    for operation in set(documents.operations()) - OPTIONAL:
        info = TypeInfo(SCHEMA)
        visitor = _Scopes(info)
        visit(parse(documents.document(operation)), TypeInfoVisitor(info, visitor))
        needed |= visitor.found
    asked = [set(group) for group in const.REQUIRED_SCOPES]
    unmet = [group for group in needed if not any(one <= set(group) for one in asked)]
    assert unmet == []
    for one in asked:
        assert any(one <= set(group) for group in needed), one


@pytest.mark.parametrize(
    ("table", "enum"),
    [
        (const.PAYMENT_STATUSES, "OrderDisplayFinancialStatus"),
        (const.ORDER_STATUSES, "OrderDisplayFinancialStatus"),
        (const.RISK_LEVELS, "RiskAssessmentResult"),
        (const.KILOGRAMS, "WeightUnit"),
    ],
)
def test_tables_of_codes_are_complete(table, enum):
    assert set(table) == set(SCHEMA.type_map[enum].values)


@pytest.mark.parametrize(
    ("table", "enum"),
    [
        (const.FULFILLMENT_STATUSES, "OrderDisplayFulfillmentStatus"),
        (const.MONEY_IN | const.AUTHORIZATIONS, "OrderTransactionKind"),
        (const.DEAD_FULFILLMENTS, "FulfillmentStatus"),
    ],
)
def test_tables_of_codes_name_only_codes_that_exist(table, enum):
    assert set(table) <= set(SCHEMA.type_map[enum].values)

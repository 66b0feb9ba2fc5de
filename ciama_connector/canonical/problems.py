"""What can be wrong with an order: one vocabulary of codes for the whole product.

The sentence that a shop keeper reads, the state of the card and the suggested
action of each code are records of ``ciama.problem`` (``data/ciama_problem*.xml``),
so that they are translated like everything else; a test keeps both in step.
"""

from enum import StrEnum


class Code(StrEnum):
    """Stable codes; never rename one, integrators filter on them."""

    # The order as the shop gave it
    INVALID_ORDER = "invalid_order"  # field, reason
    NO_LINES = "no_lines"
    BAD_QUANTITY = "bad_quantity"  # line, quantity
    BAD_DATE = "bad_date"  # field, value
    AMOUNTS_DISAGREE = "amounts_disagree"  # lines, total, difference, currency
    TAX_DISAGREES = "tax_disagrees"  # lines, total, difference, currency
    UNKNOWN_STATUS = "unknown_status"  # status
    INCOMPLETE_PAYLOAD = "incomplete_payload"  # what
    # Not for Odoo
    CANCELLED_BEFORE_IMPORT = "cancelled_before_import"
    REFUNDED_BEFORE_IMPORT = "refunded_before_import"
    DELETED_IN_SHOP = "deleted_in_shop"
    TEST_ORDER = "test_order"
    PAYMENT_FAILED = "payment_failed"
    TOO_OLD = "too_old"  # date, start
    IGNORED_BY_USER = "ignored_by_user"  # user, reason
    # Missing mappings and master data
    CURRENCY_UNKNOWN = "currency_unknown"  # currency
    COUNTRY_UNKNOWN = "country_unknown"  # country
    PRODUCT_UNKNOWN = "product_unknown"  # sku, name
    PRODUCT_AMBIGUOUS = "product_ambiguous"  # sku, count
    PRODUCT_COMBO = "product_combo"  # sku, name
    CARRIER_UNMAPPED = "carrier_unmapped"  # value
    PAYMENT_METHOD_UNMAPPED = "payment_method_unmapped"  # value
    SPECIAL_PRODUCT_MISSING = "special_product_missing"  # kind
    # Customers
    CUSTOMER_MISSING = "customer_missing"
    CUSTOMER_AMBIGUOUS = "customer_ambiguous"  # count, claim
    ADDRESS_MISSING = "address_missing"
    # VAT numbers
    VAT_CHECK_PENDING = "vat_check_pending"  # number
    VAT_CHECK_UNAVAILABLE = "vat_check_unavailable"  # number, reason
    VAT_UNPROVED_ACCEPTED = "vat_unproved_accepted"  # number, hours
    VAT_UNPROVED_PRIVATE = "vat_unproved_private"  # number, hours
    # Taxes: line, shop, rate, odoo, position, country, place, and
    TAX_EXEMPT_UNPROVED = "tax_exempt_unproved"
    TAX_EXEMPT_INSIDE = "tax_exempt_inside"
    TAX_CHARGED_ON_EXEMPT = "tax_charged_on_exempt"
    TAX_ON_EXPORT = "tax_on_export"
    TAX_OSS_DUE = "tax_oss_due"
    TAX_OTHER_COUNTRY = "tax_other_country"  # countries
    TAX_OUTDATED = "tax_outdated"  # until
    TAX_RATE_DIFFERS = "tax_rate_differs"
    TAX_MIXED = "tax_mixed"  # lines
    TAX_MISSING = "tax_missing"  # position_id, vat_country
    # Warnings
    VAT_FOLLOWS_SHOP = "vat_follows_shop"
    VAT_FOLLOWS_ODOO = "vat_follows_odoo"
    VAT_NUMBER_MALFORMED = "vat_number_malformed"  # text
    VAT_NUMBER_FOREIGN = "vat_number_foreign"  # number, countries
    # Checks before writing
    STOCK_SHORT = "stock_short"  # product, ordered, forecast, warehouse
    PRICE_DIFFERS = "price_differs"  # line, shop, odoo, currency, pricelist
    CUSTOMER_INCOMPLETE = "customer_incomplete"  # missing
    DUPLICATE_SUSPECTED = "duplicate_suspected"  # other, hours
    RISK_FLAGGED = "risk_flagged"  # risk
    CREDIT_EXCEEDED = "credit_exceeded"  # due, limit
    # What Odoo made of it
    TOTAL_DIFFERS = "total_differs"  # shop, odoo, currency
    ALREADY_DELIVERED = "already_delivered"  # differences
    ALREADY_INVOICED = "already_invoiced"  # differences
    PERIOD_LOCKED = "period_locked"  # date, locks
    INVOICE_DIFFERS = "invoice_differs"  # shop, odoo, currency
    INVOICE_CANCELLED = "invoice_cancelled"
    PAYMENT_JOURNAL_MISSING = "payment_journal_missing"  # value
    CASH_DIFFERENCE_MISSING = "cash_difference_missing"
    ALREADY_PAID = "already_paid"  # value
    OVERPAID = "overpaid"  # paid, total, currency
    REFUND_UNEXPLAINED = "refund_unexplained"  # amount, currency, reason
    REFUND_EXCEEDS = "refund_exceeds"  # amount, left, currency
    REFUND_PARTLY_INVOICED = "refund_partly_invoiced"  # line, quantity, invoiced
    CANNOT_CANCEL = "cannot_cancel"  # reason
    CANCELLED_IN_ODOO = "cancelled_in_odoo"
    SALE_ORDER_DELETED = "sale_order_deleted"
    ODOO_REFUSED = "odoo_refused"  # reason
    UNEXPECTED = "unexpected"  # reference
    KEY_LOST = "key_lost"


class Problem(Exception):
    """Expected trouble with one order; ends as a card, never as a failed job.

    ``params`` are JSON values for the sentence's placeholders: no secrets, and no
    personal data beyond what the card itself shows.
    """

    def __init__(self, code: Code, **params):
        super().__init__(f"{code}: {params}" if params else str(code))
        self.code = code
        self.params = {key: str(value) for key, value in params.items()}

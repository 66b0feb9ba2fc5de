"""The recorded orders that must not become sale orders, and why: {platform: {number: code}}.

What is behind them:

- PrestaShop: an American order with state taxes (French company: export), a Spanish private
  customer charged no VAT, three orders of a half-installed VAT module whose lines have no tax
  while their totals do, one cancelled order, two whose payment failed, two that were refunded
  and never sent (state 7, no delivery date).
- Shopify, Wix: American sales tax and Swiss VAT on what is an export to Odoo; Italian VAT
  charged to a company with a VAT number; a Greek reduced rate that the company has no tax for;
  an order that was cancelled unshipped, with all its money given back.
- WooCommerce: Belgian VAT charged to a company with a VAT number, Canadian taxes on an export,
  an order without any customer, one in the trash, a failed payment, a cancelled order.
- Ciama hub: British and Swiss buyers charged VAT on an export, a cancelled and a test order, one
  that was refunded and never sent.
"""

EXEMPT = "tax_charged_on_exempt"
CANCELLED = "cancelled_before_import"
REFUNDED = "refunded_before_import"

CARDS = {
    "prestashop": {
        "EXNTRKFFB": EXEMPT,
        "EOHAHFWRD": "tax_exempt_unproved",
        "IWXOWRBIX": "amounts_disagree",
        "VZOVFPARG": "amounts_disagree",
        "ANQPAOQLO": "amounts_disagree",
        "LBMUFQYZO": CANCELLED,
        "DUWHWLVVR": REFUNDED,
        "GXOMQYILH": REFUNDED,
        "NOCNXSKCG": "payment_failed",
        "LXROUJMZM": "payment_failed",
    },
    "shopify": {
        "#1005": EXEMPT,
        "#1006": EXEMPT,
        "#1011": REFUNDED,
        "TEST-1025-FR": "test_order",
    },
    "woocommerce": {
        "55": EXEMPT,
        "60": EXEMPT,
        "72": "customer_missing",
        "78": "payment_failed",
        "79": CANCELLED,
        "114": "deleted_in_shop",
    },
    "wix": {
        "10004": EXEMPT,
        "10005": EXEMPT,
        "10006": EXEMPT,
        "10011": REFUNDED,
        "10017": "tax_rate_differs",
    },
    "ciama": {
        "CI-1016": CANCELLED,
        "CI-1018": "test_order",
        "CI-1028": REFUNDED,
        "CI-1021": EXEMPT,
        "CI-1023": EXEMPT,
    },
}

"""The recorded orders that do not go through by themselves, and why: {platform: {number: code}}.

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
  that was refunded and never sent, one whose risk the shop calls high.
- Three shops: an order paid in part with a gift card, which is no money in the bank; the sale order
  is there, its invoice waits until somebody says in which journal gift cards are redeemed.
"""

EXEMPT = "tax_charged_on_exempt"
EXPORT = "tax_on_export"
GIFT_CARD = "payment_journal_missing"
CANCELLED = "cancelled_before_import"
REFUNDED = "refunded_before_import"

CARDS = {
    "prestashop": {
        "EXNTRKFFB": EXPORT,
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
        "#1005": EXPORT,
        "#1006": EXPORT,
        "#1011": REFUNDED,
        "#1014": GIFT_CARD,
        "TEST-1025-FR": "test_order",
    },
    "woocommerce": {
        "55": EXEMPT,
        "60": EXPORT,
        "72": "customer_missing",
        "78": "payment_failed",
        "79": CANCELLED,
        "114": "deleted_in_shop",
    },
    "wix": {
        "10004": EXEMPT,
        "10005": EXPORT,
        "10006": EXPORT,
        "10011": REFUNDED,
        "10014": GIFT_CARD,
        "10017": "tax_missing",
    },
    "ciama": {
        "CI-1010": GIFT_CARD,
        "CI-1016": CANCELLED,
        "CI-1018": "test_order",
        "CI-1028": REFUNDED,
        "CI-1021": EXPORT,
        "CI-1023": EXPORT,
        "CI-1026": "risk_flagged",
    },
}

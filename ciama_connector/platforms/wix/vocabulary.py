"""What is known of a site's words before any order has used them: those of Wix itself.

Ways of payment are in no API, and nothing says that an order's shipping code is the id of
a shipping option.
"""

from ..base import ShopValue, ShopVocabulary
from . import const
from .orders import shop_status

_STATUSES = tuple(
    shop_status("APPROVED", money, goods)
    for money in const.PAYMENT_STATUS
    for goods in const.FULFILLMENT_STATUS
)
VOCABULARY = ShopVocabulary(statuses=tuple(ShopValue(word, word) for word in _STATUSES))

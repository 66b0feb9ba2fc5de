"""Who we are, to a WooCommerce shop.

Over https a key and its secret go as HTTP Basic. Over plain http WooCommerce ignores
those and wants OAuth 1.0a without token, signed anew for each request; it takes that over
https, too, where a server drops the Authorization header before PHP sees it.
"""

from collections.abc import Mapping
from typing import Any

import requests
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, SIGNATURE_TYPE_QUERY, Client

BASIC = "basic"
OAUTH = "oauth"


def basic(key: str, secret: str) -> Mapping[str, Any]:
    """Arguments for ``Transport.request``."""
    # requests would send text as Latin-1
    return {"auth": (key.encode(), secret.encode())}


def oauth(key: str, secret: str) -> Mapping[str, Any]:
    """Arguments for ``Transport.request``: ``sign`` makes a new nonce at each attempt."""
    client = Client(
        key,
        client_secret=secret,
        signature_method=SIGNATURE_HMAC_SHA256,
        signature_type=SIGNATURE_TYPE_QUERY,
    )

    def sign(request: requests.PreparedRequest) -> None:
        request.url = client.sign(request.url, http_method=request.method)[0]

    return {"sign": sign}

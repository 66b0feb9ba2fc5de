"""Who gets in: the authentication of WooCommerce, as measured on a real shop and read in
its class WC_REST_Authentication. Its own code on purpose, not the client's library."""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_plus

from werkzeug.wrappers import Request

WINDOW = 15 * 60  # seconds a timestamp may be off
_READ, _WRITE = ("GET", "HEAD"), ("POST", "PUT", "PATCH", "DELETE")
_PARAMETERS = (
    "oauth_consumer_key",
    "oauth_timestamp",
    "oauth_nonce",
    "oauth_signature",
    "oauth_signature_method",
)
_HEADER_PART = re.compile(r'(oauth_[a-z_-]*)=(?:"([^"]*)"|([^,]*))')
SHOP_ROLES = ("administrator", "shop_manager")
FAILED = "woocommerce_rest_authentication_error"
MISSING = "woocommerce_rest_authentication_missing_parameter"


class Refusal(Exception):
    """Ends as a 401 with this code and message."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code, self.message = code, message


@dataclass
class Key:
    """An API key; what it sees depends on the ``role`` of its user."""

    secret: str
    permissions: str = "read"  # read, write, read_write
    role: str = "administrator"
    nonces: set[str] = field(default_factory=set)

    @property
    def capable(self) -> bool:
        """Whether its user sees what a shop sells at all."""
        return self.role in SHOP_ROLES

    def check(self, method: str) -> None:
        """Raise Refusal where the key's own permissions do not reach."""
        if method in _READ and "read" not in self.permissions:
            raise Refusal(FAILED, "The API key provided does not have read permissions.")
        if method in _WRITE and "write" not in self.permissions:
            raise Refusal(FAILED, "The API key provided does not have write permissions.")


def authenticate(
    request: Request,
    keys: dict[str, Key],
    *,
    drops_authorization: bool = False,
    clock: Callable[[], float] = time.time,
) -> Key | None:
    """The key the request proves, None for nobody; raises Refusal."""
    header = "" if drops_authorization else request.headers.get("Authorization", "")
    if request.scheme == "https":
        key = _basic(request, header, keys)
        if key:
            return key
    return _oauth(request, header, keys, clock)


def _basic(request: Request, header: str, keys: dict[str, Key]) -> Key | None:
    name, secret = request.args.get("consumer_key"), request.args.get("consumer_secret")
    if not (name and secret) and header.startswith("Basic "):
        try:
            told = base64.b64decode(header[6:]).decode()
        except ValueError:
            return None
        name, _, secret = told.partition(":")
    if not name or not secret or name not in keys:
        return None
    if not hmac.compare_digest(keys[name].secret.encode(), secret.encode()):
        raise Refusal(FAILED, "Consumer secret is invalid.")
    return keys[name]


def _oauth(request, header, keys, clock) -> Key | None:
    params = dict(request.args)
    if header.startswith("OAuth "):
        for name, quoted, bare in _HEADER_PART.findall(header):
            params[name] = unquote_plus(quoted or bare)
    missing = [name for name in _PARAMETERS if not params.get(name)]
    if len(missing) == len(_PARAMETERS):
        return None
    if missing:
        plural = "s" if len(missing) > 1 else ""
        raise Refusal(MISSING, f"Missing OAuth parameter{plural} {', '.join(missing)}")
    key = keys.get(params["oauth_consumer_key"])
    if key is None:
        raise Refusal(FAILED, "Consumer key is invalid.")
    _check_signature(request, params, key)
    _check_timestamp_and_nonce(params, key, clock())
    return key


def _check_signature(request, params, key) -> None:
    method = params["oauth_signature_method"]
    algorithm = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}.get(method)
    if algorithm is None:
        raise Refusal(FAILED, "Invalid signature - signature method is invalid.")
    pairs = sorted((name, value) for name, value in params.items() if name != "oauth_signature")
    query = "&".join(f"{_encode(name)}={_encode(value)}" for name, value in pairs)
    text = "&".join((request.method, _encode(request.base_url), _encode(query)))
    digest = hmac.new(f"{key.secret}&".encode(), text.encode(), algorithm).digest()
    told = params["oauth_signature"].replace(" ", "+")
    if not hmac.compare_digest(base64.b64encode(digest).decode(), told):
        raise Refusal(FAILED, "Invalid signature - provided signature does not match.")


def _check_timestamp_and_nonce(params, key, now) -> None:
    told = params["oauth_timestamp"]
    if not told.isdigit() or abs(int(told) - now) > WINDOW:
        raise Refusal(FAILED, "Invalid timestamp.")
    if params["oauth_nonce"] in key.nonces:
        raise Refusal(FAILED, "Invalid nonce - nonce has already been used.")
    key.nonces.add(params["oauth_nonce"])


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")

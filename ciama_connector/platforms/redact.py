"""Keep secrets and personal data out of whatever is written down."""

import json
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

MASK = "***"
EXCERPT = 2000
_SECRET_PARAM = re.compile(
    r"key|secret|token|password|passwd|signature|nonce|authorization|hmac|code$", re.I
)
# Words that name what went wrong; every other text in a failed reply may be personal.
_TELLING = re.compile(
    r"^(code|codes|status|statusCode|error|errors|message|messages|description|type|field|"
    r"fieldViolations|rule|ruleName|violatedRule|path|extensions|details|applicationError|"
    r"validationError|data|params|cost|throttleStatus|requestedQueryCost|actualQueryCost|"
    r"maximumAvailable|currentlyAvailable|restoreRate|locations|line|column|reason|documentation|"
    r"requestId)$"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_LONG_NUMBER = re.compile(r"\+?\d[\d .-]{7,}\d")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+")


def redact_text(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` without the given secrets, e-mail addresses, long numbers, tokens."""
    for secret in secrets:
        for form in {secret, quote(secret, safe="")}:
            text = text.replace(form, MASK)
    text = _BEARER.sub(rf"\1 {MASK}", text)
    return _LONG_NUMBER.sub(MASK, _EMAIL.sub(MASK, text))


def redact_url(url: str, secrets: Iterable[str] = ()) -> str:
    """``url`` without user name, password, and the values of secret parameters."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.port:
        host = f"{host}:{parts.port}"
    query = urlencode(
        [
            (key, MASK if _SECRET_PARAM.search(key) else _EMAIL.sub(MASK, value))
            for key, value in parse_qsl(parts.query, keep_blank_values=True)
        ],
        safe="[]|,:*>",
    )
    text = urlunsplit((parts.scheme, host, parts.path, query, ""))
    for secret in secrets:
        for form in {secret, quote(secret, safe="")}:
            text = text.replace(form, MASK)
    return text


def _only_telling(value):
    if isinstance(value, dict):
        return {
            key: _only_telling(item) if _TELLING.match(str(key)) else MASK
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_only_telling(item) for item in value[:20]]
    return value


def redact_body(content: bytes, secrets: Iterable[str] = ()) -> str:
    """Excerpt of a failed reply that tells the fault and nothing about people.

    JSON keeps the members that name an error; other text keeps its beginning.
    """
    text = content[: 64 * 1024].decode("utf-8", errors="replace")
    try:
        text = json.dumps(_only_telling(json.loads(text)), ensure_ascii=False)
    except (ValueError, RecursionError):
        if text.lstrip()[:1] in ("{", "["):
            return "(JSON that breaks off)"  # nothing tells its fault from its people
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).strip()[:300]
    return redact_text(text, secrets)[:EXCERPT]

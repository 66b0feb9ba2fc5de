"""Small changes to what a reply shows."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from werkzeug.wrappers import Request


def trash_meta(key: str, value: str) -> dict[str, Any]:
    return {"id": 9_000_000, "key": key, "value": value}


def only(body: Any, request: Request) -> Any:
    """``_fields``: the members asked for, of an object or of each in a list."""
    fields = request.args.get("_fields")
    if not fields:
        return body
    wanted = {field.strip().partition(".")[0] for field in fields.split(",")}
    if isinstance(body, list):
        return [{k: v for k, v in item.items() if k in wanted} for item in body]
    return {key: value for key, value in body.items() if key in wanted}


def at_decimals(value: Any, dp: int) -> Any:
    """Amounts (texts with a decimal point) rounded half up to ``dp`` decimals."""
    if isinstance(value, dict):
        return {
            key: inner
            if key in ("meta_data", "billing", "shipping", "version", "transaction_id", "number")
            else at_decimals(inner, dp)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [at_decimals(inner, dp) for inner in value]
    if isinstance(value, str) and value.lstrip("-").replace(".", "", 1).isdigit() and "." in value:
        return str(Decimal(value).quantize(Decimal(1).scaleb(-dp), ROUND_HALF_UP))
    return value

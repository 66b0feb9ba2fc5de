"""Parameters of collections: what WordPress accepts, and what its filters mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

ORDERBY = ("date", "id", "include", "title", "slug", "modified")
STATUSES = (
    "auto-draft",
    "pending",
    "processing",
    "on-hold",
    "completed",
    "cancelled",
    "refunded",
    "failed",
)
DATES = ("after", "before", "modified_after", "modified_before")
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(Z|[+-]\d{2}(?::?\d{2})?)?", re.I
)


class Invalid(Exception):
    """Ends as 400 rest_invalid_param. ``found``: parameter -> (code, message)."""

    def __init__(self, found: dict[str, tuple[str, str]]):
        super().__init__(", ".join(found))
        self.found = found


@dataclass
class Query:
    """A valid request for a list. ``dates`` are (compared field, "after" or "before",
    second)."""

    page: int = 1
    per_page: int = 10
    offset: int | None = None
    order: str = "desc"
    orderby: str = "date"
    statuses: tuple[str, ...] = ("any",)
    include: tuple[int, ...] = ()
    exclude: tuple[int, ...] = ()
    search: str = ""
    customer: str = ""
    dp: int | None = None
    dates: list[tuple[str, str, datetime]] = field(default_factory=list)


def parse(args: Mapping[str, str], statuses: tuple[str, ...], zone: ZoneInfo) -> Query:
    """The query; unknown parameters are ignored, as WordPress does. Raises Invalid."""
    query, wrong = Query(), {}
    for name, lowest, highest in (("page", 1, None), ("per_page", 1, 100), ("offset", 0, None)):
        if name in args:
            problem = _integer_problem(name, args[name], lowest, highest)
            if problem:
                wrong[name] = problem
            else:
                setattr(query, name, int(args[name]))
    for name, allowed in (("order", ("asc", "desc")), ("orderby", ORDERBY)):
        if name in args:
            setattr(query, name, args[name])
            if args[name] not in allowed:
                wrong[name] = _enum_problem(name, allowed)
    query.statuses = tuple(_list(args, "status")) or ("any",)
    for index, status in enumerate(query.statuses):
        if status not in statuses:
            wrong["status"] = _enum_problem(f"status[{index}]", statuses)
    query.include = tuple(int(x) for x in _list(args, "include") if x.isdigit())
    query.exclude = tuple(int(x) for x in _list(args, "exclude") if x.isdigit())
    query.search, query.customer = args.get("search", ""), args.get("customer", "")
    query.dp = int(args["dp"]) if args.get("dp", "").isdigit() else None
    wrong |= _read_dates(query, args, zone)
    if wrong:
        raise Invalid(wrong)
    return query


def _read_dates(query: Query, args, zone: ZoneInfo) -> dict[str, tuple[str, str]]:
    wrong = {}
    in_gmt = args.get("dates_are_gmt", "").lower() in ("1", "true")
    for name in DATES:
        if name not in args:
            continue
        try:
            moment = _moment(args[name], in_gmt, zone)
        except ValueError:
            wrong[name] = ("rest_invalid_date", "Invalid date.")
            continue
        column = "date_modified_gmt" if name.startswith("modified") else "date_created_gmt"
        query.dates.append((column, name.rpartition("_")[2], moment))
    return wrong


def _moment(text: str, in_gmt: bool, zone: ZoneInfo) -> datetime:
    """The compared second as naive GMT.

    A zone together with ``dates_are_gmt``: WordPress turns the moment into the site's
    local time and then reads that as GMT. Without the flag all is local time.
    """
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(text)
    moment = datetime.fromisoformat(text.upper()).replace(microsecond=0)
    if found[1]:
        local = moment.astimezone(zone)
        return local.replace(tzinfo=None) if in_gmt else _naive_gmt(local)
    return moment if in_gmt else _naive_gmt(moment.replace(tzinfo=zone))


def _naive_gmt(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def select(orders: list[dict[str, Any]], query: Query) -> list[dict[str, Any]]:
    """Orders that match, sorted; not yet cut into pages."""
    found = [order for order in orders if _matches(order, query)]
    key = {
        "date": lambda order: (_date(order, "date_created_gmt"), order["id"]),
        "modified": lambda order: (_date(order, "date_modified_gmt"), order["id"]),
        "include": lambda order: query.include.index(order["id"]) if query.include else order["id"],
    }.get(query.orderby, lambda order: order["id"])
    return sorted(found, key=key, reverse=query.order == "desc" and query.orderby != "include")


def _matches(order: dict[str, Any], query: Query) -> bool:
    return (
        _has_status(order, query)
        and (not query.include or order["id"] in query.include)
        and order["id"] not in query.exclude
        and query.customer in ("", str(order["customer_id"]))
        and _is_found(order, query.search.lower())
        and all(_in_time(order, *limit) for limit in query.dates)
    )


def _has_status(order, query: Query) -> bool:
    """ "any" is every status but these two, whatever else the list names."""
    if "any" in query.statuses:
        return order["status"] not in ("trash", "auto-draft")
    return order["status"] in query.statuses


def _in_time(order, column: str, side: str, limit: datetime) -> bool:
    """Strict on both sides, to the second."""
    moment = _date(order, column)
    return moment > limit if side == "after" else moment < limit


def _date(order, column: str) -> datetime:
    """That of a broken order as if it were changed last, so that it is found."""
    try:
        return datetime.fromisoformat(order[column])
    except (KeyError, TypeError, ValueError):
        return datetime.max  # noqa: DTZ901  # naive as the shop's own


def _is_found(order, words: str) -> bool:
    billing = order.get("billing") or {}
    texts = (order["id"], order.get("number"), billing.get("email"), billing.get("last_name"))
    return any(words in str(text).lower() for text in texts)


def _list(args, name: str) -> list[str]:
    values = [args[key] for key in args if key == name or key.startswith(f"{name}[")]
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _integer_problem(name, value, lowest, highest) -> tuple[str, str] | None:
    if not re.fullmatch(r"-?\d+", value):
        return "rest_invalid_type", f"{name} is not of type integer."
    if highest is None:
        if int(value) < lowest:
            return "rest_out_of_bounds", f"{name} must be greater than or equal to {lowest}"
    elif not lowest <= int(value) <= highest:
        message = f"{name} must be between {lowest} (inclusive) and {highest} (inclusive)"
        return "rest_out_of_bounds", message
    return None


def _enum_problem(name, allowed) -> tuple[str, str]:
    listed = f"{', '.join(allowed[:-1])}, and {allowed[-1]}"
    return "rest_not_in_enum", f"{name} is not one of {listed}."


def status_problem(allowed: tuple[str, ...]) -> Invalid:
    """An order is to get a status that does not exist."""
    return Invalid({"status": _enum_problem("status", allowed)})

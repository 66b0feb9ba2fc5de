"""Parameters of requests: what the webservice makes of filters, sorts, limits and fields.

As measured on real shops and read in PrestaShop's WebserviceRequest and SQLUtils.
"""

import operator
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from .store import EMPTY_DATE, Row, Table, comparable, texts

Params = dict[str, Any]
# Fields to show: name -> None, or for an association its fields. None: all of them; no
# field at all: only ids.
Fields = dict[str, list[str] | None] | None

# Fields that PrestaShop computes: they can be read, but not be filtered by.
DYNAMIC = {
    "orders": {"shipping_number"},
    "products": {
        "id_default_combination",
        "id_default_image",
        "manufacturer_name",
        "position_in_category",
        "quantity",
        "type",
    },
    "carriers": {"id_tax_rules_group"},
    "currencies": {"name"},
}
_DATES = ("date_add", "date_upd")
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_FILTER = re.compile(r"(.*)\[(.*)\](.*)", re.S)
_RANGE = re.compile(r"([\d.:\-\s]+),([\d.:\-\s]+)")
_MOMENT = re.compile(r"\s*(\d{4})-(\d\d?)-(\d\d?)(?:[T ]+(\d\d?):(\d\d?)(?::(\d\d?))?)?")
_LEADING_NUMBER = re.compile(r"\s*-?\d+(?:\.\d+)?")


class Refused(Exception):
    """Ends as an error. ``crashes``: PHP stumbles over it afterwards, which adds its
    warnings to the reply and makes the status 500."""

    def __init__(self, status: int, code: int, message: str, *, crashes: bool = False):
        super().__init__(message)
        self.status, self.code, self.message, self.crashes = status, code, message, crashes


def parse(query_string: str) -> Params:
    """Parameters as PHP reads them: ``a[b]=c`` nests, of two equal names the last counts."""
    params: Params = {}
    for name, value in parse_qsl(query_string, keep_blank_values=True):
        found = _KEY.fullmatch(name)
        place, parts = params, [name]
        if found:
            parts = [found[1], *re.findall(r"\[([^\]]*)\]", found[2])]
        for part in parts[:-1]:
            if not isinstance(place.get(part), dict):
                place[part] = {}
            place = place[part]
        place[parts[-1]] = value
    return params


def did_you_mean(status: int, code: int, label: str, value: str, known: list[str], **more):
    closest = min(reversed(known), key=lambda word: _distance(value, word), default="")
    text = f'{label}. Did you mean: "{closest}"?'
    if len(known) > 1:
        text += ' The full list is: "' + '", "'.join(known) + '"'
    return Refused(status, code, text, **more)


def _distance(one: str, other: str) -> int:
    """Levenshtein's."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def wanted_fields(params: Params, table: Table) -> Fields:
    """What ``display`` asks for. Raises Refused."""
    display = params.get("display", "minimum")
    if display in ("full", "minimum"):
        return None if display == "full" else {}
    found = re.fullmatch(r"\[(.*)\]", display, re.S)
    available = ", ".join(table.fields)
    if not found:
        message = (
            "The 'display' syntax is wrong. You can set 'full' or '[field_1,field_2,field_3,...]'. "
            f"These are available: {available}"
        )
        raise Refused(400, 36, message)
    fields: dict[str, list[str] | None] = {}
    for name, inner in re.findall(r"\s*([^,\[\]]+?)\s*(\[[^\]]*\])?(?:,|$)", found[1]):
        fields[name] = inner[1:-1].split(",") if inner else None
        associations = (table.form or {}).get("associations", {})
        if table.form and not (name in associations if inner else name in table.fields):
            message = f'Unable to display this field "{name}". However, these are available: '
            raise Refused(400, 35, message + available)
    return fields


def select(params: Params, table: Table, within: set[int] | None = None) -> list[Row]:
    """Rows that a list request asks for, of those ``within``. Raises Refused."""
    filters = params.get("filter") or {}
    plain, translated = _filterable(table, params.get("date", "") not in ("", "0"))
    ids = set(table.rows) if within is None else set(within)
    for name, value in filters.items() if isinstance(filters, dict) else ():
        if name not in ("sort", "limit"):
            _check_filter(table, name, value, plain, translated)
            ids = _filtered(table, name, value, ids)
    try:
        wanted_fields(params, table)
    except Refused as refusal:
        refusal.crashes = True  # in a list; the reply of a single row stays whole
        raise
    start, stop = _limit(params)
    sorts = _sorts(params, plain, translated)
    return [table.rows[row_id] for row_id in _ordered(table, ids, sorts, start, stop)[start:stop]]


def _filterable(table: Table, dates: bool) -> tuple[list[str], list[str]]:
    """Fields with one value, and those with one for each language. Dates only on request."""
    translated = [
        name for name in table.fields if table.form and isinstance(table.form[name], list)
    ]
    plain = [name for name in table.fields if name not in translated]
    if dates:
        return plain + [name for name in _DATES if name not in plain], translated
    return [name for name in plain if name not in _DATES], translated


def _check_filter(table, name: str, value: Any, plain: list[str], translated: list[str]) -> None:
    if not table.form:
        return  # no row ever recorded: its fields are not known
    if isinstance(value, dict):
        raise Refused(400, 31, "There is no existing linked table for this resource", crashes=True)
    if name not in (*plain, *translated):
        raise did_you_mean(400, 32, "This filter does not exist", name, plain, crashes=True)
    if value == "":
        raise Refused(400, 33, f'The filter "{name}" is malformed.', crashes=True)
    if name in DYNAMIC.get(table.resource, ()):
        reason = "It is not possible to filter GET query with this field."
        raise Refused(400, 34, f'The field "{name}" is dynamic. {reason}', crashes=True)
    if name not in table.fields:
        raise Refused(500, 97, f"[SQL Error] Unknown column 'main.{name}' in 'where clause'.")


def _filtered(table: Table, name: str, text: str, ids: set[int]) -> set[int]:
    """Those of ``ids`` that a filter leaves, by MySQL's comparisons."""
    if not table.form:
        return ids
    found = _FILTER.fullmatch(text)
    before, inside, after = found.groups() if found else ("", text, "")
    if "%" in (before, after):
        pattern = re.escape(before + inside + after).replace("%", ".*").replace("_", ".")
        like = re.compile(pattern, re.I | re.S)
        return {i for i in ids if any(like.fullmatch(str(t)) for t in texts(table.rows[i][name]))}
    if before in ("", "!") and not after:
        span = _RANGE.fullmatch(inside) if found and not before else None
        if span:
            return _between(table, name, span, ids)
        values = inside.split("|") if found else [inside]
        return _equal(table, name, values, ids, negated=before == "!")
    compare = {">": operator.gt, "<": operator.lt}.get(before)
    if after or not compare:
        return ids  # PrestaShop adds no condition
    column, bound = table.column(name), _as_column(table, name, inside)
    return {i for i in ids if compare(column[i], bound)}


def _equal(table: Table, name: str, values: list[str], ids: set[int], *, negated: bool) -> set[int]:
    found = table.having(name, [_as_column(table, name, value) for value in values])
    return ids - found if negated else ids & found


def _between(table: Table, name: str, span: re.Match, ids: set[int]) -> set[int]:
    low, high = sorted(_as_column(table, name, part) for part in span.groups())
    column = table.column(name)
    return {i for i in ids if low <= column[i] <= high}


def _as_column(table: Table, name: str, text: str) -> tuple[int, Any]:
    """A filter's value converted as MySQL does: what is no date is the empty date, what is
    no number is 0."""
    form = str(texts(table.form[name])[0] if table.form[name] != [] else "")
    if name in _DATES or re.match(r"\d{4}-\d\d-\d\d", form):
        found = _MOMENT.match(text)
        if not found:
            return comparable(EMPTY_DATE)
        year, *rest = (int(part or 0) for part in found.groups())
        date = "-".join((f"{year:04}", *(f"{part:02}" for part in rest[:2])))
        time = ":".join(f"{part:02}" for part in rest[2:])
        return comparable(date if len(form) == len(date) else f"{date} {time}")
    value = comparable(text)
    if name.startswith("id") and value[0] == 1:
        leading = _LEADING_NUMBER.match(text)
        return comparable(leading[0].strip() if leading else "0")
    return value


def _sorts(params: Params, plain: list[str], translated: list[str]) -> list[tuple[str, bool]]:
    """(field, whether descending) from the first to the last."""
    text = params.get("sort")
    if text is None:
        return []
    found = re.fullmatch(r"\[(.*)\]", text, re.S)
    sorts = []
    for part in (found[1] if found else text).split(","):
        name, _, direction = part.rpartition("_")
        if direction.upper() not in ("ASC", "DESC"):
            example = "'[field_1_DESC,field_2_ASC,field_3_ASC,...]'"
            message = (
                'The "sort" value has to be formed as this example: "field_ASC" or '
                f'{example} ("field" has to be an available field)'
            )
            raise Refused(400, 37, message, crashes=True)
        if plain and name not in (*plain, *translated):
            message = (
                "Unable to filter by this field. However, these are available: "
                f"{', '.join(plain)}, for i18n fields:{', '.join(translated)}"
            )
            raise Refused(400, 38, message, crashes=True)
        sorts.append((name, direction.upper() == "DESC"))
    return sorts


def _limit(params: Params) -> tuple[int, int | None]:
    """First and last place (exclusive) of the rows asked for."""
    text = params.get("limit")
    if text is None:
        return 0, None
    parts = text.split(",")
    if len(parts) > 2:
        message = 'The "limit" value has to be formed as this example: "5,25" or "10"'
        raise Refused(400, 39, message, crashes=True)
    numbers = [_LEADING_NUMBER.match(part) for part in parts]
    start, count = [0, *(max(0, int(float(found[0]))) if found else 0 for found in numbers)][-2:]
    return start, start + count


def _ordered(table: Table, ids: Iterable[int], sorts, start: int, stop: int | None) -> list[int]:
    """Without a sort: any order. Rows that a sort leaves equal change places with the page
    asked for, as they do in MySQL, which sorts small pages in another way than large ones."""
    if not sorts:
        return table.unsorted(ids)
    count = None if stop is None else stop - start
    odd_page = bool(count) and (start // count) % 2 == 1
    upwards = odd_page != (count is not None and count <= 10)
    ordered = sorted(ids, reverse=not upwards)
    for name, descending in reversed(sorts):
        column: Mapping[int, tuple] = table.column(name)
        ordered.sort(key=column.__getitem__, reverse=descending)
    return ordered

"""What the shop's database holds: a table for each resource, loaded from recordings."""

import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

from .. import DATA

Row = dict[str, Any]

OWN = DATA / "prestashop"
DEFAULT_VERSION = "8.2.1"
EMPTY_DATE = "0000-00-00 00:00:00"
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_NO_ROWS = ("error_", "schema_", "root")
# Tables that every installed shop has; a folder without them gets those of our recordings.
_REFERENCE = (
    "carriers",
    "configurations",
    "countries",
    "currencies",
    "groups",
    "languages",
    "order_states",
    "shop_groups",
    "shop_urls",
    "shops",
    "states",
    "tax_rule_groups",
    "taxes",
    "zones",
)


def node(resource: str) -> str:
    """Name of one row: orders -> order, addresses -> address, order_histories -> order_history."""
    if resource.endswith("ies"):
        return resource[:-3] + "y"
    if resource.endswith(("sses", "xes")):
        return resource[:-2]
    return resource.removesuffix("s")


def list_node(resource: str) -> str:
    """Name of a list of rows; only refunds are called otherwise than their resource."""
    return "order_slips" if resource == "order_slip" else resource


def comparable(value: Any) -> tuple[int, Any]:
    """A value in the form that MySQL compares: numbers as numbers, text without case."""
    text = "" if value is None or value is False else str(value)
    return (0, Decimal(text)) if _NUMBER.fullmatch(text) else (1, text.casefold())


def texts(value: Any) -> list[Any]:
    """The values of a field: one, or one for each language."""
    if isinstance(value, list):
        return [translation["value"] for translation in value]
    return [value]


class Table:
    """Rows by id, with an index on every field that was asked for.

    Change rows by ``update`` only: it keeps the indexes true.
    """

    def __init__(self, resource: str, form: Row | None = None):
        self.resource = resource
        self.rows: dict[int, Row] = {}
        self.form = form  # a row that shows the fields and types of all
        self.last_id = 0
        self.last_date = EMPTY_DATE  # the latest that any row ever had, local time
        self._ranks: dict[int, int] = {}
        self._columns: dict[str, dict[int, tuple]] = {}
        self._indexes: dict[str, dict[tuple, list[int]]] = {}

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def fields(self) -> list[str]:
        return [name for name in self.form or {} if name != "associations"]

    def load(self, rows: Iterable[Row]) -> None:
        """Rows in the order the real shop gave them without any sort."""
        for row in rows:
            if not self.rows:
                self.form = row  # its own form comes before a borrowed one
            self._ranks[row["id"]] = len(self._ranks)
            self._put(row)

    def add(self, row: Row) -> Row:
        """A row that came later: without a sort it appears anywhere."""
        self._ranks[row["id"]] = 1_000_000 + crc32(str(row["id"]).encode())
        return self._put(row)

    def _put(self, row: Row) -> Row:
        self.form = self.form or row
        self.rows[row["id"]] = row
        self.last_id = max(self.last_id, row["id"])
        self._note_date(row)
        self._forget()
        return row

    def insert(self, **values: Any) -> Row:
        """Add a row under the next id; fields not given are empty."""
        return self.add(self.shaped({"id": self.last_id + 1, **values}))

    def update(self, row_id: int, **values: Any) -> Row:
        row = self.rows[row_id]
        row.update((name, self._typed(name, value)) for name, value in values.items())
        self._note_date(row)
        self._forget()
        return row

    def remove(self, row_id: int) -> None:
        del self.rows[row_id]
        self._forget()

    def _note_date(self, row: Row) -> None:
        self.last_date = max(self.last_date, row.get("date_upd") or row.get("date_add") or "")

    def _forget(self) -> None:
        self._columns.clear()
        self._indexes.clear()

    def shaped(self, values: Row) -> Row:
        """A row with the fields, their order and the types that this version has."""
        if not self.form:
            return values
        row = {
            name: self._typed(name, values[name]) if name in values else _empty(self.form[name])
            for name in self.fields
        }
        if values.get("associations"):
            row["associations"] = values["associations"]
        return row

    def _typed(self, name: str, value: Any) -> Any:
        form = (self.form or {}).get(name)
        if name == "id" or (type(form) is int and str(value).lstrip("-").isdigit()):
            return int(value)
        return value if value is None or isinstance(value, list | dict) else str(value)

    # -- reading
    def column(self, field: str) -> dict[int, tuple]:
        """Row id -> comparable value (of the first language)."""
        if field not in self._columns:
            self._columns[field] = {
                row_id: comparable(texts(row.get(field))[0] if row.get(field) != [] else None)
                for row_id, row in self.rows.items()
            }
        return self._columns[field]

    def having(self, field: str, values: Iterable[tuple]) -> set[int]:
        """Ids of the rows whose field equals one of the comparable values."""
        if field not in self._indexes:
            index: dict[tuple, list[int]] = {}
            for row_id, row in self.rows.items():
                for text in texts(row.get(field)):
                    index.setdefault(comparable(text), []).append(row_id)
            self._indexes[field] = index
        return {row_id for value in values for row_id in self._indexes[field].get(value, ())}

    def where(self, **values: Any) -> list[Row]:
        """Rows that have all these values, by id."""
        found = [self.having(name, [comparable(value)]) for name, value in values.items()]
        return [self.rows[row_id] for row_id in sorted(set.intersection(*found))]

    def unsorted(self, ids: Iterable[int]) -> list[int]:
        """As a list without a sort shows them: dependably nothing."""
        return sorted(ids, key=self._ranks.__getitem__)


class Store:
    """All tables of a shop.

    ``data`` is a folder of recordings of one version. What it lacks of the tables that
    every installed shop has, and the form of rows that it has none of, come from ours.
    """

    def __init__(self, data: Path):
        self.version = _version(data)
        self._tables: dict[str, Table] = {}
        self._forms = _loaded(OWN) if data.resolve() != OWN.resolve() else {}
        loaded = _loaded(data)
        only = _only_language(loaded)
        for resource, rows in loaded.items():
            form = self._forms.get(resource, [{}])[0]
            self.table(resource).load(_translated(row, form, only) for row in rows)
        for resource in _REFERENCE:
            if not len(self.table(resource)):
                self.table(resource).load(self._retyped(row) for row in self._forms[resource])
        self._name_version()

    def table(self, resource: str) -> Table:
        if resource not in self._tables:
            rows = self._forms.get(resource)
            self._tables[resource] = Table(resource, self._retyped(rows[0]) if rows else None)
        return self._tables[resource]

    def __getitem__(self, resource: str) -> Table:
        return self.table(resource)

    @property
    def numbers_ids(self) -> bool:
        """PrestaShop 9 gives keys of other rows as numbers, the others as text."""
        return int(self.version.split(".")[0]) >= 9

    def setting(self, name: str) -> str:
        rows = self["configurations"].where(name=name)
        return rows[0]["value"] if rows else ""

    def _retyped(self, row: Row) -> Row:
        return {
            name: int(value)
            if self.numbers_ids and name.startswith("id") and str(value).isdigit()
            else value
            for name, value in row.items()
        }

    def _name_version(self) -> None:
        for row in self["configurations"].where(name="PS_VERSION_DB"):
            self["configurations"].update(row["id"], value=self.version)


def _empty(form: Any) -> Any:
    """What a field holds that nobody filled, told from a filled one."""
    if form is None or isinstance(form, int):
        return form and 0
    text = str(form)
    if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text):
        return EMPTY_DATE
    if _NUMBER.fullmatch(text):
        return re.sub(r"\d", "0", text.lstrip("-")) if "." in text else "0"
    return ""


def _loaded(data: Path) -> dict[str, list[Row]]:
    """Resource -> its recorded rows. A resource's own file (``orders_full`` for orders)
    comes first, as its order is that of the shop; other lists only add what it lacks."""
    lists = []
    for path in data.glob("*.json"):
        text = "" if path.name.startswith(_NO_ROWS) else path.read_text("utf-8")
        body = json.loads(text) if text.strip() else None
        for name, rows in body.items() if isinstance(body, dict) else ():
            if isinstance(rows, list) and rows and name != "errors":
                resource = "order_slip" if name == "order_slips" else name
                another = path.stem not in (resource, f"{resource}_full")
                lists.append((another, -len(rows[0]), path.name, resource, rows))
    found: dict[str, dict[int, Row]] = {}
    for *_, resource, rows in sorted(lists, key=lambda entry: entry[:3]):
        known = found.setdefault(resource, {})
        fields = len(next(iter(known.values()), ()))
        for row in rows:
            if len(row) >= fields - 1:  # some rows have no associations
                known.setdefault(row["id"], row)
    return {resource: list(rows.values()) for resource, rows in found.items()}


def _only_language(loaded: dict[str, list[Row]]) -> int | None:
    """Id of the language of a shop that has a single one."""
    languages = loaded.get("languages", [])
    return languages[0]["id"] if len(languages) == 1 else None


def _translated(row: Row, form: Row, language: int | None) -> Row:
    """JSON of a shop with one language shows its texts without the language; told from the
    ``form`` of a row of a shop with several, they are given it back."""
    if language is None:
        return row
    return {
        name: [{"id": str(language), "value": value}]
        if isinstance(form.get(name), list) and not isinstance(value, list)
        else value
        for name, value in row.items()
    }


def _version(data: Path) -> str:
    for path in sorted(data.glob("*.headers.txt")):
        found = re.search(r"^PSWS-Version: (\d+\.\S+)", path.read_text("utf-8"), re.M)
        if found:
            return found[1]
    return DEFAULT_VERSION

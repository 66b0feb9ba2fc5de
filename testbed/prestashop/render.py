"""Replies in the two forms of the webservice: JSON and XML."""

import json
import re
from collections.abc import Collection, Iterable
from typing import Any

from .query import DYNAMIC, Fields
from .store import Row, list_node, node

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">\n'
)
# Fields to which XML adds a link, and the resource it leads to.
_LINKS = {
    "current_state": "order_states",
    "id_address_delivery": "addresses",
    "id_address_invoice": "addresses",
    "id_carrier": "carriers",
    "id_cart": "carts",
    "id_country": "countries",
    "id_currency": "currencies",
    "id_customer": "customers",
    "id_customization": "customizations",
    "id_lang": "languages",
    "id_order": "orders",
    "id_order_state": "order_states",
    "id_product": "products",
    "id_zone": "zones",
    "product_id": "products",
}
# Associations whose items are resources; the others exist only inside their row.
_RESOURCES = {
    "accessories": "products",
    "attachments": "attachments",
    "categories": "categories",
    "combinations": "combinations",
    "groups": "groups",
    "images": "images",
    "product_bundle": "products",
    "product_features": "product_features",
    "product_option_values": "product_option_values",
    "stock_availables": "stock_availables",
    "tags": "tags",
    "taxes": "taxes",
}
# Associations that XML shows even where a row has none of them; JSON leaves them out.
_ASSOCIATIONS = {
    "combinations": ("product_option_values", "images"),
    "customizations": ("customized_data_text_fields", "customized_data_images"),
    "order_details": ("taxes",),
    "orders": ("order_rows",),
    "products": (
        "categories",
        "images",
        "combinations",
        "product_option_values",
        "product_features",
        "tags",
        "stock_availables",
        "attachments",
        "accessories",
        "product_bundle",
    ),
}
Errors = list[tuple[int, str]]


def in_languages(row: Row, languages: list[int]) -> Row:
    """The row with its texts in these languages only."""
    return {
        name: [text for text in value if int(text["id"]) in languages]
        if isinstance(value, list)
        else value
        for name, value in row.items()
    }


def _worded(row: Row) -> Row:
    """JSON tells a text in a single language as the mere text."""
    return {
        name: value[0]["value"] if isinstance(value, list) and len(value) == 1 else value
        for name, value in row.items()
    }


def only(row: Row, fields: Fields) -> Row:
    """The fields that ``display`` asks for, in the row's own order."""
    if fields is None:
        return row
    if not fields:
        return {"id": row["id"]}
    shown = {name: value for name, value in row.items() if name in fields}
    associations = {
        name: [{key: item[key] for key in inner if key in item} for item in items]
        for name, items in row.get("associations", {}).items()
        if (inner := fields.get(name))
    }
    return {**shown, "associations": associations} if associations else shown


def to_json(body: Any) -> str:
    """As PHP writes it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")


def json_list(resource: str, rows: list[Row]) -> str:
    return to_json({list_node(resource): [_worded(row) for row in rows]} if rows else [])


def json_one(resource: str, row: Row, *, drops_empty: bool) -> str:
    """PrestaShop 8 and later leave zeros and empty texts out of a single row."""
    row = _worded(row)
    if drops_empty:
        row = {name: value for name, value in row.items() if value not in ("", "0", 0, None, [])}
    return to_json({node(resource): row})


def xml_list(resource: str, rows: Iterable[Row], api: str, fields: Fields) -> str:
    """``fields`` as asked for; where it is empty, rows are mere links."""
    name = node(resource)
    if fields == {}:
        lines = "".join(
            f'<{name} id="{row["id"]}" xlink:href="{api}{resource}/{row["id"]}"/>\n' for row in rows
        )
    else:
        lines = "".join(_xml_row(resource, row, api, whole=fields is None) for row in rows)
    return f"{_HEAD}<{list_node(resource)}>\n{lines}</{list_node(resource)}>\n</prestashop>\n"


def xml_one(resource: str, row: Row, api: str, fields: Fields = None) -> str:
    return f"{_HEAD}{_xml_row(resource, row, api, whole=fields is None)}</prestashop>\n"


def _xml_row(resource: str, row: Row, api: str, *, whole: bool) -> str:
    name = node(resource)
    lines = [f"<{name}>\n"]
    for field, value in row.items():
        if field != "associations":
            dynamic = field in DYNAMIC.get(resource, ())
            lines.append(_xml_field(field, value, api, dynamic=dynamic))
    shown = dict.fromkeys(_ASSOCIATIONS.get(resource, ()) if whole else (), ())
    shown |= row.get("associations", {})
    if shown:
        lines.append("<associations>\n")
        lines += [_xml_association(*entry, api) for entry in shown.items()]
        lines.append("</associations>\n")
    return "".join([*lines, f"</{name}>\n"])


def _xml_field(field: str, value: Any, api: str, *, dynamic: bool = False) -> str:
    link = f' xlink:href="{api}{_LINKS[field]}/{value}"' if field in _LINKS else ""
    mark = ' notFilterable="true"' if dynamic else ""
    if isinstance(value, list):
        text = "".join(
            f'<language id="{each["id"]}" xlink:href="{api}languages/{each["id"]}">'
            f"{_cdata(each['value'])}</language>"
            for each in value
        )
    else:
        text = _cdata(value)
    return f"\t<{field}{link}{mark}>{text}</{field}>\n"


def _xml_association(name: str, items: Collection[Row], api: str) -> str:
    resource = _RESOURCES.get(name)
    inner = node(resource or name)
    kind = f'api="{resource}"' if resource else 'virtualEntity="true"'
    if not items:
        return f'<{name} nodeType="{inner}" {kind}/>\n'
    lines = [f'<{name} nodeType="{inner}" {kind}>\n']
    for item in items:
        link = f' xlink:href="{api}{resource}/{item["id"]}"' if resource else ""
        fields = "".join(_xml_field(field, value, api) for field, value in item.items())
        lines.append(f"\t<{inner}{link}>\n{fields}\t</{inner}>\n")
    return "".join([*lines, f"</{name}>\n"])


def _cdata(value: Any) -> str:
    text = "" if value is None or value is False else str(value)
    return f"<![CDATA[{text}]]>"


def errors(found: Errors, *, as_json: bool) -> str:
    if as_json:
        return to_json({"errors": [{"code": code, "message": text} for code, text in found]})
    lines = "".join(
        f"<error>\n<code>{_cdata(code)}</code>\n<message>{_cdata(text)}</message>\n</error>\n"
        for code, text in found
    )
    return f"{_HEAD}<errors>\n{lines}</errors>\n</prestashop>\n"


class Root:
    """The list of resources that the API's root gives, from a recorded one."""

    _BLOCK = re.compile(r"^<(\w+) xlink:href=.*?^</\1>\n", re.M | re.S)

    def __init__(self, recorded: str):
        found = list(self._BLOCK.finditer(recorded))
        self.blocks = {block[1]: block[0] for block in found}
        self._start = recorded[: found[0].start()]
        self._host = link_host(recorded)

    @staticmethod
    def _permitted(block: str, methods: Collection[str]) -> str:
        return re.sub(
            r"\b(get|put|post|patch|delete|head)=\"\w+\"",
            lambda found: f'{found[1]}="{str(found[1].upper() in methods).lower()}"',
            block,
        )

    def xml(self, allowed: dict[str, frozenset[str]], api: str) -> str:
        """``allowed``: resource -> methods of the key that asks."""
        shown = (
            self._permitted(block, allowed[name])
            for name, block in self.blocks.items()
            if name in allowed
        )
        return (self._start + "".join(shown) + "</api>\n</prestashop>\n").replace(self._host, api)


def link_host(recorded: str) -> str:
    """The address of the API in a recorded reply, up to the resource."""
    found = re.search(r'xlink:href="(.*?/api/)', recorded)
    return found[1] if found else ""

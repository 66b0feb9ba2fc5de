"""The simulated shop's webservice."""

import hashlib
import json
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import ClassVar
from xml.etree import ElementTree

from werkzeug.wrappers import Request, Response

from ..server import Simulator
from . import keys, query, render
from .keys import Key
from .query import Refused
from .staff import Staff
from .store import OWN, Store, Table, node

API = "/api"
MAX_REQUEST_LINE = 8190  # Apache's LimitRequestLine, bytes
_REALM = (
    'Basic realm="Welcome to PrestaShop Webservice, please enter the authentication key '
    'as the login. No password required."'
)
# Lists of these show the rows of the asked shops only; other rows belong to no shop.
_BY_SHOP = ("orders", "customers")


class PrestaShopSimulator(Staff, Simulator):
    """Loads a folder of recordings (see ``store``) and is of the version they came from.

    What a shop may be like: ``enabled`` (the webservice), ``keys`` (text -> Key).
    Writing is refused as real shops refuse it; nothing is saved yet.
    """

    code = "prestashop"
    credentials: ClassVar[dict[str, str]] = {"key": "SIMULATEDSHOPKEY0123456789ABCDEF"}

    def __init__(self, data: Path):
        super().__init__(data)
        self.enabled = True
        self.keys = {self.credentials["key"]: Key()}
        self.store = Store(data)
        self.growers = {}
        root = data / "root.xml"
        self.root = render.Root((root if root.exists() else OWN / "root.xml").read_text("utf-8"))
        self._warnings = _warnings(data) or _warnings(OWN)

    @property
    def old(self) -> bool:
        """PrestaShop 1.7: single rows keep what is empty, JSON can list the resources, and
        strangers are told the version."""
        return self.store.version.startswith("1.")

    def deny(self, right: str) -> None:
        key = self.keys[self.credentials["key"]]  # rights are the resources it may read
        every = self.root.blocks if key.resources is None else key.resources
        key.resources = frozenset(every) - {right}

    # -- requests
    def handle(self, request: Request) -> Response:
        if _line_length(request) > MAX_REQUEST_LINE:
            return _html("Request-URI Too Long", 414)
        if request.path != API and not request.path.startswith(f"{API}/"):
            return _html("Not Found", 404)
        as_json = _wants_json(request)
        try:
            return self._serve_key(request, as_json)
        except keys.Unauthorized as refusal:
            reply = self._errors(401, refusal.errors, as_json=as_json, known=False)
            reply.headers["WWW-Authenticate"] = _REALM
            return reply
        except Refused as refusal:
            found = [(refusal.code, refusal.message)]
            if refusal.crashes:
                return self._errors(500, found + self._warnings, as_json=as_json)
            known = refusal.code != 22
            return self._errors(refusal.status, found, as_json=as_json, known=known)

    def _serve_key(self, request: Request, as_json: bool) -> Response:
        told = keys.told(request)
        if told is None:
            reply = Response("401 Unauthorized", 401, content_type="text/html; charset=utf-8")
            reply.headers["WWW-Authenticate"] = _REALM
            return reply
        if not self.enabled:
            message = (
                "The PrestaShop webservice is disabled. Please activate it in the PrestaShop "
                "Back Office"
            )
            raise Refused(503, 22, message)
        key = keys.authenticate(told, self.keys)
        params = query.parse(request.query_string.decode("utf-8", "replace"))
        shops = keys.shops_of(params, key, list(self.store["shops"]))
        languages = self._languages(params)
        resource, _, rest = request.path.removeprefix(API).strip("/").partition("/")
        allowed = key.permissions(self.root.blocks)
        if not resource:
            return self._resources(request, allowed, as_json)
        self._check_access(request.method, resource, allowed)
        if request.method not in keys.READ:
            return self._write(request, resource)
        table = self.store[resource]
        api = f"{request.host_url}api/"
        if "schema" in params and not rest:
            return self._schema(params["schema"], resource, api, as_json=as_json)
        if rest:
            return self._one(table, rest, params, languages, api, as_json)
        within = None
        if resource in _BY_SHOP:
            within = table.having("id_shop", [query.comparable(shop) for shop in shops])
        rows = query.select(params, table, within)
        return self._list(table, rows, params, languages, api, as_json)

    def _check_access(self, method: str, resource: str, allowed: dict) -> None:
        known = list(self.root.blocks)
        if resource not in known:
            label = f'Resource of type "{resource}" does not exists'
            raise query.did_you_mean(400, 27, label, resource, known)
        if resource not in allowed:
            message = f'Resource of type "{resource}" is not allowed with this authentication key'
            raise Refused(401, 26, message)
        if method not in keys.METHODS:
            raise Refused(405, 23, f"Method {method} is not valid")
        if method not in allowed[resource]:
            message = (
                f"Method {method} is not allowed for the resource {resource} "
                "with this authentication key"
            )
            raise Refused(405, 25, message)

    def _languages(self, params: query.Params) -> list[int]:
        """Ids of the languages to show. Raises Refused."""
        known = [row["id"] for row in self.store["languages"]]
        wanted = params.get("language")
        if wanted is None:
            return known
        numbers = re.fullmatch(r"\[?(\d+(?:\|\d+)*|\d+,\d+)\]?", wanted)
        if not numbers:
            raise Refused(400, 79, "language value is wrong")
        asked = [int(number) for number in re.split(r"[|,]", numbers[1])]
        if "," in wanted:
            asked = range(asked[0], asked[1] + 1)
        found = [language for language in known if language in asked]
        if not found:
            raise Refused(400, 81, "language is not available")
        return found

    # -- reading
    def _resources(self, request: Request, allowed: dict, as_json: bool) -> Response:
        if not as_json:
            return self._reply(self.root.xml(allowed, f"{request.host_url}api/"))
        if self.old:
            return self._reply(render.to_json(list(allowed)), as_json=True)
        return Response("", 500, content_type="text/html; charset=utf-8")  # PHP's own crash

    def _list(self, table: Table, rows, params, languages, api, as_json) -> Response:
        fields = query.wanted_fields(params, table)
        shown = [render.only(render.in_languages(row, languages), fields) for row in rows]
        if as_json:
            return self._reply(render.json_list(table.resource, shown), as_json=True)
        return self._reply(render.xml_list(table.resource, shown, api, fields))

    def _one(self, table: Table, rest: str, params, languages, api, as_json) -> Response:
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        row = table.rows.get(int(digits or 0))
        if row is None:
            reply = self._reply("", 404)
            del reply.headers["Content-Type"]
            return reply
        if "display" in params and as_json:
            return self._list(table, [row], params, languages, api, as_json)
        fields = query.wanted_fields(params, table) if "display" in params else None
        shown = render.only(render.in_languages(row, languages), fields)
        if as_json:
            text = render.json_one(table.resource, shown, drops_empty=not self.old)
            return self._reply(text, as_json=True)
        return self._reply(render.xml_one(table.resource, shown, api, fields))

    def _schema(self, kind: str, resource: str, api: str, *, as_json: bool) -> Response:
        """A recorded one, or where there is none all fields, empty."""
        if kind not in ("blank", "synopsis"):
            message = (
                "Please select a schema of type 'synopsis' to get the whole schema informations "
                "(which fields are required, which kind of content...) or 'blank' to get an empty "
                "schema to fill before using POST request"
            )
            raise Refused(400, 28, message, crashes=True)
        path = self.data / f"schema_{kind}_{resource}.{'json' if as_json else 'xml'}"
        if path.exists():
            text = path.read_text("utf-8")
            host = render.link_host(text)
            status = 500 if as_json and self.old else 200  # notices of PHP stand in the body
            return self._reply(text.replace(host, api) if host else text, status, as_json=as_json)
        if as_json:
            return self._reply(render.to_json({node(resource): []}), as_json=True)
        empty = dict.fromkeys(self.store[resource].fields, "")
        return self._reply(render.xml_one(resource, empty, api))

    # -- writing
    def _write(self, request: Request, resource: str) -> Response:
        """The key may; what follows is that nothing can be saved."""
        text = request.get_data(as_text=True)
        try:
            rows = list(ElementTree.fromstring(text))
        except ElementTree.ParseError as error:
            message = (
                "XML error : String could not be parsed as XML\n"
                f"XML length : {len(text.encode())}\nOriginal XML : {text}"
            )
            warning = f"[PHP Warning #2] SimpleXMLElement::__construct(): Entity: {error}"
            found = [(3, warning), (127, message)]
            return self._errors(500, found, as_json=_wants_json(request))
        ids = [row.findtext("id") for row in rows if row.findtext("id")]
        if request.method == "POST" and ids:
            raise Refused(400, 91, "id is forbidden when adding a new resource")
        if request.method in ("PUT", "PATCH") and len(ids) != len(rows):
            raise Refused(400, 90, "id is required when modifying a resource")
        raise Refused(500, 46, "Unable to save resource")

    # -- replies
    def _errors(self, status: int, found, *, as_json: bool, known: bool = True) -> Response:
        reply = self._reply(render.errors(found, as_json=as_json), status, as_json=as_json)
        reply.headers.pop("Content-Sha1", None)
        if not known and not self.old:
            reply.headers["PSWS-Version"] = "0"
        return reply

    def _reply(self, text: str, status: int = 200, *, as_json: bool = False) -> Response:
        kind = "application/json" if as_json else "text/xml;charset=utf-8"
        reply = Response(text, status, content_type=kind)
        now = max(datetime.now(UTC), self.newest())
        reply.headers["Server"] = "Apache"
        reply.headers["Date"] = format_datetime(now, usegmt=True)
        reply.headers["X-Powered-By"] = "PrestaShop Webservice"
        reply.headers["Access-Time"] = str(int(now.timestamp()))
        reply.headers["PSWS-Version"] = self.store.version
        reply.headers["Execution-Time"] = "0.004"
        if text:
            reply.headers["Content-Sha1"] = hashlib.sha1(text.encode()).hexdigest()
        return reply


def _wants_json(request: Request) -> bool:
    """Headers come before parameters; anything but the exact word means XML."""
    places = (
        (request.headers, "Io-Format"),
        (request.headers, "Output-Format"),
        (request.args, "output_format"),
        (request.args, "io_format"),
    )
    return next((place[name] for place, name in places if name in place), "XML") == "JSON"


def _line_length(request: Request) -> int:
    uri = request.environ.get("RAW_URI") or request.full_path
    return len(f"{request.method} {uri} HTTP/1.1".encode())


def _html(title: str, status: int) -> Response:
    page = f"<!DOCTYPE html><html><head><title>{status} {title}</title></head></html>"
    return Response(page, status, content_type="text/html; charset=utf-8")


def _warnings(data: Path) -> render.Errors:
    """What PHP adds to the errors it stumbles over, from a recorded error."""
    for path in sorted(data.glob("error*_bad_filter*.json")):
        found = json.loads(path.read_text("utf-8"))["errors"][1:]
        return [(error["code"], error["message"]) for error in found]
    return []

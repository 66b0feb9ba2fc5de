"""The wire: lists of the webservice, and what its refusals mean.

Facts: https://devdocs.prestashop-project.org/8/webservice/, PrestaShop's
classes/webservice/WebserviceRequest.php, and replies of 1.7.8, 8.2 and 9.1 shops. Lists
are asked for as JSON; single resources never, for their JSON leaves out what is empty.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from ...canonical.texts import _lt
from .. import errors
from ..http import Reply, Transport
from ..normalizing import mapping, objects, text
from ..sites import moved
from . import const

# Of a web server's longest request line (8190 bytes with Apache), what ids may take
IDS_LENGTH = 5000
_SEPARATOR = 3  # "|" as it is sent
_ASKABLE = re.compile(r"[\w .#-]{1,64}", re.A)
_UNKNOWN_RESOURCE = "27"
_KEY_CODES = frozenset({"16", "17", "18", "20", "21"})
_NO_PERMISSIONS = "21"  # beside others, said of keys that are not known
_CLOSED_CODES = frozenset({"25", "26"})
_NOT_THIS_SHOP = "132"
_WEBSERVICE_OFF = "22"


class Webservice:
    """``base`` is the shop's address without /api."""

    def __init__(self, transport: Transport, base: str, key: str):
        self._transport = transport
        self._base = base
        self._key = key

    def root(self) -> tuple[str, str, frozenset[str]]:
        """(name of the shop, version, resources the key may read).

        In XML: as JSON the root crashes in PrestaShop 8 and 9.
        """
        reply = self._reply("", {})
        if reply.status != 200:
            raise problem(reply, "api")
        document = _xml(reply)
        api = None if document is None else document.find("api")
        if api is None:
            raise _not_prestashop(reply)
        readable = frozenset(node.tag for node in api if node.get("get") == "true")
        return text(api.get("shopName")), text(reply.headers.get("PSWS-Version")), readable

    def rows(self, resource: str, **params: Any) -> list[Any]:
        """All rows of a list, undisturbed; see ``listing``."""
        return self.listing(resource, **params)[0]

    def listing(
        self,
        resource: str,
        *,
        fields: Iterable[str] | None = (),
        sort: str = "",
        limit: int | None = None,
        **filters: str,
    ) -> tuple[list[Any], Reply]:
        """Rows of a list, and the reply. ``filters``: field -> filter in the webservice's
        own syntax. Without a sort, rows come in no order; without ``fields``, whole, and
        where they are None, mere ids, for which the shop loads nothing.

        Raises PlatformError.
        """
        params = {
            "output_format": "JSON",
            **{f"filter[{name}]": value for name, value in filters.items()},
        }
        if fields is not None:
            params["display"] = f"[{','.join(fields)}]" if fields else "full"
        if sort:
            params["sort"] = f"[{sort}]"
        if "date_" in sort or any(name.startswith("date_") for name in filters):
            params["date"] = "1"  # without it, a date is no filter and no sort
        if limit:
            params["limit"] = str(limit)
        reply = self._reply(resource, params)
        if reply.status != 200:
            raise problem(reply, resource)
        return _rows(reply, resource), reply

    def by_ids(
        self, resource: str, field: str, ids: Iterable[str], *, fields: Iterable[str] = ()
    ) -> list[Mapping[str, Any]]:
        """Rows whose ``field`` is one of ``ids``, in as few requests as addresses allow."""
        found = []
        for batch in batches(ids):
            found += objects(self.rows(resource, fields=fields, **{field: f"[{'|'.join(batch)}]"}))
        return found

    def _reply(self, resource: str, params: Mapping[str, str]) -> Reply:
        # "all": otherwise only orders of the shop whose address this is are listed
        return self._transport.request(
            "GET",
            f"{self._base}/api/{resource}",
            params={**params, "id_shop": "all"},
            auth=(self._key, ""),
        )


def batches(ids: Iterable[str]) -> list[list[str]]:
    """Sorted ids (or references) in groups that fit into an address; without what no
    filter can ask for, which must not spoil the rest."""
    groups: list[list[str]] = []
    length = IDS_LENGTH
    for key in sorted(filter(_ASKABLE.fullmatch, set(ids)), key=lambda key: (len(key), key)):
        length += len(key) + _SEPARATOR
        if length > IDS_LENGTH:
            groups.append([])
            length = len(key) + _SEPARATOR
        groups[-1].append(key)
    return groups


def _rows(reply: Reply, resource: str) -> list[Any]:
    """An empty list is a bare []; a row may be anything."""
    body = reply.json()
    if body == []:
        return []
    rows = mapping(body).get(const.LIST_NAMES.get(resource, resource))
    if not isinstance(rows, list):
        raise errors.BadReply(
            _lt("The shop's reply is not a list of %(asked)s.", asked=resource),
            status=reply.status,
        )
    return rows


# -- refusals


def problem(reply: Reply, asked: str) -> errors.PlatformError:
    """The error that a reply other than 200 stands for; ``asked`` is the resource."""
    status = reply.status
    told = _told(reply)
    codes = {code for code, _ in told}
    found = None
    if 300 <= status < 400:
        found = moved(reply)
    elif codes & {_UNKNOWN_RESOURCE, *_CLOSED_CODES}:
        found = closed(status, asked, unknown=_UNKNOWN_RESOURCE in codes)
    elif codes == {_NO_PERMISSIONS}:
        found = errors.MissingPermission(
            _lt(
                "The key has no permissions yet: tick the column View (GET) of the key, in "
                "PrestaShop under Advanced Parameters, Webservice."
            ),
            status=status,
        )
    elif status in (401, 403):
        found = _denied(status, codes)
    elif status == 404:
        found = _not_prestashop(reply)
    elif status == 503:
        found = _off(codes)
    if found:
        return found
    first = next((message for _, message in told if not message.startswith("[PHP")), "")
    if first or status < 500:
        return errors.Refused(
            _lt(
                "The shop refused to give %(asked)s: %(reason)s",
                asked=asked,
                reason=first[:200] or status,
            ),
            status=status,
        )
    return errors.Unavailable(
        _lt("The shop's server failed while it was asked for %(asked)s.", asked=asked),
        status=status,
    )


def _told(reply: Reply) -> list[tuple[str, str]]:
    """(code, message) of the errors in a reply, the real one first, PHP's warnings after;
    they come in the format that was asked for."""
    try:
        found = objects(mapping(reply.json()).get("errors"))
    except errors.BadReply:
        document = _xml(reply)
        nodes = [] if document is None else document.iter("error")
        found = [{part.tag: part.text for part in node} for node in nodes]
    return [(text(error.get("code")), text(error.get("message"))) for error in found]


def _xml(reply: Reply) -> Any:
    """The root element; None where the body is not XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(reply.content, parser)
    except etree.XMLSyntaxError:
        return None


def closed(status: int, asked: str, *, unknown: bool = False) -> errors.PlatformError:
    if unknown:
        return errors.NotFound(
            _lt("This version of PrestaShop has no %(asked)s.", asked=asked), status=status
        )
    return errors.MissingPermission(
        _lt(
            "The key may not read %(asked)s: tick it in the column View (GET) of the key, in "
            "PrestaShop under Advanced Parameters, Webservice.",
            asked=asked,
        ),
        status=status,
    )


def _denied(status: int, codes: set[str]) -> errors.PlatformError:
    if _NOT_THIS_SHOP in codes:
        return errors.MissingPermission(
            _lt("The key belongs to no shop of this PrestaShop."), status=status
        )
    if codes & _KEY_CODES:
        return errors.WrongCredentials(
            _lt(
                "The shop does not know this key, or the key is not active (PrestaShop, Advanced "
                "Parameters, Webservice)."
            ),
            status=status,
        )
    if status == 401:
        return errors.WrongCredentials(
            _lt(
                "The shop did not see the key. If it is filled in, the shop's web server keeps "
                "it from PHP: it must pass on the header Authorization."
            ),
            status=status,
        )
    return errors.Refused(
        _lt("A firewall in front of the shop refuses this server; allow its address."),
        status=status,
    )


def _off(codes: set[str]) -> errors.PlatformError:
    if _WEBSERVICE_OFF in codes:
        return errors.ShopOff(
            _lt(
                "The shop's webservice is switched off: enable it in PrestaShop under Advanced "
                "Parameters, Webservice."
            ),
            status=503,
        )
    return errors.ShopOff(_lt("The shop is in maintenance."), status=503)


def _not_prestashop(reply: Reply) -> errors.PlatformError:
    if "PSWS-Version" in reply.headers:
        return errors.BadReply(_lt("The shop's reply cannot be read."), status=reply.status)
    return errors.WrongPlatform(
        _lt(
            "No PrestaShop webservice answers at this address. Is it the shop's address, with "
            "its folder if it has one, and does PrestaShop's .htaccess file exist?"
        ),
        status=reply.status,
    )

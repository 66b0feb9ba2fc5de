"""A connector of any platform, wired to its simulated shop."""

import contextlib
import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from werkzeug.wrappers import Response

from ciama_connector.canonical import Order
from ciama_connector.platforms import registry
from ciama_connector.platforms.base import Connector, ShopConfig
from ciama_connector.platforms.http import Exchange, Transport
from testbed import DATA, simulator_class
from testbed.server import Simulator


@dataclass
class Rig:
    """A running simulated shop and the means to build clients of it."""

    shop: Simulator
    url: str
    journal: list[Exchange] = field(default_factory=list)
    sleeps: list[float] = field(default_factory=list)

    def connector(self, *, facts=None, url=None, transport=None, **credentials) -> Connector:
        cls = registry.connector_class(self.shop.code)
        wanted = {**self.shop.credentials, **credentials}
        transport = transport or self.transport(secrets=tuple(wanted.values()))
        return cls(ShopConfig(url or self.url, wanted, facts or {}), transport)

    def transport(self, **options) -> Transport:
        options = {"journal": self.journal.append, "sleep": self.sleeps.append} | options
        return Transport(**options)

    def checked_connector(self, **options) -> Connector:
        """As in production: a connector that knows the facts of an earlier check."""
        facts = self.connector().check().as_dict()
        return self.connector(facts=facts, **options)


@contextlib.contextmanager
def rig(code: str):
    shop = simulator_class(code)(DATA / code)
    with shop.running() as url:
        yield Rig(shop, url)


def stored(payload) -> dict:
    """The payload as it comes back from the database."""
    return json.loads(json.dumps(payload, default=str))


def pull_all(connector: Connector, cursor=None, **options):
    """(orders by external id, last cursor, number of raw orders seen)."""
    orders, seen = {}, 0
    for page in connector.pull(cursor, **options):
        cursor = page.cursor
        for raw in page.orders:
            seen += 1
            orders[raw.external_id] = raw
    return orders, cursor, seen


def normalized(connector: Connector, raw) -> Order:
    return connector.normalize(stored(raw.payload))


def answering(status, body="", **headers):
    """A fault that replies with this text, or JSON, instead of the shop."""
    is_json = not isinstance(body, str)
    text = json.dumps(body) if is_json else body
    kind = "application/json" if is_json else "text/html"
    return lambda request, handler: Response(text, status, headers=headers, mimetype=kind)


def editing(change):
    """A fault that changes the decoded body of a reply."""

    def fault(request, handler):
        reply = handler(request)
        reply.set_data(json.dumps(change(json.loads(reply.get_data()))))
        return reply

    return fault


def queries(shop: Simulator) -> list[dict]:
    """The query of each request that arrived."""
    return [parse_qs(seen.query) for seen in shop.seen]

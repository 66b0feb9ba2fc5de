"""Who gets in: the keys of the webservice and what each may do."""

from collections.abc import Iterable
from dataclasses import dataclass

from werkzeug.wrappers import Request

from .query import Refused

READ = frozenset({"GET", "HEAD"})
METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD")
LENGTH = 32


@dataclass
class Key:
    """``methods`` on all resources, or where ``resources`` is given on these only;
    ``shops`` are the ids of the shops it is for (None: all)."""

    methods: frozenset[str] = READ
    resources: frozenset[str] | None = None
    shops: frozenset[int] | None = None
    active: bool = True

    def permissions(self, known: Iterable[str]) -> dict[str, frozenset[str]]:
        """Resource -> methods."""
        return {
            name: self.methods for name in known if self.resources is None or name in self.resources
        }


def told(request: Request) -> str | None:
    """The key a request shows: the user name of Basic authentication, or a parameter."""
    if request.authorization and request.authorization.type == "basic":
        return (request.authorization.username or "").strip()
    return request.args.get("ws_key")


def authenticate(text: str, keys: dict[str, Key]) -> Key:
    """Raises Unauthorized."""
    if not text:
        raise Unauthorized((17, "Authentication key is empty"))
    if len(text) != LENGTH:
        raise Unauthorized((18, "Invalid authentication key format"))
    key = keys.get(text)
    none = (21, "No permission for this authentication key")
    if key is None or not key.active:
        raise Unauthorized((20, "Authentification key is not active"), none)
    if not key.methods or key.resources == frozenset():
        raise Unauthorized(none)
    return key


class Unauthorized(Exception):
    """Ends as 401 with these errors."""

    def __init__(self, *errors: tuple[int, str]):
        super().__init__(*errors)
        self.errors = list(errors)


def shops_of(params: dict, key: Key, shops: list[dict]) -> set[int]:
    """Ids of the shops a request is about: one shop, a group, all, or by default the one
    whose address it came to. Raises Refused."""
    group = params.get("id_shop_group", params.get("id_group_shop", ""))
    wanted = params.get("id_shop")
    if group.isdigit():
        ids = {shop["id"] for shop in shops if str(shop["id_shop_group"]) == group}
        if not ids:
            raise Refused(500, 999, "This shop group doesn't have shops")
    elif wanted is None:
        ids = {min(shop["id"] for shop in shops)}
    elif wanted == "all":
        ids = {shop["id"] for shop in shops}
    elif wanted.isdigit():
        ids = {int(wanted)}
    else:
        raise Refused(404, 999, "This shop id does not exist")
    allowed = {shop["id"] for shop in shops} if key.shops is None else key.shops
    if not ids & allowed:
        raise Refused(403, 132, "No permission for this key on this shop")
    return ids

"""What a reply of a WooCommerce shop means when it is not the asked data."""

from collections.abc import Mapping
from typing import Any

from ...canonical.texts import _lt
from .. import errors
from ..http import Reply
from ..normalizing import mapping, text
from ..sites import moved

# Error codes of plugins that close the REST API to everybody
_CLOSED = frozenset(
    {
        "rest_cannot_access",
        "rest_disabled",
        "rest_login_required",
        "rest_not_logged_in",
        "rest_forbidden_context",
    }
)
_CLOCK = "Invalid timestamp"
_NO_READ = "does not have read"


def body(reply: Reply, asked: str) -> Any:
    """The decoded JSON of a good reply; else the PlatformError that fits.

    ``asked`` names the data for the shop keeper ("orders"). Raises WrongUrl,
    WrongCredentials, MissingPermission, NotFound, ShopOff, Unavailable, BadReply, Refused.
    """
    if 200 <= reply.status < 300:
        return reply.json()
    problem = _problem(reply)
    code = text(problem.get("code"))
    if 300 <= reply.status < 400:
        raise moved(reply)
    if reply.status in (401, 403):
        raise _denied(reply.status, code, text(problem.get("message")), asked)
    if reply.status == 404:
        if code == "rest_no_route" or not code:
            raise errors.WrongPlatform(
                _lt(
                    "WooCommerce's REST API does not answer at this address: check that the "
                    "WooCommerce plugin is active and that the permalinks of WordPress are not "
                    '"Plain".'
                ),
                status=404,
            )
        raise errors.NotFound(
            _lt("The shop has no such record (%(asked)s).", asked=asked), status=404
        )
    if reply.status == 503:
        raise errors.ShopOff(_lt("The shop is in maintenance."), status=503)
    if reply.status >= 500:
        raise errors.Unavailable(
            _lt("The shop's server failed while it was asked for %(asked)s.", asked=asked),
            status=reply.status,
        )
    raise errors.Refused(
        _lt("The shop refused to give %(asked)s (%(code)s).", asked=asked, code=code),
        status=reply.status,
    )


def _problem(reply: Reply) -> Mapping[str, Any]:
    try:
        return mapping(reply.json())
    except errors.BadReply:
        return {}


def _denied(status: int, code: str, message: str, asked: str) -> errors.PlatformError:
    """401 and 403: the code alone does not tell a wrong key from a narrow one."""
    if code in _CLOSED:
        return errors.ShopOff(
            _lt("A plugin of the shop closes its REST API; allow it for WooCommerce keys."),
            status=status,
        )
    if _CLOCK in message:
        return errors.ConfigurationError(
            _lt("The clocks of the shop and of this server differ by more than 15 minutes."),
            status=status,
        )
    if status == 403 and not code:
        return errors.Refused(
            _lt("A firewall in front of the shop refuses this server; allow its address."),
            status=status,
        )
    if status == 403 or _NO_READ in message:
        return errors.MissingPermission(
            _lt(
                "The key may not read %(asked)s: give it read permission, and a shop manager or "
                "administrator as its user.",
                asked=asked,
            ),
            status=status,
        )
    return errors.WrongCredentials(
        _lt(
            "The shop does not accept the consumer key and secret. (Over http the address must "
            "also be exactly the one in the WordPress settings.)"
        ),
        status=status,
    )

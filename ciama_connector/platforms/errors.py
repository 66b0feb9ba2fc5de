"""Trouble with a shop as a whole, one class per thing the caller can do about it.

Trouble with one order is :class:`ciama_connector.canonical.Problem` instead. The
message is a sentence for the shop keeper, marked to be translated (``canonical.texts``),
and holds no secret.
"""


class PlatformError(Exception):
    """Base of all errors that a connector raises about its shop."""

    code = "platform_error"

    def __init__(self, message: str, *, status: int | None = None):
        super().__init__(message)
        self.message = message
        self.status = status  # HTTP status, where there was a reply


class ConfigurationError(PlatformError):
    """Somebody must change the shop's settings; trying again is useless."""

    code = "configuration"


class WrongUrl(ConfigurationError):
    """Nothing answers there, or the host name does not exist."""

    code = "wrong_url"


class WrongPlatform(ConfigurationError):
    """Something answers, but it is not this shop system's API."""

    code = "wrong_platform"


class WrongCredentials(ConfigurationError):
    """Key, secret or token refused."""

    code = "wrong_credentials"


class MissingPermission(ConfigurationError):
    """The key is right but may not read (or write) this resource."""

    code = "missing_permission"


class CertificateError(ConfigurationError):
    """TLS certificate not trusted."""

    code = "certificate"


class ShopOff(PlatformError):
    """The shop or its API is switched off or in maintenance; try again later."""

    code = "shop_off"


class Unavailable(PlatformError):
    """Network trouble, time-out, 5xx: try again later."""

    code = "unavailable"


class Throttled(Unavailable):
    """Too many requests; ``retry_after`` is in seconds."""

    code = "throttled"

    def __init__(self, message: str, *, status: int | None = None, retry_after: float = 60.0):
        super().__init__(message, status=status)
        self.retry_after = retry_after


class BadReply(Unavailable):
    """The reply is not what the API promises (HTML, half a body, not JSON, too large)."""

    code = "bad_reply"


class NotFound(PlatformError):
    """The asked record does not exist in the shop."""

    code = "not_found"


class NotShown(NotFound):
    """The key sees no such record, which may exist all the same."""

    code = "not_shown"


class Refused(PlatformError):
    """The shop understood the request and refused it (4xx other than the above)."""

    code = "refused"

"""Addresses of shops: as people paste them, and as servers send visitors on."""

import re
from urllib.parse import urlsplit

from ..canonical.texts import _lt
from .errors import PlatformError, WrongUrl
from .http import Reply


def site_address(url: str, api_path: re.Pattern[str] | None = None) -> str:
    """The shop's address from what people paste: without scheme, with a page's path.

    ``api_path`` matches what follows the shop's own path.
    """
    url = url.strip().rstrip("/")
    if url and "://" not in url:
        url = f"https://{url}"
    return (api_path.sub("", url) if api_path else url).rstrip("/")


def moved(reply: Reply) -> PlatformError:
    """The error for a redirect; following it could hand the key to another server."""
    target = urlsplit(reply.headers.get("Location", ""))
    if not target.netloc:
        return WrongUrl(_lt("The shop sends visitors on to another address."), status=reply.status)
    return WrongUrl(
        _lt(
            "The shop sends visitors on to %(place)s: enter that address instead.",
            place=f"{target.scheme}://{target.netloc}",
        ),
        status=reply.status,
    )

"""WooCommerce's dates: whole seconds of GMT, without a zone; its filters are strict."""

from datetime import MAXYEAR, UTC, datetime
from typing import Any

from ...canonical import Problem
from ..normalizing import mapping, utc


def naive_gmt(moment: datetime) -> str:
    """For requests with ``dates_are_gmt=true``. A "Z" beside that flag would shift the
    time by the site's offset and skip changes silently."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def modified(item: Any) -> datetime | None:
    """date_modified_gmt of a listed order, None where it cannot be read."""
    try:
        moment = utc(mapping(item).get("date_modified_gmt"), "date_modified_gmt")
    except Problem:
        return None
    return moment if moment.year < MAXYEAR else None  # the walk adds a second to it

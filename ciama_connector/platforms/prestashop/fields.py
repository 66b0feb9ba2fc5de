"""Reading PrestaShop's values: ids, texts in several languages, dates without a zone."""

from collections.abc import Iterable, Mapping
from datetime import MAXYEAR, UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ...canonical import Code, Problem
from ..normalizing import text

NEVER = datetime(1, 1, 1)  # noqa: DTZ001  # stands for PrestaShop's empty date
_EMPTY_DATE = "0000-00-00 00:00:00"
_LONGEST_FOLD = timedelta(hours=2)  # by which clocks are put back, anywhere


def identifier(value: Any) -> str:
    """An id (a text up to 8.x, a number from 9 on); 0 is PrestaShop's word for none."""
    found = text(value)
    return "" if found == "0" else found


def row_id(item: Any) -> str:
    """The id of a row as digits; empty where it has none that can be one."""
    found = identifier(item.get("id")) if isinstance(item, Mapping) else ""
    return found if found.isascii() and found.isdigit() else ""


def flag(value: Any) -> bool:
    return text(value).lower() in ("1", "true")


def worded(value: Any, language: str) -> str:
    """A text that may be kept in several languages: a text, or [{"id", "value"}]."""
    if not isinstance(value, list):
        return "" if isinstance(value, Mapping) else text(value)
    texts = {text(e.get("id")): text(e.get("value")) for e in value if isinstance(e, Mapping)}
    return texts.get(language) or next((told for told in texts.values() if told), "")


# -- dates: the shop's own time, without a zone


def wall_time(value: Any) -> datetime | None:
    """A date as the shop's clock showed it (naive); NEVER for the empty date, None where
    it cannot be read."""
    written = text(value)
    if written.startswith("0000-00-00"):
        return NEVER
    try:
        moment = datetime.fromisoformat(written).replace(tzinfo=None, microsecond=0)
    except ValueError:
        return None
    return moment if moment.year < MAXYEAR else None  # the walk adds a second to it


def written(moment: datetime) -> str:
    """A wall time as filters want it."""
    return _EMPTY_DATE if moment == NEVER else moment.isoformat(" ", "seconds")


def as_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """Aware UTC of a wall time. One that clocks show twice is taken for the earlier, one
    they leave out for an hour later."""
    try:
        return moment.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def first_wall_time(moment: datetime, zone: ZoneInfo) -> datetime:
    """The earliest wall time that ``as_utc`` takes for ``moment`` (aware) or later: in an
    hour that clocks show again, the end of that hour."""
    second = moment.replace(microsecond=0)
    if second < moment:
        second += timedelta(seconds=1)
    wall = second.astimezone(zone)
    if not wall.fold:
        return wall.replace(tzinfo=None)
    found = wall.replace(tzinfo=None, second=0, fold=0)
    while as_utc(found, zone) < second:
        found += timedelta(minutes=1)  # clocks change at full minutes
    return found


def date(row: Mapping[str, Any], field: str, zone: ZoneInfo) -> datetime | None:
    """Aware UTC; None where the date is empty. Raises Problem BAD_DATE."""
    moment = wall_time(row.get(field))
    if moment is None and text(row.get(field)):
        raise Problem(Code.BAD_DATE, field=field, value=text(row.get(field))[:40])
    return None if moment in (None, NEVER) else as_utc(moment, zone)


def lowest_wall_time(moment: datetime, zones: Iterable[ZoneInfo]) -> datetime:
    """The earliest wall time that a shop may still write from ``moment`` (aware) on.

    Clocks that are put back write an hour again: an order changed in the second 02:30
    has an earlier date than one changed in the first 02:50. ``zones`` are those of all
    shops of the installation.
    """
    lowest = []
    for zone in zones:
        now = moment.astimezone(zone).replace(tzinfo=None)
        later = (moment + _LONGEST_FOLD).astimezone(zone).replace(tzinfo=None)
        lowest.append(min(now, now - (now + _LONGEST_FOLD - later)))
    return min(lowest).replace(microsecond=0)

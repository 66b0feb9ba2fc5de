"""Where a pull stands in the sequence of changes; plain data, no requests.

``modified_after`` and ``modified_before`` are strict and count whole seconds, and the
list has no position to come back to: an edited order moves to its end while pages are
walked. So each request asks anew from the last second reached, which is read again as a
whole, and what was delivered from there on is remembered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ..normalizing import fingerprint, mapping, text

SECOND = timedelta(seconds=1)
# A slow checkout commits after its date_modified; web servers' clocks differ a little.
OVERLAP = timedelta(minutes=5)


def naive_gmt(moment: datetime) -> str:
    """For requests with ``dates_are_gmt=true``. A "Z" beside that flag would shift the
    time by the site's offset and skip changes silently."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def modified(item: Any) -> datetime | None:
    """date_modified_gmt of a listed order, None where it cannot be read."""
    try:
        moment = datetime.fromisoformat(text(mapping(item).get("date_modified_gmt")))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


@dataclass
class Walk:
    """``start``: the first second the next pull reads. ``seen``: order id -> (change
    date, fingerprint) of what was delivered from there on."""

    start: datetime
    seen: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> "Walk":
        seen = {
            key: (datetime.fromisoformat(when), version)
            for key, (when, version) in stored["seen"].items()
        }
        return cls(datetime.fromisoformat(stored["from"]), seen)

    def dump(self) -> dict[str, Any]:
        seen = {key: [when.isoformat(), version] for key, (when, version) in self.seen.items()}
        return {"from": self.start.isoformat(), "seen": seen}

    def fresh(self, items: Mapping[str, tuple[datetime, Any]]) -> list[str]:
        """Ids of those not delivered in this version; remembers all. ``items``: id ->
        (change date, order).

        The version is what the order says, not its date: an order changed twice within
        one second, read in between, comes again.
        """
        found = []
        for key, (when, item) in items.items():
            version = fingerprint(item)
            if self.seen.get(key, (None, ""))[1] != version:
                found.append(key)
            self.seen[key] = (when, version)
        return found

    def advance(self, reached: datetime, clock: datetime) -> None:
        """Everything before ``reached`` was read. Near the shop's ``clock`` changes may
        still come to light, so the next pull begins earlier."""
        self.start = max(self.start, min(reached, clock.replace(microsecond=0) - OVERLAP))
        self.seen = {key: entry for key, entry in self.seen.items() if entry[0] >= self.start}

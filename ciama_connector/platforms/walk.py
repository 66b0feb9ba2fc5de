"""Where a pull stands in the sequence of changes; plain data, no requests.

For shops whose list of orders has no position to come back to: an edited order moves to
its end while pages are walked. So each request asks anew from the last second reached,
which is read again as a whole, and what was delivered from there on is remembered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .normalizing import fingerprint

SECOND = timedelta(seconds=1)
# A slow checkout commits after its change date; web servers' clocks differ a little.
OVERLAP = timedelta(minutes=5)


@dataclass
class Walk:
    """``start``: the first second the next pull reads. ``seen``: order id -> (change
    date, fingerprint) of what was delivered from there on. Dates are all aware UTC, or
    all naive in the shop's own time."""

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

"""Ways in which the JSON of an order can be wrong, and the means to put one in its place."""

import contextlib
import copy
import random
import re
from collections import defaultdict

REMOVED = object()
VALUES = {
    "removed": REMOVED,
    "null": None,
    "empty text": "",
    "spaces": "   ",
    "word": "garbage",
    "number": 7_777_777,
    "true": True,
    "false": False,
    "list": ["x"],
    "empty list": [],
    "nested lists": [[[]]],
    "list of objects": [{"a": 1}],
    "object": {"a": 1},
    "empty object": {},
    "negative": -1,
    "negative text": "-7.50",
    "huge": 10**30,
    "huge text": "1e400",
    "huge exponent": "1e999999999",
    "tiny": "1e-999999999",
    "many decimals": "0.123456789123456789",
    "5,000 digits": "9" * 5000,
    "NaN": float("nan"),
    "NaN text": "NaN",
    "infinity": "-Infinity",
    "superscript digit": "²",
    "Arabic digits": "١٢",
    "10,000 characters": "x" * 10_000,
    "emoji": "😀 Zoë 👩‍👩‍👧",
    "half an emoji": "a\ud800b",
    "NUL": "a\x00b",
    "right to left": "\u202eمرحبا",
    "HTML": "<script>alert(1)</script>&amp;",
    "formula": '=HYPERLINK("http://example.com";"Click")',
    "placeholders": "%s %(x)s {x} {}",
    "zero": 0,
    "1970": "1970-01-01T00:00:00Z",
    "year 0": "0000-00-00 00:00:00",
    "year 1 of the east": "0001-01-01T00:00:00+05:00",
    "year 9999": "9999-12-31 23:59:59",
    "year 9999 of the west": "9999-12-31T23:59:59-12:00",
    "no such day": "2026-13-45",
    "no zone": "2026-01-05T10:00:00",
}


def paths(value, path=()):
    """The path of each member and item of a JSON value, at any depth."""
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from paths(value[key], (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*path, index))


def kind_of(path):
    """``order.lines.*.net``: the same for the same field of all orders and lines."""
    return ".".join("*" if isinstance(step, int) else re.sub(r"\d+", "#", step) for step in path)


@contextlib.contextmanager
def broken(holder, path, value):
    """``holder`` with ``value`` at ``path``, until the end of the block."""
    for step in path[:-1]:
        holder = holder[step]
    last, before = path[-1], holder[path[-1]]
    holder[last] = copy.deepcopy(value)
    if value is REMOVED:
        del holder[last]
    try:
        yield
    finally:
        if value is REMOVED and isinstance(holder, list):
            holder.insert(last, before)
        else:
            holder[last] = before


def samples(payloads, values_each, seed):
    """(payload, path, name of the value): every field of every kind of order once or
    more, each with ``values_each`` of the values."""
    random_ = random.Random(seed)
    places = defaultdict(list)
    for payload in payloads:
        for path in paths(payload):
            places[kind_of(path)].append((payload, path))
    for found in places.values():
        for name in random_.sample(list(VALUES), values_each):
            yield *random_.choice(found), name


def break_for_good(item, path, value):
    for step in path[:-1]:
        item = item[step]
    if value is REMOVED:
        del item[path[-1]]
    else:
        item[path[-1]] = copy.deepcopy(value)

"""Tables of the figures, and the targets with what was reached."""

from demonstration.report import align

from . import screens
from .measures import middle, ratio

CPU = "python+postgres"
FEW_CALLS = ("prestashop", "woocommerce", "wix")  # Shopify's cost rule asks for more
MEGABYTE = 1024 * 1024


def targets(result):
    """[{"target", "found", "met"}] of all that was measured."""
    return [*_targets_of_imports(result), *_targets_of_screens(result)]


def _targets_of_imports(result):
    if "speed" not in result:
        return
    for code, rounds in result["speed"].items():
        yield _least(f"{code}: share of bare Odoo's speed in batches", 0.8, _share(rounds))
    for code, rounds in result["paid"].items():
        yield _least(f"{code}: the same to the posted and paid invoice", 0.8, _share(rounds))
    for code, rounds in result["speed"].items():
        if code in FEW_CALLS:
            yield _most(f"{code}: HTTP calls an order", 0.1, middle(rounds, "connector", "http"))
    (_orders, start), (_more, end) = result["memory"]
    yield _most("memory at the end, to that at 500 orders", 1.1, end / start)
    large = ratio(result["databases"], "large", "empty", CPU)
    yield _most("cost with 50,000 customers, to an empty database", 1.15, large)
    for code, pulls in result["pulls"].items():
        idle = pulls["idle"]
        yield _most(f"{code}: HTTP calls of a pull without news", 3, idle["http"])
        yield _most(f"{code}: queries of a pull without news", 20, idle["queries"])


def _targets_of_screens(result):
    volumes = result.get("screens", {})
    for orders, pairs in volumes.items():
        for title, rounds in pairs.items():
            yield _most(f"{title}, {orders:,} orders", 1.5, screens.ratio(rounds))
    if volumes:
        few, many = (volumes[orders] for orders in (min(volumes), max(volumes)))
        for title in few:
            more = screens.queries(many[title], "ours") - screens.queries(few[title], "ours")
            yield _most(f"{title}: more queries for many orders", 0, more)


def _least(target, limit, found):
    return {"target": f"{target} >= {limit:g}", "found": round(found, 3), "met": found >= limit}


def _most(target, limit, found):
    return {"target": f"{target} <= {limit:g}", "found": round(found, 3), "met": found <= limit}


def _share(rounds, of="wall"):
    """Orders in the time of one; above 1, the connector is the faster one."""
    return ratio(rounds, "batches", "connector", of)


def lines(result):
    machine = result["machine"]
    plan = result["plan"]
    yield ""
    yield (
        f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']},"
        f" PostgreSQL {machine['postgresql']}, {result['date']}; {result['seconds']} s;"
        f" medians of {plan['rounds']} rounds, screens of {plan['screens']}"
    )
    for part, title, rows in (
        ("speed", "From the shop's reply to the confirmed sale order, one worker", _speed),
        ("paid", "To the posted and paid invoice, one worker", _paid),
        ("two_workers", "Two workers (two processes, batches of their own)", _two_workers),
        ("databases", "The same orders in two databases", _databases),
        ("pulls", "A pull of a few new orders, and one that finds nothing", _pulls),
        ("memory", "Memory of the worker", _memory),
        ("screens", "Screens beside Odoo's own, calls of the web client over HTTP", _screens),
        ("targets", "Targets", _targets),
    ):
        if part in result:
            yield f"\n{title}"
            yield from _table(rows(result))


HEAD = ("", "orders/s", "of batches", "of CPU", "CPU ms", "Python", "PostgreSQL", "SQL", "HTTP")


def _paid(result):
    yield HEAD
    for code, rounds in result["paid"].items():
        shares = (f"{_share(rounds):.2f}", f"{_share(rounds, CPU):.2f}")
        yield _row(code, rounds, "connector", shares)
        yield _row("  bare Odoo, payments made directly", rounds, "batches")


def _speed(result):
    yield HEAD
    for code, rounds in result["speed"].items():
        shares = (f"{_share(rounds):.2f}", f"{_share(rounds, CPU):.2f}")
        yield _row(code, rounds, "connector", shares)
        yield _row(f"  bare Odoo, batches of {result['plan']['batch']}", rounds, "batches")
        yield _row("  bare Odoo, one by one", rounds, "single")


def _row(name, rounds, side, shares=("", "")):
    http = middle(rounds, side, "http")
    return (
        name,
        f"{1 / middle(rounds, side, 'wall'):.1f}",
        *shares,
        *(f"{1000 * middle(rounds, side, of):.1f}" for of in (CPU, "python", "postgres")),
        f"{middle(rounds, side, 'queries'):.1f}",
        f"{http:.3f}" if side == "connector" else "",
    )


def _two_workers(result):
    rounds = result["two_workers"]
    yield ("", "orders/s", "of bare Odoo", "CPU ms", "batches again")
    for name, side in (("connector", "connector"), ("bare Odoo, batches", "batches")):
        yield (
            name,
            f"{1 / middle(rounds, side, 'wall'):.1f}",
            f"{_share(rounds):.2f}" if side == "connector" else "",
            f"{1000 * middle(rounds, side, CPU):.1f}",
            str(sum(one[side]["retries"] for one in rounds)),
        )


def _databases(result):
    rounds = result["databases"]
    yield ("", "ms", "CPU ms", "SQL", "to the empty one")
    for side in ("empty", "large"):
        yield (
            {"empty": "empty", "large": "50,000 customers"}[side],
            *(f"{1000 * middle(rounds, side, of):.1f}" for of in ("wall", CPU)),
            f"{middle(rounds, side, 'queries'):.1f}",
            f"{ratio(rounds, side, 'empty', CPU):.2f}",
        )


def _pulls(result):
    yield ("", "new orders", "HTTP calls", "queries", "CPU ms")
    for code, pulls in result["pulls"].items():
        for name, meter in ((code, pulls["news"]), ("", pulls["idle"])):
            counts = (str(meter[key]) for key in ("orders", "http", "queries"))
            yield (name, *counts, f"{1000 * (meter['python'] + meter['postgres']):.0f}")


def _memory(result):
    yield ("after orders", "MB")
    for orders, resident in result["memory"]:
        yield (str(orders), f"{resident / MEGABYTE:.0f}")


def _screens(result):
    yield ("", "orders", "ms", "Odoo's ms", "ratio", "SQL", "Odoo's SQL")
    for orders, pairs in result["screens"].items():
        for title, rounds in pairs.items():
            yield (
                title,
                f"{orders:,}",
                *(f"{screens.milliseconds(rounds, side):.1f}" for side in ("ours", "theirs")),
                f"{screens.ratio(rounds):.2f}",
                *(str(screens.queries(rounds, side)) for side in ("ours", "theirs")),
            )


def _targets(result):
    yield ("", "found", "")
    for row in result["targets"]:
        yield (row["target"], f"{row['found']:g}", "met" if row["met"] else "MISSED")


def _table(rows):
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  " + "  ".join(align(row, widths)).rstrip() for row in rows]

"""What the web client asks to open a screen, and tens of thousands of orders to show on it."""

from lxml import etree
from odoo.tools import SQL

PAGE = 80  # records that the client loads at first, of a list or a column
COUNTED = 10_001  # where the pager stops counting
# Besides the activities themselves, of whatever widget shows them.
OF_ACTIVITIES = (
    "activity_exception_decoration",
    "activity_exception_icon",
    "activity_state",
    "activity_summary",
    "activity_type_icon",
    "activity_type_id",
)
NAMED = {"fields": {"display_name": {}}}
HIDDEN = ("True", "1")


def asked(model, view_type, view=None, *, domain=(), group_by=None, tz="Europe/Paris"):
    """[(method, keyword arguments)] of the calls that open a view of ``model`` (an empty
    recordset), by the record ``view`` or the default one."""
    arch = etree.fromstring(model.get_view(view.id if view else None, view_type)["arch"])
    group_by = group_by or arch.get("default_group_by")
    user = model.env.user
    context = {"lang": user.lang or "en_US", "tz": tz, "allowed_company_ids": user.company_ids.ids}
    read = specification(model, arch)
    if not group_by:
        values = {"offset": 0, "order": "", "limit": PAGE, "count_limit": COUNTED}
        return [
            (
                "web_search_read",
                {"domain": list(domain), "specification": read, "context": context, **values},
            )
        ]
    calls = [
        (
            "web_read_group",
            {
                "domain": list(domain),
                "groupby": [group_by],
                "aggregates": [],
                "offset": 0,
                "order": "",
                "auto_unfold": view_type == "kanban",
                "opening_info": [],
                "unfold_read_specification": read,
                "unfold_read_default_limit": PAGE,
                "groupby_read_specification": {},
                "context": {**context, "read_group_expand": True},
            },
        )
    ]
    for bar in arch.iter("progressbar"):
        values = {"field": bar.get("field"), "colors": _literal(bar.get("colors"))}
        progress = {"domain": list(domain), "group_by": group_by, "progress_bar": values}
        calls.append(("read_progress_bar", {**progress, "context": context}))
    return calls


def _literal(text):
    return dict.fromkeys(part.split('"')[1] for part in text.strip("{} ").split(","))


def specification(model, arch):
    """The fields that the client reads for the view ``arch``."""
    found = {}
    for node in arch.iter("field"):
        field = model._fields.get(node.get("name"))
        if field is None or any(parent.tag == "field" for parent in node.iterancestors()):
            continue
        found[field.name] = _read(field, node)
        if field.name == "activity_ids":
            found |= {key: {} for key in OF_ACTIVITIES} | {"activity_type_id": NAMED}
    return found


def _read(field, node):
    if node.get("widget") == "many2many_tags":
        colour = {"color": {}} if "color_field" in node.get("options", "") else {}
        return {"fields": {"display_name": {}, **colour}}
    hidden = node.get("column_invisible") in HIDDEN or node.get("invisible") in HIDDEN
    if field.type == "many2one" and not hidden:
        return NAMED
    return {"fields": {}} if field.relational else {}


def copy_rows(env, record, changes, count):
    """Insert ``count`` copies of a record's row, quickly; the id before the first of them.

    ``changes`` are SQL expressions by column, over ``n``, which counts from 1, and ``base``,
    the id before the first.
    """
    env.flush_all()
    table = SQL.identifier(record._table)
    ((base,),) = env.execute_query(SQL("SELECT MAX(id) FROM %s", table))
    columns = [
        name
        for (name,) in env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = %s AND table_schema = current_schema",
                record._table,
            )
        )
    ]
    changes = {"id": "base + n", **changes}
    values = [SQL(changes[name]) if name in changes else SQL.identifier(name) for name in columns]
    env.cr.execute(
        SQL(
            """INSERT INTO %(table)s (%(columns)s) SELECT %(values)s
                 FROM %(table)s, generate_series(1, %(count)s) AS n, (SELECT %(base)s AS base) AS b
                WHERE id = %(id)s""",
            table=table,
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            values=SQL(", ").join(values),
            count=count,
            base=base,
            id=record.id,
        )
    )
    env.cr.execute(SQL("SELECT setval(%s, %s)", f"{record._table}_id_seq", base + count))
    env.invalidate_all()
    return base


def fill(env, shops, card, count):
    """``count`` orders like ``card`` of ``shops`` over a year, in all states; the connector
    asked the shops as often within a month."""
    problems = {
        state: env["ciama.problem"].search([("state", "=", state)], limit=1).id
        for state in ("blocked", "held", "failed", "ignored")
    }
    states = dict(enumerate(("blocked", "held", "failed", "ignored", "received")))
    by_turns = " ".join(f"WHEN {turn} THEN '{state}'" for turn, state in states.items())
    causes = " ".join(
        f"WHEN {turn} THEN {problems[state]}" for turn, state in states.items() if state in problems
    )
    shop = f"(ARRAY{shops.ids})[n %% {len(shops)} + 1]"
    base = copy_rows(
        env,
        card,
        {
            "shop_id": shop,
            "external_id": "'copy-' || base + n",
            "number": "'C' || n",
            "order_date": f"now() AT TIME ZONE 'UTC' - n * interval '365 days' / {count}",
            "state": f"CASE n %% 50 {by_turns} ELSE 'imported' END",
            "problem_id": f"CASE n %% 50 {causes} END",
        },
        count,
    )
    exchange = env["ciama.exchange"].create(
        {
            "shop_id": shops[:1].id,
            "started_at": "2000-01-01 00:00:00",
            "method": "GET",
            "url": "https://shop.example/orders",
            "status": 200,
            "duration": 0.25,
        }
    )
    started = f"now() AT TIME ZONE 'UTC' - n * interval '30 days' / {count}"
    copy_rows(env, exchange, {"shop_id": shop, "started_at": started}, count)
    return base

"""A database with many orders of shops, each with its sale order: made in SQL."""

import importlib.util
from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

from project import ADDON

SHOPS = 6
# screen: (model, type of view, view, how it is grouped); the views are those that the
# menus open.
SCREENS = {
    "overview": ("ciama.shop", "kanban", "ciama_connector.view_ciama_shop_kanban", None),
    "board": ("ciama.order", "kanban", "ciama_connector.view_ciama_order_kanban", "state"),
    "orders_list": ("ciama.order", "list", "ciama_connector.view_ciama_order_list", None),
    "sales_kanban": ("sale.order", "kanban", "sale.sale_order_kanban_upload", None),
    "sales_by_state": ("sale.order", "kanban", "sale.sale_order_kanban_upload", "state"),
    "sales_list": ("sale.order", "list", "sale.sale_order_list_upload", None),
}
_STATES = "CASE n %% 50 WHEN 0 THEN 'draft' WHEN 1 THEN 'sent' WHEN 2 THEN 'cancel' ELSE 'sale' END"


def _load(path):
    """One module of the addon's tests, without all the others."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


screens = _load(ADDON / "tests" / "screens.py")


def fill(env, count):
    """``count`` sale orders of two lines over a year, and as many orders of the shops."""
    shops = _shops(env)
    sale = _sale_order(env)
    base = screens.copy_rows(
        env,
        sale,
        {
            "name": "'S-COPY-' || n",
            "date_order": f"now() AT TIME ZONE 'UTC' - n * interval '365 days' / {count}",
            "state": _STATES,
        },
        count,
    )
    for line in sale.order_line:
        screens.copy_rows(env, line, {"order_id": f"{base} + n"}, count)
    card = env["ciama.order"].create(
        {
            "shop_id": shops[:1].id,
            "external_id": "model",
            "number": "1",
            "customer_name": sale.partner_id.name,
            "currency_id": sale.currency_id.id,
            "currency_code": sale.currency_id.name,
            "amount_total": sale.amount_total,
            "status": "paid",
            "state": "imported",
            "order_date": fields.Datetime.now(),
            "shop_updated_at": fields.Datetime.now(),
            "imported_at": fields.Datetime.now(),
            "sale_order_id": sale.id,
        }
    )
    cards = screens.fill(env, shops, card, count)
    env.cr.execute(
        SQL(
            "UPDATE ciama_order SET sale_order_id = id - %s + %s"
            " WHERE id > %s AND state = 'imported'",
            cards,
            base,
            cards,
        )
    )


def asked(env):
    """{screen: [(model, method, keyword arguments)]}, as the web client asks admin's."""
    user = env.ref("base.user_admin")
    return {
        screen: [
            (model, method, values)
            for method, values in screens.asked(
                env[model].with_user(user), view_type, env.ref(view), group_by=group_by
            )
        ]
        for screen, (model, view_type, view, group_by) in SCREENS.items()
    }


def _shops(env):
    now = fields.Datetime.now()
    values = {
        "platform": "ciama",
        "live": True,
        "last_pull": now,
        "next_pull": now + timedelta(minutes=5),
        "health": "ok",
    }
    return env["ciama.shop"].create(
        [
            {"name": f"Shop {number}", "url": f"https://shop{number}.example", **values}
            for number in range(SHOPS)
        ]
    )


def _sale_order(env):
    products = env["product.product"].create(
        [{"name": name, "type": "consu", "list_price": 10} for name in ("Chair", "Table")]
    )
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Marie Curie"}).id,
            "order_line": [Command.create({"product_id": product.id}) for product in products],
        }
    )
    order.action_confirm()
    return order

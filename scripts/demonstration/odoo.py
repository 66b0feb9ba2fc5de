"""Talk to the running Odoo: what a user could click, done over JSON-RPC."""

import requests

from project import LOGS, ROOT, fail

LOGIN = PASSWORD = "admin"  # noqa: S105  # a demo on this machine only
TIMEOUT = 900
BEGINNING = "1969-12-31 00:00:00"  # broken orders are dated 1970


class Odoo:
    """``odoo("res.partner", "search", [])`` calls a method with arguments."""

    def __init__(self, address, database):
        self.address = address
        self.database = database
        self.session = requests.Session()
        self.user = self._send("common", "login", [database, LOGIN, PASSWORD])
        if not self.user:
            fail(
                f"the login {LOGIN}/{PASSWORD} of database {database} was changed. To start the"
                f" demo anew: python3 {ROOT / 'scripts/db.py'} drop {database}"
            )

    def __call__(self, model, method, *arguments, **options):
        credentials = [self.database, self.user, PASSWORD]
        return self._send("object", "execute_kw", [*credentials, model, method, arguments, options])

    def _send(self, service, method, arguments):
        params = {"service": service, "method": method, "args": arguments}
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        try:
            reply = self.session.post(f"{self.address}/jsonrpc", json=body, timeout=TIMEOUT).json()
        except requests.ConnectionError:
            fail(f"Odoo does not answer any more on {self.address}; its log is in {LOGS}")
        if "error" in reply:
            told = reply["error"].get("data", {})
            fail(f"Odoo refused {arguments[3:5]}: {told.get('debug') or reply['error']}")
        return reply.get("result")  # none where a method returns nothing


# -- products


def make_products(odoo, products):
    """Create those of ``products`` that Odoo lacks, fill the stock of those that never had
    any; how many products there were to create."""
    known = product_ids(odoo, products)
    new = [product for product in products if product.sku not in known]
    if new:
        taxes = french_taxes(odoo)
        odoo("product.product", "create", [product_values(one, taxes) for one in new])
        known = product_ids(odoo, products)
    fill_stock(odoo, [known[product.sku] for product in products if product.storable])
    return len(new)


def product_ids(odoo, products):
    domain = [("default_code", "in", [product.sku for product in products])]
    archived_too = {"active_test": False}
    rows = odoo("product.product", "search_read", domain, ["default_code"], context=archived_too)
    return {row["default_code"]: row["id"] for row in rows}


def product_values(product, taxes):
    kind = "consu" if product.storable else "service"
    values = {
        "name": product.name[:250],
        "default_code": product.sku,
        "barcode": product.barcode or False,
        "list_price": float(product.price),
        "type": kind,
        "is_storable": product.storable,
        "invoice_policy": "order",
    }
    tax = taxes.get((float(product.rate), kind)) if product.rate else None
    # Without one, Odoo's default stays: the company's normal rate.
    return {**values, "taxes_id": [(6, 0, [tax])]} if tax else values


def french_taxes(odoo):
    """{(rate, "consu" or "service"): tax id} of the French sales taxes on net prices."""
    domain = [
        ("type_tax_use", "=", "sale"),
        ("country_id.code", "=", "FR"),
        ("amount_type", "=", "percent"),
        ("tax_scope", "!=", False),
    ]
    rows = odoo("account.tax", "search_read", domain, ["amount", "tax_scope", "price_include"])
    taxes = {}
    for row in rows:
        if not row["price_include"]:
            taxes.setdefault((row["amount"], row["tax_scope"]), row["id"])
    return taxes


def fill_stock(odoo, goods, quantity=1000):
    counted = odoo("stock.quant", "search_read", [("product_id", "in", goods)], ["product_id"])
    known = {row["product_id"][0] for row in counted}
    (warehouse,) = odoo("stock.warehouse", "search_read", [], ["lot_stock_id"], limit=1)
    rows = [
        {
            "product_id": product,
            "location_id": warehouse["lot_stock_id"][0],
            "inventory_quantity": quantity,
        }
        for product in goods
        if product not in known
    ]
    if rows:
        inventory = {"context": {"inventory_mode": True}}
        quants = odoo("stock.quant", "create", rows, **inventory)
        odoo("stock.quant", "action_apply_inventory", quants, **inventory)


# -- shops


def use_vies(odoo, url):
    """Let Odoo ask the simulated VIES for VAT numbers."""
    odoo("ir.config_parameter", "set_param", "ciama_connector.vies_url", url)


def make_shops(odoo, running):
    """Connect Odoo to the shops of ``running`` (see ``processes.Shops``);
    {platform: ciama.shop id}."""
    # The first of a platform is ours; somebody may have added others since.
    rows = odoo("ciama.shop", "search_read", [], ["platform", "url"], order="id desc")
    shops = {row["platform"]: row for row in rows}
    ids = {}
    for code, told in running.items():
        shop = shops.get(code)
        ids[code] = shop["id"] if shop else make_shop(odoo, code, told)
        if shop and shop["url"] != told["url"]:
            odoo("ciama.shop", "write", [shop["id"]], {"url": told["url"]})
    return ids


def make_shop(odoo, code, told):
    (labels,) = odoo("ciama.shop", "fields_get", ["platform"], ["selection"]).values()
    (shop,) = odoo(
        "ciama.shop",
        "create",
        [
            {
                "name": dict(labels["selection"])[code],
                "platform": code,
                "url": told["url"],
                "import_from": BEGINNING,
                "unknown_product_policy": "create",
                "pull_interval": 1,
                # Not yet live: the scheduled action must not come before the credentials.
            }
        ],
    )
    for row in odoo("ciama.credential", "search_read", [("shop_id", "=", shop)], ["name"]):
        if row["name"] in told["credentials"]:
            odoo(
                "ciama.credential",
                "write",
                [row["id"]],
                {"value": told["credentials"][row["name"]]},
            )
    return shop


def connect(odoo, shop_id):
    """Test the connection; let the scheduled action pull a new shop. An error or ""."""
    odoo("ciama.shop", "action_test_connection", [shop_id])
    (row,) = odoo("ciama.shop", "read", [shop_id], ["health", "health_message", "last_pull"])
    if row["health"] != "ok":
        return row["health_message"] or row["health"]
    if not row["last_pull"]:
        odoo("ciama.shop", "write", [shop_id], {"live": True})
    return ""


def backfill(odoo, shop_id):
    values = {"shop_id": shop_id, "since": BEGINNING}
    odoo("ciama.backfill", "action_start", odoo("ciama.backfill", "create", [values]))


# -- figures

JOBS = (
    ("model_name", "in", ("ciama.shop", "ciama.backfill", "ciama.order", "ciama.vies.check")),
    ("method_name", "in", ("_job_pull", "_job_run", "_job_refetch", "_job_import",
                           "_job_ask", "_job_answered")),
)  # fmt: skip


def newest_job(odoo):
    return max(odoo("queue.job", "search", [], order="id desc", limit=1), default=0)


def open_jobs(odoo):
    """How many pulls and imports are still to be done."""
    ended = ("done", "failed", "cancelled")
    return odoo("queue.job", "search_count", [*JOBS, ("state", "not in", ended)])


def postponed_jobs(odoo):
    """How many of them wait for a time to try again."""
    domain = [*JOBS, ("state", "=", "pending"), ("eta", "!=", False)]
    return odoo("queue.job", "search_count", domain)


def troubles(odoo, shops):
    """{platform: what keeps it from being pulled}, of ``shops`` ({platform: id})."""
    rows = odoo("ciama.shop", "read", list(shops.values()), ["platform", "health_message"])
    return {row["platform"]: row["health_message"] for row in rows if row["health_message"]}


def failed_jobs(odoo, since):
    """What the jobs that failed after job ``since`` said."""
    domain = [*JOBS, ("state", "=", "failed"), ("id", ">", since)]
    rows = odoo("queue.job", "search_read", domain, ["name", "exc_message"])
    return [f"{row['name']}: {row['exc_message']}" for row in rows]


def left_over(odoo, shop_ids):
    """Orders that still wait although, now, there is no job left."""
    domain = [("shop_id", "in", list(shop_ids)), ("state", "=", "received")]
    return odoo("ciama.order", "search", domain)


def counts(odoo, shop_ids):
    """{state: number of shop orders}."""
    domain = [("shop_id", "in", list(shop_ids))]
    rows = odoo("ciama.order", "formatted_read_group", domain, ["state"], ["__count"])
    return {row["state"]: row["__count"] for row in rows}


def cards_of(odoo, shop_id):
    """The shop orders of a shop, with ``code`` and ``total`` (of the sale order)."""
    names = ["external_id", "number", "state", "problem_id", "sale_order_id"]
    cards = odoo("ciama.order", "search_read", [("shop_id", "=", shop_id)], names)
    codes = {row["id"]: row["code"] for row in odoo("ciama.problem", "search_read", [], ["code"])}
    sales = [card["sale_order_id"][0] for card in cards if card["sale_order_id"]]
    totals = {
        row["id"]: (row["amount_total"], row["currency_id"][1])
        for row in odoo("sale.order", "read", sales, ["amount_total", "currency_id"])
    }
    for card in cards:
        card["code"] = codes[card["problem_id"][0]] if card["problem_id"] else ""
        sale = card["sale_order_id"]
        card["total"], card["currency"] = totals[sale[0]] if sale else (None, "")
    return cards

from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..platforms import registry
from .ciama_mapping_payment import CONFIRM_POLICIES
from .notification import notification
from .translated import from_store

# Line kinds that are booked on a product of the shop's settings.
SPECIAL_PRODUCTS = {
    "shipping": "product_shipping_id",
    "fee": "product_fee_id",
    "gift_wrap": "product_gift_wrap_id",
    "tip": "product_tip_id",
    "gift_card": "product_gift_card_id",
    "discount": "product_discount_id",
    "deposit": "product_deposit_id",
    "rounding": "product_rounding_id",
}


class CiamaShop(models.Model):
    """One connection to a shop: where it is, how its orders are treated, how it feels."""

    _name = "ciama.shop"
    _description = "Shop"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="How the shop is called in Odoo, such as on cards.")
    active = fields.Boolean(
        default=True, help="An archived shop is not pulled any more; its orders stay."
    )
    sequence = fields.Integer(default=10)
    platform = fields.Selection(
        selection="_selection_platform",
        required=True,
        help="The system that the shop runs on. Once orders came in, it stays as it is.",
    )
    url = fields.Char(
        string="Address",
        required=True,
        help="Where the shop is on the web, such as https://www.example.com.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Who sells: its taxes, journals and warehouses are used.",
    )
    credential_ids = fields.One2many(
        "ciama.credential",
        "shop_id",
        groups="ciama_connector.group_administrator",
        help="What Odoo shows the shop to be let in, encrypted at rest.",
    )
    may_connect = fields.Boolean(compute="_compute_may_connect")
    facts = fields.Json(readonly=True, copy=False, help="What the last successful test learned.")

    # How orders are pulled
    live = fields.Boolean(
        string="Pull Automatically",
        tracking=True,
        copy=False,
        help="New and changed orders are fetched by themselves, every few minutes.",
    )
    pull_interval = fields.Integer(
        string="Minutes Between Pulls",
        default=5,
        help="How often the shop is asked for what is new. Five minutes suit most shops; some "
        "count how often they are asked.",
    )
    next_pull = fields.Datetime(
        readonly=True, copy=False, help="When the shop is asked again by itself."
    )
    import_from = fields.Datetime(
        string="Orders From",
        default=fields.Datetime.now,
        required=True,
        help="Orders that customers placed before are left out; a backfill brings them in.",
    )
    batch_size = fields.Integer(
        default=50,
        help="Orders imported in one transaction. 50 is fastest; less where several "
        "workers confirm orders of the same products.",
    )
    cursor = fields.Text(readonly=True, copy=False, groups="base.group_system")
    backfill_ids = fields.One2many("ciama.backfill", "shop_id", string="Backfills")

    # What becomes of orders
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Where the goods leave from. Left empty: the company's first.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        check_company=True,
        help="Whose sales the orders count for in Odoo's reports.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        check_company=True,
        help="Who is named on the sale orders, and hears of them. Left empty: nobody.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="For orders in its currency; others get a pricelist of theirs.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        check_company=True,
        help="When invoices are due, where neither the payment method, the customer nor the "
        "customer group says so.",
    )
    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Default Carrier",
        check_company=True,
        help="For shipping methods that are not mapped.",
    )
    confirm_policy = fields.Selection(
        CONFIRM_POLICIES,
        string="Confirm Orders",
        default="ready",
        required=True,
        help="Other orders stay quotations until they fulfil the rule.",
    )
    unknown_product_policy = fields.Selection(
        [
            ("block", "Block the order"),
            ("create", "Create the product"),
            ("placeholder", "Use the placeholder product"),
        ],
        string="Unknown Products",
        default="block",
        required=True,
        help="What becomes of an order with a product that Odoo does not have. Block: the order "
        "waits until you choose or create the product. Create: a product with the shop's name, "
        "reference and price. Placeholder: one product for all of them.",
    )
    unknown_carrier_policy = fields.Selection(
        [("accept", "Use the default carrier"), ("hold", "Block the order")],
        string="Unknown Shipping Methods",
        default="accept",
        required=True,
        help="What becomes of an order whose shipping method is not mapped to a carrier.",
    )
    unknown_payment_policy = fields.Selection(
        [("accept", "Accept"), ("hold", "Block the order")],
        string="Unknown Payment Methods",
        default="accept",
        required=True,
        help="What becomes of an order whose payment method is not mapped. Accept: it is treated "
        "by the rules of this shop.",
    )
    test_order_policy = fields.Selection(
        [("ignore", "Ignore"), ("import", "Import like any other")],
        string="Test Orders",
        default="ignore",
        required=True,
        help="Orders that the shop itself marks as tests, such as those paid in test mode.",
    )
    product_placeholder_id = fields.Many2one(
        "product.product",
        string="Placeholder Product",
        check_company=True,
        help="Stands for products that Odoo does not have, where unknown products are not blocked.",
    )
    product_shipping_id = fields.Many2one(
        "product.product",
        string="Product for Shipping",
        check_company=True,
        help="What the customer paid for shipping is booked on it.",
    )
    product_fee_id = fields.Many2one(
        "product.product",
        string="Product for Fees",
        check_company=True,
        help="Fees that the shop charges, such as for cash on delivery, are booked on it.",
    )
    product_gift_wrap_id = fields.Many2one(
        "product.product",
        string="Product for Gift Wrapping",
        check_company=True,
        help="Gift wrapping that was paid for is booked on it.",
    )
    product_tip_id = fields.Many2one(
        "product.product",
        string="Product for Tips",
        check_company=True,
        help="Tips are booked on it.",
    )
    product_gift_card_id = fields.Many2one(
        "product.product",
        string="Product for Gift Cards",
        check_company=True,
        help="Gift cards that were sold are booked on it.",
    )
    product_discount_id = fields.Many2one(
        "product.product",
        string="Product for Discounts",
        check_company=True,
        help="Vouchers and discounts on the whole order are booked on it.",
    )
    product_deposit_id = fields.Many2one(
        "product.product",
        string="Product for Deposits",
        check_company=True,
        help="Deposits, such as for bottles, are booked on it.",
    )
    product_rounding_id = fields.Many2one(
        "product.product",
        string="Product for Rounding",
        check_company=True,
        help="A cent or so by which lines and total of the shop differ is booked on it.",
    )

    # How it feels
    health = fields.Selection(
        [
            ("new", "Not tested"),
            ("ok", "Working"),
            ("waiting", "Trying again"),
            ("broken", "Needs attention"),
        ],
        default="new",
        readonly=True,
        copy=False,
        help="How the last exchange with the shop went.",
    )
    health_text = fields.Json(readonly=True, copy=False)
    health_message = fields.Char(
        compute="_compute_health_message", help="What went wrong with the shop last."
    )
    last_pull = fields.Datetime(
        readonly=True, copy=False, help="When all that was new in the shop was fetched last."
    )
    last_order_date = fields.Datetime(
        compute="_compute_figures", help="When a customer placed the newest order that Odoo has."
    )
    order_count = fields.Integer(
        string="Orders", compute="_compute_figures", help="All orders of the shop that came in."
    )
    imported_count = fields.Integer(
        string="Imported Orders",
        compute="_compute_figures",
        help="Orders that have their sale order.",
    )
    waiting_count = fields.Integer(
        string="Waiting Orders",
        compute="_compute_figures",
        help="Orders that came in and are about to be imported.",
    )
    problem_count = fields.Integer(
        string="Held or Blocked",
        compute="_compute_figures",
        help="Orders on the board that need a person.",
    )

    _batch_size_positive = models.Constraint(
        "CHECK(batch_size BETWEEN 1 AND 500)", "A batch holds 1 to 500 orders."
    )
    _pull_interval_positive = models.Constraint(
        "CHECK(pull_interval >= 1)", "A shop is pulled once a minute at the most."
    )

    @api.model
    def _selection_platform(self):
        return [(code, registry.connector_class(code).platform.label) for code in registry.codes()]

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        for kind, field in {**SPECIAL_PRODUCTS, "placeholder": "product_placeholder_id"}.items():
            product = self.env.ref(f"ciama_connector.product_{kind}", raise_if_not_found=False)
            if field in fields_list and product:
                values[field] = product.id
        return values

    @api.depends("health_text")
    @api.depends_context("lang")
    def _compute_health_message(self):
        for shop in self:
            shop.health_message = from_store(shop.env, shop.health_text)

    @api.depends_context("uid")
    def _compute_figures(self):
        groups = self.env["ciama.order"]._read_group(
            [("shop_id", "in", self.ids)], ["shop_id", "state"], ["__count", "order_date:max"]
        )
        figures = {shop.id: {} for shop in self}
        newest = {}
        for shop, state, count, date in groups:
            figures[shop.id][state] = count
            newest[shop.id] = max(filter(None, (newest.get(shop.id), date)), default=False)
        for shop in self:
            states = figures[shop.id]
            shop.order_count = sum(states.values())
            shop.imported_count = states.get("imported", 0)
            shop.waiting_count = states.get("received", 0)
            shop.problem_count = sum(states.get(s, 0) for s in ("held", "blocked", "failed"))
            shop.last_order_date = newest.get(shop.id, False)

    def _special_products(self):
        """All products of the settings that stand for something that has none."""
        products = self.product_placeholder_id
        for field in SPECIAL_PRODUCTS.values():
            products |= self[field]
        return products

    # -- buttons
    def action_pull(self):
        """Pull now, in the background."""
        self.check_access("read")
        self.env["ciama.order"].check_access("read")  # accountants see shops, but no orders
        for shop in self:
            if not shop.live and shop.onboarding_state == "open":
                raise UserError(
                    self.env._(
                        "%s is still being connected: its orders come once its set-up is finished.",
                        shop.name,
                    )
                )
            shop._enqueue_pull()
            shop._unfinished_job("pull").eta = False  # not when it would be tried again
        return notification(self.env._("The orders are being fetched in the background."))

    def action_open_orders(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "ciama_connector.action_ciama_order_board"
        )
        filters = {key: 1 for key in self.env.context if key.startswith("search_default_")}
        return {**action, "domain": [("shop_id", "=", self.id)], "context": filters}

    def action_open_shop(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    # -- pulls
    @api.model
    def _cron_pull(self):
        """Enqueue the pulls that are due; the work is done by jobs."""
        now = fields.Datetime.now()
        due = self.search(
            [("live", "=", True), "|", ("next_pull", "=", False), ("next_pull", "<=", now)]
        )
        for shop in due:
            shop._enqueue_pull()
            shop.next_pull = now + timedelta(minutes=shop.pull_interval)

    def _enqueue_pull(self):
        """One job is enough: it is tried again until the shop answers."""
        self.ensure_one()
        self.sudo().with_company(self.company_id).with_delay(
            description=self.env._("Pull %s", self.name),
            identity_key=self._identity_key("pull"),
            max_retries=0,
        )._job_pull()

    def _identity_key(self, kind):
        return f"ciama-{kind}-{self.id}"

    def _wants(self, created_at):
        """Whether an order placed at ``created_at`` (aware UTC) is meant for Odoo: since the
        shop's start date, or in the window of a backfill."""
        self.ensure_one()
        moment = created_at.astimezone(UTC).replace(tzinfo=None)
        return moment >= self.import_from or any(
            backfill._counts() and backfill._holds(moment) for backfill in self.sudo().backfill_ids
        )

    def _unfinished_job(self, kind):
        return (
            self.env["queue.job"]
            .sudo()
            .search(
                [
                    ("identity_key", "=", self._identity_key(kind)),
                    ("state", "not in", ("done", "failed", "cancelled")),
                ]
            )
        )

    def _job_pull(self):
        return self.env["ciama.pull"]._run(self, self.import_from)

    def _job_refetch(self, order_ids):
        orders = self.env["ciama.order"].browse(order_ids).exists()
        return self.env["ciama.pull"]._refetch(self, orders)

import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError
from psycopg2.errors import UniqueViolation

from ..canonical import Code, OrderStatus
from ..platforms import registry
from ..platforms.errors import PlatformError
from .notification import RELOAD, notification
from .translated import translated

PROBLEM_STATES = ("held", "blocked", "failed")
NO_PROBLEM = {
    "problem_id": False,
    "problem_params": False,
    "problem_detail": False,
    "waits_for": False,
}


class CiamaOrder(models.Model):
    """An order as a shop showed it: the binding, the job's target, the card on the board.

    received -> imported, or held, blocked, failed (each with a cause), or ignored.
    """

    _name = "ciama.order"
    _description = "Shop Order"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "priority desc, order_date desc, id desc"
    _rec_name = "number"
    _check_company_auto = True

    shop_id = fields.Many2one("ciama.shop", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    platform = fields.Selection(related="shop_id.platform", store=True)
    external_id = fields.Char(string="ID in the Shop", required=True, readonly=True)
    number = fields.Char(readonly=True)
    order_date = fields.Datetime(readonly=True)
    shop_updated_at = fields.Datetime(string="Changed in the Shop", readonly=True)
    customer_name = fields.Char(string="Customer", readonly=True)
    currency_code = fields.Char(string="Shop Currency", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_total = fields.Monetary(string="Total in the Shop", readonly=True)
    status = fields.Selection("_selection_status", string="Status in the Shop", readonly=True)
    shop_status = fields.Char(string="Shop's Own Status", readonly=True)

    state = fields.Selection(
        [
            ("received", "Received"),
            ("held", "Held"),
            ("blocked", "Blocked"),
            ("failed", "Failed"),
            ("imported", "Imported"),
            ("ignored", "Ignored"),
        ],
        default="received",
        required=True,
        readonly=True,
        group_expand=True,
    )
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Assigned To",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    problem_id = fields.Many2one("ciama.problem", string="Cause", readonly=True)
    problem_action = fields.Selection(related="problem_id.action")
    problem_params = fields.Json(readonly=True)
    problem_detail = fields.Text(
        readonly=True, help="Technical detail of an unexpected failure, for support."
    )
    message = fields.Char(string="What Happened", compute="_compute_message")
    remedy = fields.Char(related="problem_id.remedy", string="What to Do")
    waits_for = fields.Char(readonly=True, help="The mapping value that is missing.")

    sale_order_id = fields.Many2one(
        "sale.order", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    partner_id = fields.Many2one(related="sale_order_id.partner_id", string="Contact in Odoo")
    attempts = fields.Integer(readonly=True)
    last_attempt = fields.Datetime(readonly=True)
    imported_at = fields.Datetime(readonly=True)

    payload = fields.Text(
        readonly=True, copy=False, prefetch=False, groups="base.group_system",
    )  # fmt: skip
    digest = fields.Char(readonly=True, copy=False)
    imported_status = fields.Char(readonly=True, copy=False)
    commercial_digest = fields.Char(
        readonly=True, copy=False, help="Of the lines, addresses and totals last imported."
    )

    _external_unique = models.Constraint(
        "UNIQUE(shop_id, external_id)", "An order of a shop exists only once."
    )
    _shop_state_idx = models.Index("(shop_id, state)")
    _waits_for_idx = models.Index("(shop_id, waits_for) WHERE waits_for IS NOT NULL")

    @api.model
    def _selection_status(self):
        return [
            (OrderStatus.PENDING.value, self.env._("Waiting for payment")),
            (OrderStatus.AUTHORIZED.value, self.env._("Authorised")),
            (OrderStatus.ACCEPTED.value, self.env._("Released for shipping")),
            (OrderStatus.PARTIALLY_PAID.value, self.env._("Partially paid")),
            (OrderStatus.PAID.value, self.env._("Paid")),
            (OrderStatus.FULFILLED.value, self.env._("Shipped")),
            (OrderStatus.CANCELLED.value, self.env._("Cancelled")),
            (OrderStatus.REFUNDED.value, self.env._("Refunded")),
            (OrderStatus.FAILED.value, self.env._("Payment failed")),
            (OrderStatus.DELETED.value, self.env._("Deleted")),
        ]

    @api.depends("shop_id.name", "number", "external_id")
    def _compute_display_name(self):
        for order in self:
            order.display_name = f"{order.shop_id.name} {order.number or order.external_id}"

    @api.depends("problem_id", "problem_params")
    @api.depends_context("lang")
    def _compute_message(self):
        for order in self:
            problem = order.problem_id
            order.message = problem._sentence(order.problem_params) if problem else False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_imported(self):
        if self.sale_order_id:
            raise UserError(
                self.env._(
                    "An order that has a sale order keeps its card: without it, the shop's next "
                    "change would import the order a second time. Delete the sale order first."
                )
            )

    # -- the payload
    @api.model
    def _pack(self, payload):
        """Text to store for a ``RawOrder.payload``."""
        # ASCII, since JSON may escape half a surrogate pair, which has no UTF-8.
        return self.env["ciama.vault"]._encrypt(
            json.dumps(payload, default=str, separators=(",", ":"))
        )

    def _unpack(self):
        """The stored payload; raises ``KeyLost``."""
        self.ensure_one()
        return json.loads(self.env["ciama.vault"]._decrypt(self.sudo().payload))

    def _normalize(self):
        """Canonical order; raises ``Problem`` and ``KeyLost``."""
        self.ensure_one()
        return registry.connector_class(self.platform).normalize(self._unpack())

    def _is_set_aside(self):
        """A person ignored the order, and only a person takes it up again."""
        return self.state == "ignored" and self.problem_id.code == Code.IGNORED_BY_USER

    # -- buttons, for whoever may see the orders; what they write is the connector's own
    def _checked(self):
        self.check_access("read")
        return self.sudo()

    def action_retry(self):
        """Import the cards of ``self`` again, in the background."""
        orders = self._checked().filtered(lambda order: order.state != "imported")
        if len(orders) > min(orders.shop_id.mapped("batch_size"), default=0):
            return self.env["ciama.retry"]._start(orders)  # with a bar that tells how far it is
        orders._retry_now()
        return notification(self.env._("Orders being imported again: %s", len(orders)), then=RELOAD)

    def _retry_now(self):
        self.write({"state": "received", **NO_PROBLEM})
        for shop, of_shop in self.grouped("shop_id").items():
            self.env["ciama.pull"]._enqueue_imports(shop, of_shop)
        self.env["ciama.live"]._changed(self.shop_id)

    def action_refetch(self):
        """Read the orders of ``self`` again from their shops, in the background."""
        orders = self._checked()
        for shop, of_shop in orders.grouped("shop_id").items():
            for start in range(0, len(of_shop), shop.batch_size):
                batch = of_shop[start : start + shop.batch_size]
                shop.with_company(shop.company_id).with_delay(
                    description=self.env._(
                        "Read %(count)s orders of %(shop)s again", count=len(batch), shop=shop.name
                    ),
                )._job_refetch(batch.ids)
        return notification(self.env._("Orders being read again: %s", len(orders)))

    def action_accept(self):
        """The sale order stays as it is, although the shop's order changed."""
        for order in self._checked():
            if order.sale_order_id and order.state in PROBLEM_STATES:
                self.env["ciama.importer"]._accept(order)
                order._note(self.env._("The sale order stays as it is."))
                self.env["ciama.live"]._changed(order.shop_id)
        return True

    def action_ignore(self):
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "ciama.ignore",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Ignore Orders"),
            "context": {"default_order_ids": self.ids},
        }

    def action_open_sale_order(self):
        self.ensure_one()
        if not self.sale_order_id:
            raise UserError(self.env._("There is no sale order of this shop order yet."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sale_order_id.id,
            "view_mode": "form",
        }

    def action_open_in_shop(self):
        self.ensure_one()
        order = self._checked()
        try:
            url = order.shop_id._connector([]).admin_url(order.external_id)
        except PlatformError as error:
            raise UserError(translated(self.env, error.message)) from error
        if not url:
            raise UserError(self.env._("The page of this order in the shop is not known."))
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    # -- jobs
    def _job_import(self):
        """Import the orders of ``self`` that still wait."""
        waiting = self.exists().filtered(lambda order: order.state == "received")
        try:
            return self.env["ciama.importer"]._run(waiting)
        except UniqueViolation as error:
            raise RetryableJobError(
                "Another job made the same record.", seconds=5, ignore_retry=True
            ) from error

    @api.model
    def _cron_sweep(self):
        """Enqueue again the orders that wait although no job is left for them, such as
        after a job that failed for good: no order is forgotten."""
        limit = fields.Datetime.now() - timedelta(hours=1)
        waiting = self.search([("state", "=", "received"), ("write_date", "<", limit)])
        jobs = self.env["queue.job"].search(
            [
                ("model_name", "=", self._name),
                ("method_name", "=", "_job_import"),
                ("state", "not in", ("done", "failed", "cancelled")),
            ]
        )
        waiting -= self.browse({order_id for job in jobs for order_id in job.records.ids})
        waiting.write({"state": "received"})  # moves write_date: once an hour is enough
        for shop, orders in waiting.grouped("shop_id").items():
            self.env["ciama.pull"]._enqueue_imports(shop, orders)

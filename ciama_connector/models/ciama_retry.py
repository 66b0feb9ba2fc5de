from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.fields import Domain

from .ciama_order import NO_PROBLEM

KEPT_DAYS = 30


class CiamaRetry(models.Model):
    """Many orders that are imported again, with a bar that tells how far it is.

    Its jobs take the orders batch by batch; until its turn comes, an order keeps its state
    and its cause. So a retry that is cancelled leaves the rest as it was.
    """

    _name = "ciama.retry"
    _description = "Retry of Many Orders"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    order_ids = fields.Many2many("ciama.order", string="Orders", readonly=True)
    cancelled = fields.Boolean(readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("cancelled", "Cancelled")],
        compute="_compute_figures",
    )
    total_count = fields.Integer(string="Number of Orders", compute="_compute_figures")
    tried_count = fields.Integer(string="Tried", compute="_compute_figures")
    imported_count = fields.Integer(
        string="Imported", compute="_compute_figures", help="They have their sale order now."
    )
    problem_count = fields.Integer(
        string="Still Not Imported",
        compute="_compute_figures",
        help="They are on the board, with the cause that was found this time.",
    )
    left_count = fields.Integer(
        string="To Be Tried", compute="_compute_figures", help="Their turn is still to come."
    )
    progress = fields.Float(compute="_compute_figures", help="Orders that were tried, in percent.")

    @api.depends("create_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for retry in self:
            retry.display_name = self.env._("Retry of %s orders", retry.total_count)

    def _left(self):
        """Domain of the orders whose turn is still to come."""
        self.ensure_one()
        not_since = Domain("last_attempt", "=", False) | Domain(
            "last_attempt", "<", self.create_date.replace(microsecond=0)
        )
        return Domain("state", "!=", "imported") & not_since

    @api.depends("order_ids", "cancelled")
    def _compute_figures(self):
        order_model = self.env["ciama.order"].sudo()
        for retry in self:  # one at a time is looked at
            mine = Domain("id", "in", retry.sudo().order_ids.ids)
            retry.total_count = len(retry.sudo().order_ids)
            retry.left_count = order_model.search_count(mine & retry._left())
            retry.imported_count = order_model.search_count(mine & Domain("state", "=", "imported"))
            retry.tried_count = retry.total_count - retry.left_count
            retry.problem_count = retry.tried_count - retry.imported_count
            retry.progress = 100 * retry.tried_count / (retry.total_count or 1)
            running = "running" if retry.left_count else "done"
            retry.state = "cancelled" if retry.cancelled else running

    @api.model
    def _start(self, orders):
        """Import ``orders`` (``ciama.order``, of any shops) again, in the background; the
        action that shows how far it is."""
        retries = self.sudo().create(
            [
                {"company_id": company.id, "order_ids": of_company.ids}
                for company, of_company in orders.grouped("company_id").items()
            ]
        )
        for retry in retries:
            retry._enqueue()
        return retries._open()

    def _enqueue(self):
        for shop, orders in self.order_ids.grouped("shop_id").items():
            for start in range(0, len(orders), shop.batch_size):
                batch = orders[start : start + shop.batch_size]
                self.with_company(self.company_id).with_delay(
                    description=self.env._(
                        "Import %(count)s orders of %(shop)s again",
                        count=len(batch),
                        shop=shop.name,
                    )
                )._job_batch(batch.ids)

    @api.model
    def _leave_out(self, orders):
        """Somebody set ``orders`` aside: a retry under way does not take them up again."""
        retries = self.sudo().search([("order_ids", "in", orders.ids)])
        retries.order_ids = [Command.unlink(order.id) for order in orders]

    def _job_batch(self, order_ids):
        """Import these orders again, those that nobody took care of meanwhile."""
        if not self.exists() or self.cancelled:
            return "Nobody wants it any more."
        wanted = Domain("id", "in", order_ids) & Domain("id", "in", self.order_ids.ids)
        orders = self.env["ciama.order"].search(wanted & self._left())
        orders.write({"state": "received", **NO_PROBLEM})
        done = orders._job_import()
        self.env["ciama.live"]._changed(orders.shop_id)
        return done

    # -- buttons
    def _open(self):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders Being Imported Again"),
            "res_model": self._name,
            "target": "new",
        }
        if len(self) == 1:
            return {**action, "view_mode": "form", "views": [(False, "form")], "res_id": self.id}
        views = [(False, "list"), (False, "form")]
        return {
            **action,
            "target": "current",
            "view_mode": "list,form",
            "views": views,
            "domain": [("id", "in", self.ids)],
        }

    def action_cancel(self):
        """What was tried stays as it became; the rest keeps its state and its cause."""
        self.ensure_one()
        self.check_access("read")
        if self.state == "running":
            self.sudo().cancelled = True
        return self._open()

    def action_open_orders(self):
        """The orders that could not be imported this time either, or are still to come."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("ciama_connector.action_ciama_order")
        left = [("id", "in", self.sudo().order_ids.ids), ("state", "!=", "imported")]
        return {**action, "domain": left, "context": {}}

    @api.autovacuum
    def _gc_retries(self):
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.sudo().search([("create_date", "<", limit)]).unlink()

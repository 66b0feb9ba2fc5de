from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..vies import FAULT_TEXTS, Fault
from .notification import RELOAD, notification
from .translated import translated

OPEN = ("pending", "unavailable")
ANSWERED = ("valid", "invalid")


class CiamaViesCheck(models.Model):
    """One question to VIES about one VAT number, and its answer: the proof.

    What is answered stays as it is; a later question about the same number is a record of
    its own, so that every document keeps the proof that it was made with. A number is open
    (pending, or asked without getting an answer) only once in a company.
    """

    _name = "ciama.vies.check"
    _description = "VAT Number Check"
    _order = "id desc"
    _rec_name = "number"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    number = fields.Char(string="VAT Number", required=True, readonly=True)
    shop_id = fields.Many2one(
        "ciama.shop", string="Asked for Shop", readonly=True, check_company=True
    )
    order_id = fields.Many2one(
        "ciama.order", string="Asked for Order", readonly=True, ondelete="set null"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Asked for Contact", readonly=True, ondelete="set null"
    )
    waiting_since = fields.Datetime(readonly=True, help="Since when orders wait for the answer.")

    state = fields.Selection(
        [
            ("pending", "Being Asked"),
            ("valid", "Valid"),
            ("invalid", "Not Valid"),
            ("unavailable", "No Answer Yet"),
        ],
        default="pending",
        required=True,
        readonly=True,
    )
    requester = fields.Char(
        string="Asked by", readonly=True, help="The company's own number, as VIES was told it."
    )
    answered_at = fields.Datetime(string="Answered", readonly=True)
    valid_until = fields.Datetime(
        string="Good Until", readonly=True, help="New orders use the answer until then."
    )
    request_date = fields.Date(string="Date Stated by VIES", readonly=True)
    trader_name = fields.Char(
        string="Registered Name", readonly=True, help="Not every member state discloses it."
    )
    trader_address = fields.Text(string="Registered Address", readonly=True)
    consultation_number = fields.Char(
        readonly=True, help="VIES's proof that it was asked, and what it answered."
    )
    fault = fields.Selection("_selection_fault", string="Why No Answer", readonly=True)
    attempts = fields.Integer(readonly=True)
    last_attempt = fields.Datetime(readonly=True)
    next_attempt = fields.Datetime(readonly=True, default=fields.Datetime.now)

    sale_order_ids = fields.One2many("sale.order", "ciama_vies_check_id", string="Sale Orders")
    move_ids = fields.One2many("account.move", "ciama_vies_check_id", string="Invoices")

    _open_unique = models.UniqueIndex(
        "(company_id, number) WHERE state IN ('pending', 'unavailable')",
        "This number is being asked already.",
    )
    _number_idx = models.Index("(number, company_id)")
    _next_attempt_idx = models.Index("(next_attempt) WHERE state IN ('pending', 'unavailable')")

    @api.model
    def _selection_fault(self):
        return [(fault.value, translated(self.env, FAULT_TEXTS[fault])) for fault in Fault]

    @api.depends("number", "state")
    @api.depends_context("lang")
    def _compute_display_name(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        for check in self:
            check.display_name = f"{check.number}: {states[check.state]}"

    # -- what is known
    @api.model
    def _current(self, company, numbers):
        """{number: check} of those whose answer is still good, or that are being asked.

        A number that is asked again although it was not valid is open; an answer that it
        is valid stays good meanwhile.
        """
        good = Domain("state", "in", OPEN) | Domain("valid_until", ">=", fields.Datetime.now())
        found = {}
        for check in self.search(
            Domain("company_id", "=", company.id) & Domain("number", "in", list(numbers)) & good
        ):
            newer = found.get(check.number)
            if not newer or (newer.state in OPEN and check.state == "valid"):
                found[check.number] = check
        return found

    @api.model
    def _newest(self, company, numbers):
        """{number: newest check}, answered or not."""
        domain = [("company_id", "=", company.id), ("number", "in", list(numbers))]
        checks = self.search(domain, order="id")
        return {check.number: check for check in checks}

    def _patience_is_over(self, shop):
        """Whether orders have waited for the answer as long as ``shop`` wants to."""
        if not self.waiting_since:
            return False
        limit = self.waiting_since + timedelta(hours=shop.vies_patience_hours)
        return fields.Datetime.now() >= limit

    # -- buttons
    def action_ask_now(self):
        """Ask VIES for the numbers of ``self``, whatever was answered before."""
        self.check_access("read")
        for company, checks in self.sudo().grouped("company_id").items():
            self.env["ciama.vies"]._ask_anew(
                company, {check.number: check._asked_for() for check in checks}
            )
        return notification(self.env._("VIES is being asked in the background."), then=RELOAD)

    def _asked_for(self):
        """Values of a check that is asked for the same."""
        return {name: self[name].id for name in ("shop_id", "order_id", "partner_id")}

    # -- jobs and scheduled actions
    @api.model
    def _job_ask(self, forced=False):
        """Ask for all numbers of the job's company that are due."""
        return self.env["ciama.vies.asking"]._ask_due(self.env.company, forced=forced)

    def _job_answered(self):
        """What follows from the answers to ``self``."""
        return self.env["ciama.vies.asking"]._take_over(self.exists())

    @api.model
    def _cron_ask(self):
        """Ask again what is due, and let orders go on that were overlooked."""
        self.env["ciama.vies.asking"]._enqueue_due()
        self.env["ciama.vies.asking"]._free_orders()

    @api.model
    def _cron_recheck(self):
        """Ask again for customers whose proof has grown old."""
        for shop in self.env["ciama.shop"].search([("vies_recheck_months", ">", 0)]):
            self.env["ciama.vies.asking"]._recheck(shop)

import json
from datetime import timedelta
from functools import partial

from markupsafe import escape
from odoo import api, fields, models
from odoo.tools import format_datetime

from ..canonical import Problem, decimal_places
from ..platforms.personal import mask_personal
from .ciama_vault import KeyLost
from .translated import written

# Calls to the shop around the moment an order came or was tried, in the journal.
AROUND = timedelta(minutes=10)


class CiamaOrder(models.Model):
    """The order's own page: the shop's view beside Odoo's, what happened when, what the
    shop sent, and the way to every document."""

    _inherit = "ciama.order"

    comparison_html = fields.Html(
        string="Shop and Odoo", compute="_compute_comparison_html", sanitize=False
    )
    timeline_html = fields.Html(string="Timeline", compute="_compute_timeline_html", sanitize=False)
    payload_text = fields.Text(string="As the Shop Sent It", compute="_compute_payload_text")
    payload_masked = fields.Boolean(compute="_compute_payload_text")

    credit_note_count = fields.Integer(
        string="Credit Notes", compute="_compute_document_counts", compute_sudo=True
    )
    return_count = fields.Integer(
        string="Returns", compute="_compute_document_counts", compute_sudo=True
    )
    vies_check_id = fields.Many2one(
        "ciama.vies.check", string="VIES Check", compute="_compute_vies_check_id"
    )

    # -- shop and Odoo
    @api.depends_context("lang", "uid")
    def _compute_comparison_html(self):
        for order in self:
            order.comparison_html = order._render_comparison()

    def _render_comparison(self):
        try:
            found = self.env["ciama.comparison"]._of(self)
        except KeyLost:
            return escape(self.env._("The encryption key was lost."))
        except Problem as problem:
            return self._render_unsound(problem)
        except Exception as error:  # noqa: BLE001  # the card must open, to be mended
            return escape(self.env._("The order cannot be read (%s).", type(error).__name__))
        return self._render_page("order_comparison", found.order, found=found)

    def _render_unsound(self, problem):
        """What cannot be compared, such as lines that do not add up, is shown as it is."""
        try:
            order = self._normalize()
        except Problem:
            cause = self.env["ciama.problem"]._of(problem.code)
            return escape(cause._sentence(problem.params))
        return self._render_page("order_as_read", order)

    def _render_page(self, template, order, **values):
        digits = decimal_places(order.currency)
        readable = partial(written, self.env)

        def money(amount):
            return "" if amount is None else readable(amount, digits)

        values = {
            "order": order,
            "money": money,
            "readable": readable,
            "figure_words": {
                "quantity": self.env._("Quantity"),
                "net": self.env._("Net"),
                "tax": self.env._("Tax"),
                "gross": self.env._("Total"),
            },
            **values,
        }
        return self.env["ir.qweb"]._render(f"ciama_connector.{template}", values)

    # -- what happened
    @api.depends_context("lang", "tz", "uid")
    def _compute_timeline_html(self):
        for order in self:
            events = [
                (event, event.at and self._shown_time(event.at))
                for event in (self.env["ciama.timeline"]._of(order) if order.id else ())
            ]
            order.timeline_html = self.env["ir.qweb"]._render(
                "ciama_connector.order_timeline", {"events": events}
            )

    def _shown_time(self, moment):
        return format_datetime(self.env, moment, tz=str(self.env.tz), dt_format="short")

    # -- what the shop sent
    @api.depends_context("lang", "uid")
    def _compute_payload_text(self):
        clear = self.env.su or self.env.user.has_group("ciama_connector.group_manager")
        for order in self:
            order.payload_masked = not clear
            try:
                payload = order._unpack()
            except KeyLost:
                order.payload_text = self.env._("The encryption key was lost.")
                continue
            if not clear:
                payload = mask_personal(payload, order._personal_words())
            order.payload_text = json.dumps(payload, indent=2, ensure_ascii=False)

    def _personal_words(self):
        """Names, addresses and numbers of the order's people, wherever they stand in it."""
        try:
            order = self._normalize()
        except Exception:  # noqa: BLE001  # what cannot be read is masked by its fields
            return {self.customer_name or ""}
        customer, words = order.customer, {self.customer_name or ""}
        places = [order.billing_address, order.shipping_address]
        if order.pickup_point:
            places.append(order.pickup_point.address)
        words |= {
            customer.email, customer.phone, customer.first_name, customer.last_name,
            customer.company,
        }  # fmt: skip
        for place in filter(None, places):
            words |= {
                place.first_name, place.last_name, place.company, place.street, place.street2,
                place.phone, place.email, place.identification, place.city,
            }  # fmt: skip
        return words | {candidate.value for candidate in order.vat_candidates}

    # -- the documents
    def _compute_document_counts(self):
        for order in self:
            sold = order.sale_order_id
            order.credit_note_count = len(sold._ciama_credit_notes())
            order.return_count = len(sold._ciama_returns())

    def _compute_vies_check_id(self):
        """The proof of the sale order, else the last question on behalf of the order."""
        checks = self.env["ciama.vies.check"].search([("order_id", "in", self.ids)])
        asked = {}
        for check in checks:
            asked.setdefault(check.order_id, check)
        for order in self:
            proof = order.sudo().sale_order_id.ciama_vies_check_id.with_env(self.env)
            order.vies_check_id = proof or asked.get(order, False)

    def action_open_credit_notes(self):
        self.ensure_one()
        self.check_access("read")
        return self.sale_order_id._ciama_credit_notes()._get_records_action(
            name=self.env._("Credit Notes of %s", self.display_name), context={"create": False}
        )

    def action_open_returns(self):
        self.ensure_one()
        self.check_access("read")
        return self.sale_order_id._ciama_returns()._get_records_action(
            name=self.env._("Returns of %s", self.display_name), context={"create": False}
        )

    def action_open_customer(self):
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_records_action()

    def action_open_vies_check(self):
        self.ensure_one()
        self.check_access("read")
        return self.vies_check_id._get_records_action()

    def action_open_exchanges(self):
        """The journal around the times at which the order came and was tried last."""
        self.ensure_one()
        self.check_access("read")
        moments = [self.create_date, self.last_attempt or self.create_date]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "ciama_connector.action_ciama_exchange"
        )
        around = [
            ("shop_id", "=", self.shop_id.id),
            ("started_at", ">=", min(moments) - AROUND),
            ("started_at", "<=", max(moments) + AROUND),
        ]
        return {**action, "domain": around, "context": {}}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _ciama_credit_notes(self):
        moves = self.order_line.invoice_lines.move_id
        return moves.filtered(
            lambda move: move.move_type == "out_refund" and move.state != "cancel"
        )

    def _ciama_returns(self):
        return self.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "incoming" and picking.state != "cancel"
        )

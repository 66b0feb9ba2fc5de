"""What happened with an order, from the shop to the last document, by the clock."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from odoo import api, models

from ..canonical import Problem, cents
from ..canonical.money import decimal_places
from ..models.ciama_vault import KeyLost
from ..models.translated import written


@dataclass(frozen=True)
class Event:
    at: datetime | None  # naive UTC, as Odoo keeps it; None: not known when
    label: str
    detail: str = ""
    icon: str = "fa-circle"
    tone: str = "muted"  # of Bootstrap
    place: str = "odoo"  # or "shop"


class CiamaTimeline(models.AbstractModel):
    """Read from the documents themselves, whoever made them; a constant number of queries,
    however many documents there are."""

    _name = "ciama.timeline"
    _description = "Timeline of Shop Orders"

    @api.model
    def _of(self, card):
        """Events of ``card`` in their order; those without a time come last."""
        order = card.sudo()
        documents = [
            *self._sold(order.sale_order_id),
            *self._moved(order.sale_order_id),
            *self._invoiced(order.sale_order_id),
            *self._paid(order),
        ]
        if order.imported_at:  # records carry the time at which their transaction began
            documents = [
                replace(event, at=event.at and max(event.at, order.imported_at))
                for event in documents
            ]
        events = [*self._in_shop(order), *self._on_board(order), *documents]
        timed = [event for event in events if event.at]
        # Seconds are all that a stored time has; one not stored yet has more.
        timed.sort(key=lambda event: event.at.replace(microsecond=0))
        return timed + [event for event in events if not event.at]

    # -- in the shop
    def _in_shop(self, card):
        yield Event(
            card.order_date or None, self.env._("Ordered"), card.number or "",
            "fa-shopping-cart", "primary", "shop",
        )  # fmt: skip
        try:
            order = card._normalize()
        except (Problem, KeyLost):
            return
        digits = decimal_places(order.currency)
        for payment in order.payments:
            if payment.captured and payment.paid_at:
                label = payment.method.label or payment.method.code
                amount = written(self.env, payment.amount, decimal_places(payment.currency))
                detail = f"{amount} {payment.currency}, {label}"
                yield self._of_shop(payment.paid_at, self.env._("Paid"), detail, "fa-credit-card")
        for refund in order.refunds:
            if refund.created_at:
                amount = written(self.env, cents(refund.amount, order.currency), digits)
                detail = ", ".join(filter(None, (f"{amount} {order.currency}", refund.reason)))
                yield self._of_shop(
                    refund.created_at, self.env._("Refunded"), detail, "fa-undo", "warning"
                )
        if order.cancelled_at:
            yield self._of_shop(
                order.cancelled_at, self.env._("Cancelled"), "", "fa-times", "danger"
            )

    @staticmethod
    def _of_shop(at, label, detail, icon, tone="muted"):
        return Event(at.astimezone(UTC).replace(tzinfo=None), label, detail, icon, tone, "shop")

    # -- here
    def _on_board(self, card):
        yield Event(card.create_date, self.env._("Received"), "", "fa-download")
        if card.imported_at:
            detail = card.sale_order_id.name or ""
            yield Event(card.imported_at, self.env._("Imported"), detail, "fa-check", "success")
        if card.problem_id and card.state != "imported":
            states = dict(card._fields["state"]._description_selection(self.env))
            tone = {"held": "warning", "ignored": "muted"}.get(card.state, "danger")
            yield Event(
                card.last_attempt or card.write_date,
                states[card.state],
                card.problem_id.with_env(self.env).name,
                "fa-hand-paper-o",
                tone,
            )
        check = card.sale_order_id.ciama_vies_check_id
        if check.answered_at:
            states = dict(check._fields["state"]._description_selection(self.env))
            detail = f"{check.number}: {states[check.state]}"
            yield Event(
                check.answered_at, self.env._("VAT number checked"), detail, "fa-certificate"
            )

    def _sold(self, order):
        if order.state == "sale":
            yield Event(
                self._confirmed_at(order), self.env._("Confirmed"), order.name,
                "fa-handshake-o", "success",
            )  # fmt: skip
        elif order.state == "cancel":
            yield Event(None, self.env._("Cancelled"), order.name, "fa-times", "danger")

    def _confirmed_at(self, order):
        """Odoo keeps no such time of an order of a shop: a person leaves a message, and
        the deliveries are made at once."""
        subtype = self.env.ref("sale.mt_order_confirmed", raise_if_not_found=False)
        messages = order.message_ids.filtered(lambda message: message.subtype_id == subtype)
        times = messages.mapped("date") or order.picking_ids.mapped("create_date")
        return min(times, default=None)

    def _moved(self, order):
        for picking in order.picking_ids.filtered(lambda picking: picking.state == "done"):
            back = picking.picking_type_code == "incoming"
            sent = picking.picking_type_code == "outgoing"
            if not back and not sent:
                continue
            label = self.env._("Goods came back") if back else self.env._("Delivered")
            detail = ", ".join(filter(None, (picking.name, picking.carrier_tracking_ref)))
            yield Event(
                picking.date_done, label, detail,
                "fa-reply" if back else "fa-truck", "warning" if back else "success",
            )  # fmt: skip

    def _invoiced(self, order):
        for move in order.order_line.invoice_lines.move_id.sorted("id"):
            if move.state != "posted":
                continue
            back = move.move_type == "out_refund"
            label = self.env._("Credit note") if back else self.env._("Invoiced")
            detail = f"{move.name}, {_amount(move.amount_total, move.currency_id)}"
            yield Event(
                move.create_date, label, detail,
                "fa-undo" if back else "fa-file-text-o", "warning" if back else "success",
            )  # fmt: skip

    def _paid(self, card):
        booked = card.payment_ids.filtered(lambda payment: payment.state in ("in_process", "paid"))
        for payment in booked.sorted("id"):
            back = payment.payment_type == "outbound"
            label = self.env._("Refund booked") if back else self.env._("Payment booked")
            amount = _amount(payment.amount, payment.currency_id)
            detail = f"{payment.name or payment.memo or ''}, {amount}"
            tone = "warning" if back else "success"
            yield Event(payment.create_date, label, detail, "fa-money", tone)


def _amount(amount, currency):
    return f"{amount:.{currency.decimal_places}f} {currency.name}"

"""Bare Odoo: what its ORM itself costs for the orders that the connector brings."""

import itertools

import psycopg2.errors
from odoo import Command, fields

from .transaction import transaction

_PLACE = ("street", "zip", "city", "country_id", "phone")
_numbers = itertools.count(1)


def work_of(sale_orders):
    """The same work again, as plain values: customer, delivery address, lines."""
    return [
        {
            "customer": {"lang": order.partner_id.lang, **_values(order.partner_id)},
            "delivery": _delivery(order),
            "lines": [
                {
                    "product_id": line.product_id.id,
                    "product_uom_qty": line.product_uom_qty,
                    "price_unit": line.price_unit,
                    "name": line.name,
                }
                for line in order.order_line
            ],
            "invoiced": bool(order.invoice_ids),
            "paid": bool(order.invoice_ids)
            and set(order.invoice_ids.mapped("payment_state")) <= {"paid", "in_payment"},
        }
        for order in sale_orders
    ]


def _values(partner):
    values = partner.read(["name", *_PLACE], load=None)[0]
    return {key: value for key, value in values.items() if value and key != "id"}


def _delivery(order):
    if order.partner_shipping_id == order.partner_id:
        return None
    return {"type": "delivery", **_values(order.partner_shipping_id)}


def run(database, work, batch, meter, tag):
    """Do ``work`` in transactions of ``batch`` orders; ids of the sale orders.

    ``tag`` keeps the customers' e-mails apart from those of other processes.
    """
    ids = []
    for start in range(0, len(work), batch):
        part = work[start : start + batch]
        ids += _until_done(database, part, meter, tag)
        meter.orders += len(part)
    return ids


def _until_done(database, part, meter, tag):
    # As quiet in the chatter as the connector.
    from odoo.addons.ciama_connector.services.importer import QUIET

    while True:
        try:
            with transaction(database, meter) as env:
                return _orders(env(context=QUIET), part, tag).ids
        except psycopg2.errors.SerializationFailure:
            meter.retries += 1


def _orders(env, work, tag):
    """New customers with their delivery addresses, sale orders, deliveries; invoices and
    payments of those that the connector invoiced and booked as paid."""
    partners = env["res.partner"].create([_customer(one, tag) for one in work])
    orders = env["sale.order"].create(
        [_order(one, partner) for one, partner in zip(work, partners, strict=True)]
    )
    orders.action_confirm()
    kept = dict(zip(orders, work, strict=True))
    invoiced = orders.filtered(lambda order: kept[order]["invoiced"])
    if invoiced:
        invoiced._create_invoices(grouped=True).action_post()
        _pay(env, orders.filtered(lambda order: kept[order]["paid"]).invoice_ids)
    return orders


def _pay(env, invoices):
    """The cheapest way that Odoo has: payments in one ``create``, matched directly."""
    journal = env["account.journal"].search([("type", "=", "bank")], limit=1)
    payments = env["account.payment"].create(
        [
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": move.partner_id.id,
                "amount": move.amount_residual,
                "currency_id": move.currency_id.id,
                "date": move.invoice_date,
                "journal_id": journal.id,
                "payment_method_line_id": journal.inbound_payment_method_line_ids[:1].id,
                "memo": move.name,
                "invoice_ids": [Command.set(move.ids)],
                "destination_account_id": move.partner_id.property_account_receivable_id.id,
            }
            for move in invoices
        ]
    )
    payments.action_post()
    env["account.move.line"]._reconcile_plan(
        [
            (payment.move_id + move).line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
            for payment, move in zip(payments, invoices, strict=True)
        ]
    )


def _customer(one, tag):
    children = [Command.create(one["delivery"])] if one["delivery"] else []
    email = f"floor{next(_numbers)}.{tag}@example.com"
    return {**one["customer"], "email": email, "child_ids": children}


def _order(one, partner):
    return {
        "partner_id": partner.id,
        "partner_invoice_id": partner.id,
        "partner_shipping_id": (partner.child_ids[:1] or partner).id,
        "client_order_ref": f"FLOOR-{partner.id}",
        "date_order": fields.Datetime.now(),
        "order_line": [Command.create(line) for line in one["lines"]],
    }

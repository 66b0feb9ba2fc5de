import hashlib
import logging

from odoo import api, models

from ..canonical import Order, OrderStatus, Problem
from ..canonical.texts import storable
from ..models.ciama_order import NO_PROBLEM
from ..platforms import registry
from .importer import QUIET
from .trace import where

_logger = logging.getLogger(__name__)


def digest_of(text):
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


class CiamaStaging(models.AbstractModel):
    """Second step: keep what the shop said as ``ciama.order``, once for each order."""

    _name = "ciama.staging"
    _description = "Staging of Shop Orders"

    @api.model
    def _stage(self, shop, raw_orders, *, renew=False, current=False, window=None):
        """Store ``raw_orders`` (``platforms.base.RawOrder``); the new or changed records.

        An order whose used fields are as they were, such as the echo of what Odoo told
        the shop, is left alone; with ``renew`` its payload is stored again, encrypted with
        today's key. One that a person set aside is kept up to date and stays aside. What is
        older than what is known, such as from a backfill beside a pull, is no news, unless
        the shop shows it now (``current``): its clock may have been set back. What was
        placed outside ``window`` (``ciama.backfill``) is left to the pulls.
        """
        raws = self._newest(raw_orders)
        known = self._known(shop, raws)
        currencies = self._currencies() if raws else {}
        changed, new_values = self.env["ciama.order"], []
        for external_id, raw in raws.items():
            order = known.get(external_id)
            if order and not (renew or current) and self._is_older(raw, order):
                continue
            values = self._values(shop, raw, currencies)
            placed = values.get("order_date")  # of what cannot be read, nobody knows it
            if window and placed and not window._holds(placed):
                continue
            if not order:
                new_values.append({"shop_id": shop.id, "external_id": external_id, **values})
            elif order.digest == values["digest"]:
                if renew:
                    order.payload = values["payload"]
                if values["shop_updated_at"] > order.shop_updated_at:
                    order.shop_updated_at = values["shop_updated_at"]
            elif order._is_set_aside():
                order.write(values)
            else:
                order.write({**values, "state": "received", **NO_PROBLEM})
                changed |= order
        return changed | self.env["ciama.order"].with_context(**QUIET).create(new_values)

    @api.model
    def _newest(self, raw_orders):
        """{external id: order}; of an order that a page shows twice, the later state."""
        raws = {}
        for raw in raw_orders:
            key = storable(raw.external_id)
            if key not in raws or raw.updated_at >= raws[key].updated_at:
                raws[key] = raw
        return raws

    def _is_older(self, raw, order):
        return raw.updated_at.replace(tzinfo=None, microsecond=0) < order.shop_updated_at

    def _known(self, shop, raws):
        orders = self.env["ciama.order"].search_fetch(
            [("shop_id", "=", shop.id), ("external_id", "in", list(raws))],
            ["external_id", "digest", "state", "problem_id", "shop_updated_at"],
        )
        return orders.grouped("external_id")

    def _currencies(self):
        """{code: id}, inactive ones too: the import says that one must be activated."""
        currencies = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search_fetch([("name", "!=", False)], ["name"])
        )
        return {currency.name: currency.id for currency in currencies}

    def _values(self, shop, raw, currencies):
        values = {
            "shop_updated_at": raw.updated_at.replace(tzinfo=None),
            "payload": self.env["ciama.order"]._pack(raw.payload),
        }
        connector = registry.connector_class(shop.platform)
        try:
            order = connector.normalize(raw.payload)
        except Problem as problem:
            cause = f"{problem.code}{problem.params}"
        except Exception as error:  # noqa: BLE001  # one order must not stop the page
            _logger.error("Order %s of %s: %s", raw.external_id, shop.name, where(error))
            cause = type(error).__name__
        else:
            return {**values, **self._card_values(order, currencies)}
        # The import meets the same trouble and makes the card.
        return {
            **values,
            "number": storable(raw.number or raw.external_id),
            "digest": digest_of(f"{cause}{raw.updated_at}"),
        }

    def _card_values(self, order: Order, currencies):
        billing = order.billing_address or order.shipping_address
        person = " ".join(filter(None, (order.customer.first_name, order.customer.last_name)))
        name = (
            order.customer.company
            or (billing and (billing.company or billing.full_name))
            or person
            or order.customer.email
        )
        return {
            "number": order.number,
            "order_date": order.created_at.replace(tzinfo=None),
            "customer_name": name,
            "currency_code": order.currency,
            "currency_id": currencies.get(order.currency, False),
            "amount_total": float(order.total),
            "status": OrderStatus(order.status).value,
            "shop_status": order.shop_status,
            "digest": digest_of(order.digest_source()),
        }

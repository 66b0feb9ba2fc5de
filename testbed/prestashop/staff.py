"""What customers and staff do to the shop, with the traces PrestaShop leaves of it."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from . import growth, money
from .store import EMPTY_DATE, Row, Store

_TEXT = "%Y-%m-%d %H:%M:%S"
_SAME_SECOND = 3  # orders of one second in a growth
# Where a change may show that an order's own date does not tell.
_DATED = ("orders", "order_slip", "order_payments", "messages")


class Staff:
    """Dates are aware UTC; the shop keeps them in its own time without a zone."""

    store: Store
    lock: threading.RLock
    growers: dict[int, growth.Grower]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.store.setting("PS_TIMEZONE") or "Europe/Paris")

    def order_ids(self) -> list[str]:
        return [str(order_id) for order_id in sorted(self.store["orders"].rows)]

    def newest(self) -> datetime:
        """The last change of anything that orders are made of."""
        text = max(self.store[resource].last_date for resource in _DATED)
        if text == EMPTY_DATE:
            text = "2026-01-01 00:00:00"
        return datetime.strptime(text, _TEXT).replace(tzinfo=self.zone).astimezone(UTC)

    def touch(self, external_id: str, when: datetime | None = None) -> None:
        with self.lock:
            note = self.store["orders"].rows[int(external_id)].get("note") or ""
            self.change(external_id, when, note=f"{note} (edited)".strip())

    def change(self, external_id: str, when: datetime | None = None, **fields: Any) -> None:
        """Write ``fields`` to an order; its change date moves."""
        with self.lock:
            self.store["orders"].update(int(external_id), **fields, date_upd=self._when(when))

    def set_state(self, external_id: str, state: int, when: datetime | None = None) -> None:
        """A new state, with its entry in the history; the change date moves."""
        with self.lock:
            date = self._when(when)
            self.store["order_histories"].insert(
                id_employee="1", id_order_state=str(state), id_order=external_id, date_add=date
            )
            self.store["orders"].update(int(external_id), current_state=state, date_upd=date)

    def set_tracking(self, external_id: str, number: str) -> None:
        """Neither the order's change date nor any other date tells of it."""
        with self.lock:
            for carrier in self.store["order_carriers"].where(id_order=external_id):
                self.store["order_carriers"].update(carrier["id"], tracking_number=number)
            self.store["orders"].update(int(external_id), shipping_number=number)

    def add_payment(
        self, external_id: str, amount: str, method: str = "Virement", when: datetime | None = None
    ) -> int:
        """A payment entered by hand: the order's change date stays. The payment's id."""
        with self.lock:
            order = self.store["orders"].rows[int(external_id)]
            paid = Decimal(order["total_paid_real"]) + Decimal(amount)
            self.store["orders"].update(order["id"], total_paid_real=money.six(paid))
            row = self.store["order_payments"].insert(
                order_reference=order["reference"],
                id_currency=order["id_currency"],
                amount=money.six(Decimal(amount)),
                payment_method=method,
                conversion_rate=order["conversion_rate"],
                date_add=self._when(when),
            )
            return row["id"]

    def add_slip(
        self,
        external_id: str,
        quantities: dict[int, int] | None = None,
        *,
        shipping: bool = False,
        when: datetime | None = None,
    ) -> int:
        """Refund lines (order detail id -> quantity; by default one piece of the first
        line), and the shipping too. The order's change date stays. The slip's id."""
        with self.lock:
            order = self.store["orders"].rows[int(external_id)]
            details = self.store["order_details"].where(id_order=external_id)
            quantities = quantities or {details[0]["id"]: 1}
            taken = [(row, quantities[row["id"]]) for row in details if row["id"] in quantities]
            slip_id = self.store["order_slip"].last_id + 1
            values = money.slip(order, taken, slip_id, shipping=shipping)
            date = self._when(when)
            self.store["order_slip"].insert(**values, date_add=date, date_upd=date)
            for row, quantity in taken:
                self._take_back(order, row, quantity)
            return slip_id

    def _take_back(self, order: Row, detail: Row, quantity: int) -> None:
        """Returned after the delivery, merely refunded before it."""
        delivered = order["delivery_date"] > EMPTY_DATE
        field = "product_quantity_return" if delivered else "product_quantity_refunded"
        changes = {field: int(detail[field]) + quantity}
        for kind in ("tax_excl", "tax_incl"):
            price = Decimal(detail[f"unit_price_{kind}"]) * quantity
            refunded = Decimal(detail[f"total_refunded_{kind}"]) + money.cents(price)
            changes[f"total_refunded_{kind}"] = money.six(refunded)
        self.store["order_details"].update(detail["id"], **changes)

    def add_message(self, external_id: str, text: str, when: datetime | None = None) -> int:
        """A message to the order, as customers leave one at the checkout."""
        with self.lock:
            order = self.store["orders"].rows[int(external_id)]
            row = self.store["messages"].insert(
                id_cart=order["id_cart"],
                id_order=external_id,
                id_customer=order["id_customer"],
                message=text,
                private="1",
                date_add=self._when(when),
            )
            return row["id"]

    def delete_address(self, address_id: int, *, for_good: bool = False) -> None:
        """Customers delete addresses that orders use: PrestaShop keeps and marks them;
        ``for_good`` is what tools that clean up do."""
        with self.lock:
            if for_good:
                self.store["addresses"].remove(address_id)
            else:
                self.store["addresses"].update(address_id, deleted="1", date_upd=self._when(None))

    def add_shop(self, name: str, group: int = 1) -> int:
        """One more shop of the installation; its id."""
        with self.lock:
            shops = self.store["shops"]
            return shops.insert(name=name, id_shop_group=group, active="1", deleted="0")["id"]

    def add(self, resource: str, row: Row) -> None:
        """Put a row in as it is; it may be broken."""
        with self.lock:
            self.store[resource].add(row)

    def grow(self, count: int, shop: int = 1) -> list[str]:
        """In shop ``shop``; several orders of one call are of the same second."""
        with self.lock:
            start = self.newest() + timedelta(minutes=1)
            if shop not in self.growers:
                self.growers[shop] = growth.Grower(self.store, shop)
            grower = self.growers[shop]
            return [
                grower.order(self._local(start + timedelta(minutes=step // _SAME_SECOND)))
                for step in range(count)
            ]

    def _when(self, when: datetime | None) -> str:
        return self._local(when or self.newest() + timedelta(seconds=2))

    def _local(self, when: datetime) -> str:
        return when.astimezone(self.zone).strftime(_TEXT)

"""What the steps of an import know about one order of their batch."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..canonical import Credit, Line, Order, Problem, Settled


@dataclass(eq=False)
class Draft:
    """An order on its way: each service fills in its part or sets ``problem``."""

    card: Any  # ciama.order
    order: Order
    settled: Settled
    commercial_digest: str
    problem: Problem | None = None
    waits_for: str = ""  # mapping value that is missing
    mapping: tuple[str, str, str] | None = None  # model, value, label of a row to make

    status: str = ""  # canonical status, after the status mapping
    partner: Any = None  # res.partner: who ordered
    invoice_partner: Any = None
    delivery_partner: Any = None
    currency: Any = None
    pricelist: Any = None
    vat_proof: Any = None  # ciama.vies.check of the order's VAT number
    vat_counts: bool | None = None  # that number may exempt; None: nobody asked
    vat: Any = None  # services.fiscal_positions.Decision
    fiscal_position: Any = None
    payment: Any = None  # ciama.mapping.payment
    group: Any = None  # ciama.mapping.group
    shipping: Any = None  # ciama.mapping.carrier
    rules: Any = None  # services.rules.Rules
    carrier: Any = None  # delivery.carrier
    products: dict[str, Any] = field(default_factory=dict)  # line id -> product.product
    taxes: dict[str, Any] = field(default_factory=dict)  # line id -> account.tax
    tax_amounts: dict[str, list[Decimal]] = field(default_factory=dict)  # as ``taxes``
    booked: Settled | None = None  # what Odoo books: ``settled``, or by policy Odoo's own VAT
    expected_tax: Decimal | None = None  # in all, where it is not the shop's
    sale_order: Any = None
    shop_order: Order | None = None  # ``order``, before refunds were taken off it
    credits: dict[str, Credit] | None = None  # refund id -> what it is worth
    taken_off: set[str] = field(default_factory=set)  # ids of refunds that ``order`` lacks
    nothing_left: bool = False  # refunds took off all that was ordered
    warnings: dict[str, Problem] = field(default_factory=dict)  # code -> problem

    def warn(self, code, **params):
        """Note what a person should look at, although the order goes through."""
        self.warnings[str(code)] = Problem(code, **params)

    def fail(self, code, *, waits_for="", mapping=None, **params):
        self.problem = Problem(code, **params)
        self.waits_for = waits_for
        self.mapping = mapping

    @property
    def shipping_lines(self) -> list[Line]:
        return [line for line in self.order.lines if line.kind == "shipping"]


def good(drafts):
    """Those that have no problem yet."""
    return [draft for draft in drafts if not draft.problem]

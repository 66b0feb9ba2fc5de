"""What one invoice takes of a sale order line: to the cent, and the last takes the rest."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Part:
    """Amounts of a line or a share of it, in the order's currency; taxes by id of the tax."""

    net: Decimal
    taxes: dict[int, Decimal]

    @property
    def gross(self) -> Decimal:
        return self.net + sum(self.taxes.values(), Decimal(0))

    def share(self, upto: Decimal, done: "Part", digits: int) -> "Part":
        """What is missing to the fraction ``upto`` (0 to 1) of this, after ``done``; in
        whole units of a currency with ``digits``. Shares up to 1 add up to this exactly."""
        unit = Decimal(1).scaleb(-digits)

        def missing(amount, taken):
            return (amount * upto).quantize(unit, ROUND_HALF_UP) - taken

        return Part(
            missing(self.net, done.net),
            {key: missing(amount, done.taxes.get(key, Decimal(0)))
             for key, amount in self.taxes.items()},
        )  # fmt: skip

    def __add__(self, other: "Part") -> "Part":
        keys = self.taxes.keys() | other.taxes.keys()
        return Part(
            self.net + other.net,
            {key: self.taxes.get(key, Decimal(0)) + other.taxes.get(key, Decimal(0))
             for key in keys},
        )  # fmt: skip

    def without_zeros(self) -> "Part":
        return Part(self.net, {key: amount for key, amount in self.taxes.items() if amount})


NOTHING = Part(Decimal(0), {})


def exact(amount: float, digits: int) -> Decimal:
    """A float of Odoo as the amount it stands for."""
    return Decimal(f"{amount:.{digits}f}")

"""What the golden shops sell, and Odoo knows: name, domestic rate, goods or service."""

from typing import NamedTuple


class Product(NamedTuple):
    id: str  # the shop's own
    name: str
    rate: str  # percent of French VAT
    goods: bool = True


PRODUCTS = {
    "CHAIR": Product("11", "Chair", "20"),
    "TABLE": Product("12", "Table", "20"),
    "LAMP": Product("13", "Lamp", "20"),
    "SCREW": Product("14", "Screw", "20"),
    "BOOK": Product("15", "Book", "5.5"),
    "WINE": Product("16", "Wine", "20"),
    "MEAL": Product("17", "Meal", "10"),
    "SYRUP": Product("18", "Syrup", "2.1"),
    "COURSE": Product("19", "Course", "20", goods=False),
}

"""What of an order its sale order is made of, in parts: which of them did a change touch?"""

import hashlib
import json

PLACE = {
    "first_name", "last_name", "company", "street", "street2", "zip", "city", "state_code",
    "state_name", "country",
}  # fmt: skip
PARTS = ("lines", "removed", "billing", "delivery", "shipping")
LINE = {
    "id", "kind", "name", "sku", "product_id", "variant_id", "quantity", "quantity_removed",
    "net", "tax", "taxes", "options", "shipping",
}  # fmt: skip


def commercial_digest(order):
    """Changes with what is sold, for how much, how and to which address it is sent; not with
    statuses, nor with what the shop adds to its records of the customer or the products."""
    data = order.model_dump(
        mode="json",
        include={
            "currency": True,
            "total": True,
            "total_tax": True,
            "lines": {"__all__": LINE},
            "billing_address": PLACE,
            "shipping_address": PLACE,
            "pickup_point": {"id", "name"},
        },
    )
    lines = data["lines"]
    removed = {line["id"]: line.pop("quantity_removed") for line in lines}
    method = [shipping for line in lines if (shipping := line.pop("shipping"))]
    for line in lines:
        line["taxes"] = [(tax["rate"], tax["amount"]) for tax in line["taxes"]]
        if line["kind"] == "shipping":  # the method's title
            method.append(line.pop("name"))
    content = {
        "lines": (data["currency"], data["total"], data["total_tax"], lines),
        "removed": removed,
        "billing": data["billing_address"],
        "delivery": (data["shipping_address"], data["pickup_point"]),
        "shipping": method,
    }
    return "-".join(_hash(content[part]) for part in PARTS)


def changed_parts(old, new):
    """The ``PARTS`` in which two digests differ; all, where ``old`` is none."""
    before, after = (old or "").split("-"), new.split("-")
    if len(before) != len(PARTS):
        return set(PARTS)
    return {part for part, a, b in zip(PARTS, before, after, strict=True) if a != b}


def _hash(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]

"""Shipping methods: by the carrier that orders left with, and by name."""

from collections import defaultdict

from odoo.fields import Domain

from .suggestion import Suggestion
from .suggestions_words import CARRIER_PHRASES, concept, likeness, plain

VAGUE = ("standard", "express")  # every carrier has one


def find_carriers(shop, labels, causes):
    carriers = shop.env["delivery.carrier"].search(
        shop.env["delivery.carrier"]._check_company_domain(shop.company_id)
    )
    kinds = {carrier: concept(CARRIER_PHRASES, carrier.name)[0] for carrier in carriers}
    history = _of_orders(shop, labels, carriers)
    return {
        value: history[plain(label)] + _of_names(shop.env, kinds, value, label)
        for value, label in labels.items()
    }


def _of_orders(shop, labels, carriers):
    """{name: suggestions} by the carriers of earlier orders, as far as people chose them: the
    shop's default came by itself."""
    found = defaultdict(list)
    names = list(filter(None, labels.values()))
    shops = shop.search([("company_id", "=", shop.company_id.id)])
    groups = shop.env["sale.order"]._read_group(
        Domain("ciama_shop_id", "in", shops.ids)
        & Domain("ciama_shipping_method", "in", names)
        & Domain("carrier_id", "in", (carriers - shops.carrier_id).ids),
        ["ciama_shipping_method", "carrier_id"],
        ["__count"],
    )
    totals = defaultdict(int)
    for name, _carrier, count in groups:
        totals[name] += count
    for name, carrier, count in groups:
        reason = shop.env._("Orders with it that left with this carrier: %s", count)
        most = 89 if count >= 3 else 78
        confidence = round(most * count / totals[name])
        found[plain(name)].append(
            Suggestion("carrier_id", carrier, confidence, reason, carrier.name)
        )
    return found


def _of_names(env, kinds, value, label):
    kind, _exact = concept(CARRIER_PHRASES, value, label)
    found = []
    for carrier, carrier_kind in kinds.items():
        alike = max(likeness(value, carrier.name), likeness(label, carrier.name))
        if alike == 1:
            confidence, reason = 90, env._("The carrier has the same name.")
        elif alike >= 0.55:
            confidence, reason = round(78 * alike), env._("The carrier has a similar name.")
        elif kind and kind == carrier_kind:
            confidence = 45 if kind in VAGUE else 65
            reason = env._("The carrier is for this kind of delivery.")
        else:
            continue
        found.append(Suggestion("carrier_id", carrier, confidence, reason, carrier.name))
    return found

"""Customer groups by the names of pricelists and tags; status words by what they say."""

from ..canonical import Code
from ..models.ciama_mapping import selection_text
from .suggestion import Suggestion
from .suggestions_words import STATUS_PHRASES, concept, likeness


def find_groups(shop, labels, causes):
    env = shop.env
    pricelists = env["product.pricelist"].search(
        env["product.pricelist"]._check_company_domain(shop.company_id)
    )
    tags = env["res.partner.category"].search([])
    return {
        value: _named(env, "pricelist_id", pricelists, value, label, 88)
        + _named(env, "tag_ids", tags, value, label, 82)
        for value, label in labels.items()
    }


def _named(env, field, records, value, label, same):
    found = []
    for record in records:
        alike = max(likeness(value, record.name), likeness(label, record.name))
        if alike == 1:
            reason = env._('"%s" has the same name.', record.name)
            found.append(Suggestion(field, record, same, reason, record.name))
        elif alike >= 0.6:
            reason = env._('"%s" has a similar name.', record.name)
            found.append(Suggestion(field, record, round(75 * alike), reason, record.name))
    return found


def find_statuses(shop, labels, causes):
    """Sure only where the platform cannot read the word: what it reads by itself knows more
    than the word, such as whether the order is paid."""
    found = {}
    for value, label in labels.items():
        key, exact = concept(STATUS_PHRASES, value, label)
        if key:
            unknown = Code.UNKNOWN_STATUS in causes[value]
            if exact and unknown:
                confidence, reason = 85, shop.env._("The word says so.")
            elif exact:
                confidence = 60
                reason = shop.env._("The word says so; empty, it is read as the shop means it.")
            else:
                confidence, reason = 50, shop.env._("The words speak of it.")
            text = selection_text(shop.env, "ciama.mapping.status", "status", key)
            found[value] = [Suggestion("status", key, confidence, reason, text)]
    return found

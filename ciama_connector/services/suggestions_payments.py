"""Payment methods: the journal of their money, and whether orders wait for it."""

from .suggestion import Suggestion
from .suggestions_words import PAYMENT_PHRASES, concept, likeness

# Where money of this kind is booked, where no journal says so by its name.
JOURNAL_TYPES = {"transfer": "bank", "cheque": "bank", "debit": "bank", "cash": "cash"}
# Confirmed before any money came.
PAID_LATER = ("on_delivery", "invoice")


def find_payments(shop, labels, causes):
    journals = shop.env["account.journal"].search(
        [
            *shop.env["account.journal"]._check_company_domain(shop.company_id),
            ("type", "in", ("bank", "cash", "credit")),
        ]
    )
    kinds = {journal: concept(PAYMENT_PHRASES, journal.name)[0] for journal in journals}
    return {
        value: _of_journals(shop.env, kinds, value, label) + _of_kind(shop.env, value, label)
        for value, label in labels.items()
    }


def _confirm(kind):
    return "always" if kind in PAID_LATER else "shop"


def _of_journals(env, kinds, value, label):
    kind, _exact = concept(PAYMENT_PHRASES, value, label)
    wanted = JOURNAL_TYPES.get(kind)
    of_type = [journal for journal in kinds if journal.type == wanted]
    found = []
    for journal, journal_kind in kinds.items():
        alike = max(likeness(value, journal.name), likeness(label, journal.name))
        if alike == 1:
            confidence, reason = 90, env._("The journal has the same name.")
        elif alike >= 0.6:
            confidence, reason = round(75 * alike), env._("The journal has a similar name.")
        elif kind and kind == journal_kind:
            confidence, reason = 70, env._("The journal is for this kind of payment.")
        elif journal in of_type:
            confidence = 60 if len(of_type) == 1 else 40
            reason = env._("Money of this kind comes to such a journal.")
        else:
            continue
        more = {"confirm": _confirm(kind)}
        found.append(Suggestion("journal_id", journal, confidence, reason, journal.name, more))
    return found


def _of_kind(env, value, label):
    """A method that is known needs no journal to be accepted: the shop's own is used."""
    kind, exact = concept(PAYMENT_PHRASES, value, label)
    if not kind or kind == "gift_card":  # the money of a gift card has a journal of its own
        return []
    key = _confirm(kind)
    if kind in PAID_LATER:
        text = env._("Confirm always")
        reason = env._("It is paid later, so the order is confirmed before any money came.")
    else:
        text = env._("Accept, as the shop says")
        reason = env._("It is a usual payment method: the rule of the shop does for it.")
    return [Suggestion("confirm", key, 82 if exact else 65, reason, text)]

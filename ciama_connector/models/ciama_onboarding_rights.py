from odoo import api, fields, models

from ..canonical.texts import _lt
from .translated import from_store, to_store, translated


class CiamaOnboarding(models.Model):
    """The second and third step: is it the right shop, and may everything be read?"""

    _inherit = "ciama.onboarding"

    rights = fields.Json(
        readonly=True,
        help="What the shop answered: a list of {label, why, needed, granted, message}.",
    )
    checked_at = fields.Datetime(string="Checked", readonly=True)
    may_go_on = fields.Boolean(compute="_compute_may_go_on")
    rights_html = fields.Html(compute="_compute_rights_html", sanitize=False)
    facts_html = fields.Html(compute="_compute_facts_html", sanitize=False)
    inactive_currency_id = fields.Many2one("res.currency", compute="_compute_inactive_currency_id")
    may_activate = fields.Boolean(compute="_compute_inactive_currency_id")

    @api.depends("rights", "facts", "health")
    def _compute_may_go_on(self):
        for onboarding in self:
            refused = any(
                right["needed"] and right["granted"] is False for right in onboarding.rights or ()
            )
            answers = onboarding.rights is not False and onboarding.health == "ok"
            onboarding.may_go_on = answers and not refused

    @api.depends("rights")
    @api.depends_context("lang")
    def _compute_rights_html(self):
        for onboarding in self:
            rights = [
                {
                    **right,
                    **{
                        name: from_store(self.env, right[name])
                        for name in ("label", "why", "message")
                    },
                }
                for right in onboarding.rights or ()
            ]
            rights.sort(key=lambda right: (right["granted"] is not False, not right["needed"]))
            onboarding.rights_html = self.env["ir.qweb"]._render(
                "ciama_connector.onboarding_rights",
                {"rights": rights, "granted": sum(right["granted"] is True for right in rights)},
            )

    @api.depends("facts")
    @api.depends_context("lang")
    def _compute_facts_html(self):
        for onboarding in self:
            onboarding.facts_html = self.env["ir.qweb"]._render(
                "ciama_connector.onboarding_facts",
                {"facts": onboarding.facts or {}, "warnings": onboarding._warnings()},
            )

    @api.depends("facts")
    def _compute_inactive_currency_id(self):
        codes = [(onboarding.facts or {}).get("currency") for onboarding in self]
        inactive = self.env["res.currency"].search([("name", "in", codes), ("active", "=", False)])
        by_code = {currency.name: currency for currency in inactive}
        self.may_activate = inactive.has_access("write")
        for onboarding, code in zip(self, codes, strict=True):
            onboarding.inactive_currency_id = by_code.get(code, False)

    def _warnings(self):
        """Sentences on what Odoo lacks for this shop."""
        found = []
        if self.inactive_currency_id:
            found.append(
                self.env._(
                    "The currency %s is not active in Odoo: orders in it would be blocked.",
                    self.inactive_currency_id.name,
                )
            )
        if not self.company_id.root_id.sudo().chart_template:
            found.append(
                self.env._(
                    "%s has no chart of accounts: without one there are no taxes and no invoices. "
                    "Choose it in the settings of Accounting.",
                    self.company_id.name,
                )
            )
        return found

    def action_check(self):
        """Ask the shop again."""
        self.ensure_one()
        self.check_access("write")
        self.trouble_text = False
        self._check_shop()

    def action_activate_currency(self):
        self.ensure_one()
        self.check_access("write")
        self.inactive_currency_id.active = True
        self.invalidate_recordset(["inactive_currency_id", "facts_html"])

    def _check_shop(self):
        """Try the rights one by one, then learn what the shop tells of itself. False where
        it cannot be reached at all, or does not know the credentials."""
        known_by = self._proposed_name()
        rights = self._ask(lambda connector: connector.check_rights())
        if rights is None:
            self.write({"rights": False, "checked_at": False})
            self._note_health("broken", self.trouble_text)
            return False
        self.write(
            {
                "rights": [_kept(check) for check in rights],
                "checked_at": fields.Datetime.now(),
            }
        )
        missing = [check.right for check in rights if check.right.needed and check.granted is False]
        if missing:
            names = ", ".join(translated(self.env, right.label) for right in missing)
            text = _lt("Missing rights: %(names)s", names=names)
            self._note_health("broken", to_store(text))
        elif facts := self._ask(lambda connector: connector.check()):
            self._note_health("ok", False)
            self.facts = facts.as_dict()
            self.name = facts.name if self.name == known_by and facts.name else self.name
        else:
            self._note_health("broken", self.trouble_text)
        return True

    def _note_health(self, health, text):
        self.shop_id.write({"health": health, "health_text": text})


def _kept(check):
    """A ``RightCheck`` as it is stored."""
    return {
        "label": to_store(check.right.label),
        "why": check.right.why and to_store(check.right.why),
        "needed": check.right.needed,
        "granted": check.granted,
        "message": check.message and to_store(check.message),
    }

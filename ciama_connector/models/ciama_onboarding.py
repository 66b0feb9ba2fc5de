from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..platforms import registry
from ..platforms.errors import PlatformError
from .translated import from_store, to_store, translated

STEPS = [
    ("platform", "Platform"),
    ("connection", "Connection"),
    ("rights", "Rights"),
    ("mappings", "Mappings"),
    ("preview", "Preview"),
    ("start", "Start"),
    ("done", "Done"),
]
ORDER = [step for step, _label in STEPS]


class CiamaOnboarding(models.Model):
    """The way of a shop from its platform to its first orders, one step after the other.

    It is left by leaving the page and resumed where it was: all that was entered stands on
    the shop, which is there from the second step on and is not live before the last.
    """

    _name = "ciama.onboarding"
    _description = "Connection of a Shop"
    _inherits = {"ciama.shop": "shop_id"}
    _order = "id desc"

    shop_id = fields.Many2one("ciama.shop", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    step = fields.Selection(STEPS, default="platform", required=True, readonly=True)
    trouble_text = fields.Json(readonly=True)
    trouble = fields.Char(
        compute="_compute_trouble", help="Why the shop did not answer the last question."
    )
    url_help = fields.Char(compute="_compute_guide")
    guide_html = fields.Html(compute="_compute_guide", sanitize=False)

    _shop_unique = models.Constraint("UNIQUE(shop_id)", "A shop is connected in one place only.")

    @api.model_create_multi
    def create(self, vals_list):
        """A new form sends empty what only the shop can compute: that is left to it."""
        shops = self.env["ciama.shop"]._fields.items()
        computed = {name for name, field in shops if field.compute and not field.readonly}
        return super().create(
            [
                {name: value for name, value in vals.items() if value or name not in computed}
                for vals in vals_list
            ]
        )

    @api.depends("trouble_text")
    @api.depends_context("lang")
    def _compute_trouble(self):
        for onboarding in self:
            onboarding.trouble = from_store(self.env, onboarding.trouble_text)

    @api.depends("platform")
    @api.depends_context("lang")
    def _compute_guide(self):
        """The way to the credentials, drawn from what the platform tells of itself."""
        for onboarding in self:
            if not onboarding.platform:
                onboarding.url_help = onboarding.guide_html = False
                continue
            platform = registry.connector_class(onboarding.platform).platform
            onboarding.url_help = translated(self.env, platform.url_help)
            onboarding.guide_html = self.env["ir.qweb"]._render(
                "ciama_connector.onboarding_guide",
                {"steps": [self._drawn(step) for step in platform.steps]},
            )

    def _drawn(self, step):
        def said(text):
            return translated(self.env, text)

        return {
            "title": said(step.title),
            "path": [said(entry) for entry in step.path],
            "fields": [(said(label), said(value)) for label, value in step.fields],
            "text": said(step.text),
        }

    @api.onchange("platform", "url")
    def _onchange_address(self):
        """An address as it was pasted becomes the shop's own, and proposes a name."""
        if not self.platform:
            return
        cls = registry.connector_class(self.platform)
        shared = {registry.connector_class(code).platform.default_url for code in registry.codes()}
        given = "" if self.url in shared else (self.url or "").strip()
        try:
            self.url = (given and cls.site(given)) or cls.platform.default_url
        except ValueError:
            return  # said when it is saved
        self.name = self.name or self._proposed_name()

    def _proposed_name(self):
        """The shop's domain; the platform's name where there is none that tells."""
        platform = registry.connector_class(self.platform).platform
        host = urlsplit(self.url or "").hostname or ""
        if self.url == platform.default_url:
            host = ""
        if not self.url and not platform.default_url:
            return False
        telling = not host.replace(".", "").isdigit() and host != "localhost"
        return host.removeprefix("www.") if host and telling else str(platform.label)

    # -- the way through

    def action_next(self):
        """Do what the step promises, and go to the next one where it could be done."""
        self.ensure_one()
        self.check_access("write")
        self.trouble_text = False
        leave = {
            "platform": lambda: True,
            "connection": self._leave_connection,
            "rights": self._leave_rights,
            "mappings": self._leave_mappings,
            "preview": lambda: True,
        }.get(self.step)
        if leave and leave():
            self.step = ORDER[ORDER.index(self.step) + 1]

    def action_back(self):
        self.ensure_one()
        self.check_access("write")
        if self.step not in ("platform", "done"):
            self.write({"step": ORDER[ORDER.index(self.step) - 1], "trouble_text": False})

    def _leave_connection(self):
        """To the rights, unless the shop cannot be reached with what was entered."""
        self.shop_id._check_connected_once()
        return self._check_shop()

    def _leave_rights(self):
        if not self.may_go_on:
            raise UserError(self.env._("Mend what is red first, then check again."))
        return self._look_at_orders()

    def _leave_mappings(self):
        self.line_ids._write_mappings()
        return self._look_at_orders()

    def _ask(self, question):
        """What ``question(connector)`` returns; None where the shop gave no answer, which
        then is told in ``trouble``. Journaled."""
        journal = []
        try:
            return question(self.shop_id._connector(journal))
        except PlatformError as error:
            self.trouble_text = to_store(error.message)
        finally:
            self.env["ciama.exchange"]._record(self.shop_id, journal)
        return None

    def _open(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "ciama_connector.action_ciama_onboarding"
            ),
            "res_id": self.id,
        }

    @api.model
    def _action_connect(self):
        """What the menu opens: the connections that were left, else a new one."""
        self.check_access("create")
        left = self.search_count([("step", "!=", "done")], limit=1)
        name = "action_ciama_onboarding_left" if left else "action_ciama_onboarding"
        return self.env["ir.actions.act_window"]._for_xml_id(f"ciama_connector.{name}")

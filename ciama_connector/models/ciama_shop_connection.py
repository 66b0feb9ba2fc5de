from urllib.parse import urlsplit

from odoo import Command, api, models
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError

from ..canonical.texts import _lt
from ..platforms import registry
from ..platforms.base import ShopConfig
from ..platforms.errors import ConfigurationError, PlatformError
from ..platforms.http import Transport
from .ciama_vault import KeyLost
from .notification import RELOAD, notification
from .translated import to_store, translated


class CiamaShop(models.Model):
    """The way to the shop: its address, its credentials, the test of both."""

    _inherit = "ciama.shop"

    @api.model_create_multi
    def create(self, vals_list):
        shops = super().create(vals_list)
        shops._sync_credentials()
        return shops

    def write(self, vals):
        moved = self._changing(vals, "url", "platform")._check_may_move()
        replatformed = self._changing(vals, "platform")
        self._changing(vals, "platform", "company_id")._check_no_orders()
        result = super().write(vals)
        if replatformed:
            replatformed._sync_credentials()
        if moved:
            moved.write({"facts": False, "health": "new", "health_text": False})
            # From a trial shop to the real one: what changed there before must come, too.
            moved.sudo().cursor = False
            moved.sudo().backfill_ids.cursor = False
        return result

    def _changing(self, vals, *names):
        """Those of ``self`` that ``vals`` give another value in one of the fields."""
        return self.filtered(
            lambda shop: any(
                shop._fields[name].convert_to_write(shop[name], shop) != vals[name]
                for name in names
                if name in vals
            )
        )

    @api.depends_context("uid")
    def _compute_may_connect(self):
        self.may_connect = self.env.user.has_group("ciama_connector.group_administrator")

    def _check_may_move(self):
        """The credentials go to whatever address stands here: it is as secret as they."""
        if self and not self.env.su and not self[:1].may_connect:
            raise AccessError(
                self.env._("Only an administrator may change the address or platform of a shop.")
            )
        return self

    def _check_no_orders(self):
        """Orders carry the platform and company of their shop."""
        if self.env["ciama.order"].sudo().search_count([("shop_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("A shop that has orders keeps its platform and company."))

    @api.constrains("url")
    def _check_url(self):
        for shop in self:
            try:
                parts = urlsplit(shop.url.strip())
                usable = parts.scheme in ("http", "https") and parts.hostname
            except ValueError:
                usable = False
            if not usable:
                raise ValidationError(
                    self.env._("The address of a shop looks like https://www.example.com.")
                )
            if parts.username or parts.password:
                raise ValidationError(
                    self.env._("User name and password belong to the credentials, not the address.")
                )

    @api.constrains("url", "platform", "company_id", "live")
    def _check_connected_once(self):
        """Orders of a shop that is connected twice would be imported twice. A copy may keep
        the address until it is saved or goes live."""
        for shop in self:
            twin = shop._twin()
            if twin and not self.env.context.get("ciama_copying"):
                raise RedirectWarning(
                    shop._connected_already(twin), twin._action_form(), self.env._("Open That Shop")
                )

    def _twin(self):
        """Another connection of the company to the same shop, archived ones too."""
        self.ensure_one()
        others = (
            self.with_context(active_test=False)
            .sudo()
            .search(
                [
                    ("id", "!=", self.id),
                    ("platform", "=", self.platform),
                    ("company_id", "=", self.company_id.id),
                ]
            )
        )
        place = self._place()
        return others.filtered(lambda other: other._place() == place)[:1]

    def _place(self):
        """What two connections to the same shop have in common. Where all shops of a
        platform share its address, it is what the credentials tell openly: the site's id."""
        cls = registry.connector_class(self.platform)
        try:
            parts = urlsplit(cls.site(self.url))
            host, port = (parts.hostname or "").removeprefix("www."), parts.port
        except ValueError:
            return self.id  # no address at all: that is said elsewhere
        if cls.platform.default_url == f"{parts.scheme}://{parts.netloc}":
            openly = self.sudo().credential_ids.filtered(lambda row: row.is_set and not row.secret)
            return {(row.name, row.value) for row in openly} or self.id
        return host, None if port in (80, 443) else port, parts.path

    def _connected_already(self, twin):
        if twin.active:
            return self.env._(
                "This shop is connected already, as “%s”: go on with that one.", twin.name
            )
        return self.env._(
            "This shop was connected before, as “%s”, which is archived. Restore that one "
            "instead: its orders and mappings are still there.",
            twin.name,
        )

    def copy(self, default=None):
        copies = super(CiamaShop, self.with_context(ciama_copying=True)).copy(default)
        return copies.with_env(self.env)

    def _sync_credentials(self):
        """Give each shop the credential rows that its platform asks for."""
        for shop in self.sudo():
            wanted = registry.connector_class(shop.platform).platform.credentials
            names = {field.name for field in wanted}
            shop.credential_ids.filtered(lambda row, names=names: row.name not in names).unlink()
            present = set(shop.credential_ids.mapped("name"))
            shop.credential_ids = [
                Command.create({"sequence": index, "name": field.name})
                for index, field in enumerate(wanted)
                if field.name not in present
            ]

    def _credentials(self):
        """{name: value in clear}; ConfigurationError where one is missing or unreadable."""
        self.ensure_one()
        rows = self.sudo().credential_ids
        try:
            values = {row.name: row._reveal() for row in rows}
        except KeyLost as error:
            raise ConfigurationError(
                _lt(
                    "The encryption key was changed or lost: enter the credentials of %(shop)s "
                    "again.",
                    shop=self.name,
                )
            ) from error
        missing = rows.filtered(lambda row: row.required and not values[row.name])
        if missing:
            raise ConfigurationError(
                _lt("Missing credentials: %(names)s", names=", ".join(missing.mapped("label")))
            )
        return {name: value for name, value in values.items() if value}

    def _connector(self, journal):
        """A connector to this shop. ``journal`` is a list that collects the exchanges.

        Raises ConfigurationError.
        """
        self.ensure_one()
        cls = registry.connector_class(self.platform)
        credentials = self._credentials()
        secrets = tuple(
            credentials[field.name]
            for field in cls.platform.credentials
            if field.secret and field.name in credentials
        )
        transport = Transport(
            journal=journal.append,
            secrets=secrets,
            throttle=cls.platform.throttle,
            verify=self.env["ir.config_parameter"].sudo().get_param("ciama_connector.ca_bundle")
            or True,
        )
        return cls(
            ShopConfig(self.url.strip().rstrip("/"), credentials, self.facts or {}), transport
        )

    def action_test_connection(self):
        self.ensure_one()
        self.check_access("write")
        journal = []
        try:
            facts = self._connector(journal).check()
        except PlatformError as error:
            message, kind = translated(self.env, error.message), "danger"
            self.write({"health": "broken", "health_text": to_store(error.message)})
        else:
            self.write({"facts": facts.as_dict(), "health": "ok", "health_text": False})
            message, kind = (
                self.env._(
                    "%(name)s answers: %(platform)s %(version)s, %(currency)s, %(timezone)s.",
                    name=facts.name,
                    platform=dict(self._fields["platform"]._description_selection(self.env))[
                        self.platform
                    ],
                    version=facts.version,
                    currency=facts.currency,
                    timezone=facts.timezone,
                ),
                "success",
            )
        self.env["ciama.exchange"]._record(self, journal)
        return notification(message, kind, then=RELOAD)

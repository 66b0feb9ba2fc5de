from odoo import api, fields, models

from ..platforms.base import ShopVocabulary

# What a line may say of each kind: fields of the mapping, of the same name here.
CHOICES = {
    "payment": ("journal_id", "confirm"),
    "carrier": ("carrier_id",),
    "tax": ("tax_ids", "no_tax"),
    "status": ("status",),
    "group": ("pricelist_id", "payment_term_id", "fiscal_position_id", "tag_ids"),
}
VOCABULARY = {
    "payment": "payment_methods",
    "carrier": "carriers",
    "status": "statuses",
    "group": "groups",
}


class CiamaOnboarding(models.Model):
    """The fourth step: the shop's words, and what they mean in Odoo."""

    _inherit = "ciama.onboarding"

    line_ids = fields.One2many("ciama.onboarding.line", "onboarding_id")
    payment_line_ids = fields.One2many(
        "ciama.onboarding.line",
        "onboarding_id",
        string="Payment Method",
        domain=[("kind", "=", "payment")],
    )
    carrier_line_ids = fields.One2many(
        "ciama.onboarding.line",
        "onboarding_id",
        string="Shipping Method",
        domain=[("kind", "=", "carrier")],
    )
    tax_line_ids = fields.One2many(
        "ciama.onboarding.line",
        "onboarding_id",
        string="Tax",
        domain=[("kind", "=", "tax")],
    )
    status_line_ids = fields.One2many(
        "ciama.onboarding.line",
        "onboarding_id",
        string="Status",
        domain=[("kind", "=", "status")],
    )
    group_line_ids = fields.One2many(
        "ciama.onboarding.line",
        "onboarding_id",
        string="Customer Group",
        domain=[("kind", "=", "group")],
    )

    def _collect_words(self, rows):
        """Lines for the words that the shop is set up with and those that ``rows`` (of
        ``ciama.preview``) use; a line that is there stays as it was left."""
        words = {kind: {} for kind in CHOICES}
        vocabulary = self._ask(lambda connector: connector.vocabulary()) or ShopVocabulary()
        self.trouble_text = False  # the orders' own words are enough
        for kind, name in VOCABULARY.items():
            for word in getattr(vocabulary, name):
                words[kind][word.value] = word.label or word.value
        used = set()
        for value in (value for row in rows for value in row["values"]):
            if value["kind"] in words:  # products have their own ways
                words[value["kind"]].setdefault(value["value"], value["label"])
                used.add((value["kind"], value["value"]))
        for kind, labels in words.items():
            self._add_lines(kind, labels, used)

    def _add_lines(self, kind, labels, used):
        present = set(self.line_ids.filtered(lambda line: line.kind == kind).mapped("value"))
        new = {value: label for value, label in labels.items() if value and value not in present}
        if not new:
            return
        mappings = self.env[f"ciama.mapping.{kind}"].search(
            [("shop_id", "=", self.shop_id.id), ("value", "in", list(new))]
        )
        mapped = {mapping.value: mapping for mapping in mappings if mapping.mapped}
        unknown = {value: label for value, label in new.items() if value not in mapped}
        suggested = self.env["ciama.suggestions"]._suggest(kind, self.shop_id, unknown)
        self.line_ids.create(
            [
                {
                    "onboarding_id": self.id,
                    "kind": kind,
                    "value": value,
                    "label": label or value,
                    "used": (kind, value) in used,
                    **self._proposal(kind, mapped.get(value), suggested.get(value)),
                }
                for value, label in new.items()
            ]
        )

    def _proposal(self, kind, mapping, suggestions):
        """Values of a line: what is mapped already, else the best suggestion."""
        if mapping:
            chosen = {
                name: mapping._fields[name].convert_to_write(mapping[name], mapping)
                for name in CHOICES[kind]
            }
            reason = self.env._("You mapped it already.")
            return {**chosen, "take": True, "confidence": 100, "reason": reason}
        if not suggestions:
            return {}
        best = suggestions[0]
        return {
            **{name: value for name, value in best.values().items() if name in CHOICES[kind]},
            "take": best.sure,
            "confidence": best.confidence,
            "reason": best.reason,
        }


class CiamaOnboardingLine(models.Model):
    """A word of the shop and what it is proposed to mean in Odoo."""

    _name = "ciama.onboarding.line"
    _description = "Proposed Mapping"
    _order = "used desc, label, id"
    _rec_name = "label"
    _check_company_auto = True

    onboarding_id = fields.Many2one(
        "ciama.onboarding", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="onboarding_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("payment", "Payment method"),
            ("carrier", "Shipping method"),
            ("tax", "Tax"),
            ("status", "Status"),
            ("group", "Customer group"),
        ],
        required=True,
        readonly=True,
    )
    value = fields.Char(string="Value in the Shop", required=True, readonly=True)
    label = fields.Char(string="In the Shop", readonly=True)
    used = fields.Boolean(readonly=True, help="The latest orders use it.")
    take = fields.Boolean(string="Map", help="Ticked lines are mapped when you go on.")
    confidence = fields.Integer(string="How Sure", readonly=True)
    reason = fields.Char(readonly=True)

    journal_id = fields.Many2one(
        "account.journal",
        string="Money Goes To",
        check_company=True,
        domain=[("type", "in", ("bank", "cash", "credit"))],
    )
    confirm = fields.Selection(lambda self: self._selection_of("payment", "confirm"))
    carrier_id = fields.Many2one("delivery.carrier", check_company=True)
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes in Odoo",
        check_company=True,
        domain=[("type_tax_use", "=", "sale")],
    )
    no_tax = fields.Boolean(string="Without Tax")
    status = fields.Selection(
        lambda self: self._selection_of("status", "status"), string="Treat As"
    )
    pricelist_id = fields.Many2one("product.pricelist", check_company=True)
    payment_term_id = fields.Many2one(
        "account.payment.term", string="Payment Terms", check_company=True
    )
    fiscal_position_id = fields.Many2one("account.fiscal.position", check_company=True)
    tag_ids = fields.Many2many("res.partner.category", string="Tags")

    _value_unique = models.Constraint(
        "UNIQUE(onboarding_id, kind, value)", "This value is there already."
    )

    @api.model
    def _selection_of(self, kind, field):
        model = self.env[f"ciama.mapping.{kind}"]
        return model._fields[field]._description_selection(self.env)

    @api.onchange(*{name for names in CHOICES.values() for name in names})
    def _onchange_choice(self):
        """What a person chose is to be mapped, and no guess any more."""
        chosen = any(self[name] for name in CHOICES[self.kind])
        self.take = chosen
        self.confidence = 100 if chosen else 0
        self.reason = self.env._("You chose it.") if chosen else False

    def _write_mappings(self):
        """The ticked lines become mappings of their shop; what was mapped on its own screen
        since somebody looked at the line stays."""
        for kind, names in CHOICES.items():
            lines = self.filtered(lambda line, kind=kind: line.kind == kind and line.take)
            if not lines:
                continue
            mappings = self.env[f"ciama.mapping.{kind}"]._of_values(
                lines.onboarding_id.shop_id, {line.value: line.label for line in lines}
            )
            for line in lines:
                mapping = mappings[line.value]
                if mapping.mapped and mapping.write_date > line.write_date:
                    continue
                mapping.write(
                    {name: line._fields[name].convert_to_write(line[name], line) for name in names}
                )

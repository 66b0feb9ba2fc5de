from odoo import api, fields, models

# Groups of a person of each role; what these imply is theirs as well.
ROLES = {
    "accountant": ("account.group_account_user", "account.group_account_manager"),
    "user": ("ciama_connector.group_user",),
    "user_accountant": (
        "ciama_connector.group_user",
        "account.group_account_user",
        "account.group_account_manager",
    ),
    "manager": ("ciama_connector.group_manager",),
    "administrator": ("ciama_connector.group_administrator",),
}


class CiamaRight(models.Model):
    """Something that a person does, and the roles that may.

    Who may is not stored but asked of the access rights themselves: of ``operation`` on the
    model ``model``, and of the ``groups`` that a button or a method asks for, if any.
    """

    _name = "ciama.right"
    _description = "What a Role May Do"
    _order = "sequence, id"

    name = fields.Char(string="What", required=True, translate=True)
    section = fields.Selection(
        [
            ("orders", "Orders"),
            ("mappings", "Mappings"),
            ("shops", "Shops"),
            ("books", "Accounting"),
        ],
        required=True,
    )
    sequence = fields.Integer(default=10)
    model = fields.Char(required=True)
    operation = fields.Selection(
        [("read", "See"), ("write", "Change"), ("create", "Create"), ("unlink", "Delete")],
        required=True,
    )
    groups = fields.Char(help="External ids of groups, one of which is needed besides.")

    accountant = fields.Boolean(
        compute="_compute_roles", help="Accountant without a role in the connector."
    )
    user = fields.Boolean(compute="_compute_roles")
    user_accountant = fields.Boolean(
        string="User and Accountant",
        compute="_compute_roles",
        help="User of the connector who is accountant as well.",
    )
    manager = fields.Boolean(compute="_compute_roles")
    administrator = fields.Boolean(compute="_compute_roles")

    @api.depends("model", "operation", "groups")
    def _compute_roles(self):
        accesses = self.env["ir.model.access"].sudo().search(
            [("model_id.model", "in", self.mapped("model"))]
        )  # fmt: skip
        for role, xmlids in ROLES.items():
            groups = self._groups(xmlids).all_implied_ids
            for right in self:
                granted = any(
                    access[f"perm_{right.operation}"] and access.group_id <= groups
                    for access in accesses
                    if access.model_id.model == right.model
                )
                asked = self._groups(right.groups.split(",") if right.groups else ())
                right[role] = granted and (not asked or bool(asked & groups))

    @api.model
    def _groups(self, xmlids):
        return self.env["res.groups"].sudo().union(*(self.env.ref(xmlid) for xmlid in xmlids))

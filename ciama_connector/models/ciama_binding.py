from odoo import api, fields, models


class CiamaBinding(models.Model):
    """What stands in a shop under ``external_id`` is this Odoo record.

    Several external ids may point to one record. A binding without shop claims an
    identity for all shops (kinds ``email`` and ``vat``): its unique index is what keeps
    two jobs from creating the same customer or company at the same time.
    """

    _name = "ciama.binding"
    _description = "Link to a Record of a Shop"
    _order = "id desc"

    shop_id = fields.Many2one("ciama.shop", ondelete="cascade")
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("customer", "Customer"),
            ("company", "Company"),
            ("email", "E-mail"),
            ("vat", "VAT Number"),
            ("product", "Product"),
            ("payment", "Payment"),
            ("refund", "Refund"),
            ("refund_payment", "Payment of a Refund"),
            ("return", "Return of Goods"),
        ],
        required=True,
    )
    external_id = fields.Char(string="ID in the Shop", required=True)
    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", required=True, index=True
    )

    _external_unique = models.Constraint(
        "UNIQUE(shop_id, kind, external_id)", "An external id stands for one record only."
    )
    _claim_unique = models.UniqueIndex("(kind, external_id) WHERE shop_id IS NULL")

    @api.model
    def _lookup(self, shop, kind, external_ids):
        """{external id: res_id} of those of ``external_ids`` that are bound and exist."""
        records = self._records(shop, kind, external_ids)
        return {external_id: record.id for external_id, record in records.items()}

    @api.model
    def _records(self, shop, kind, external_ids):
        """{external id: record} of those of ``external_ids`` that are bound and exist."""
        external_ids = [external_id for external_id in set(external_ids) if external_id]
        if not external_ids:
            return {}
        rows = self.sudo().search_fetch(
            [
                ("shop_id", "=", shop.id if shop else False),
                ("kind", "=", kind),
                ("external_id", "in", external_ids),
            ],
            ["external_id", "model", "res_id"],
        )
        found, gone = {}, self.browse()
        for model, of_model in rows.grouped("model").items():
            existing = self.env[model].browse(of_model.mapped("res_id")).exists()
            for row in of_model:
                if row.res_id in existing._ids:
                    found[row.external_id] = self.env[model].browse(row.res_id)
                else:
                    gone |= row
        gone.unlink()
        return found

    @api.model
    def _bind(self, shop, kind, records_by_external_id):
        """Store new links {external id: record}; those that exist must not be given."""
        if records_by_external_id:
            self.sudo().create(
                [
                    {
                        "shop_id": shop.id if shop else False,
                        "kind": kind,
                        "external_id": external_id,
                        "model": record._name,
                        "res_id": record.id,
                    }
                    for external_id, record in records_by_external_id.items()
                ]
            )

    @api.model
    def _rebind(self, shop, kind, records_by_external_id):
        """Store links {external id: record} in place of those there may be."""
        if not records_by_external_id:
            return
        old = self.sudo().search(
            [
                ("shop_id", "=", shop.id if shop else False),
                ("kind", "=", kind),
                ("external_id", "in", list(records_by_external_id)),
            ]
        )
        for binding in old:
            binding.res_id = records_by_external_id[binding.external_id].id
        known = set(old.mapped("external_id"))
        self._bind(shop, kind, {k: v for k, v in records_by_external_id.items() if k not in known})

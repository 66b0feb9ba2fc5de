import re
from dataclasses import dataclass
from typing import Any

from odoo import Command, api, fields, models

from .taxes_rates import percent
from .territories import MEMBER_STATES
from .vat_rates import rates_of


@dataclass(frozen=True)
class Proposal:
    """How a missing tax comes to be.

    ``way`` is ``activate`` (``model`` is the sleeping tax), ``template`` (``model`` is its
    name in the country's chart of accounts) or ``copy`` (``model`` is the tax beside it).
    """

    way: str
    model: Any
    position: Any  # account.fiscal.position; empty: one is made for the country
    name: str
    account: Any  # account.account that the tax is booked on
    tags: Any  # account.account.tag
    replaces: Any  # account.tax of the company's country that the position maps to it


class CiamaTaxesCreation(models.AbstractModel):
    """Sales taxes that a company lacks, as its chart of accounts or OSS would have them."""

    _name = "ciama.taxes.creation"
    _description = "Creation of Missing Taxes"

    @api.model
    def _propose(self, company, country, rate, position):
        """A Proposal for a tax of ``rate`` (Decimal, percent) of ``country`` (res.country),
        due under ``position``, which may be empty."""
        taxes = self.env["account.tax"]
        at_home = country == company.account_fiscal_country_id
        if not at_home and position.country_id != country:
            position = position.browse()
        sleeping = self._sleeping(company, rate, position) if position else taxes
        xmlid, title = self._template(company, rate) if at_home and not sleeping else ("", "")
        model = sleeping or self._sibling(company, position, at_home)
        lines = model.invoice_repartition_line_ids
        replaces = taxes
        if not at_home:
            replaces = sleeping.original_tax_ids or self._unmapped(company, country, rate, position)
        return Proposal(
            way="activate" if sleeping else "template" if xmlid else "copy",
            model=sleeping or xmlid or model,
            position=position,
            name=sleeping.name or title or self._name_of(country, rate),
            account=lines.account_id[:1],
            tags=lines.tag_ids,
            replaces=replaces,
        )

    # -- what is there
    def _sleeping(self, company, rate, position):
        found = (
            self.env["account.tax"]
            .with_context(active_test=False)
            .search(
                [
                    ("active", "=", False),
                    ("type_tax_use", "=", "sale"),
                    ("amount_type", "=", "percent"),
                    ("fiscal_position_ids", "in", position.ids),
                    *self.env["account.tax"]._check_company_domain(company),
                ]
            )
        )
        found = found.filtered(lambda tax: percent(tax) == rate)
        return (found.filtered(lambda tax: not tax.price_include) or found)[:1]

    def _template(self, company, rate):
        """(name in the chart of accounts, title) of a tax that does not exist any more."""
        charts = self.env["account.chart.template"].with_company(company)
        if not company.chart_template:
            return "", ""
        data = charts._get_chart_template_model_data(company.chart_template, "account.tax")
        for xmlid, values in data.items():
            if (
                values.get("type_tax_use") == "sale"
                and values.get("amount_type", "percent") == "percent"
                and float(values.get("amount") or 0) == float(rate)
                and values.get("price_include_override") != "tax_included"
                and not charts.ref(xmlid, raise_if_not_found=False)
            ):
                return xmlid, values["name"]
        return "", ""

    def _sibling(self, company, position, at_home):
        """The tax whose accounts and tags the new one has: of the same position, else of
        another OSS position, else the company's own."""
        beside = position.tax_ids.filtered(self._is_plain)
        if not beside and not at_home:
            others = self._oss_positions(company)
            beside = others.tax_ids.filtered(self._is_plain)
        return beside[:1] or company.account_sale_tax_id

    @staticmethod
    def _is_plain(tax):
        return (
            tax.type_tax_use == "sale"
            and tax.amount_type == "percent"
            and tax.amount
            and not tax.price_include
        )

    def _oss_positions(self, company):
        home = company.account_fiscal_country_id
        positions = self.env["account.fiscal.position"].search(
            [
                *self.env["account.fiscal.position"]._check_company_domain(company),
                ("auto_apply", "=", True),
                ("vat_required", "=", False),
                ("foreign_vat", "=", False),
                ("country_id", "!=", home.id),
                ("country_id.code", "in", list(MEMBER_STATES)),
            ]
        )
        return positions.filtered("tax_ids")

    def _unmapped(self, company, country, rate, position):
        """The company's standard taxes, where ``rate`` is the country's standard rate and
        the position does not map them yet: two taxes for one would be added up."""
        default = company.account_sale_tax_id
        rates = rates_of(country.code, fields.Date.today())
        if not default or not rates or rate != max(rates):
            return default.browse()
        same = self.env["account.tax"].search(
            [
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "=", default.amount),
                ("is_domestic", "=", True),
                *default._check_company_domain(company),
            ]
        )
        return same - position.tax_ids.original_tax_ids

    def _name_of(self, country, rate):
        return f"{float(rate)}% {country.code} {country.vat_label or self.env._('VAT')}"

    # -- making it
    @api.model
    def _make(self, company, country, rate, proposal):
        """The tax of ``proposal``, active, and linked to its fiscal position."""
        if proposal.way == "activate":
            proposal.model.active = True
            return proposal.model
        if proposal.way == "template":
            tax = self._of_template(company, proposal.model)
        else:
            tax = self._copy(company, country, rate, proposal)
        # Odoo computes it before the record has its fiscal positions, and then keeps it.
        self.env.add_to_compute(tax._fields["is_domestic"], tax)
        return tax

    def _copy(self, company, country, rate, proposal):
        model, at_home = proposal.model, country == company.account_fiscal_country_id
        if at_home:  # Monaco's too, and that of customers in the Union below the threshold
            positions = model.fiscal_position_ids
        else:
            positions = proposal.position or self._new_position(company, country)
        values = {
            "name": self._free_name(company, proposal.name),
            "amount": float(rate),
            "description": f"{rate:f}%",
            "invoice_label": f"{rate:f}%",
            "tax_group_id": self._group(model, rate).id,
            "fiscal_position_ids": [Command.set(positions.ids)],
            "original_tax_ids": [Command.set(proposal.replaces.ids)],
        }
        if not at_home:
            values["tax_scope"] = False
            if model.is_domestic:
                values.update(self._oss_lines(company, model))
        return model.copy(values)

    def _of_template(self, company, xmlid):
        charts = self.env["account.chart.template"].with_company(company)
        code = company.chart_template
        data = {xmlid: charts._get_chart_template_model_data(code, "account.tax")[xmlid]}
        charts._deref_account_tags(code, data)
        for field in ("fiscal_position_ids", "original_tax_ids"):
            names = (data[xmlid].get(field) or "").split(",")
            there = [n for n in names if n and charts.ref(n, raise_if_not_found=False)]
            data[xmlid][field] = ",".join(there)
        charts._load_data({"account.tax": data})
        tax = charts.ref(xmlid)
        tax.active = True
        return tax

    def _new_position(self, company, country):
        """For private customers in ``country``, where Odoo has none yet."""
        positions = self.env["account.fiscal.position"].with_company(company)
        others = self._oss_positions(company)
        if others:
            sequence = others[0].sequence
        else:
            customer = self.env["res.partner"].new({"country_id": country.id})
            found = positions._get_fiscal_position(customer, customer)
            sequence = found.sequence - 1
        return positions.create(
            {
                "name": f"OSS B2C {country.name}",
                "company_id": company.id,
                "country_id": country.id,
                "auto_apply": True,
                "sequence": sequence,
            }
        )

    def _oss_lines(self, company, model):
        """Repartition lines for the first tax of the One Stop Shop: as ``l10n_eu_oss`` makes
        them, or those of the domestic ``model`` without its boxes of the VAT return."""
        if hasattr(company, "_get_repartition_lines_oss"):
            invoice, refund = company._get_repartition_lines_oss()
            return {"invoice_repartition_line_ids": invoice, "refund_repartition_line_ids": refund}
        return {
            field: [
                Command.create(
                    {
                        "document_type": line.document_type,
                        "repartition_type": line.repartition_type,
                        "factor_percent": line.factor_percent,
                        "account_id": line.account_id.id,
                    }
                )
                for line in model[field]
            ]
            for field in ("invoice_repartition_line_ids", "refund_repartition_line_ids")
        }

    def _free_name(self, company, name):
        """Odoo wants names to be unique."""
        taxes = self.env["account.tax"].with_context(active_test=False)
        taken = taxes.search(
            [("name", "=like", f"{name}%"), *taxes._check_company_domain(company)]
        ).mapped("name")
        free, number = name, 2
        while free in taken:
            free, number = f"{name} ({number})", number + 1
        return free

    def _group(self, model, rate):
        """The tax group of another tax of this rate of its kind, else one like ``model``'s."""
        kind = model.tax_group_id.name.partition(" ")[0]
        for tax in self.env["account.tax"].search(
            [
                ("company_id", "=", model.company_id.id),
                ("amount", "=", float(rate)),
                ("type_tax_use", "=", "sale"),
            ]
        ):
            if tax.tax_group_id.name.startswith(f"{kind} "):
                return tax.tax_group_id
        name = re.sub(r"[0-9]+([.,][0-9]+)?", f"{rate:f}", model.tax_group_id.name, count=1)
        return model.tax_group_id.copy({"name": name})

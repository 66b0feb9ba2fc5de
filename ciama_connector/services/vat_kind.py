from odoo import api, models

from .territories import NORTHERN_IRELAND, territory_of, vat_area
from .vat import is_union, vat_country, with_prefix


class CiamaVatKind(models.AbstractModel):
    """What kind of sale a fiscal position, a tax or a document is for VAT.

    One of ``VAT_KINDS``: ``domestic`` is the VAT of the company's own country, due or
    exempt; ``oss`` that of another member state, declared through the One Stop Shop;
    ``intra_eu`` an exempt supply to a business of another member state; ``export`` one
    that leaves the VAT area; ``other`` a local registration abroad, a tax that is no VAT,
    or several kinds in one document.
    """

    _name = "ciama.vat.kind"
    _description = "VAT Kinds of Sales"

    @api.model
    def _of_position(self, position):
        """The kind of what the position does not charge, and of what it maps."""
        home = self._home(position.company_id)
        country = position.country_id
        countries = country or position.country_group_id.country_ids
        reached = {vat_area(code) for code in countries.mapped("code")}
        limited = bool(position.zip_from or position.state_ids)
        if country and limited:
            state = position.state_ids[:1].code or ""
            territory = territory_of(country.code, position.zip_from or "", state)
            if territory:
                reached, limited = {territory.belongs_to}, territory.is_outside
        at_home = bool(country) and reached == {home}
        in_eu = bool(reached) and all(map(is_union, {home, *reached}))
        charges = any(tax.amount for tax in position.tax_ids if tax.type_tax_use == "sale")
        if position.foreign_vat:
            return "other"
        if at_home and (charges or not limited):
            return "domestic"
        if charges:
            if country:
                return "oss" if in_eu else "other"
            return "domestic"
        return "intra_eu" if in_eu and not limited else "export"

    @api.model
    def _of_tax(self, tax):
        """The kind of every sale with this tax; False where the document decides."""
        if tax.amount_type == "fixed":
            return "other"  # an eco-contribution
        oss = self.env.ref("l10n_eu_oss.tag_oss", raise_if_not_found=False)
        if oss and oss in tax.invoice_repartition_line_ids.tag_ids:
            return "oss"
        kinds = set(tax.fiscal_position_ids.mapped("ciama_vat_kind"))
        if not tax.amount:
            return kinds.pop() if len(kinds) == 1 else False
        if kinds in ({"oss"}, {"other"}):
            return kinds.pop()
        home, country = self._home(tax.company_id), vat_area(tax.country_id.code)
        if country == home:
            return "domestic"
        registered = tax.country_id in tax.company_id.multi_vat_foreign_country_ids
        in_eu = is_union(home) and is_union(country)
        return "oss" if in_eu and not registered else "other"

    @api.model
    def _of_move(self, move):
        """The kind of a customer's invoice, credit note or receipt."""
        position = move.fiscal_position_id
        taxes = self._vat_of(move.line_ids)
        otherwise = position.ciama_vat_kind or self._without_position(move)
        kinds = {tax.ciama_vat_kind or otherwise for tax in taxes} or {otherwise}
        return kinds.pop() if len(kinds) == 1 else "other"

    @api.model
    def _supplies(self, move):
        """Pairs of kind and ``goods`` or ``services``: what the lines of a document are."""
        supplies = set()
        lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        for line in lines.filtered("tax_ids") or lines:
            taxes = self._vat_of(line)
            scope = taxes[:1].tax_scope or line.product_id.type
            kind = taxes[:1].ciama_vat_kind or move.ciama_vat_kind
            supplies.add((kind, "services" if scope == "service" else "goods"))
        return supplies

    def _vat_of(self, lines):
        """The taxes of journal items without those that are an amount for each piece."""
        taxes = lines.tax_ids.flatten_taxes_hierarchy()
        return taxes.filtered(lambda tax: tax.amount_type != "fixed")

    def _without_position(self, move):
        """Odoo maps nothing then: taxes are those of the company's country."""
        country = self._destination(move)
        home = self._home(move.company_id)
        return "domestic" if not country or vat_area(country.code) == home else "other"

    @api.model
    def _country(self, move, kind):
        """res.country whose VAT is due, or to which goods or services go untaxed."""
        home = move.company_id.account_fiscal_country_id
        if kind == "domestic":
            return home
        position = move.fiscal_position_id.country_id
        if kind == "oss" and position and position != home:
            return position
        country = self._destination(move)
        if kind in ("oss", "intra_eu") and country.code == "GB":  # only goods to its north
            country = self.env["res.country"].search([("code", "=", NORTHERN_IRELAND)])
        return country

    def _destination(self, move):
        places = move.partner_shipping_id, move.partner_id, move.commercial_partner_id
        return next(
            (place.country_id for place in places if place.country_id), places[0].country_id
        )

    @api.model
    def _vat_number(self, move):
        """The customer's VAT number with the prefix of its member state (EL, XI), or False."""
        customer = move.commercial_partner_id
        number = "".join(sign for sign in customer.vat or "" if sign.isalnum()).upper()
        if len(number) < 4:
            return False
        number = with_prefix(number, customer.country_id.code)
        number = "EL" + number[2:] if number.startswith("GR") else number
        return number if is_union(vat_country(number)) else False

    @api.model
    def _is_triangular(self, move):
        """Whether the number is of one member state and the goods go to another."""
        there = move.ciama_vat_country_id
        number = move.ciama_vat_number
        return (
            bool(number) and self._in_union(there) and vat_country(number) != vat_area(there.code)
        )

    @api.model
    def _in_union(self, country):
        """Whether a res.country is in the VAT area of the Union, Northern Ireland too."""
        return is_union(vat_area(country.code))

    @api.model
    def _home(self, company):
        return vat_area(company.account_fiscal_country_id.code)

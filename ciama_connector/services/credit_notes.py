from dataclasses import dataclass
from typing import Any

from odoo import Command, api, models

from ..canonical import Code, Refund
from ..canonical.parts import NOTHING, Part
from ..models.sale_order_line import part_values
from .calendar import check_period, day_of, today

TEXT_LIMIT = 200


@dataclass(frozen=True)
class Item:
    """What a credit note gives back of one invoiced line, or of all that are taxed alike."""

    row: Any  # account.move.line of the invoice: its taxes and its account count
    part: Part
    quantity: float = 1.0
    reduction: str = ""  # what to call it, where it is money only and no goods or service


@dataclass(frozen=True, eq=False)
class Note:
    """A credit note to be made."""

    draft: Any  # services.draft.Draft
    refund: Refund
    external_id: str  # of its binding
    items: tuple[Item, ...]
    edited: bool = False  # the sale order itself is of less now


class CiamaCreditNotes(models.AbstractModel):
    """Credit notes with the taxes and accounts of the lines that were invoiced, and the
    shop's own amounts, rate by rate."""

    _name = "ciama.credit.notes"
    _description = "Credit Notes of Shop Orders"

    @api.model
    def _create(self, shop, notes):
        """Posted credit notes {note: move}; fails drafts whose period is closed or whose
        amounts Odoo does not take over."""
        notes = sorted(notes, key=lambda note: (self._date(note), note.draft.card.id))
        for note in notes:
            check_period(note.draft, self._date(note), sale=True, tax=True)
        if not notes or any(note.draft.problem for note in notes):
            return {}
        moves = self.env["account.move"].create([self._values(shop, note) for note in notes])
        for note, move in zip(notes, moves, strict=True):
            self._verify(note, move)
        if any(note.draft.problem for note in notes):
            return {}
        moves.with_env(self.with_context(ciama_numbering=True).env).action_post()
        return dict(zip(notes, moves, strict=True))

    def _date(self, note):
        """By the rule for invoices; never before what it corrects."""
        draft, company = note.draft, note.draft.card.company_id
        day = today(company)
        if note.refund.created_at and draft.rules.invoice_date != "today":
            day = day_of(company, note.refund.created_at)
        return max(day, *(item.row.move_id.invoice_date for item in note.items))

    def _values(self, shop, note):
        draft, refund, day = note.draft, note.refund, self._date(note)
        invoice = min((item.row.move_id for item in note.items), key=lambda move: move.id)
        return {
            "move_type": "out_refund",
            "reversed_entry_id": invoice.id,
            "journal_id": invoice.journal_id.id,
            "partner_id": invoice.partner_id.id,
            "partner_shipping_id": invoice.partner_shipping_id.id,
            "fiscal_position_id": invoice.fiscal_position_id.id,
            "currency_id": invoice.currency_id.id,
            "invoice_date": day,
            "invoice_date_due": day,
            "invoice_payment_term_id": False,
            "invoice_origin": invoice.invoice_origin,
            "invoice_user_id": invoice.invoice_user_id.id,
            "team_id": invoice.team_id.id,
            "ref": ": ".join(filter(None, (draft.order.number, refund.reason)))[:TEXT_LIMIT],
            "payment_reference": draft.order.number,
            "company_id": draft.card.company_id.id,
            "ciama_shop_id": shop.id,
            "ciama_refund": False if note.edited else refund.id,
            "invoice_line_ids": [Command.create(self._line(shop, item)) for item in note.items],
        }

    def _line(self, shop, item):
        row = item.row
        # Money only, for goods that the customer keeps, must not move the goods' stock value.
        product = shop.product_discount_id if item.reduction else row.product_id
        source = row if row.extra_tax_data else row.sale_line_ids[:1]
        return {
            "product_id": product.id,
            "name": item.reduction or row.name,
            "quantity": item.quantity,
            "product_uom_id": product.uom_id.id if item.reduction else row.product_uom_id.id,
            "account_id": row.account_id.id,
            "tax_ids": [Command.set(row.tax_ids.ids)],
            "analytic_distribution": row.analytic_distribution,
            "sale_line_ids": [Command.set(row.sale_line_ids[:1].ids)],
            **part_values(source, item.part, item.quantity),
        }

    def _verify(self, note, move):
        expected = sum((item.part for item in note.items), NOTHING)
        found = move._ciama_part()
        if found.without_zeros() != expected.without_zeros():
            note.draft.fail(
                Code.INVOICE_DIFFERS,
                odoo=found.gross,
                shop=expected.gross,
                currency=note.draft.order.currency,
            )

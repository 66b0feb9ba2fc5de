from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# What anybody who sees an order may write; all else is the connector's.
PERSONAL = {"priority", "user_id"}
FOLDED = ("imported", "ignored")


class CiamaOrder(models.Model):
    """The order as a card on the board: who looks after it, and where it may be moved."""

    _inherit = "ciama.order"
    _mail_post_access = "read"

    # The board's columns and the list, each in the order of ``_order``.
    _board_idx = models.Index("(state, priority DESC, order_date DESC, id DESC)")
    _list_idx = models.Index("(priority DESC, order_date DESC, id DESC)")

    may_import_anyway = fields.Boolean(compute="_compute_may_import_anyway")

    @api.depends("state", "problem_id")
    @api.depends_context("uid")
    def _compute_may_import_anyway(self):
        allowed = self._may_let_pass()
        for order in self:
            order.may_import_anyway = allowed and order._is_held_by_check()

    def write(self, vals):
        if not self.env.su and not PERSONAL.issuperset(vals):
            raise AccessError(
                self.env._(
                    "An order's card is changed by its buttons only: retry, ignore, or what its "
                    "cause suggests. Its urgency and whom it is assigned to are yours to set."
                )
            )
        return super().write(vals)

    def action_assign_to_me(self):
        """The user looks after the cards of ``self`` from now on."""
        self.check_access("write")
        self.write({"user_id": self.env.uid})
        return True

    def action_toggle_urgent(self):
        """Urgent cards come first."""
        self.check_access("write")
        urgent = self.filtered(lambda order: order.priority == "1")
        urgent.write({"priority": "0"})
        (self - urgent).write({"priority": "1"})
        return True

    def action_move(self, state=None):
        """What dropping the cards of ``self`` in the column ``state`` means: an action.

        Raises UserError with a sentence where it means nothing.
        """
        self.check_access("read")
        imported = self.filtered(lambda order: order.state == "imported")
        if state == "received" and not imported:
            return self.action_retry()
        if state == "ignored" and not self.sale_order_id:
            return self.action_ignore()
        if imported:
            sentence = self.env._(
                "This order is imported: what the shop changes comes by itself. To have it read "
                "once more, use Read Again from the Shop."
            )
        elif state == "ignored":
            sentence = self.env._(
                "This order has a sale order, so that it cannot be ignored. Keep the sale order "
                "as it is, or cancel it in Odoo."
            )
        else:
            sentence = self.env._(
                "Orders come to this column by themselves. To import an order again, drop it on "
                "Received; to leave it out, drop it on Ignored."
            )
        raise UserError(sentence)

    @api.model
    def _web_read_group_format(self, groupby, aggregates, groups):
        """What needs nobody is folded on the board, and what is empty; nothing where that
        would fold all that there is."""
        rows = super()._web_read_group_format(groupby, aggregates, groups)
        if tuple(groupby) == ("state",) and self.env.context.get("read_group_expand"):
            busy = any(row.get("__count") for row in rows if row["state"] not in FOLDED)
            for row in rows:
                empty = not row.get("__count") and row["state"] != "received"
                row["__fold"] = busy and (empty or row["state"] in FOLDED)
        return rows

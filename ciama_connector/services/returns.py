from decimal import Decimal

from odoo import api, models

from ..canonical.credits import in_time

KIND = "return"


class CiamaReturns(models.AbstractModel):
    """Goods that the shop put back into stock: a return of what had been delivered,
    prepared by Odoo's own wizard, for the warehouse to validate."""

    _name = "ciama.returns"
    _description = "Returns of Shop Orders"

    @api.model
    def _make(self, shop, drafts):
        if shop.return_policy == "none":
            return
        wanted = {
            f"{draft.order.external_id}/{refund_id}": (draft, units)
            for draft in drafts
            for refund_id, units in self._restocked(draft).items()
        }
        made = self.env["ciama.binding"]._records(shop, KIND, wanted)
        for key, (draft, units) in wanted.items():  # Odoo's wizard is of one delivery
            if key in made:
                continue
            pickings = self._return(draft.sale_order, units)
            self.env["ciama.binding"]._bind(
                shop,
                KIND,
                {f"{key}/{n}" if n > 1 else key: p for n, p in enumerate(pickings, start=1)},
            )

    def _restocked(self, draft):
        """{refund id: {line id: units}} that had left and are back; units that never left
        are in stock again too, but there is nothing to return."""
        stayed = {line.id: line.quantity_removed for line in draft.shop_order.lines}
        found = {}
        for refund in in_time(draft.shop_order.refunds):
            units = {}
            for line in refund.lines:
                if not line.restocked or refund.id in draft.taken_off:
                    continue
                never_left = min(stayed.get(line.line_id, Decimal(0)), line.quantity)
                if line.line_id in stayed:
                    stayed[line.line_id] -= never_left
                if line.quantity > never_left:
                    units[line.line_id] = float(line.quantity - never_left)
            if units:
                found[refund.id] = units
        return found

    def _return(self, order, units):
        """Return pickings of ``units`` ({line id: quantity}), as far as they were delivered."""
        quantities = {}
        for line in order.order_line.filtered(lambda row: row.ciama_line_id in units):
            quantities |= self._quantities(line, units[line.ciama_line_id])
        moves = self.env["stock.move"].union(*quantities)
        return [
            self._by_wizard(picking, {move: quantities[move] for move in of_picking})
            for picking, of_picking in moves.grouped("picking_id").items()
        ]

    def _quantities(self, line, units):
        """{delivered move: quantity to return}; of the parts of a kit, as many as it has."""
        delivered = line.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.location_dest_usage == "customer"
                and not move.origin_returned_move_id
            )
        )
        found = {}
        for product, moves in delivered.grouped("product_id").items():
            wanted = units
            if product != line.product_id and line.qty_delivered:
                wanted = units * sum(moves.mapped("quantity")) / line.qty_delivered
            for move in moves:
                returned = move.returned_move_ids.filtered(lambda row: row.state != "cancel")
                there = move.quantity - sum(returned.mapped("product_uom_qty"))
                quantity = move.product_uom.round(min(wanted, there))
                if move.product_uom.compare(quantity, 0.0) > 0:
                    found[move] = quantity
                    wanted -= quantity
        return found

    def _by_wizard(self, picking, quantities):
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        for line in wizard.product_return_moves:
            # The refund has its own credit note: what was sold and invoiced stays as it is.
            line.write({"quantity": quantities.get(line.move_id, 0.0), "to_refund": False})
        return wizard._create_return()

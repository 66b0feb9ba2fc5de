import uuid

from odoo import models

# In the context of what is tried and rolled back.
TRIAL = "ciama_trial"


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    def _next(self, sequence_date=None):
        """No number is drawn for what does not stay: PostgreSQL would not take it back."""
        if self.env.context.get(TRIAL):
            return f"trial-{uuid.uuid4().hex}"
        return super()._next(sequence_date)

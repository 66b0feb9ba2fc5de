from dataclasses import dataclass, field, replace
from typing import Any

from odoo import Command, models

SURE = 80


@dataclass(frozen=True)
class Suggestion:
    """``record`` is what ``field`` of the mapping would hold: records, the key of a
    selection, or True."""

    field: str
    record: Any
    confidence: int  # 0 to 100
    reason: str  # a sentence, in the user's language
    text: str = ""  # ``record`` as a person reads it
    more: dict[str, Any] = field(default_factory=dict)  # further values for ``write``

    @property
    def sure(self):
        """Whether it may be ticked beforehand."""
        return self.confidence >= SURE

    def values(self):
        """What to ``write`` on the mapping."""
        value = self.record
        if self.field in ("tax_ids", "tag_ids"):
            value = [Command.set(value.ids)]
        elif isinstance(value, models.BaseModel):
            value = value.id
        return {**self.more, self.field: value}

    def for_user(self, env):
        """With the rights of ``env``, not those with which the record was found."""
        if not isinstance(self.record, models.BaseModel):
            return self
        return replace(self, record=self.record.with_env(env))

"""One transaction as a job has it: a cursor and an empty cache of its own."""

import contextlib

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry


@contextlib.contextmanager
def transaction(database, meter=None):
    """An environment; what was done is committed at the end, and measured with the commit."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        with meter.measure(cr) if meter else contextlib.nullcontext():
            yield env
            env.flush_all()
            cr.commit()

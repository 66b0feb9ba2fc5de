"""One folder per shop system, and what they share. Plain Python, no Odoo."""

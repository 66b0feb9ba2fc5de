"""What the connector costs beside bare Odoo; ``run.py`` measures and prints."""

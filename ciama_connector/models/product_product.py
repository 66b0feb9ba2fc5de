from odoo import models

# services.suggestions_words.sku_key in SQL; {code} is the internal reference.
SKU_KEY = r"""regexp_replace(regexp_replace(regexp_replace(lower({code}),
    '(^|[^0-9])0+(?=[0-9])', '\1', 'g'),
    '(?<![0-9])[^a-z0-9]+|[^a-z0-9]+(?![0-9])', '', 'g'),
    '[^a-z0-9]+', '-', 'g')"""


class ProductProduct(models.Model):
    _inherit = "product.product"

    # Products are looked for by SKUs that shops spell a little differently.
    _ciama_sku_key = models.Index(
        f"(({SKU_KEY.format(code='default_code')})) WHERE default_code IS NOT NULL"
    )

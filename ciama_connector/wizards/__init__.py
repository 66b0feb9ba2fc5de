from . import (
    ciama_create_tax,
    ciama_ignore,
    ciama_mapping_copy,
    ciama_mapping_import,
    ciama_mend_customer,
    ciama_mend_mapping,
    ciama_mend_order,
    ciama_mend_product,
    ciama_mend_vat,
    ciama_preview_wizard,
    partner_merge,
)

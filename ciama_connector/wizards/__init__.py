from . import (
    ciama_create_tax,
    ciama_ignore,
    ciama_mend,
    ciama_mend_customer,
    ciama_mend_mapping,
    ciama_mend_product,
    ciama_mend_vat,
    ciama_preview_wizard,
    ciama_mapping_copy,
    ciama_mapping_import,
)

from . import ciama_backfill, ciama_create_tax, ciama_ignore

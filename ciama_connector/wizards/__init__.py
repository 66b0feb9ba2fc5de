from . import ciama_backfill, ciama_ignore

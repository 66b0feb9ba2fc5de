from . import (
    test_amounts,
    test_backfill,
    test_pull,
    test_taxes,
)

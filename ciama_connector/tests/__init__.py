from . import (
    test_access,
    test_amounts,
    test_backfill,
    test_companies,
    test_customers,
    test_pull,
    test_shop,
    test_staging,
    test_taxes,
    test_translations,
    test_vault,
)

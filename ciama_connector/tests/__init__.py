from . import (
    test_amounts,
    test_pull,
    test_taxes,
)

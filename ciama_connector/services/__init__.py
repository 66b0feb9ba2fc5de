from . import (
    addresses,
    changes,
    deliveries,
    documents,
    importer,
    partners,
    products,
    pull,
    rules,
    sale_orders,
    staging,
    taxes,
)

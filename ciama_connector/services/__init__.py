from . import (
    addresses,
    changes,
    deliveries,
    importer,
    partners,
    products,
    pull,
    sale_orders,
    staging,
    taxes,
)

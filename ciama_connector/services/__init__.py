from . import addresses, changes, importer, partners, products, pull, sale_orders, staging, taxes

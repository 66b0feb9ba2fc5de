from . import changes, importer, partners, products, pull, sale_orders, staging, taxes

from . import eu_sales, vat_period, vat_report

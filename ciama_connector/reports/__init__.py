from . import ciama_figures, eu_sales, vat_period, vat_report

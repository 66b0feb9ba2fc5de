from . import ciama_figures, eu_sales, vat_period, vat_period_closing, vat_report

from . import vat_report

"""Run by ``odoo shell`` once the modules are installed: taxes, OSS, currencies."""

# Example rates for one euro: good for tests and the demo, never to be used for real.
RATES = {
    "USD": 1.08,
    "GBP": 0.85,
    "CHF": 0.95,
    "JPY": 162.0,
    "KWD": 0.33,
    "PLN": 4.3,
    "SEK": 11.4,
    "CZK": 25.1,
    "HUF": 395.0,
    "DKK": 7.46,
    "BRL": 5.9,
    "CAD": 1.47,
}
FRENCH_RATES = (20.0, 10.0, 5.5, 2.1)

env = env  # noqa: F821, PLW0127  # given by odoo shell
company = env.ref("base.main_company")
if company.chart_template != "fr":
    raise SystemExit(f"the French chart is not loaded, but {company.chart_template!r}")

taxes = env["account.tax"].with_context(active_test=False)
taxes.search(
    [
        ("company_id", "=", company.id),
        ("type_tax_use", "=", "sale"),
        ("country_id.code", "=", "FR"),
        ("amount_type", "=", "percent"),
        ("amount", "in", FRENCH_RATES),
    ]
).active = True
# After the activation on purpose: OSS maps the active taxes only.
company._map_eu_taxes()

for code, rate in RATES.items():
    currency = env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
    currency.active = True
    env["res.currency.rate"].create(
        {
            "currency_id": currency.id,
            "company_id": company.id,
            "name": "2020-01-01",
            "company_rate": rate,
        }
    )
# Nothing here may call Odoo's servers by itself.
company.iap_enrich_auto_done = True
env.ref("mail.ir_cron_module_update_notification").active = False
env.cr.commit()

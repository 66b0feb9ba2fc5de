"""Run by ``odoo shell`` on a database with module base only: who the company is.

The country must be known before the accounting modules come, which load its chart.
"""

env = env  # noqa: F821, PLW0127  # given by odoo shell
france = env.ref("base.fr")
company = env.ref("base.main_company")
company.partner_id.write(
    {
        "name": "Ciama Démo SAS",
        "street": "12 rue de la Paix",
        "zip": "75002",
        "city": "Paris",
        "country_id": france.id,
        "vat": "FR23334175221",
        "email": "bonjour@ciama.example",
        "phone": "+33 1 23 45 67 89",
    }
)
euro = env.ref("base.EUR")
euro.active = True
company.write({"name": "Ciama Démo SAS", "currency_id": euro.id, "country_id": france.id})
env["res.users"].search([]).tz = "Europe/Paris"
env.cr.commit()

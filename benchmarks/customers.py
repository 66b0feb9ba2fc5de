"""A database with many customers: made in SQL, from a few that Odoo itself created."""

from odoo import Command
from odoo.tools import SQL

CUSTOMERS = 50_000
# What differs between the copies; {n} counts from 1, {base} is the newest id before them.
_CUSTOMER = {
    "id": "{base} + {n}",
    "commercial_partner_id": "{base} + {n}",
    "name": "'Client ' || {n}",
    "complete_name": "'Client ' || {n}",
    "email": "'client' || {n} || '@example.net'",
    "email_normalized": "'client' || {n} || '@example.net'",
    "street": "({n} %% 97 + 1) || ' rue ' || ({n} %% 311)",
    "zip": "lpad(({n} %% 95000 + 1000)::text, 5, '0')",
    "city": "'Ville ' || ({n} %% 1009)",
    "phone": "'+336' || lpad({n}::text, 8, '0')",
    # One customer in five is a company.
    "is_company": "{n} %% 5 = 0",
    "vat": "CASE WHEN {n} %% 5 = 0 THEN 'FR' || lpad({n}::text, 11, '0') END",
}
_CHILD = {
    **{key: _CUSTOMER[key] for key in ("street", "zip", "city")},
    "id": "{base} + {count} + {n}",
    "commercial_partner_id": "{base} + {n}",
    "parent_id": "{base} + {n}",
    "name": "'Livraison ' || {n}",
    "complete_name": "'Client ' || {n} || ', Livraison ' || {n}",
}


def fill(env, count=CUSTOMERS):
    """Add ``count`` customers with a delivery address each; their e-mails are bound."""
    model = env["res.partner"].create(
        {
            "name": "Model",
            "customer_rank": 1,
            "country_id": env.ref("base.fr").id,
            "child_ids": [Command.create({"name": "Child", "type": "delivery"})],
        }
    )
    env.flush_all()
    (base,) = env.execute_query(SQL("SELECT max(id) FROM res_partner"))[0]
    _copy(env, model, _CUSTOMER, base, count)
    _copy(env, model.child_ids, _CHILD, base, count)
    env.execute_query(SQL("SELECT setval('res_partner_id_seq', %s)", base + 2 * count))
    env.cr.execute(
        """INSERT INTO ciama_binding (kind, external_id, model, res_id)
           SELECT 'email', email_normalized, 'res.partner', id FROM res_partner
           WHERE email_normalized LIKE 'client%%@example.net'"""
    )
    env.cr.execute("ANALYZE")


def _copy(env, partner, changes, base, count):
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'res_partner'"
    )
    columns = [name for (name,) in env.cr.fetchall()]
    values = [
        f"({changes[name].format(base=base, count=count, n='n')})" if name in changes else name
        for name in columns
    ]
    env.cr.execute(
        f"""INSERT INTO res_partner ({", ".join(columns)}) SELECT {", ".join(values)}
            FROM res_partner, generate_series(1, %s) AS n WHERE id = %s""",
        (count, partner.id),
    )

"""Write the pages that are made from something else; ``--check`` only compares.

    python scripts/make_docs.py [--check]

``ciama_connector/README.md`` from the fragments in ``ciama_connector/readme``,
``docs/causes.md`` from ``ciama_connector/data/ciama_problem*.xml``, and ``docs/roles.md``
from ``ciama_connector/data/ciama_right.xml`` and the addon's access rights.
"""

import csv
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "ciama_connector"
FRAGMENTS = {
    "DESCRIPTION": "",
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known limits",
    "CONTRIBUTORS": "Contributors",
}
CAUSES_HEAD = """\
# Causes of import problems

Each card on the board has one of these causes. The code is stable: filters and reports may
rely on it. The words in braces are filled in for each order.

| code | state | what the card says | what to do | button |
|---|---|---|---|---|
"""
# Columns of the table, with all groups that a person of the role is in.
ACCOUNTING = {
    f"account.group_account_{name}" for name in ("readonly", "invoice", "user", "manager")
}
ROLES = {
    "Accountant": ACCOUNTING,
    "User": {"group_user"},
    "User and Accountant": {"group_user", *ACCOUNTING},
    "Manager": {"group_user", "group_manager"},
    "Administrator": {"group_user", "group_manager", "group_administrator"},
}
SECTIONS = {"orders": "Orders", "mappings": "Mappings", "shops": "Shops", "books": "Accounting"}
ROLES_HEAD = """\
# Who may do what

A role is given on the form of a user, under *Sales*: **User**, **Manager** or
**Administrator** of the Ciama Connector; each may do what the one before may. *Accountant* is
somebody with Odoo's own rights for accounting (*Full Accounting Features* and *Administrator*)
and no role here. Whoever has no role still sees on sale orders, deliveries, invoices, payments
and customers which shop they come from, as far as Odoo shows them these.

The same table is in Odoo under *Ciama Connector > Configuration > Who May Do What*. The page of
settings (keys, addresses, jobs) is for those who administer Odoo itself. Every role sees its own
companies only.
"""


def pages() -> dict[Path, str]:
    """{path: text} of all pages that this script writes."""
    return {
        ADDON / "README.md": readme_text(),
        ROOT / "docs" / "causes.md": causes_text(),
        ROOT / "docs" / "roles.md": roles_text(),
    }


def readme_text() -> str:
    parts = ["# Ciama Connector"]
    for name, title in FRAGMENTS.items():
        parts += [f"## {title}"] if title else []
        parts.append((ADDON / "readme" / f"{name}.md").read_text().strip())
    return "\n\n".join(parts) + "\n"


def causes_text() -> str:
    rows = []
    for fields in records("ciama_problem*.xml"):
        cells = [f"`{fields['code']}`", fields["state"], f"**{fields['name']}.** "
                 f"{fields['sentence']}", fields["remedy"], fields.get("action", "")]  # fmt: skip
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return CAUSES_HEAD + "".join(rows)


def roles_text() -> str:
    parts, rights = [ROLES_HEAD], records("ciama_right.xml")
    for section, title in SECTIONS.items():
        columns = [title, *ROLES]
        parts.append(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n")
        for right in rights:
            if right["section"] == section:
                cells = ["yes" if may(right, groups) else "" for groups in ROLES.values()]
                parts[-1] += f"| {' | '.join([right['name'], *cells])} |\n"
    return "\n".join(parts)


def may(right: dict[str, str], groups: set[str]) -> bool:
    """Whether somebody in ``groups`` has ``right``, by the addon's own access rights."""
    with (ADDON / "security" / "ir.model.access.csv").open() as file:
        granted = any(
            row["model_id:id"] == f"model_{right['model'].replace('.', '_')}"
            and row["group_id:id"] in groups
            and row[f"perm_{right['operation']}"] == "1"
            for row in csv.DictReader(file)
        )
    asked = {name.removeprefix("ciama_connector.") for name in right.get("groups", "").split(",")}
    return granted and (asked == {""} or bool(asked & groups))


def records(pattern: str) -> list[dict[str, str]]:
    """The records of the addon's data files of that name, by sequence."""
    found = [
        {field.get("name"): field.text or "" for field in record.iter("field")}
        for path in (ADDON / "data").glob(pattern)
        for record in ET.parse(path).getroot().iter("record")  # noqa: S314  # our own
    ]
    return sorted(found, key=lambda fields: int(fields["sequence"]))


def main() -> int:
    stale = []
    for path, text in pages().items():
        if path.exists() and path.read_text() == text:
            continue
        if "--check" in sys.argv:
            stale.append(path)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    for path in stale:
        print(f"{path.relative_to(ROOT)} is out of date: run python scripts/make_docs.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

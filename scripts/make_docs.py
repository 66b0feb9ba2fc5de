"""Write the pages that are made from something else; ``--check`` only compares.

    python scripts/make_docs.py [--check]

``ciama_connector/README.md`` from the fragments in ``ciama_connector/readme``, and
``docs/causes.md`` from ``ciama_connector/data/ciama_problem*.xml``.
"""

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


def pages() -> dict[Path, str]:
    """{path: text} of all pages that this script writes."""
    return {ADDON / "README.md": readme_text(), ROOT / "docs" / "causes.md": causes_text()}


def readme_text() -> str:
    parts = ["# Ciama Connector"]
    for name, title in FRAGMENTS.items():
        parts += [f"## {title}"] if title else []
        parts.append((ADDON / "readme" / f"{name}.md").read_text().strip())
    return "\n\n".join(parts) + "\n"


def causes_text() -> str:
    records = [
        {field.get("name"): field.text or "" for field in record.iter("field")}
        for path in (ADDON / "data").glob("ciama_problem*.xml")
        for record in ET.parse(path).getroot().iter("record")  # noqa: S314  # our own
    ]
    rows = []
    for fields in sorted(records, key=lambda fields: int(fields["sequence"])):
        cells = [f"`{fields['code']}`", fields["state"], f"**{fields['name']}.** "
                 f"{fields['sentence']}", fields["remedy"], fields.get("action", "")]  # fmt: skip
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return CAUSES_HEAD + "".join(rows)


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

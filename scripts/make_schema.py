"""Write ``ciama_connector/canonical/schema.json`` from the canonical order.

    python -m scripts.make_schema [--check]

Needs pydantic, not Odoo. ``--check`` writes nothing and fails where the file is old.
"""

import json
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "ciama_connector" / "canonical" / "schema.json"
_RENAMED = {"max_length": "maxLength", "min_length": "minLength"}
_CONSTRAINTS = frozenset(
    ["max_digits", "decimal_places", "ge", "le", "allow_inf_nan", "strip_whitespace", *_RENAMED]
)


def schema_text() -> str:
    """The JSON Schema of ``canonical.Order`` as it is written: money as decimal text."""
    if "ciama_connector" not in sys.modules:
        package = types.ModuleType("ciama_connector")  # its own __init__ imports Odoo
        package.__path__ = [str(ROOT / "ciama_connector")]
        sys.modules["ciama_connector"] = package
    from ciama_connector.canonical import Order
    from ciama_connector.canonical.order import SCHEMA_VERSION

    schema = _plain(Order.model_json_schema(mode="serialization"))
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Ciama order",
        "x-schema-version": SCHEMA_VERSION,
    }
    return json.dumps(schema | head, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _plain(node):
    """``node`` in JSON Schema's own words: pydantic leaves its constraints on decimals
    and cleaned texts as they are."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _plain(value) for key, value in node.items() if key not in _CONSTRAINTS}
    if "max_digits" in node:
        whole, fraction = node["max_digits"] - node["decimal_places"], node["decimal_places"]
        sign = "" if node.get("ge") == 0 else "-?"
        plain["pattern"] = rf"^{sign}\d{{1,{whole}}}(\.\d{{1,{fraction}}})?$"
    for theirs, ours in _RENAMED.items():
        if theirs in node:
            plain[ours] = node[theirs]
    return plain


def main() -> int:
    text = schema_text()
    if "--check" in sys.argv[1:]:
        if TARGET.read_text("utf-8") == text:
            return 0
        print(f"{TARGET} is old: run python -m scripts.make_schema")
        return 1
    TARGET.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())

"""Make ``schema-<version>.json.gz`` from the official introspection result.

Usage::

    npm pack @shopify/dev-mcp@1.16.0 && tar xzf shopify-dev-mcp-1.16.0.tgz
    python -m testbed.shopify.extract_schema package/dist/data/admin_2026-07.json.gz

No Node code runs. Interface facts only: names, types, arguments, whether something is
deprecated, which access scopes are needed; descriptions and reasons stay out.
"""

import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_PROSE = frozenset({"description", "specifiedByURL"})
_OPTIONAL = frozenset({"fields", "inputFields", "interfaces", "enumValues", "possibleTypes"})


def strip(value: Any) -> Any:
    """``value`` without texts for people."""
    if isinstance(value, list):
        return [strip(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, item in value.items():
        if key in _PROSE or (item is None and key in _OPTIONAL | {"defaultValue", "ofType"}):
            continue
        if key == "deprecationReason":
            if item is not None:
                kept[key] = "deprecated"
        elif key != "isDeprecated" or item:
            kept[key] = strip(item)
    return kept


def scopes(whole: dict[str, Any]) -> dict[str, list[str]]:
    """Access scopes of which one is needed, by "Type" or "Type.field"."""
    found = {}
    for item in whole.get("offline_scopes", {}).get("items", []):
        if item.get("offlineScopes"):
            field = item.get("fieldName") or item.get("name")
            name = f"{item['typeName']}.{field}" if field else item["typeName"]
            found[name] = item["offlineScopes"]
    return found


def main(source: Path) -> Path:
    version = re.search(r"\d{4}-\d{2}", source.name)
    if not version:
        raise SystemExit(f"{source.name} does not name a version")
    with gzip.open(source) as file:
        whole = json.load(file)
    schema = whole["data"]["__schema"]
    schema["types"] = [kind for kind in schema["types"] if not kind["name"].startswith("__")]
    facts = {"__schema": strip(schema), "scopes": scopes(whole)}
    target = FOLDER / f"schema-{version.group()}.json.gz"
    text = json.dumps(facts, separators=(",", ":"), sort_keys=True)
    with target.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(text.encode())
    return target


if __name__ == "__main__":
    made = main(Path(sys.argv[1]))
    print(made.name, made.stat().st_size, "bytes")

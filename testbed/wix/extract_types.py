"""Write ``types.schema.json``: the interface of the Wix APIs we use, as JSON Schema.

    python -m testbed.wix.extract_types

Needs npm. Takes names, types, nullability and enumerations from the published type
packages of Wix (their ``/meta`` entry describes the REST bodies); no comments, no
prose. Repeated parts are stored once under ``definitions``.
"""

import json
import subprocess
import tempfile
from collections import Counter
from hashlib import sha256
from pathlib import Path

TARGET = Path(__file__).parent / "types.schema.json"
PACKAGES = {
    "@wix/auto_sdk_ecom_orders": "1.0.300",
    "@wix/auto_sdk_ecom_order-transactions": "1.0.108",
    "@wix/auto_sdk_ecom_order-fulfillments": "1.0.65",
}
TOOLS = {"typescript": "5.9.3", "ts-json-schema-generator": "2.4.0"}
TYPES = {
    "SearchOrdersRequest": "@wix/auto_sdk_ecom_orders",
    "SearchOrdersResponse": "@wix/auto_sdk_ecom_orders",
    "GetOrderResponse": "@wix/auto_sdk_ecom_orders",
    "ListTransactionsForMultipleOrdersRequest": "@wix/auto_sdk_ecom_order-transactions",
    "ListTransactionsForMultipleOrdersResponse": "@wix/auto_sdk_ecom_order-transactions",
    "ListFulfillmentsForMultipleOrdersRequest": "@wix/auto_sdk_ecom_order-fulfillments",
    "ListFulfillmentsForMultipleOrdersResponse": "@wix/auto_sdk_ecom_order-fulfillments",
}
_PROSE = frozenset({"description", "deprecated", "examples", "title", "$comment"})
_WORTH_SHARING = 60  # characters


def generate(folder: Path) -> dict:
    """The generator's schema of ``TYPES``, made in ``folder``."""
    aliases = [
        f"import type {{ {name}Original }} from '{package}/meta';\n"
        f"export type Wix{name} = {name}Original;\n"
        for name, package in TYPES.items()
    ]
    (folder / "types.ts").write_text("".join(aliases))
    (folder / "package.json").write_text("{}")
    options = {"module": "nodenext", "moduleResolution": "nodenext", "strict": True}
    project = {"compilerOptions": options | {"skipLibCheck": True}, "files": ["types.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(project))
    wanted = [f"{name}@{version}" for name, version in (PACKAGES | TOOLS).items()]
    subprocess.run(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *wanted],
        cwd=folder,
        check=True,
    )
    subprocess.run(
        ["npx", "ts-json-schema-generator", "--path", "types.ts", "--tsconfig", "tsconfig.json",
         "--type", "*", "--no-type-check", "-o", "out.json"],
        cwd=folder,
        check=True,
    )  # fmt: skip
    return json.loads((folder / "out.json").read_text())


def facts(node):
    """``node`` without prose; members of ``properties`` are names, never prose."""
    if isinstance(node, list):
        return [facts(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {}
    for key, value in node.items():
        if key == "properties":
            kept[key] = {name: facts(part) for name, part in value.items()}
        elif key not in _PROSE:
            kept[key] = facts(value)
    return kept


def share(definitions: dict) -> dict:
    """Store parts that occur more than once under one name."""
    counts: Counter[str] = Counter()

    def count(node):
        for child in _schemas(node):
            counts[_text(child)] += 1
            count(child)

    for definition in definitions.values():
        count(definition)
    shared: dict[str, dict] = {}

    def replace(node):
        text = _text(node)
        inner = _with_schemas(node, replace)
        if counts[text] < 2 or len(text) < _WORTH_SHARING:
            return inner
        name = "part_" + sha256(text.encode()).hexdigest()[:10]
        shared[name] = inner
        return {"$ref": f"#/definitions/{name}"}

    return {name: replace(node) for name, node in definitions.items()} | dict(
        sorted(shared.items())
    )


def _with_schemas(node: dict, change) -> dict:
    """A copy of a schema whose direct sub-schemas went through ``change``."""
    copy = dict(node)
    for key, value in node.items():
        if key == "properties":
            copy[key] = {name: change(part) for name, part in value.items()}
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            copy[key] = change(value)
        elif key in ("anyOf", "allOf", "oneOf"):
            copy[key] = [change(part) for part in value]
    return copy


def _schemas(node: dict) -> list[dict]:
    found: list[dict] = []
    _with_schemas(node, lambda part: found.append(part) or part)
    return found


def _text(node) -> str:
    return json.dumps(node, sort_keys=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        generated = generate(Path(folder))["definitions"]
    document = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "packages": PACKAGES,
        "definitions": share(facts(generated)),
    }
    TARGET.write_text(json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n")


if __name__ == "__main__":
    main()

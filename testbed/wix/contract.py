"""Bodies checked against the interface facts in ``types.schema.json``, strictly:
unknown names, wrong types and values outside an enumeration are violations."""

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft7Validator

_SCHEMA = Path(__file__).parent / "types.schema.json"


@cache
def _validator(name: str) -> Draft7Validator:
    definitions = json.loads(_SCHEMA.read_text())["definitions"]
    return Draft7Validator({"$ref": f"#/definitions/Wix{name}", "definitions": definitions})


def violations(name: str, body) -> list[str]:
    """What in ``body`` is not as the official type ``name`` says."""
    return [
        f"{'.'.join(map(str, error.absolute_path)) or name}: {error.message[:200]}"
        for error in _validator(name).iter_errors(body)
    ]

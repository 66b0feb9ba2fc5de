"""The GraphQL documents of ``queries/``: an operation with the fragments it needs."""

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "queries"
_DEFINITION = re.compile(r"^(?:query|mutation|fragment) (\w+)", re.M)
_SPREAD = re.compile(r"\.\.\.(\w+)")


@cache
def document(operation: str) -> str:
    """Text to send for ``operation`` (its name in one of the files); KeyError without it."""
    definitions = _definitions()
    needed, waiting = {}, [operation]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = definitions[name]
            waiting += _SPREAD.findall(definitions[name])
    return "\n".join(needed.values())


def operations() -> tuple[str, ...]:
    """Names of all queries and mutations."""
    found = _definitions().items()
    return tuple(name for name, text in found if not text.startswith("fragment"))


@cache
def _definitions() -> dict[str, str]:
    found = {}
    for path in sorted(_FOLDER.glob("*.graphql")):
        text = path.read_text(encoding="utf-8")
        starts = list(_DEFINITION.finditer(text))
        ends = [match.start() for match in starts[1:]] + [len(text)]
        for match, end in zip(starts, ends, strict=True):
            found[match.group(1)] = text[match.start() : end].rstrip() + "\n"
    return found

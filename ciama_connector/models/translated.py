from ..canonical.texts import Text


def translated(env, text):
    """``text`` of a platform (its credentials, its errors) in the language of ``env``."""
    if isinstance(text, Text):
        return env._(text.source, **text.params)
    return str(text)


def to_store(text):
    """``text`` as JSON to keep, so that everybody reads it in their own language."""
    if not isinstance(text, Text):
        return {"source": str(text), "params": {}}
    params = {
        name: value if isinstance(value, int | float) else str(value)
        for name, value in text.params.items()
    }
    return {"source": text.source, "params": params}


def from_store(env, stored):
    """What ``to_store`` kept, in the language of ``env``; False where there is nothing."""
    return env._(stored["source"], **stored["params"]) if stored else False

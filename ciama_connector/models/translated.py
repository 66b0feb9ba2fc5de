from odoo.tools.misc import formatLang

from ..canonical import readable
from ..canonical.texts import Text


def written(env, amount, places):
    """``amount`` (a Decimal) with as many digits as ``readable`` gives it, written as in the
    language of ``env``: 1 234,50 in French."""
    digits = len(readable(amount, places).partition(".")[2])
    return formatLang(env, float(amount), digits=digits)


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

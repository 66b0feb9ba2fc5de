from ..canonical.texts import Text


def translated(env, text):
    """``text`` of a platform (its credentials, its errors) in the language of ``env``."""
    if isinstance(text, Text):
        return env._(text.source, **text.params)
    return str(text)

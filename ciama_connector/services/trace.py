"""Tracebacks that may be logged: where it happened, not with which values."""

import traceback


def where(error: BaseException) -> str:
    """Type and frames of ``error`` without its message, which may quote personal data."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__name__}"

"""JSON into wire types: what does not fit is said with its path, and without its value."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from hub.errors import SourceGarbled

T = TypeVar("T")
_LONGEST = 200


def decoded(raw: msgspec.Raw | bytes, kind: type[T], *, source: str, at: str) -> T:
    """A *kind* out of raw JSON. Raises SourceGarbled with the path of what does not fit."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as wrong:
        reason, _, path = str(wrong).partition(" - at `$")
        message = f"{at}{path.rstrip('`')}: {reason}"
        raise SourceGarbled(message, source=source, path=f"{at}{path.rstrip('`')}") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
        message = f"{at}: {brief(wrong)}"
        raise SourceGarbled(message, source=source, path=at) from None


def brief(wrong: Exception) -> str:
    """The words of an error, cut: some quote what they could not read."""
    return str(wrong)[:_LONGEST]

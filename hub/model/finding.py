"""Pointing at anything, and the normalised form that every identifier is kept and asked for in."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from hub.model.vocabulary import IdentifierScheme

_MARKS = re.compile(r"[\s#\-_./]+")
_ZEROS = re.compile(r"^0+(?=\d)")

LONGEST = 200
"""Characters of an identifier that anybody may look up; longer ones fit nothing."""

_ASK = "?"


def asking_for(identifier: str) -> str:
    """The source id of a hint that asks a source what *identifier* names there, instead of for a read."""
    return _ASK + identifier


def asked_for(source_id: str) -> str | None:
    """The identifier that such a hint asks about; None for a hint about an object."""
    return source_id[len(_ASK) :] if source_id.startswith(_ASK) else None


def normalised(value: str) -> str:
    """How *value* reads without regard to case, width, spaces, `# - _ . /` and the leading zeros of a number.

    The same for every scheme, so that one box finds everything: ` so-0010051`, `SO 0010051` and `So0010051` are one,
    `000317` and `317` are one. Never empty unless *value* holds nothing else; then it is the value itself, case-folded.
    """
    folded = _folded(value).strip()
    bare = _folded(_MARKS.sub("", folded)) or folded
    return _ZEROS.sub("", bare) if bare.isascii() and bare.isdigit() else bare


def _folded(value: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """How a caller points at something: exactly one of `id`, `identifier` and `value` is set."""

    id: str | None = None
    """A global id."""
    identifier: str | None = None
    """Whatever somebody reads out."""
    value: str | None = None
    """An identifier of the scheme beside it."""
    scheme: IdentifierScheme | None = None
    """Of `value`."""
    source: str | None = None
    """The source that uses `value`, where it matters."""

    @property
    def text(self) -> str:
        """What was typed, for messages."""
        return self.identifier or self.value or self.id or ""

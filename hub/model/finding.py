"""The normalised form of an identifier: written beside every `identifier` row, and asked for by every look-up."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(r"[\s#\-_./]+")
_ZEROS = re.compile(r"^0+(?=\d)")

LONGEST = 200
"""Characters of an identifier that anybody may look up; longer ones fit nothing."""


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

"""A value that never shows itself."""

from __future__ import annotations

import hmac

DOTS = "••••••"


class Secret:
    """A password, token or key: printed, logged and formatted as dots; `reveal` is the only way to its text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one call that needs it."""
        return self._text

    def __repr__(self) -> str:
        return DOTS

    def __format__(self, spec: str) -> str:
        return DOTS

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> str:
        message = "a secret is not written down"
        raise TypeError(message)

"""How Tryton tells that it will not: errors as data, with status 200."""

from __future__ import annotations

USER_ERROR, USER_WARNING, CONCURRENCY = "UserError", "UserWarning", "ConcurrencyException"


class Refused(Exception):
    """An error as Tryton tells it: the words of its `error` array."""

    def __init__(self, kind: str, *words: object) -> None:
        super().__init__(kind, *words)
        self.told = [kind, list(words)] if words else [kind, ""]


def user_error(words: str) -> Refused:
    """What Tryton says where a person asked for what cannot be."""
    return Refused(USER_ERROR, words, "", None)


def modified() -> Refused:
    """What Tryton says where a row was written after its `_timestamp` was read: its words are no list."""
    refused = Refused(CONCURRENCY)
    refused.told = [CONCURRENCY, "Records were modified in the meanwhile"]
    return refused

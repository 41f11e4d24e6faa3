"""What was written at rehearsed systems, by the requests themselves: stands before their servers and listens."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sources.kit.serve import Asgi

READING = frozenset(
    {"search", "search_read", "search_count", "read", "fields_get", "get_preferences", "login", "logout", "version"}
)
"""Verbs of JSON-RPC that change nothing."""


@dataclass(slots=True, kw_only=True)
class Journal:
    """Every request with an effect, by the system it was sent to, in words."""

    writes: list[tuple[str, str]] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    """How many requests without an effect, by system: one that heard nothing proves nothing."""

    def counts(self) -> Counter[str]:
        """How many writes, by system."""
        return Counter(system for system, _ in self.writes)

    def before(self, system: str, app: Asgi) -> Asgi:
        """The server of a system, with its requests written down."""

        async def answer(scope: Any, receive: Any, send: Any) -> None:  # Any: ASGI
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            body = b""
            messages: list[Any] = []  # Any: ASGI
            while not messages or messages[-1].get("more_body"):
                messages.append(await receive())
                body += messages[-1].get("body", b"")
            self._note(system, f"{scope['method']} {scope['path']}", body)
            again = iter(messages)

            async def heard() -> Any:  # Any: ASGI
                return next(again, None) or await receive()

            await app(scope, heard, send)

        return answer

    def _note(self, system: str, line: str, body: bytes) -> None:
        words = effect_of(line, body)
        if words is None:
            self.read[system] += 1
        else:
            self.writes.append((system, words))


def effect_of(line: str, body: bytes) -> str | None:
    """What a request writes, in words; None where it writes nothing. *line* is its method and path."""
    if line.startswith("GET"):
        return None
    said = json.loads(body) if body.startswith(b"{") else {}
    if "/rest/" in line or not said.keys() & {"query", "method"}:
        return line
    if "query" in said:
        document = str(said["query"]).strip()
        return document[:60] if document.startswith("mutation") and "login(" not in document else None
    method = str(said["method"])
    return None if method.rpartition(".")[2] in READING else method

"""What is asked of the engine, and by whom it is answered; whoever asks knows no client (house.md 6)."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any, Protocol

from hub.errors import HubFault, Misconfigured
from hub.settings import SearchSettings

CLIENT = "opensearchpy"
NOT_FOUND = 404


class SearchRefused(HubFault):
    """The engine answered no; `status` and its words say why."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class Wire(Protocol):
    """One engine."""

    async def ask(
        self, method: str, path: str, body: object = None, *, patience: float | None = None
    ) -> Any:  # Any: JSON
        """Its answer. Raises SearchAway where it is away, too slow or has too much to do, SearchRefused otherwise.

        *body* is JSON, or bytes of lines of JSON as `_bulk` takes them; *patience*: seconds for this answer.
        """
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


def wire_of(settings: SearchSettings) -> Wire | None:
    """The configured engine, None without one; it connects when first asked. Raises Misconfigured without a client."""
    if settings.url is None:
        return None
    if find_spec(CLIENT) is None:
        message = "search.url is set, but the client is not installed: pip install 'opshub[search]'"
        raise Misconfigured(message)
    wire: Wire = importlib.import_module("hub.search.client").Client(settings)  # loaded by those who need it
    return wire

"""An adapter that offers nothing: a new one begins with it and overrides what its system can do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NoReturn

from hub.errors import Denied, NotOffered
from hub.model.intents import Intent, Outcome
from hub.model.manifest import Manifest
from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.ports import (
    Answer,
    ChangePage,
    Failed,
    Found,
    Health,
    HintSeen,
    Missing,
    Question,
    SourceCall,
    WebhookDelivery,
)


class Refusing:
    """Implements `hub.ports.Adapter` by refusing every verb in the words of the manifest's `absent`."""

    def __init__(self, manifest: Manifest, source: str) -> None:
        self._manifest = manifest
        self._source = source

    def describe(self) -> Manifest:
        """What this adapter can do; static."""
        return self._manifest

    async def health(self, call: SourceCall) -> Health:
        """Nobody is asked."""
        return Health(version=self._manifest.contract_version)

    async def login(self, call: SourceCall) -> None:
        """Nothing: there is no session to begin."""

    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Mapping[str, Found | Missing | Failed]:
        """Raises NotOffered."""
        self.refuse("read", f"read {kind.value}")

    def changes(
        self, call: SourceCall, kind: Kind, sweep: str, cursor: Mapping[str, Any] | None
    ) -> AsyncIterator[ChangePage]:
        """Raises NotOffered."""
        self.refuse("read", f"sweep {sweep} of {kind.value}")

    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        """Raises NotOffered."""
        self.refuse("writes", intent.action)

    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        """Raises NotOffered."""
        self.refuse("writes", intent.action)

    async def ask(self, call: SourceCall, question: Question) -> Answer:
        """Raises NotOffered."""
        self.refuse("questions", question.name)

    def verify(self, headers: Mapping[str, str], body: bytes) -> WebhookDelivery:
        """Raises Denied: nobody may post here."""
        message = self._manifest.absent.get("webhook", "this source takes no deliveries")
        raise Denied(message, source=self._source)

    def dedupe_key(self, delivery: WebhookDelivery) -> str:
        """Raises NotOffered."""
        self.refuse("webhook", "webhook")

    def parse(self, delivery: WebhookDelivery) -> Sequence[HintSeen | Seen]:
        """Raises NotOffered."""
        self.refuse("webhook", "webhook")

    async def close(self) -> None:
        """Nothing is open."""

    def refuse(self, lack: str, what: str) -> NoReturn:
        """Raise NotOffered for *what*, with the reason that `absent` gives for it or for *lack*."""
        absent = self._manifest.absent
        message = absent.get(what) or absent.get(lack) or f"{self._manifest.title} does not offer {what}"
        raise NotOffered(message, source=self._source, capability=what)

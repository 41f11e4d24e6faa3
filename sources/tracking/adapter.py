"""The adapter: a feed of tracking events behind `hub.ports.Adapter`. It is posted to, and calls nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import msgspec

from hub.clock import Clock
from hub.errors import NotOffered, SourceGarbled
from hub.model.intents import Intent, Outcome
from hub.model.manifest import Manifest
from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.ports import Answer, ChangePage, Failed, Found, Health, Missing, Question, SourceCall, WebhookDelivery
from hub.settings import Secret
from sources.kit.signature import check
from sources.tracking.manifest import MANIFEST
from sources.tracking.mapping import event_key, seen_of
from sources.tracking.wire import TrackingEvent

SIGNATURE_HEADER = "x-tracking-signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingSettings:
    """What an operator says of one feed."""

    secret: Secret
    """Shared with the sender, who signs with it."""
    secret_before: Secret | None = None
    """The one before, while it is being changed."""


class TrackingAdapter:
    """One feed of events."""

    def __init__(self, settings: TrackingSettings, source: str) -> None:
        self._settings = settings
        self._source = source

    def describe(self) -> Manifest:
        """What this adapter can do; static."""
        return MANIFEST

    async def health(self, call: SourceCall) -> Health:
        """Nobody is asked: whether events come shows in what has come."""
        return Health(version=MANIFEST.contract_version)

    async def login(self, call: SourceCall) -> None:
        """Nothing: there is nobody to log in to."""

    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Mapping[str, Found | Missing | Failed]:
        """Never. Raises NotOffered."""
        self._refuse("read")

    def changes(
        self, call: SourceCall, kind: Kind, sweep: str, cursor: Mapping[str, Any] | None
    ) -> AsyncIterator[ChangePage]:
        """Never. Raises NotOffered."""
        self._refuse("read")

    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        """Never. Raises NotOffered."""
        self._refuse("writes")

    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        """Never. Raises NotOffered."""
        self._refuse("writes")

    async def ask(self, call: SourceCall, question: Question) -> Answer:
        """Never. Raises NotOffered."""
        self._refuse("read")

    def verify(self, headers: Mapping[str, str], body: bytes) -> WebhookDelivery:
        """The delivery, if the signature over these very bytes is right. Raises Denied."""
        lower = {name.lower(): value for name, value in headers.items()}
        given = (self._settings.secret, self._settings.secret_before)
        check(body, lower.get(SIGNATURE_HEADER), [one.reveal() for one in given if one is not None], prefix="sha256=")
        return WebhookDelivery(headers=lower, body=body)

    def dedupe_key(self, delivery: WebhookDelivery) -> str:
        """The sender's event id, else what the event says. Raises SourceGarbled, also for what `parse` cannot read."""
        event = self._event(delivery)
        seen_of(event, self._source)
        return event_key(event)

    def parse(self, delivery: WebhookDelivery) -> Sequence[Seen]:
        """What the event says of its parcel. Raises SourceGarbled."""
        return (seen_of(self._event(delivery), self._source),)

    async def close(self) -> None:
        """Nothing is open."""

    def _event(self, delivery: WebhookDelivery) -> TrackingEvent:
        try:
            return msgspec.json.decode(delivery.body, type=TrackingEvent)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            message = f"the event cannot be read: {str(wrong)[:200]}"
            raise SourceGarbled(message, source=self._source) from wrong

    def _refuse(self, what: str) -> NoReturn:
        raise NotOffered(MANIFEST.absent[what], source=self._source, capability=what)


SETTINGS = TrackingSettings


def connect(settings: TrackingSettings, *, url: str, source: str, clock: Clock) -> TrackingAdapter:
    """An adapter for one feed; *url* is nobody's."""
    return TrackingAdapter(settings, source)

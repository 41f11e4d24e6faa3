"""The adapter: a feed of tracking events behind `hub.ports.Adapter`. It is posted to, and calls nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.clock import Clock
from hub.model.observation import Seen
from hub.ports import WebhookDelivery
from hub.settings import Secret
from sources.kit.decoding import decoded
from sources.kit.refusing import Refusing
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


class TrackingAdapter(Refusing):
    """One feed of events. Nothing is read, asked or carried out there."""

    def __init__(self, settings: TrackingSettings, source: str) -> None:
        super().__init__(MANIFEST, source)
        self._settings = settings

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

    def _event(self, delivery: WebhookDelivery) -> TrackingEvent:
        return decoded(delivery.body, TrackingEvent, source=self._source, at="$")


SETTINGS = TrackingSettings


def connect(settings: TrackingSettings, *, url: str, source: str, clock: Clock) -> TrackingAdapter:
    """An adapter for one feed; *url* is nobody's."""
    return TrackingAdapter(settings, source)

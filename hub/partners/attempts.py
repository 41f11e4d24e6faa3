"""One attempt to tell an endpoint of one change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.call import Call, passed_on
from hub.clock import Clock, around
from hub.errors import HubError
from hub.model.ids import mint
from hub.model.partners import WebhookAttempt, WebhookDeliveryState
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.partners.payload import Render, Rendered, body_of, subject_of
from hub.partners.posting import Poster, Reply
from hub.partners.signing import headers_of
from hub.ports import Hop, Recorder
from hub.seal import Vault
from hub.settings import Secret, WebhookSettings
from hub.store.store import Store
from hub.store.webhook_queue import Due, Tried
from hub.store.webhooks import EndpointRow

GONE = 410  # the answer of an endpoint that wants to hear no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the courier works with. `store` is of role WORK."""

    store: Store
    clock: Clock
    recorder: Recorder
    poster: Poster
    vault: Vault
    render: Render
    standing: Callable[[str, str, str | None], Call | None]
    """The call of a key by tenant, actor and account, as configured now; None where there is none any more."""
    settings: WebhookSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What one attempt led to."""

    endpoint: EndpointRow
    tried: Tried
    disable: str | None
    """Why the endpoint is to be called no more."""


class Attempts:
    """Makes attempts."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def make(self, endpoint: EndpointRow, due: Due, latest: float) -> Ended:
        """Call the endpoint; not after *latest* on the monotonic clock, for the claim must outlast the call."""
        clock = self._means.clock
        at, began = clock.now(), clock.monotonic()
        disable, hop = None, mint()
        call = self._means.standing(endpoint.tenant, endpoint.actor, endpoint.account)
        if call is None:
            disable = "the key that set this endpoint is no longer valid"
            reply = Reply(error=disable)
        else:
            reply = await self._called(endpoint, due, (call, hop), latest)
        if reply.status == GONE:
            disable = "it answered 410: it wants to hear no more"
        attempt = WebhookAttempt(
            number=due.attempts + 1,
            at=at,
            duration_ms=int((clock.monotonic() - began) * 1000),
            status_code=reply.status,
            error=reply.error,
        )
        self._record(endpoint, due, hop, attempt)
        return Ended(endpoint=endpoint, tried=self._judged(due, reply, attempt), disable=disable)

    async def _called(self, endpoint: EndpointRow, due: Due, how: tuple[Call, str], latest: float) -> Reply:
        call, hop = how
        rendered = Rendered()
        if endpoint.document is not None:
            rendered = await self._means.render(call, endpoint.document, subject_of(due.change))
        if rendered.error is not None:
            return Reply(error=f"its document was not answered: {rendered.error}")
        if self._means.clock.monotonic() > latest:
            return Reply(error="the hub was too slow: nothing was sent")
        body = body_of(due.change, due.seen_as, rendered.node)
        try:
            secrets = self._secrets(endpoint)
        except HubError as wrong:
            return Reply(error=wrong.message)
        headers = headers_of(secrets, due.change.event_id, self._means.clock.now(), body)
        marks = passed_on(due.change.correlation_id, hop, due.change.traceparent)
        return await self._means.poster.post(endpoint.url, headers | marks, body)

    def _secrets(self, endpoint: EndpointRow) -> list[Secret]:
        sealed = [endpoint.secret]
        until = endpoint.former_until
        if endpoint.former_secret is not None and until is not None and until > self._means.clock.now():
            sealed.append(endpoint.former_secret)
        return [self._means.vault.open(one) for one in sealed]

    def _judged(self, due: Due, reply: Reply, attempt: WebhookAttempt) -> Tried:
        waits = self._means.settings.retry_seconds
        state, wait = WebhookDeliveryState.DONE, 0.0
        if not reply.is_taken:
            is_last = due.attempts >= len(waits)
            state = WebhookDeliveryState.DEAD if is_last else WebhookDeliveryState.PENDING
            wait = 0.0 if is_last else max(around(waits[due.attempts]), reply.retry_after)
        return Tried(
            id=due.id, state=state.value, status_code=reply.status, error=reply.error, wait=wait, attempt=attempt
        )

    def _record(self, endpoint: EndpointRow, due: Due, hop: str, attempt: WebhookAttempt) -> None:
        is_taken = attempt.error is None
        self._means.recorder.record(
            Hop(
                id=hop,
                tenant=endpoint.tenant,
                correlation_id=due.change.correlation_id,
                kind=HopKind.PUSH,
                system=SystemKind.OTHER,
                operation=f"webhook {endpoint.name}",
                outcome=HopOutcome.OK if is_taken else HopOutcome.RETRY,
                started_at=attempt.at,
                duration_ms=attempt.duration_ms,
                attempt=attempt.number,
                error=attempt.error,
                roots=(due.change.root_id,),
            )
        )

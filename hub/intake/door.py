"""The door for deliveries: `POST /hooks/{name}`. Cap, signature over the raw body, inbox row, then 202 (threat S26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from hub.call import CORRELATION, TRACEPARENT, correlation_id, traceparent, worker_call
from hub.clock import Clock
from hub.errors import Denied, HubError, SourceGarbled, StoreBusy
from hub.failpoint import reached
from hub.model.ids import mint
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.ports import Adapter, Hop, Recorder, WebhookDelivery
from hub.store.inbox import Arrival, put_arrival
from hub.store.store import Store

STATUS: Mapping[type[HubError], int] = {Denied: 401, SourceGarbled: 400, StoreBusy: 503}
"""What a sender hears; it retries on 503 and must not on 4xx."""

RETRY_AFTER = "5"  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A source that takes deliveries under an unguessable name."""

    tenant: str
    source: str
    system: SystemKind
    adapter: Adapter


class Door:
    """Takes deliveries of all sources. `store` is of role WORK; `cap` is the greatest body in bytes."""

    def __init__(self, hooks: Mapping[str, Hook], store: Store, recorder: Recorder, clock: Clock, *, cap: int) -> None:
        self._hooks = hooks
        self._store = store
        self._recorder = recorder
        self._clock = clock
        self._cap = cap

    async def take(self, request: Request) -> Response:
        """202: kept. 200: kept before. 4xx: not ours, not signed, too large. 503: come again."""
        hook = self._hooks.get(request.path_params["name"])
        if hook is None:
            return _said(404, "no such hook")
        try:
            body = await self._body(request)
        except ClientDisconnect:
            return _said(400, "the body was cut off")
        if body is None:
            return _said(413, f"a delivery may have {self._cap} bytes")
        correlation = correlation_id(request.headers.get(CORRELATION), traceparent(request.headers.get(TRACEPARENT)))
        started, watch = self._clock.now(), self._clock.monotonic()
        response, error = await self._keep(hook, dict(request.headers), body, correlation)
        self._recorder.record(
            Hop(
                id=mint(),
                tenant=hook.tenant,
                correlation_id=correlation,
                kind=HopKind.WEBHOOK_IN,
                system=hook.system,
                source=hook.source,
                operation="delivery",
                outcome=HopOutcome.OK if error is None else HopOutcome.FAILED,
                started_at=started,
                duration_ms=int((self._clock.monotonic() - watch) * 1000),
                error=error,
            )
        )
        return response

    async def _keep(
        self, hook: Hook, headers: Mapping[str, str], body: bytes, correlation: str
    ) -> tuple[Response, str | None]:
        """Verify, then keep: the answer, and in words what was wrong."""
        try:
            delivery = hook.adapter.verify(headers, body)
            reached("w1")
            is_new = await self._put(hook, delivery, correlation)
            reached("w3")
        except (Denied, SourceGarbled, StoreBusy) as wrong:
            status = next(code for kind, code in STATUS.items() if isinstance(wrong, kind))
            words = "try again" if status == RETRIED else wrong.message
            return _said(status, words), wrong.message
        return _said(202 if is_new else 200, "kept" if is_new else "kept before"), None

    async def _put(self, hook: Hook, delivery: WebhookDelivery, correlation: str) -> bool:
        arrival = Arrival(
            id=mint(),
            tenant=hook.tenant,
            source=hook.source,
            delivery_id=hook.adapter.dedupe_key(delivery),
            headers=delivery.headers,
            body=delivery.body,
            correlation_id=correlation,
        )
        async with self._store.shard(worker_call(hook.tenant, correlation=correlation)) as tx:
            is_new = await put_arrival(tx, arrival)
            reached("w2")
        return is_new

    async def _body(self, request: Request) -> bytes | None:
        """The body, or None once it is larger than the cap; what the sender claims of its length is not believed."""
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self._cap:
                return None
            chunks.append(chunk)
        return b"".join(chunks)


RETRIED = 503


def _said(status: int, words: str) -> Response:
    headers = {"retry-after": RETRY_AFTER} if status == RETRIED else None
    return JSONResponse({"message": words}, status_code=status, headers=headers)

"""GraphQL over HTTP: GET and POST, statuses as the graphql-http audit asks, event streams where they are negotiated."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.call import CORRELATION, TRACEPARENT, correlation_id, traceparent
from hub.errors import HubError
from hub.failpoint import reached
from hub.telemetry import logger
from resolvers.endpoint.answer import Answer, refusal_answer
from resolvers.endpoint.body import Request as Asking
from resolvers.endpoint.body import read_body, read_json, request_in_url, request_of
from resolvers.endpoint.explorer import Explorer
from resolvers.endpoint.negotiate import GRAPHQL, JSON, STREAM, Accepted, accepted
from resolvers.endpoint.open import OpenStreams
from resolvers.endpoint.origin import is_json, is_preflighted
from resolvers.endpoint.ports import Admission, Ports
from resolvers.endpoint.refusal import Fault, Refusal, RefusedError, not_admitted, refuse
from resolvers.endpoint.run import Manner, Runner, Work
from resolvers.endpoint.sse import Ends, EventStream, stream_of
from resolvers.errors import INTERNAL, INTERNAL_MESSAGE, Shown

_log = logger(__name__)

_INTERNAL = Refusal(faults=(Fault(shown=Shown(code=INTERNAL, message=INTERNAL_MESSAGE)),), status=500)
_ALWAYS = {"cache-control": "no-store", "x-content-type-options": "nosniff", "vary": "accept, authorization"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """One HTTP request, as far as it is known from its head."""

    request: Request
    headers: Mapping[str, str]
    correlation_id: str
    traceparent: str | None
    taken: Accepted


class HttpDoor:
    """An ASGI application for the path of the graph."""

    def __init__(self, ports: Ports, runner: Runner, open_streams: OpenStreams, explorer: Explorer | None) -> None:
        self._ports = ports
        self._runner = runner
        self._open_streams = open_streams
        self._explorer = explorer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever goes wrong becomes a typed error."""
        visit = _visit(Request(scope, receive))
        try:
            response = await self._response(visit)
        except RefusedError as refused:
            response = self._refused(refused.refusal, visit)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  the edge: the caller gets a masked error, the log the truth
            _log.error("endpoint.failed", correlation_id=visit.correlation_id, exc_info=error)
            response = self._refused(_INTERNAL, visit)
        await response(scope, receive, send)

    async def _response(self, visit: _Visit) -> ASGIApp:
        method = visit.request.method
        if method not in ("GET", "POST"):
            refuse("use GET or POST", status=405, headers={"allow": "GET, POST"})
        if method == "GET" and self._explorer is not None and visit.taken.prefers_html:
            return self._explorer.page()
        if visit.taken.single is None and not visit.taken.takes_stream:
            refuse(f"this path answers {GRAPHQL}, {JSON} and {STREAM}", status=406)
        admission = await self._admitted(visit)
        asking = await self._asking(visit)
        call = replace(admission.call, correlation_id=visit.correlation_id, traceparent=visit.traceparent)
        manner = Manner(
            transport="sse" if visit.taken.prefers_stream else "http",
            idempotency_key=visit.headers.get("idempotency-key"),
            last_event_id=visit.headers.get("last-event-id"),
        )
        work = self._runner.prepare(asking, call, manner)
        if method == "GET" and work.asked.kind == "mutation":
            refuse("a mutation must be sent by POST", status=405, headers={"allow": "POST"})
        if work.asked.kind == "subscription":
            return self._subscription(work, visit, admission)
        if work.asked.kind != "mutation":
            return self._answered(await self._runner.once(work), visit)
        reached("a1")
        response = self._answered(await self._runner.once(work), visit)
        response.background = BackgroundTask(_sent)
        return response

    async def _admitted(self, visit: _Visit) -> Admission:
        try:
            admission = await self._ports.authenticate(visit.headers)
        except HubError as error:
            raise not_admitted(error) from error
        if not is_preflighted(visit.headers):
            refuse("send the header X-Hub-CSRF, or a JSON body", code="FORBIDDEN", status=403)
        return admission

    async def _asking(self, visit: _Visit) -> Asking:
        limits = self._ports.limits
        if visit.request.method == "GET":
            return request_in_url(visit.request.query_params, limits)
        is_packed = visit.headers.get("content-encoding", "identity") != "identity"
        if is_packed or not is_json(visit.headers.get("content-type")):
            refuse("send application/json in UTF-8, not compressed", status=415, headers={"accept-post": JSON})
        try:
            async with asyncio.timeout(limits.reading):
                body = await read_body(visit.request.stream(), limits)
        except TimeoutError:
            refuse(f"the body did not arrive within {limits.reading:g} s", status=408)
        return request_of(read_json(body, limits))

    def _subscription(self, work: Work, visit: _Visit, admission: Admission) -> ASGIApp:
        if not visit.taken.takes_stream:
            refuse(f"a subscription needs a stream: accept {STREAM}, or open a graphql-transport-ws socket", status=406)
        if not self._open_streams.has_room(work.call):
            refuse("too many streams are open for this credential", code="THROTTLED", status=429)
        ends = Ends(self._open_streams, self._ports.limits, self._ports.clock, admission.expires_at)
        work = replace(work, asked=replace(work.asked, transport="sse"))
        return EventStream(self._runner, work, headers=_stream_headers(visit), ends=ends)

    def _answered(self, answer: Answer, visit: _Visit) -> Response:
        refusal = answer.refusal
        if visit.taken.prefers_stream and (refusal is None or refusal.lenient):
            return Response(stream_of(answer), headers=_stream_headers(visit))
        status = 200 if refusal is None else _status(refusal, visit.taken)
        headers = {**_ALWAYS, CORRELATION: visit.correlation_id, **(refusal.headers if refusal else {})}
        headers["content-type"] = f"{visit.taken.single or JSON}; charset=utf-8"
        return Response(answer.body, status_code=status, headers=headers)

    def _refused(self, refusal: Refusal, visit: _Visit) -> ASGIApp:
        return self._answered(refusal_answer(refusal, visit.correlation_id), visit)


async def _sent() -> None:
    """The answer of a mutation is on its way."""
    reached("a9")


def _visit(request: Request) -> _Visit:
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers and name == "accept" else value
    parent = traceparent(headers.get(TRACEPARENT))
    return _Visit(
        request=request,
        headers=headers,
        correlation_id=correlation_id(headers.get(CORRELATION), parent),
        traceparent=parent,
        taken=accepted(headers.get("accept")),
    )


def _status(refusal: Refusal, taken: Accepted) -> int:
    """GraphQL's own request errors are 200 for who names the old media type; all else says what it is."""
    return 200 if refusal.lenient and taken.single == JSON and taken.named else refusal.status


def _stream_headers(visit: _Visit) -> dict[str, str]:
    return {
        **_ALWAYS,
        CORRELATION: visit.correlation_id,
        "content-type": f"{STREAM}; charset=utf-8",
        "x-accel-buffering": "no",
    }

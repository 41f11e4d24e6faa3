"""One socket from its first frame to its close code: one task that reads, and none that only waits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.call import TRACEPARENT, Call, correlation_id, traceparent
from hub.errors import HubError
from resolvers.endpoint.answer import refusal_answer
from resolvers.endpoint.body import Request
from resolvers.endpoint.frames import CloseSocketError, Complete, Frame, Init, Ping, Subscribe, frame_of
from resolvers.endpoint.open import OpenStreams
from resolvers.endpoint.operations import Operations
from resolvers.endpoint.outbox import Outbox
from resolvers.endpoint.ports import Admission, Ports
from resolvers.endpoint.pulse import Pulse
from resolvers.endpoint.refusal import Fault, Refusal, RefusedError, admission_status
from resolvers.endpoint.run import Manner, Runner
from resolvers.endpoint.wire import Wire
from resolvers.errors import Shown

_ACK = b'{"type":"connection_ack"}'
_PING = b'{"type":"ping"}'
_PONG = b'{"type":"pong"}'
_ADMISSION_CODES = {401: (4401, "Unauthorized"), 403: (4403, "Forbidden"), 503: (1013, "try again later")}
EXPIRED = (4403, "SUBSCRIPTION_AUTH_EXPIRED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all sockets of a process stand on."""

    ports: Ports
    runner: Runner
    streams: OpenStreams
    pulse: Pulse


class Session:
    """Speaks graphql-transport-ws over one wire."""

    __slots__ = (
        "_admission", "_due", "_ended", "_handshake", "_heard", "_operations", "_outbox", "_shared", "_task",
        "_was_asked", "_was_initialised", "_wire",
    )  # fmt: skip

    def __init__(self, wire: Wire, handshake: Mapping[str, str], shared: Shared) -> None:
        self._wire = wire
        self._handshake = handshake
        self._shared = shared
        self._outbox = Outbox(wire, shared.ports.limits)
        self._operations = Operations(shared.runner, self._outbox, self.end)
        self._admission: Admission | None = None
        self._was_initialised = False
        self._heard = True
        self._was_asked = False
        self._due = shared.ports.clock.monotonic() + shared.ports.limits.init_wait
        self._ended: CloseSocketError | None = None
        self._task: asyncio.Task[object] | None = None

    async def run(self) -> CloseSocketError:
        """Serve until something ends it; says with which code and reason to close."""
        self._task = asyncio.current_task()
        self._shared.pulse.enter(self)
        try:
            while True:
                frame = frame_of(await self._wire.receive(), self._shared.ports.limits)
                self._heard = True
                await self._take(frame)
        except CloseSocketError as ended:
            return self._ended or ended
        except asyncio.CancelledError:
            if self._ended is None or self._task is None:
                raise
            self._task.uncancel()
            return self._ended
        finally:
            await self._stop()

    def end(self, ended: CloseSocketError) -> None:
        """Close the socket, wherever it is."""
        if self._ended is None and self._task is not None:
            self._ended = ended
            self._task.cancel()

    def beat(self) -> None:
        """End what has lasted too long; ask for a sign of life every period, and close on a whole one without any."""
        limits, now = self._shared.ports.limits, self._shared.ports.clock.monotonic()
        if self._admission is None:
            if now >= self._due:
                self.end(CloseSocketError(4408, "Connection initialisation timeout"))
        elif not self._is_admitted(self._admission):
            self.end(CloseSocketError(*EXPIRED))
        elif now >= self._due:
            if self._was_asked and not self._heard:
                self.end(CloseSocketError(4408, "no pong"))
            self._heard, self._was_asked, self._due = False, True, now + limits.ping
            if self._outbox.is_writable:
                self._outbox.push(_PING)

    def _is_admitted(self, admission: Admission) -> bool:
        ends = admission.expires_at
        return self._shared.ports.still_admitted(admission.call) and (
            ends is None or ends > self._shared.ports.clock.now()
        )

    async def _take(self, frame: Frame) -> None:
        if isinstance(frame, Init):
            await self._init(frame)
        elif isinstance(frame, Ping):
            await self._outbox.say(_PONG)
        elif isinstance(frame, Subscribe):
            await self._subscribe(frame)
        elif isinstance(frame, Complete):
            self._operations.stop(frame.id)

    async def _init(self, frame: Init) -> None:
        if self._was_initialised:
            raise CloseSocketError(4429, "Too many initialisation requests")
        self._was_initialised = True
        try:
            admission = await self._shared.ports.authenticate({**self._handshake, **frame.headers})
        except HubError as error:
            raise CloseSocketError(*_ADMISSION_CODES[admission_status(error)]) from None
        self._handshake = {}
        if not self._shared.streams.has_room(admission.call):
            raise CloseSocketError(4429, "too many sockets are open for this credential")
        self._admission = admission
        self._shared.streams.enter(admission.call)
        self._due = self._shared.ports.clock.monotonic() + self._shared.ports.limits.ping
        await self._outbox.say(_ACK)

    async def _subscribe(self, frame: Subscribe) -> None:
        if self._admission is None:
            raise CloseSocketError(4401, "Unauthorized")
        if frame.id in self._operations:
            raise CloseSocketError(4409, f"Subscriber for {frame.id} already exists")
        if not self._is_admitted(self._admission):
            raise CloseSocketError(*EXPIRED)
        call = _traced(self._admission.call, frame.request)
        if len(self._operations) >= self._shared.ports.limits.subscriptions:
            await self._refuse(frame.id, _full(self._shared.ports.limits.subscriptions), call)
        elif frame.fault is not None:
            await self._refuse(frame.id, frame.fault.refusal, call)
        elif frame.request is not None:
            await self._start(frame.id, frame.request, call)

    async def _start(self, name: str, request: Request, call: Call) -> None:
        try:
            work = self._shared.runner.prepare(request, call, Manner(transport="ws"))
        except RefusedError as refused:
            await self._refuse(name, refused.refusal, call)
            return
        self._operations.start(name, work)

    async def _refuse(self, name: str, refusal: Refusal, call: Call) -> None:
        await self._operations.refuse(name, refusal_answer(refusal, call.correlation_id))

    async def _stop(self) -> None:
        self._task = None  # nothing ends it twice
        self._shared.pulse.leave(self)
        self._wire.on_writable = None
        await self._operations.stop_all()
        if self._admission is not None:
            self._shared.streams.exit(self._admission.call)


def _full(limit: int) -> Refusal:
    message = f"this socket already runs {limit} operations"
    return Refusal(faults=(Fault(shown=Shown(code="THROTTLED", message=message, retryable=True)),))


def _traced(call: Call, request: Request | None) -> Call:
    """The call under the client's own ids from `extensions`: `correlationId`, `traceparent`; new where none fits."""
    said = {} if request is None else request.extensions
    offered, parent = (said.get(name) for name in ("correlationId", TRACEPARENT))
    known = traceparent(parent if isinstance(parent, str) else None)
    return replace(
        call, correlation_id=correlation_id(offered if isinstance(offered, str) else None, known), traceparent=known
    )

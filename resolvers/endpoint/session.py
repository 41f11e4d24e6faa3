"""One socket from its first frame to its close code."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

import orjson

from hub.call import Call, correlation_id
from hub.errors import HubError
from hub.failpoint import reached
from resolvers.endpoint.answer import Answer, refusal_answer
from resolvers.endpoint.body import Request
from resolvers.endpoint.frames import CloseSocketError, Complete, Frame, Init, Ping, Subscribe, frame_of
from resolvers.endpoint.open import OpenStreams
from resolvers.endpoint.outbox import LAGGED, Outbox
from resolvers.endpoint.ports import Admission, Ports
from resolvers.endpoint.refusal import Fault, Refusal, RefusedError, admission_status
from resolvers.endpoint.run import Manner, Runner, Work
from resolvers.errors import Shown

_ACK = '{"type":"connection_ack"}'
_PING = '{"type":"ping"}'
_PONG = '{"type":"pong"}'
_ADMISSION_CODES = {401: (4401, "Unauthorized"), 403: (4403, "Forbidden"), 503: (1013, "try again later")}


class Wire(Protocol):
    """The socket below: text in and out."""

    async def receive(self) -> str | None:
        """The next text message, None for a binary one. Raises CloseSocketError when the client has left."""
        ...

    async def send(self, text: str) -> None:
        """Write one message; waits while the client does not read."""
        ...


class Session:
    """Speaks graphql-transport-ws over one wire."""

    def __init__(
        self, wire: Wire, handshake: Mapping[str, str], *, ports: Ports, runner: Runner, open_streams: OpenStreams
    ) -> None:
        self._wire = wire
        self._handshake = handshake
        self._ports = ports
        self._limits = ports.limits
        self._runner = runner
        self._open_streams = open_streams
        self._outbox = Outbox(ports.limits)
        self._admission: Admission | None = None
        self._was_initialised = False
        self._heard = True
        self._operations: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> CloseSocketError:
        """Serve until something ends it; says with which code and reason to close."""
        ended = CloseSocketError(1011, "internal error")
        try:
            async with asyncio.TaskGroup() as tasks:
                for loop in (self._write(), self._ping(), self._expect_init(), self._leave()):
                    tasks.create_task(loop)
                await self._read(tasks)
        except* CloseSocketError as group:
            ended = _first(group)
        return ended

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            frame = frame_of(await self._wire.receive(), self._limits)
            self._heard = True
            await self._take(frame, tasks)

    async def _take(self, frame: Frame, tasks: asyncio.TaskGroup) -> None:
        if isinstance(frame, Init):
            await self._init(frame, tasks)
        elif isinstance(frame, Ping):
            await self._outbox.put(_PONG)
        elif isinstance(frame, Subscribe):
            await self._subscribe(frame, tasks)
        elif isinstance(frame, Complete):
            task = self._operations.pop(frame.id, None)
            if task is not None:
                task.cancel()

    async def _init(self, frame: Init, tasks: asyncio.TaskGroup) -> None:
        if self._was_initialised:
            raise CloseSocketError(4429, "Too many initialisation requests")
        self._was_initialised = True
        try:
            admission = await self._ports.authenticate({**self._handshake, **frame.headers})
        except HubError as error:
            raise CloseSocketError(*_ADMISSION_CODES[admission_status(error)]) from None
        if not self._open_streams.has_room(admission.call):
            raise CloseSocketError(4429, "too many sockets are open for this credential")
        self._admission = admission
        tasks.create_task(self._count(admission.call))
        tasks.create_task(self._expire(admission))
        await self._outbox.put(_ACK)

    async def _subscribe(self, frame: Subscribe, tasks: asyncio.TaskGroup) -> None:
        if self._admission is None:
            raise CloseSocketError(4401, "Unauthorized")
        if frame.id in self._operations:
            raise CloseSocketError(4409, f"Subscriber for {frame.id} already exists")
        call = replace(self._admission.call, correlation_id=_correlation(frame.request))
        if not self._ports.still_admitted(call):
            raise CloseSocketError(4403, "SUBSCRIPTION_AUTH_EXPIRED")
        if len(self._operations) >= self._limits.subscriptions:
            await self._refuse(frame.id, _full(self._limits.subscriptions), call)
        elif frame.fault is not None:
            await self._refuse(frame.id, frame.fault.refusal, call)
        elif frame.request is not None:
            await self._start(frame.id, frame.request, call, tasks)

    async def _start(self, name: str, request: Request, call: Call, tasks: asyncio.TaskGroup) -> None:
        try:
            work = self._runner.prepare(request, call, Manner(transport="ws"))
        except RefusedError as refused:
            await self._refuse(name, refused.refusal, call)
            return
        self._operations[name] = tasks.create_task(self._operate(name, work))

    async def _operate(self, name: str, work: Work) -> None:
        """Run one operation to its end and say so."""
        if work.asked.kind == "subscription":
            async with aclosing(self._runner.events(work)) as answers:
                async for answer in answers:
                    await self._say(name, answer)
                    if answer.is_last:
                        self._forget(name)
                        return
        else:
            answer = await self._runner.once(work)
            await self._say(name, replace(answer, is_last=answer.refusal is not None))
            if answer.refusal is not None:
                self._forget(name)
                return
        self._forget(name)
        await self._outbox.put(f'{{"id":{_quoted(name)},"type":"complete"}}')

    def _forget(self, name: str) -> None:
        # A client may use the name again once it was told the end; a task that was replaced forgets nothing.
        if self._operations.get(name) is asyncio.current_task():
            del self._operations[name]

    async def _say(self, name: str, answer: Answer) -> None:
        if not answer.is_last:
            await self._outbox.put(f'{{"id":{_quoted(name)},"type":"next","payload":{answer.body.decode()}}}')
            return
        errors = orjson.dumps(orjson.loads(answer.body)["errors"]).decode()
        await self._outbox.put(f'{{"id":{_quoted(name)},"type":"error","payload":{errors}}}')

    async def _refuse(self, name: str, refusal: Refusal, call: Call) -> None:
        await self._say(name, refusal_answer(refusal, call.correlation_id))

    async def _write(self) -> None:
        while True:
            message = await self._outbox.get()
            try:
                async with asyncio.timeout(self._limits.patience):
                    await self._wire.send(message)
                    reached("p3")
            except TimeoutError:
                raise CloseSocketError(4008, LAGGED) from None

    async def _ping(self) -> None:
        """Ask for a sign of life every period; close on a whole period without any."""
        was_asked = False
        while True:
            await asyncio.sleep(self._limits.ping)
            if was_asked and not self._heard:
                raise CloseSocketError(4408, "no pong")
            if self._admission is not None:
                self._heard, was_asked = False, True
                await self._outbox.put(_PING)

    async def _expect_init(self) -> None:
        await asyncio.sleep(self._limits.init_wait)
        if self._admission is None:
            raise CloseSocketError(4408, "Connection initialisation timeout")

    async def _expire(self, admission: Admission) -> None:
        if admission.expires_at is None:
            return
        left = (admission.expires_at - self._ports.clock.now()).total_seconds()
        await asyncio.sleep(max(left, 0))
        raise CloseSocketError(4403, "SUBSCRIPTION_AUTH_EXPIRED")

    async def _count(self, call: Call) -> None:
        with self._open_streams.entered(call):
            await asyncio.get_running_loop().create_future()

    async def _leave(self) -> None:
        await self._open_streams.leaving()
        raise CloseSocketError(1012, "SHUTTING_DOWN: connect again and resume with the last cursor")


def _first(group: BaseExceptionGroup[CloseSocketError]) -> CloseSocketError:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, CloseSocketError) else CloseSocketError(1011, "internal error")


def _full(limit: int) -> Refusal:
    message = f"this socket already runs {limit} operations"
    return Refusal(faults=(Fault(shown=Shown(code="THROTTLED", message=message, retryable=True)),))


def _correlation(request: Request | None) -> str:
    """The client's own id from `extensions.correlationId`, where it fits, else a new one."""
    offered = request.extensions.get("correlationId") if request is not None else None
    return correlation_id(offered if isinstance(offered, str) else None)


def _quoted(name: str) -> str:
    return orjson.dumps(name).decode()

"""Server-sent events, the distinct-connections mode of graphql-sse: one operation, one stream.

Lines end with LF (fault F3). An event carries the cursor as its `id`, so a reconnecting client sends it back as
`Last-Event-ID` (fault F14).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from datetime import datetime

from starlette.types import Receive, Scope, Send

from hub.clock import Clock
from hub.telemetry import logger
from resolvers.endpoint.answer import Answer, expired_answer
from resolvers.endpoint.open import OpenStreams
from resolvers.endpoint.pipe import Pipe, event_of
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.run import Begun, Runner, Work
from resolvers.watch import Watch

_log = logger(__name__)
_COMMENT = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"


def stream_of(answer: Answer) -> bytes:
    """The one answer of a query, a mutation or a refusal, as a whole stream."""
    return event_of(answer) + _COMPLETE


class Ends:
    """What may end a stream beside its own last answer."""

    def __init__(self, open_streams: OpenStreams, limits: Limits, clock: Clock, expires_at: datetime | None) -> None:
        self.open_streams = open_streams
        self.limits = limits
        self._clock = clock
        self._expires_at = expires_at

    def seconds_left(self) -> float:
        """Until the credential ends; infinite when it does not."""
        if self._expires_at is None:
            return float("inf")
        return (self._expires_at - self._clock.now()).total_seconds()


class EventStream:
    """An ASGI response that pushes answers until they end, the caller leaves, its credential ends or the hub does."""

    def __init__(self, runner: Runner, work: Work, *, headers: Mapping[str, str], ends: Ends) -> None:
        self._runner = runner
        self._work = work
        self._headers = headers
        self._ends = ends
        self._pipe = Pipe(work, ends.limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream; closes the source of answers however it ends."""
        since = self._runner.now()
        gone = asyncio.ensure_future(self._gone(receive))
        source = asyncio.ensure_future(self._fill())
        try:
            with self._ends.open_streams.entered(self._work.call, self._pipe.cut):
                await self._talk(send)
        except OSError:  # a reader that left or stopped reading is no fault; the server then drops the connection
            return
        finally:
            for task in (gone, source):
                task.cancel()
            await asyncio.gather(gone, source, return_exceptions=True)
            self._pipe.leave()
            self._runner.served(self._work, since, events=self._pipe.pushed, codes=self._pipe.codes)

    async def _talk(self, send: Send) -> None:
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self._headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._write(send, _COMMENT)
        while not self._pipe.is_over:
            left = self._ends.seconds_left()
            if left <= 0 or not self._runner.is_admitted(self._work):
                self._pipe.last(expired_answer(self._work.call))
            chunk = await self._pipe.take(min(self._ends.limits.keep_alive, max(left, 0)))
            if chunk or not self._pipe.is_over:
                await self._write(send, chunk or _COMMENT)
        if self._pipe.is_complete:  # else the client is to come back, with the id of the last event it saw
            await self._write(send, _COMPLETE)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _fill(self) -> None:
        """Begin the subscription; one that is shared fills the pipe by itself."""
        try:
            begun = await self._runner.begin(self._work)
            if isinstance(begun, Begun) and isinstance(begun.source, Watch):
                seat = await self._runner.enter(begun, begun.source, self._pipe)
                if not isinstance(seat, Answer):
                    self._pipe.seat = seat
                    return
                begun = seat
            if isinstance(begun, Answer):
                self._pipe.last(begun)
                return
            async with aclosing(self._runner.events(begun)) as answers:
                async for answer in answers:
                    await self._pipe.put(answer)
            self._pipe.finish()
        except Exception as error:  # noqa: BLE001  the edge: the stream is cut, the log has the truth
            _log.error("endpoint.stream_failed", correlation_id=self._work.call.correlation_id, exc_info=error)
            self._pipe.cut()

    async def _gone(self, receive: Receive) -> None:
        """Cut the stream once the caller has left."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._pipe.cut()

    async def _write(self, send: Send, chunk: bytes) -> None:
        async with asyncio.timeout(self._ends.limits.patience):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})

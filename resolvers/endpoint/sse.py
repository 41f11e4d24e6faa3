"""Server-sent events, the distinct-connections mode of graphql-sse: one operation, one stream.

Lines end with LF (fault F3). An event carries the cursor as its `id`, so a reconnecting client sends it back as
`Last-Event-ID` (fault F14).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from datetime import datetime

from starlette.types import Receive, Scope, Send

from hub.call import Call
from hub.clock import Clock
from hub.failpoint import reached
from hub.telemetry import logger
from resolvers.endpoint.answer import Answer, expired_answer
from resolvers.endpoint.open import OpenStreams
from resolvers.endpoint.ports import Limits

_log = logger(__name__)
_COMMENT = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"


def event_of(answer: Answer) -> bytes:
    """One `next` event."""
    cursor = answer.cursor
    named = f"id: {cursor}\n".encode() if cursor and cursor.isascii() and cursor.isprintable() else b""
    return b"event: next\n" + named + b"data: " + answer.body + b"\n\n"


def stream_of(answer: Answer) -> bytes:
    """The one answer of a query, a mutation or a refusal, as a whole stream."""
    return event_of(answer) + _COMPLETE


class EventStream:
    """An ASGI response that pushes answers until they end, the caller leaves, its credential ends or the hub does."""

    def __init__(
        self, answers: AsyncGenerator[Answer, None], call: Call, *, headers: Mapping[str, str], ends: Ends
    ) -> None:
        self._answers = answers
        self._call = call
        self._headers = headers
        self._ends = ends

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream; closes the source of answers however it ends."""
        talk = asyncio.ensure_future(self._talk(send))
        gone = asyncio.ensure_future(_gone(receive))
        leaving = asyncio.ensure_future(self._ends.open_streams.leaving())
        tasks = (talk, gone, leaving)
        try:
            with self._ends.open_streams.entered(self._call):
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                is_cut = leaving.done() and not talk.done()
                self._tell(talk)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._answers.aclose()
        if is_cut:
            # No `complete`: the client is to come back, with the id of the last event it saw.
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _tell(self, talk: asyncio.Future[None]) -> None:
        error = talk.exception() if talk.done() else None
        if error is not None and not isinstance(error, OSError):  # a reader that left or stopped reading is no fault
            _log.error("endpoint.stream_failed", correlation_id=self._call.correlation_id, exc_info=error)

    async def _talk(self, send: Send) -> None:
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self._headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._write(send, _COMMENT)
        # A writer that times out leaves the response unfinished: the server then drops the connection.
        async with aclosing(self._answers) as answers:
            while True:
                answer = await self._next(answers, send)
                if answer is None:
                    break
                await self._write(send, event_of(answer))
                reached("p3")
                if answer.is_last:
                    break
        await self._write(send, _COMPLETE)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _next(self, answers: AsyncGenerator[Answer, None], send: Send) -> Answer | None:
        """The next answer, or None at the end; comments keep the connection alive meanwhile."""
        coming = asyncio.ensure_future(anext(answers, None))
        try:
            while self._ends.seconds_left() > 0:
                wait = min(self._ends.limits.keep_alive, self._ends.seconds_left())
                done, _ = await asyncio.wait({coming}, timeout=wait)
                if done:
                    return coming.result()
                await self._write(send, _COMMENT)
            return expired_answer(self._call)
        finally:
            if not coming.done():
                coming.cancel()
                with suppress(asyncio.CancelledError):
                    await coming

    async def _write(self, send: Send, chunk: bytes) -> None:
        async with asyncio.timeout(self._ends.limits.patience):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})


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


async def _gone(receive: Receive) -> None:
    """Return once the caller has left."""
    while (await receive())["type"] != "http.disconnect":
        pass

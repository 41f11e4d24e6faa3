"""Paints events for an audience: one execution in a fresh context, then bytes that are cut where cursors belong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from resolvers.endpoint.answer import Answer
from resolvers.watch import Watch
from subscriptions.event import Painted, cut
from subscriptions.streams import Envelope

AT_ONCE = 8  # executions of events at a time: the store also serves those who query

Execute = Callable[[object, str | None], Awaitable[Answer]]
"""Runs the selection over one event, under the correlation id of what happened."""


class Painter:
    """Paints for those who are alike; kept by the audience that it was first made for."""

    def __init__(self, watch: Watch[Any], execute: Execute, merged: tuple[str, ...], turns: asyncio.Semaphore) -> None:
        self._watch = watch
        self._execute = execute
        self._merged = merged
        self._turns = turns

    async def __call__(self, envelope: Envelope) -> Painted:
        """One event as bytes."""
        async with self._turns:
            answer = await self._execute(self._watch.shown(envelope), envelope.correlation_id)
        return Painted(
            pieces=cut(answer.body),
            ends=answer.is_last,
            merged=(lambda count: self._saying(answer.body, count)) if self._merged else None,
        )

    def _saying(self, body: bytes, count: int) -> tuple[bytes, ...]:
        """The same event, saying that *count* earlier ones stand behind it."""
        said = orjson.loads(body)
        for event in (said["data"] or {}).values():
            event.update(dict.fromkeys(self._merged, count))
        return cut(orjson.dumps(said))

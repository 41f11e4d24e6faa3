"""The operations that run on one socket, by the names their client gave them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from hub.errors import HubError, Lagged
from hub.telemetry import logger
from resolvers.endpoint.answer import Answer, failure_answer
from resolvers.endpoint.frames import CloseSocketError
from resolvers.endpoint.outbox import LAGGED, Outbox, complete, error_of, next_head
from resolvers.endpoint.run import Begun, Runner, Since, Work
from resolvers.endpoint.subscriber import Subscriber
from resolvers.watch import Watch

_log = logger(__name__)

BROKEN = (1011, "internal error")


class Operations:
    """Starts, follows and stops them; *end* closes the socket."""

    __slots__ = ("_end", "_outbox", "_runner", "_running")

    def __init__(self, runner: Runner, outbox: Outbox, end: Callable[[CloseSocketError], None]) -> None:
        self._runner = runner
        self._outbox = outbox
        self._end = end
        self._running: dict[str, asyncio.Task[None] | Subscriber] = {}
        outbox.on_writable = self._flush

    def __len__(self) -> int:
        return len(self._running)

    def __contains__(self, name: str) -> bool:
        return name in self._running

    def start(self, name: str, work: Work) -> None:
        """Run *work* under *name*."""
        self._running[name] = asyncio.get_running_loop().create_task(self._run(name, work))

    def stop(self, name: str) -> None:
        """The client wants no more of it; a name that is none does no harm."""
        running = self._running.pop(name, None)
        if isinstance(running, Subscriber):
            self._leave(running)
        elif running is not None:
            running.cancel()

    async def stop_all(self) -> None:
        """Return once nothing runs any more."""
        tasks = [one for one in self._running.values() if isinstance(one, asyncio.Task)]
        for name in list(self._running):
            self.stop(name)
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)

    async def refuse(self, name: str, answer: Answer) -> None:
        """Say that nothing runs under *name*, and why."""
        await self._outbox.say(error_of(name, answer.body))

    async def _run(self, name: str, work: Work) -> None:
        try:
            if work.asked.kind == "subscription":
                await self._subscription(name, work)
            else:
                await self._once(name, await self._runner.once(work))
        except CloseSocketError as ended:
            self._end(ended)
        except Exception as error:  # noqa: BLE001  the edge: the client gets 1011, the log the truth
            _log.error("endpoint.operation_failed", exc_info=error)
            self._end(CloseSocketError(*BROKEN))

    async def _once(self, name: str, answer: Answer) -> None:
        if answer.refusal is not None:
            await self._last(name, error_of(name, answer.body))
        else:
            await self._outbox.say(next_head(name), answer.body, b"}")
            await self._last(name, complete(name))

    async def _subscription(self, name: str, work: Work) -> None:
        since = self._runner.now()
        begun = await self._runner.begin(work)
        if isinstance(begun, Begun) and isinstance(begun.source, Watch):
            subscriber = Subscriber(name, work, since, self._outbox, self._ended)
            seat = await self._runner.enter(begun, begun.source, subscriber)
            if not isinstance(seat, Answer):
                subscriber.seat = seat
                self._running[name] = subscriber
                return
            begun = seat
        if isinstance(begun, Answer):
            self._runner.served(work, since, events=0, codes=begun.codes)
            await self._last(name, error_of(name, begun.body))
        else:
            await self._follow(name, begun, since)

    async def _follow(self, name: str, begun: Begun, since: Since) -> None:
        """Say what a source of its own says, as fast as the client reads."""
        pushed = 0
        codes: tuple[str, ...] = ()
        try:
            async with aclosing(self._runner.events(begun)) as answers:
                async for answer in answers:
                    if answer.is_last:
                        codes = answer.codes
                        await self._last(name, error_of(name, answer.body))
                        return
                    await self._outbox.say(next_head(name), answer.body, b"}")
                    pushed += 1
        finally:
            self._runner.served(begun.work, since, events=pushed, codes=codes)
        await self._last(name, complete(name))

    async def _last(self, name: str, message: bytes) -> None:
        # The client may use the name again once it was told the end; a task that was replaced forgets nothing.
        if self._running.get(name) is asyncio.current_task():
            del self._running[name]
        await self._outbox.say(message)

    def _ended(self, subscriber: Subscriber, fate: HubError | None) -> None:
        """An audience has let a subscriber go; where the last event did not say why, it is said here."""
        if self._running.get(subscriber.name) is subscriber:
            del self._running[subscriber.name]
        self._leave(subscriber)
        if isinstance(fate, Lagged):
            self._end(CloseSocketError(4008, LAGGED))
        elif fate is not None:
            answer = failure_answer(fate, subscriber.work.call, subscriber.work.name)
            self._outbox.push(error_of(subscriber.name, answer.body))

    def _leave(self, subscriber: Subscriber) -> None:
        subscriber.leave()
        pushed = 0 if subscriber.seat is None else subscriber.seat.pushed
        self._runner.served(subscriber.work, subscriber.since, events=pushed)

    def _flush(self) -> None:
        for running in list(self._running.values()):
            if isinstance(running, Subscriber):
                running.flush()

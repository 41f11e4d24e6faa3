"""Orders that come at the same moment are taken in together: one look, one transaction, one COMMIT (design section 12).

Nobody waits for company: whoever comes first goes at once, and those who come meanwhile go together after it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import anyio

from hub.errors import HubError
from hub.failpoint import reached
from hub.merge.entering import NumberTaken, claim_of
from hub.merge.work import Applied, Work
from hub.merge.writer import Writer
from hub.model.schemes import ORDER_CODE
from hub.store.store import Store
from hub.write.entering import Submitted, entries_of

MOST = 64
"""Orders of one transaction."""
MOST_LINES = 200
"""Lines of them all, but that one order may have more: as many as are thought out in some tens of milliseconds."""
UNDER_WAY = 2
"""Transactions of one tenant at once: while one is being made durable, the next is thought out."""


@dataclass(eq=False, slots=True, kw_only=True)
class _Waiting:
    """An order on its way in."""

    submitted: Submitted
    answer: Applied | HubError | None = None
    work: Work | None = None
    """What the one writer was asked to do: the same again where nobody heard what became of it."""
    stirred: anyio.Event = field(default_factory=anyio.Event)
    """Set once there is an answer, or none is to be expected any more from whoever had taken it along."""


@dataclass(slots=True, kw_only=True)
class _Line:
    """What waits for one tenant."""

    waiting: list[_Waiting] = field(default_factory=list)
    turns: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(UNDER_WAY))


class Crowd:
    """Takes orders in. `store` is of role WORK, as the writer's is."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store = store
        self._writer = writer
        self._lines: dict[str, _Line] = {}

    async def enter(self, submitted: Submitted) -> Applied:
        """Take an order in durably, once, under a number that nobody else bears; refused for itself alone.

        Raises what the one writer raises.
        """
        line = self._lines.setdefault(submitted.call.tenant, _Line())
        mine = _Waiting(submitted=submitted)
        line.waiting.append(mine)
        try:
            while mine.answer is None:
                await self._turn(line, mine)
        finally:
            if mine in line.waiting:
                line.waiting.remove(mine)
        if isinstance(mine.answer, HubError):
            raise mine.answer
        return mine.answer

    async def _turn(self, line: _Line, mine: _Waiting) -> None:
        """Lead those who wait, or wait for who leads."""
        async with line.turns:
            while mine in line.waiting:
                await self._lead(line)
        if mine.answer is None:
            await mine.stirred.wait()

    async def _lead(self, line: _Line) -> None:
        many = _fitting(line.waiting)
        group, line.waiting = line.waiting[:many], line.waiting[many:]
        try:
            await self._take_in(group)
        except HubError as failed:
            for one in group:
                one.answer = one.answer or failed
        finally:  # whoever leads may be cancelled: the others go without
            left = [one for one in group if one.answer is None]
            line.waiting = [*left, *line.waiting]
            for one in group:
                one.stirred.set()
            for one in left:
                one.stirred = anyio.Event()

    async def _take_in(self, group: Sequence[_Waiting]) -> None:
        """Answer the *group*, but for those who must come once more."""
        landscape = self._writer.landscapes[group[0].submitted.call.tenant]
        entries = await entries_of(self._store, landscape, [one.submitted for one in group])
        for one, entry in zip(group, entries, strict=True):
            if entry.refusals:
                one.answer = Applied(user_errors=entry.refusals)
        asked = [(one, entry) for one, entry in zip(group, entries, strict=True) if one.answer is None]
        for one, entry in asked:
            one.work = one.work or entry.work(one.submitted.call)
        works = list(_apart((one, one.work, entry.is_claimed) for one, entry in asked if one.work is not None))
        reached("a3")
        answers = await self._writer.enter([(one.submitted.call, work) for one, work in works])
        for (one, _), answer in zip(works, answers, strict=True):
            if isinstance(answer, NumberTaken):
                one.work = None  # once more, under another number
            else:
                one.answer = answer


def _fitting(waiting: Sequence[_Waiting]) -> int:
    """How many of those who came first go together: at least one."""
    lines = list(accumulate(len(one.submitted.command.lines) for one in waiting[:MOST]))
    return max(1, bisect_right(lines, MOST_LINES))


def _apart(asked: Iterable[tuple[_Waiting, Work, bool]]) -> Iterator[tuple[_Waiting, Work]]:
    """Those that meet no one before them; what only asks again (the flag) meets nobody."""
    taken: set[object] = set()
    for one, work, is_claimed in asked:
        names = set() if is_claimed else _names(work)
        if taken.isdisjoint(names):
            taken |= names
            yield one, work


def _names(work: Work) -> set[object]:
    """What only one order can bear."""
    content = work.observations[0].seen.content
    keys = () if content is None else (*content.bears, *(key for key in content.refers if key.scheme == ORDER_CODE))
    return {*keys, *(claim_of(one) for one in work.commands)}

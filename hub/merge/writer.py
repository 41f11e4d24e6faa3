"""The one door to the one writer: a transaction, and again where locks had to widen or others were in the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import anyio

from hub.call import Call
from hub.clock import around
from hub.errors import CommitUnknown, HubError, HubFault
from hub.failpoint import reached
from hub.merge.apply import apply, preview
from hub.merge.locks import Widened, Wider
from hub.merge.reread import Rereads
from hub.merge.work import Applied, Work, together
from hub.model.manifest import Landscape
from hub.model.observation import Observation
from hub.store.faults import StoreContended, StoreTaken
from hub.store.store import Store
from hub.store.tx import Tx

HALVED_AFTER = 2
"""A batch that had to widen so often is halved (design section 5, step 1)."""
MOST_AT_ONCE = 10
"""Observations that may be of one object and what comes with it: no more are kept together."""
MOST_TRIES = 12
FIRST_WAIT = 0.01  # seconds
LONGEST_WAIT = 0.5  # seconds


Applying = Callable[[Tx, Call, Work, Landscape, Wider], Awaitable[Applied]]
"""What one transaction does: `hub.merge.apply.apply`."""


class _Undone(Exception):
    """Carries what was done out of a transaction that must leave no trace."""

    def __init__(self, applied: Applied) -> None:
        super().__init__("nothing is written")
        self.applied = applied


class Writer:
    """Applies works. `store` is of role WORK; `landscapes` has the sources of every tenant."""

    def __init__(self, store: Store, landscapes: Mapping[str, Landscape], applying: Applying = apply) -> None:
        self._store = store
        self._applying = applying
        self._rereads = Rereads(store)
        self.landscapes = landscapes

    async def write(self, call: Call, work: Work) -> Applied:
        """Apply *work*, all or nothing; a batch may be applied in halves, its marks and served hints with the last.

        Raises Overtaken where its fence fell, KeyReused, StoreBusy (nothing written), CommitUnknown.
        """
        left = await self._rereads.move(call, work, self._landscape(call))
        if left is None:
            return Applied()
        applied = await self._applied(call, left)
        self._rereads.remember(call.tenant, left)
        return applied

    async def _applied(self, call: Call, work: Work) -> Applied:
        wider, waits = Wider(), 0
        for attempt in range(MOST_TRIES):
            try:
                return await self._once(call, work, wider)
            except Widened as short:
                wider, waits = wider.and_also(short.wider), waits + 1
                if waits >= HALVED_AFTER and (middle := _middle(work.observations)):
                    return await self._halved(call, work, middle)
            except CommitUnknown:
                if not work.commands and work.claim is None:
                    raise
            except (StoreContended, StoreTaken) as busy:
                if attempt == MOST_TRIES - 1 or not _may_repeat(busy, work):
                    raise
                await anyio.sleep(_wait(attempt))
        message = "others moved what this work concerns, again and again"
        raise StoreContended(message)

    async def enter(self, works: Sequence[tuple[Call, Work]]) -> list[Applied | HubError]:
        """Apply submits that meet nowhere in one transaction, else each by itself: what became of each.

        One that fails takes no other with it.
        """
        if len(works) > 1:
            with suppress(Widened, HubError):  # whom that concerns is found out one by one
                done = await self._once(works[0][0], together(works), Wider())
                return [done.entered[one.command.id] for _, one in works if one.command is not None]
        return [await self._alone(call, one) for call, one in works]

    async def _alone(self, call: Call, work: Work) -> Applied | HubError:
        try:
            return await self.write(call, work)
        except HubError as failed:
            return failed

    async def preview(self, call: Call, work: Work) -> Applied:
        """What the command of *work* would do, or why it is refused; nothing is written and no key is claimed."""
        for attempt in range(MOST_TRIES):
            try:
                return await self._look(call, work)
            except (StoreContended, Widened):
                await anyio.sleep(_wait(attempt))
        message = "others moved what this command concerns, again and again"
        raise StoreContended(message)

    async def rehearse(self, call: Call, work: Work) -> Applied:
        """What *work* would do: everything is done, and undone again."""
        wider = Wider()
        for attempt in range(MOST_TRIES):
            try:
                return await self._undone(call, work, wider)
            except Widened as short:
                wider = wider.and_also(short.wider)
            except StoreContended:
                await anyio.sleep(_wait(attempt))
        message = "others moved what this work concerns, again and again"
        raise StoreContended(message)

    async def _undone(self, call: Call, work: Work, wider: Wider) -> Applied:
        try:
            async with self._store.shard(call) as tx:
                raise _Undone(await self._applying(tx, call, work, self._landscape(call), wider))
        except _Undone as undone:
            return undone.applied

    async def _once(self, call: Call, work: Work, wider: Wider) -> Applied:
        async with self._store.shard(call) as tx:
            applied = await self._applying(tx, call, work, self._landscape(call), wider)
            if work.commands:
                reached("a6")
                reached("a7")  # COMMIT is next: whoever stops a little later stops between it and its answer
            if work.observations:
                reached("w5")
        return applied

    async def _look(self, call: Call, work: Work) -> Applied:
        async with self._store.shard(call) as tx:
            return await preview(tx, call, work, self._landscape(call))

    async def _halved(self, call: Call, work: Work, middle: int) -> Applied:
        first = Work(observations=work.observations[:middle], fence=work.fence, origin=work.origin)
        one = await self.write(call, first)
        other = await self.write(call, replace(work, observations=work.observations[middle:]))
        return replace(
            other,
            roots=tuple(sorted({*one.roots, *other.roots})),
            kept=one.kept + other.kept,
            kinds=one.kinds | other.kinds,
        )

    def _landscape(self, call: Call) -> Landscape:
        landscape = self.landscapes.get(call.tenant)
        if landscape is None:
            message = "no such tenant is configured"
            raise HubFault(message, tenant=call.tenant)
        return landscape


def _middle(many: Sequence[Observation]) -> int:
    """Where to halve; 0: nowhere. What comes with an object stays with it: an order and its customer, applied apart,
    would be told of twice.
    """
    half = len(many) // 2
    heads = [at for at in range(1, len(many)) if many[at].seen.kind is many[0].seen.kind]
    return min(heads, key=lambda at: (abs(at - half), at), default=half if len(many) > MOST_AT_ONCE else 0)


def _may_repeat(error: StoreContended | StoreTaken, work: Work) -> bool:
    """In the way of others, or beaten to an idempotency key by a request that has just been accepted."""
    return isinstance(error, StoreContended) or work.commands != () or work.claim is not None


def _wait(attempt: int) -> float:
    return around(min(LONGEST_WAIT, FIRST_WAIT * 2.0**attempt))

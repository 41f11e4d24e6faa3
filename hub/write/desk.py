"""The desk: one governed write, from command to outcome (design D4, section 6)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace

from hub.call import Call
from hub.clock import Clock
from hub.codec import digest
from hub.errors import InvalidInput, KeyRequired
from hub.failpoint import reached
from hub.merge.entering import NumberTaken
from hub.merge.work import AcceptedCommand, Applied, Work
from hub.merge.writer import Writer
from hub.model.command import (
    AmendCommand,
    CancelCommand,
    ReleaseCommand,
    SubmitCommand,
)
from hub.model.ids import mint
from hub.model.returning import ReturnCommand, ReturnRequestCommand
from hub.model.vocabulary import SystemKind
from hub.scopes import Scope
from hub.store.settling import unsettled
from hub.store.store import Store
from hub.write.crowd import Crowd
from hub.write.entering import Submitted, added_lines, entries_of
from hub.write.policy import require
from hub.write.returning import operation_of, request_of, require_staff, unknown_warehouse

LONGEST_KEY = 255
LONGEST_WAIT = 8.0  # seconds that a caller may have its answer held back: below the endpoint's deadline
LOOK_EVERY = 0.05  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFor:
    """Hold the answer back until these systems have settled, or the time is up."""

    systems: frozenset[SystemKind]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a command is asked; none of it is part of the command's hash."""

    key: str | None
    """The caller's idempotency key; may be missing on a dry run only."""
    dry_run: bool = False
    """Say what would happen; claim and write nothing."""
    wait_for: WaitFor | None = None


class Desk:
    """Takes commands. `store` is of role WORK, as the writer's is."""

    def __init__(self, store: Store, writer: Writer, clock: Clock) -> None:
        self._store = store
        self._writer = writer
        self._clock = clock
        self._crowd = Crowd(store, writer)

    async def submit(self, call: Call, command: SubmitCommand, asking: Asking) -> Applied:
        """Take an order in durably, or say what that would do; its `order_id` is given here.

        The order is in `order_id` of the answer: also where its channel had brought it in before, and it is refused.
        Raises as `cancel` does.
        """
        require(call, Scope.WRITE_ORDERS)
        reached("a2")
        if asking.dry_run:
            return await self._looked_at(call, command)
        submitted = Submitted(call=call, command=command, key=checked_key(asking.key))
        applied = await self._crowd.enter(submitted)
        reached("a8")
        if asking.wait_for is not None and applied.command_id is not None:
            await self._wait(call, applied.command_id, asking.wait_for)
        return applied

    async def _looked_at(self, call: Call, command: SubmitCommand) -> Applied:
        """What submitting an order would do."""
        one = Submitted(call=call, command=command, key="")
        (entry,) = await entries_of(self._store, self._writer.landscapes[call.tenant], [one])
        if entry.refusals:
            return Applied(user_errors=entry.refusals)
        return await self._writer.preview(call, entry.work(call))

    async def cancel(self, call: Call, command: CancelCommand, asking: Asking) -> Applied:
        """Accept a cancel durably, or say what it would do.

        Raises Denied, KeyRequired, KeyReused, KeyInProgress, StoreBusy. What the caller can fix is in `user_errors`.
        """
        return await self._govern(call, _asked(call, "orderCancel", command), asking)

    async def release(self, call: Call, command: ReleaseCommand, asking: Asking) -> Applied:
        """Let the warehouse begin now, or say what that would do. Raises as `cancel` does."""
        return await self._govern(call, _asked(call, "orderReleaseToWarehouse", command), asking)

    async def amend(self, call: Call, command: AmendCommand, asking: Asking) -> Applied:
        """Change an order that no warehouse has, or say what that would do. Raises as `cancel` does."""
        require(call, Scope.WRITE_ORDERS)
        one = _asked(call, "orderAmend", command)
        if command.added:
            landscape = self._writer.landscapes[call.tenant]
            counted, errors = await added_lines(self._store, landscape, call, command.added)
            if errors:
                return Applied(user_errors=errors)
            one = replace(one, command=replace(command, added=counted))
        return await self._govern(call, one, asking)

    async def request_return(self, call: Call, command: ReturnRequestCommand, asking: Asking) -> Applied:
        """Take in that something shall come back, or say what that would do; its `return_id` is given here.

        Raises as `cancel` does.
        """
        require(call, Scope.WRITE_ORDERS)
        require_staff(call, command)
        reached("a2")
        key = "" if asking.dry_run else checked_key(asking.key)
        while True:
            work = await request_of(self._store, self._writer.landscapes[call.tenant], call, command, key)
            if isinstance(work, Applied):
                return work
            with suppress(NumberTaken):
                if asking.dry_run:
                    return await self._writer.preview(call, work)
                reached("a3")
                applied = await self._writer.write(call, work)
                reached("a8")
                return applied

    async def about_return(self, call: Call, command: ReturnCommand, asking: Asking) -> Applied:
        """Act on a return that stands, or say what that would do. Raises as `cancel` does."""
        require(call, Scope.WRITE_ORDERS)
        require_staff(call, command)
        if (unknown := await unknown_warehouse(self._store, call, command)) is not None:
            return unknown
        return await self._govern(call, _asked(call, operation_of(command), command), asking)

    async def _govern(self, call: Call, one: AcceptedCommand, asking: Asking) -> Applied:
        require(call, Scope.WRITE_ORDERS)
        reached("a2")
        if asking.dry_run:
            return await self._writer.preview(call, Work(command=one))
        key = checked_key(asking.key)
        reached("a3")
        applied = await self._writer.write(call, Work(command=replace(one, key=key)))
        reached("a8")
        if asking.wait_for is not None and applied.command_id is not None:
            await self._wait(call, applied.command_id, asking.wait_for)
        return applied

    async def _wait(self, call: Call, command_id: str, wait: WaitFor) -> None:
        patience = min(wait.seconds, LONGEST_WAIT)
        end = self._clock.monotonic() + patience
        while self._clock.monotonic() < end:
            async with self._store.shard(call) as tx:
                waiting = await unsettled(tx, call.tenant, command_id)
            landscape = self._writer.landscapes.get(call.tenant)
            systems = {landscape.sources[name].system for name in waiting if landscape and name in landscape.sources}
            if not systems & wait.systems:
                return
            await asyncio.sleep(LOOK_EVERY)


def _asked(
    call: Call, operation: str, command: CancelCommand | AmendCommand | ReleaseCommand | ReturnCommand
) -> AcceptedCommand:
    return AcceptedCommand(
        id=mint(), client=call.actor, operation=operation, key="", hash=digest(command), command=command
    )


def checked_key(key: str | None) -> str:
    """A caller's idempotency key. Raises KeyRequired and InvalidInput."""
    if key is None:
        message = "a mutation needs @idempotent(key:) or the header Idempotency-Key, unless it is a dry run"
        raise KeyRequired(message)
    if not 1 <= len(key) <= LONGEST_KEY:
        message = f"an idempotency key has 1 to {LONGEST_KEY} characters"
        raise InvalidInput(message)
    return key

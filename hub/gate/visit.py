"""One call of a source under way, and the gate's word on each of its requests (`hub.ports.Turnstile`)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hub.clock import Clock
from hub.errors import HubError, OutcomeUnknown, Overtaken, SourceBusy, SourceGarbled, SourceMisset, SourceRefused
from hub.failpoint import reached
from hub.gate.errand import Ask
from hub.gate.lease import Lease
from hub.gate.pace import Pace
from hub.model.ids import mint


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What every request of a source passes."""

    pace: Pace
    lease: Lease
    clock: Clock


class Visit:
    """Admits the requests of one call and counts them."""

    def __init__(self, checkpoint: Checkpoint, ask: Ask, *, source: str, epoch: int) -> None:
        self._checkpoint = checkpoint
        self._source = source
        self._epoch = epoch
        self._limit: asyncio.Timeout | None = None
        self._is_effect = False
        self.ask = ask
        self.id = mint()
        """Of the hop that tells of it."""
        self.requests = 0
        """Admitted in this try."""
        self.effects = 0
        """Of them, those that may change something."""

    def within(self) -> asyncio.Timeout:
        """The call's patience, from now; what it stands in line for the source's rate is not counted."""
        self.requests = self.effects = 0
        self._limit = asyncio.timeout(self.ask.patience)
        return self._limit

    def check(self) -> None:
        """Return while the lease holds under which the call was begun. Raises Overtaken."""
        reached("o2")
        self._checkpoint.lease.check(self._epoch)

    async def admit(self, *, has_effect: bool) -> None:
        """Return if a request may be written now. Raises SourceBusy where the source wants to be left alone, Overtaken
        where the lease has run out."""
        self._is_effect = False
        await self._stand_in_line()
        if self._checkpoint.pace.rests() > 0:
            message = "the source asked for fewer calls"
            raise SourceBusy(message, throttled=True, source=self._source, unasked=True)
        self.check()
        self.requests += 1
        self.effects += has_effect
        self._is_effect = has_effect

    async def _stand_in_line(self) -> None:
        limit, came = self._limit, self._checkpoint.clock.monotonic()
        end = None if limit is None else limit.when()
        if limit is None or end is None:
            return await self._checkpoint.pace.turn()
        limit.reschedule(None)
        await self._checkpoint.pace.turn()
        return limit.reschedule(end + self._checkpoint.clock.monotonic() - came)

    def written(self) -> None:
        """A request is on its way."""
        if self._is_effect:
            reached("d3")

    @property
    def may_have_effect(self) -> bool:
        """Whether something may have changed at the source; an adapter that never asked may have written anything."""
        return self.ask.has_effect and (self.effects > 0 or self.requests == 0)

    def judged(self, error: HubError) -> HubError:
        """What an error of this call means, given what was written: never a failure where there may be an effect.

        The request that was turned away had none; those before it may have.
        """
        if isinstance(error, SourceRefused | OutcomeUnknown) or not self.ask.has_effect:
            return error
        if isinstance(error, SourceBusy | SourceMisset | Overtaken):
            is_doubtful = self.effects > self._is_effect
        else:
            is_doubtful = self.may_have_effect
        if not is_doubtful:
            return error
        return self._turned_away(error) if isinstance(error, SourceBusy) else self.doubt(error.message)

    def late(self) -> HubError:
        """The call ran out of patience."""
        message = "the source did not answer in time"
        if self.may_have_effect:
            return self.doubt(message)
        return SourceBusy(message, source=self._source, waited=self.ask.patience)

    def broken(self, bug: Exception) -> HubError:
        """The adapter failed in a way it does not know."""
        message = f"the adapter failed: {type(bug).__name__}"
        return self.doubt(message) if self.may_have_effect else SourceGarbled(message, source=self._source, bug=True)

    def doubt(self, words: str) -> OutcomeUnknown:
        """Something may have changed at the source, and nobody knows."""
        return OutcomeUnknown(words, source=self._source)

    def _turned_away(self, busy: SourceBusy) -> OutcomeUnknown:
        """In doubt, and yet what the source has asked for is heard."""
        return OutcomeUnknown(
            busy.message,
            retry_at=busy.retry_at,
            throttled=busy.throttled,
            source=self._source,
            unasked=bool(busy.facts.get("unasked")),
        )

"""Deliveries of one source: claim, carry out, settle, resolve (design D7, D8). A duty of `hub.gate.tend`."""

from __future__ import annotations

from dataclasses import dataclass

from hub.errors import HubError, NotOffered, Overtaken, SourceBusy, SourceMisset
from hub.failpoint import reached
from hub.gate.crew import Crew
from hub.gate.health import Side
from hub.gate.lookout import Lookout
from hub.gate.owner import Held
from hub.model.intents import DeliveryState
from hub.store.claims import OpenDelivery, Owned, Wanted, claim, claim_again, in_doubt
from hub.store.store import Store
from hub.write.carry import Carrier
from hub.write.recover import recover
from hub.write.settle import Settler
from hub.write.verdict import ATTEMPTS, Verdict, may_repeat, must_review, spent, waits

IDLE = 0.1  # seconds between looks
LANES = 64  # under way at once, most of them settling; calls at once are the gate's matter


@dataclass(frozen=True, slots=True, kw_only=True)
class _PutOff:
    """A row in doubt about which the source could not be asked."""

    tries: int
    until: float


class Deliveries:
    """Serves the deliveries of one source while this worker holds it. `store` is of role WORK."""

    size = LANES

    def __init__(self, store: Store, carrier: Carrier, settler: Settler, lookout: Lookout) -> None:
        self._store = store
        self._carrier = carrier
        self._settler = settler
        self._lookout = lookout
        self._calling = 0
        self._cooling: dict[str, float] = {}  # settled by an observation while their request may be on its way: until
        self._put_off: dict[str, _PutOff] = {}
        self._opened: int | None = None

    async def begin(self, held: Held) -> None:
        """Doubt what the last owner had under way."""
        self._cooling.clear()
        self._put_off.clear()
        await recover(self._store, self._settler.writer, self._carrier, held)

    async def turn(self, held: Held, crew: Crew) -> float:
        """Claim and send what is due; seconds until the next look."""
        due, here = await self._lookout.due(), (held.call.tenant, held.source)
        if here in due.pending:
            await self._claim(held, crew)
        if here in due.doubtful:
            await self._doubt(held, crew)
        return IDLE

    async def _claim(self, held: Held, crew: Crew) -> None:
        gate = self._carrier.gate
        room = min(crew.room, gate.at_once - self._calling)
        if room <= 0 or gate.rests(Side.WRITE) > 0 or gate.lease.left <= 0:
            return
        wanted = Wanted(room=room, running=self._standing(crew), may_retry=gate.may_retry)
        async with self._store.shard(held.call) as tx:
            rows = await claim(tx, _owned(held), wanted)
        if rows is None:
            return
        if self._opened != held.epoch:
            self._opened = held.epoch
            reached("o4")
        if rows:
            reached("d1")
            self._lookout.forget()
        for row in rows:
            crew.send(self._carry(held, row), row.id)

    async def _carry(self, held: Held, row: OpenDelivery) -> None:
        self._calling += 1
        try:
            verdict = await self._carrier.execute(held, row)
        finally:
            self._calling -= 1
        await self._settle(held, row, verdict)
        reached("d9")

    async def _settle(self, held: Held, row: OpenDelivery, verdict: Verdict) -> None:
        self._put_off.pop(row.id, None)
        written = await self._settler.settle(held, row, verdict)
        if not written and verdict.hold is not None:
            self._cooling[row.id] = self._now() + verdict.hold.total_seconds()

    async def _doubt(self, held: Held, crew: Crew) -> None:
        if crew.room <= 0 or self._carrier.gate.rests(Side.READ) > 0:
            return
        asleep = [name for name, put_off in self._put_off.items() if put_off.until > self._now()]
        wanted = Wanted(room=crew.room, running=[*crew.out, *asleep])
        async with self._store.glance(held.call) as tx:
            rows = await in_doubt(tx, _owned(held), wanted)
        for row in rows:
            crew.send(self._resolve(held, row), row.id)

    async def _resolve(self, held: Held, row: OpenDelivery) -> None:
        try:
            verdict = await self._carrier.look(held, row)
        except NotOffered as blind:
            await self._repeat(held, row, blind)
        except HubError as error:
            await self._try_later(held, row, error)
        else:
            await self._settle(held, row, verdict)

    async def _repeat(self, held: Held, row: OpenDelivery, blind: NotOffered) -> None:
        """Tell a source again that itself refuses the second effect of one key."""
        is_safe = may_repeat(self._carrier.declared(row)) and row.state is DeliveryState.UNKNOWN
        if not is_safe or spent(row.tries):
            return await self._settle(held, row, must_review(blind.message))
        async with self._store.shard(held.call) as tx:
            claimed = await claim_again(tx, _owned(held), row)
        if claimed is not None:
            await self._carry(held, claimed)
        return None

    async def _try_later(self, held: Held, row: OpenDelivery, error: HubError) -> None:
        known = self._put_off.get(row.id)
        tries = 1 if known is None else known.tries + 1
        is_absent = isinstance(error, SourceBusy | SourceMisset | Overtaken)
        if tries >= ATTEMPTS and not is_absent:
            return await self._settle(held, row, must_review(error.message))
        wait = waits(tries) * self._settler.jitter()
        self._put_off[row.id] = _PutOff(tries=tries, until=self._now() + wait)
        return None

    def _standing(self, crew: Crew) -> list[str]:
        now = self._now()
        self._cooling = {name: until for name, until in self._cooling.items() if until > now}
        return [*crew.out, *self._cooling]

    def _now(self) -> float:
        return self._carrier.clock.monotonic()


def _owned(held: Held) -> Owned:
    return Owned(tenant=held.call.tenant, source=held.source, epoch=held.epoch)

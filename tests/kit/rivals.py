"""Two workers, one source, one delivery: every step of a call as a step of its own, in any order (models of D7, D8).

Leases, claims, take-overs, verdicts and settlements are the product's own, on a real store. Time and the network are
the test's: a tick moves every stored instant back and every worker's clock on; a request, once written, reaches the
source within CALL or never; what the source did shows in look-ups SETTLE later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from hub.errors import HubError, OutcomeUnknown, Overtaken, SourceBusy, SourceRefused
from hub.gate.lease import Lease
from hub.gate.owner import Held, Owner
from hub.merge.work import Work
from hub.model.intents import Outcome, OutcomeState
from hub.model.observation import Observation
from hub.store.claims import OpenDelivery, Owned, Wanted, claim, claim_again, in_doubt
from hub.store.leases import Claimant
from hub.write.recover import recover
from hub.write.settle import Settler
from hub.write.verdict import ATTEMPTS, Verdict, after_answer, after_call, can_be_known, may_repeat, must_review
from tests.kit.clock import StoppedClock
from tests.kit.pg import Superuser
from tests.kit.scripted_shop import seen_of
from tests.kit.station import CALL as HUB
from tests.kit.station import Station

TICK = timedelta(seconds=100)
LEASE, CALL, SETTLE = 2, 1, 1  # in ticks
LOST_COMMITS = 0.3  # share of the settlements whose COMMIT is not heard of
TICKING = 0.25  # share of the steps in which only time passes
ENDS = ("DONE", "REFUSED", "DEAD", "REVIEW", "WITHDRAWN")
DONE, ABSENT = Outcome(state=OutcomeState.DONE), Outcome(state=OutcomeState.ABSENT)
_SHIFT = """with moved as (
    update hub.lease set until = until - cast($1 as interval), lanes_from = lanes_from - cast($1 as interval))
update hub.delivery set hold_until = hold_until - cast($1 as interval),
  next_attempt_at = next_attempt_at - cast($1 as interval) where state not in ('DONE', 'REFUSED', 'DEAD')"""
_CLEAR = "update hub.lease set until = clock_timestamp(), lanes_from = clock_timestamp() - interval '1 day'"
_STANDS = "select state from hub.delivery where source_id = $1 order by created_at desc limit 1"
_AT_ONCE = "update hub.delivery set hold_until = clock_timestamp() where hold_until is not null"


class Broken(AssertionError):
    """A property of the model does not hold."""


async def free(beside: Superuser) -> None:
    """Let nobody hold the source, and everything ever sent to it have arrived."""
    await beside.execute(_CLEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakness:
    """Rules taken away, to see that the judge notices."""

    gate_checks_lease: bool = True
    resolve_waits: bool = True
    takeover_doubts: bool = True


@dataclass(slots=True, eq=False)
class Worker:
    """What a worker has in its hands."""

    owner: Owner
    held: Held | None = None
    row: OpenDelivery | None = None
    at: str = "idle"
    verdict: Verdict | None = None

    def owned(self) -> Owned:
        """In whose name it claims."""
        assert self.held is not None
        return Owned(tenant="acme", source="shop", epoch=self.held.epoch)

    def lose(self) -> None:
        """Forget everything, as a process that ends does."""
        self.owner.lease.end()
        self.held, self.row, self.at, self.verdict = None, None, "idle", None


@dataclass(slots=True, eq=False)
class Flight:
    """A request on its way; `left` ticks until it has landed or is lost."""

    worker: Worker
    attempt: int
    left: int = CALL


class Rivals:
    """One seed's world: an order of the shop, a cancel accepted for it, two workers that want to deliver it.

    The test's own looks and ticks go *beside* the product, over a connection that costs one round trip each.
    """

    def __init__(self, station: Station, beside: Superuser, number: str, seed: int, weakness: Weakness) -> None:
        self.station, self.beside, self.number, self.weakness = station, beside, number, weakness
        self.random = Random(seed)
        self.clock = StoppedClock(at=datetime(2026, 11, 2, tzinfo=UTC))
        self.workers = [self._worker("w1"), self._worker("w2")]
        self.settler = Settler(store=station.store, writer=station.writer, jitter=lambda: 0.0)
        self.declared = station.manifest.writes["order.cancel"]
        self.flights: list[Flight] = []
        self.effects, self.lag, self.last = 0, -1, "PENDING"
        self.stale: tuple[Held, OpenDelivery, Verdict] | None = None
        self.is_shown = False
        self.story: list[str] = []

    async def run(self, steps: int) -> str:
        """Random steps, then time until nothing is open; the row's last state. Raises Broken."""
        await free(self.beside)
        acts = [self._take, self._renew, self._crash, self._claim, self._write, self._land, self._give_up,
                self._settle, self._settle_again, self._resolve, self._inbound]  # fmt: skip
        weights = [4, 2, 1, 6, 6, 6, 3, 6, 4, 6, 2]
        for _ in range(steps):
            await self._act(self._tick if self.random.random() < TICKING else self.random.choices(acts, weights)[0])
        return await self._to_the_end()

    async def _to_the_end(self) -> str:
        for _ in range(40):
            if self.last in ENDS and not self.flights:
                return self.last
            for act in (self._take, self._claim, self._write, self._land, self._give_up, self._settle, self._resolve):
                for _ in self.workers:
                    await self._act(act)
            await self._act(self._tick)
        raise Broken(self._told("it never came to an end"))

    async def _act(self, act: Callable[[], Awaitable[None]]) -> None:
        told = len(self.story)
        await act()
        if len(self.story) > told:
            await self._judge()

    async def _judge(self) -> None:
        before, self.last = self.last, str(await self.beside.fetchval(_STANDS, self.number))
        if self.effects > 1:
            raise Broken(self._told(f"{self.effects} effects"))
        if self.last == "DONE" and not self.effects:
            raise Broken(self._told("DONE without an effect"))
        if self.last == "REFUSED" and self.effects:
            raise Broken(self._told("REFUSED with an effect"))
        if before in ("DONE", "REFUSED") and self.last != before:
            raise Broken(self._told(f"settled {before} became {self.last}"))

    def _told(self, what: str) -> str:
        return "\n".join([what, *self.story])

    def _say(self, worker: Worker | None, what: str) -> None:
        self.story.append(f"{'' if worker is None or worker.held is None else f'w{worker.held.epoch} '}{what}")

    def _one(self, at: str, *, holding: bool = True) -> Worker | None:
        fitting = [one for one in self.workers if one.at == at and (one.held is not None or not holding)]
        return self.random.choice(fitting) if fitting else None

    # -- the workers

    async def _take(self) -> None:
        worker = self._one("idle", holding=False)
        if worker is None or (held := await worker.owner.take()) is None:
            return
        worker.held = held
        self._say(worker, "takes the source")
        if self.weakness.takeover_doubts:
            await recover(self.station.store, self.station.writer, self.station.carrier, held)

    async def _renew(self) -> None:
        worker = self.random.choice(self.workers)
        if worker.held is None:
            return
        self._say(worker, "renews its lease")
        if not await worker.owner.renew(worker.held):
            worker.lose()

    async def _crash(self) -> None:
        worker = self.random.choice(self.workers)
        self._say(worker, "crashes")
        worker.lose()

    async def _claim(self) -> None:
        worker = self._one("idle")
        if worker is None:
            return
        try:
            async with self.station.store.shard(HUB) as tx:
                rows = await claim(tx, worker.owned(), Wanted(room=1))
        except Overtaken:
            return
        if rows:
            self._claimed(worker, rows[0])

    def _claimed(self, worker: Worker, row: OpenDelivery) -> None:
        self._say(worker, f"claims, attempt {row.attempts}")
        worker.row, worker.at = row, "claimed"

    async def _write(self) -> None:
        worker = self._one("claimed")
        if worker is None or worker.row is None or worker.held is None:
            return
        try:
            if self.weakness.gate_checks_lease:
                worker.owner.lease.check(worker.held.epoch)
        except Overtaken as refused:
            self._say(worker, "is refused by the gate")
            self._answer(worker, refused)
        else:
            self._say(worker, "writes the request")
            self.flights.append(Flight(worker, worker.row.attempts))
            worker.at = "calling"

    async def _give_up(self) -> None:
        worker = self._one("calling")
        if worker is not None:
            self._say(worker, "gives the call up")
            self._answer(worker, OutcomeUnknown("no answer"))

    async def _settle(self) -> None:
        worker = self._one("answered")
        if worker is None or worker.row is None or worker.held is None or worker.verdict is None:
            return
        await self._written(worker.held, worker.row, worker.verdict)
        if self.random.random() < LOST_COMMITS:
            self.stale = worker.held, worker.row, worker.verdict
        worker.row, worker.at, worker.verdict = None, "idle", None

    async def _settle_again(self) -> None:
        """The reply of a settlement's COMMIT was lost, so it is sent again."""
        if self.stale is not None:
            stale, self.stale = self.stale, None
            await self._written(*stale)

    async def _written(self, held: Held, row: OpenDelivery, verdict: Verdict) -> None:
        written = await self.settler.settle(held, row, verdict)
        self.story.append(f"w{held.epoch} settles {verdict.state} of attempt {row.attempts}: {written}")

    async def _resolve(self) -> None:
        worker = self._one("idle")
        if worker is None:
            return
        if not self.weakness.resolve_waits:
            await self.beside.execute(_AT_ONCE)
        async with self.station.store.glance(HUB) as tx:
            rows = await in_doubt(tx, worker.owned(), Wanted(room=1))
        if not rows:
            return
        if may_repeat(self.declared) and rows[0].attempts < ATTEMPTS:
            await self._tell_again(worker, rows[0])
            return
        worker.row, worker.at = rows[0], "answered"
        if may_repeat(self.declared) or not can_be_known(self.declared):
            worker.verdict = must_review("nobody can know, or no attempt is left")
        else:
            found = self.effects > 0 and self.lag == 0
            self._say(worker, f"looks: {'found' if found else 'absent'}")
            worker.verdict = after_answer(rows[0], self.declared, DONE if found else ABSENT)

    async def _tell_again(self, worker: Worker, row: OpenDelivery) -> None:
        try:
            async with self.station.store.shard(HUB) as tx:
                again = await claim_again(tx, worker.owned(), row)
        except Overtaken:
            return
        if again is not None:
            self._claimed(worker, again)

    def _answer(self, worker: Worker, answer: Outcome | HubError) -> None:
        if worker.row is not None:
            worker.verdict, worker.at = after_call(worker.row, self.declared, answer), "answered"

    # -- the source and time

    async def _land(self) -> None:
        if not self.flights:
            return
        flight = self.flights.pop(self.random.randrange(len(self.flights)))
        worker, row = flight.worker, flight.worker.row
        waits = worker.at == "calling" and row is not None and row.attempts == flight.attempt
        came = self.random.choice(["lost", "silent", "done", "done", "busy", "refused"])
        if came in ("busy", "refused") and (self.effects or not waits):
            came = "lost"
        self._say(worker, f"request of attempt {flight.attempt}: {came}")
        if came in ("silent", "done"):
            self._effect()
        if waits and came in ("done", "busy", "refused"):
            answers: dict[str, Outcome | HubError] = {
                "done": DONE,
                "busy": SourceBusy("busy"),
                "refused": SourceRefused("no"),
            }
            self._answer(worker, answers[came])

    def _effect(self) -> None:
        if self.effects and may_repeat(self.declared):
            return
        self.effects += 1
        self.lag = SETTLE if self.lag < 0 else self.lag
        self.station.shop.orders[self.number].cancelled = 3

    async def _inbound(self) -> None:
        if not self.effects or self.is_shown:
            return
        self.is_shown = True
        self._say(None, "an inbound record shows the whole effect")
        async with self.station.store.glance(HUB) as tx:
            now = await tx.now()
        seen = seen_of(self.station.shop.orders[self.number])
        observed = Observation(source="shop", seen=seen, started=now, finished=now)
        await self.station.writer.write(HUB, Work(observations=(observed,)))

    async def _tick(self) -> None:
        while any(flight.left == 0 for flight in self.flights):
            await self._land()
            await self._judge()
        self._say(None, "a tick passes")
        for flight in self.flights:
            flight.left -= 1
        self.lag = max(0, self.lag - 1) if self.lag > 0 else self.lag
        self.clock.move(TICK.total_seconds())
        await self.beside.execute(_SHIFT, TICK)

    def _worker(self, name: str) -> Worker:
        claimant = Claimant(tenant="acme", source="shop", holder=name, length=LEASE * TICK, longest=CALL * TICK)
        return Worker(Owner(self.station.store, claimant, Lease(self.clock, "shop"), self.clock))

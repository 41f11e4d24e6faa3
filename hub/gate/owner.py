"""Holding a source: one worker by a lease row with an epoch; everybody else waits (design D8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.call import Call, worker_call
from hub.clock import Clock
from hub.failpoint import reached
from hub.gate.lease import Lease
from hub.store.leases import Claimant, is_free, release_lease, renew_lease, take_lease
from hub.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One holding of a source, from its taking to its end."""

    call: Call
    """Of the worker, for the source's tenant."""
    source: str
    epoch: int
    lanes_from: datetime
    """By the database's clock: before, something of an older owner may still be on its way to the source."""


class Owner:
    """Takes, renews and gives up one source; `lease` says how long it may be written to. `store` is of role WORK."""

    def __init__(self, store: Store, claimant: Claimant, lease: Lease, clock: Clock) -> None:
        self._store = store
        self._claimant = claimant
        self._call = worker_call(claimant.tenant)
        self._clock = clock
        self.lease = lease

    @property
    def source(self) -> str:
        """Its name."""
        return self._claimant.source

    @property
    def tenant(self) -> str:
        """Whose it is."""
        return self._claimant.tenant

    @property
    def length(self) -> float:
        """Seconds a lease holds."""
        return self._claimant.length.total_seconds()

    async def take(self) -> Held | None:
        """The source under a new epoch; None while another holds it. Raises StoreBusy."""
        async with self._store.glance(self._call) as tx:
            if not await is_free(tx, self._claimant):
                return None
        asked_at = self._clock.monotonic()
        async with self._store.shard(self._call) as tx:
            taken = await take_lease(tx, self._claimant)
            if taken is None:
                return None
            reached("o1")
        self.lease.hold(asked_at=asked_at, length=self.length, epoch=taken.epoch)
        return Held(call=self._call, source=self.source, epoch=taken.epoch, lanes_from=taken.lanes_from)

    async def renew(self, held: Held) -> bool:
        """Hold it for longer; False where another has taken it. Raises StoreBusy; the lease then runs on."""
        asked_at = self._clock.monotonic()
        async with self._store.alone(self._call) as tx:
            is_ours = await renew_lease(tx, self._claimant, held.epoch)
        if is_ours:
            self.lease.hold(asked_at=asked_at, length=self.length, epoch=held.epoch)
        else:
            self.lease.end()
        return is_ours

    async def release(self, held: Held, quiet: float) -> None:
        """Give it up for others to take; for *quiet* seconds nothing of ours has been on its way. Raises StoreBusy."""
        self.lease.end()
        reached("o3")
        longest = self._claimant.longest.total_seconds()
        async with self._store.shard(self._call) as tx:
            await release_lease(tx, self._claimant, held.epoch, timedelta(seconds=min(quiet, longest)))

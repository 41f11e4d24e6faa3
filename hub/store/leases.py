"""Who owns a source: one lease row with an epoch, by the database's clock (design D8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from hub.errors import Overtaken
from hub.store.tx import Tx

_FREE = text("""
select not exists (select 1 from lease where tenant = :tenant and source = :source and until > clock_timestamp())
""")
# The row's lock waits for every transaction that is fenced by the old epoch; the clock is read once it is held.
_TAKE = text("""
insert into lease as held (tenant, source, holder, epoch, until, lanes_from)
values (:tenant, :source, :holder, 1, clock_timestamp() + :length, clock_timestamp())
on conflict (tenant, source) do update
set holder = excluded.holder, epoch = held.epoch + 1, until = clock_timestamp() + :length,
    lanes_from = greatest(held.lanes_from, held.until + :longest)
where held.until is null or held.until <= clock_timestamp()
returning epoch, lanes_from
""")
_RENEW = text("""
update lease set until = clock_timestamp() + :length
where tenant = :tenant and source = :source and epoch = :epoch returning epoch
""")
_RELEASE = text("""
update lease set holder = null, until = clock_timestamp() - cast(:quiet as interval)
where tenant = :tenant and source = :source and epoch = :epoch and until > clock_timestamp() - cast(:quiet as interval)
""")
_HELD = text("""
select epoch from lease where tenant = :tenant and source = :source for share
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """A worker that wants a source."""

    tenant: str
    source: str
    holder: str
    """Who, for people."""
    length: timedelta
    """How long a lease holds after it was asked for or renewed."""
    longest: timedelta
    """No request reaches the source later than this after it was written: lanes rest that long at a take-over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A source was taken."""

    epoch: int
    """Greater than that of every owner before."""
    lanes_from: datetime
    """Nothing of an older owner is on its way to the source after this instant."""


async def is_free(tx: Tx, claimant: Claimant) -> bool:
    """Whether no lease stands: a look that waits for nobody, before `take_lease`."""
    return bool(await tx.scalar(_FREE, {"tenant": claimant.tenant, "source": claimant.source}))


async def take_lease(tx: Tx, claimant: Claimant) -> Taken | None:
    """The source with a new epoch, or None while another's lease stands."""
    if not await is_free(tx, claimant):
        return None
    whose = {"tenant": claimant.tenant, "source": claimant.source}
    terms = {"holder": claimant.holder, "length": claimant.length, "longest": claimant.longest}
    row = (await tx.execute(_TAKE, whose | terms)).first()
    return None if row is None else Taken(epoch=row.epoch, lanes_from=row.lanes_from)


async def renew_lease(tx: Tx, claimant: Claimant, epoch: int) -> bool:
    """Hold the source for another length; False where another has taken it. A lease that ran out untaken is revived."""
    whose = {"tenant": claimant.tenant, "source": claimant.source, "epoch": epoch, "length": claimant.length}
    return await tx.scalar(_RENEW, whose) is not None


async def release_lease(tx: Tx, claimant: Claimant, epoch: int, quiet: timedelta) -> None:
    """Give the source up. *quiet*: for so long nothing of this owner has been on its way; the next waits less by it."""
    whose = {"tenant": claimant.tenant, "source": claimant.source, "epoch": epoch}
    await tx.execute(_RELEASE, whose | {"quiet": min(quiet, claimant.longest)})


async def held(tx: Tx, tenant: str, source: str, epoch: int) -> bool:
    """Whether *epoch* still owns the source; the answer stands until this transaction ends, for its row is locked."""
    found: int | None = await tx.scalar(_HELD, {"tenant": tenant, "source": source})
    return found == epoch


async def fence(tx: Tx, tenant: str, source: str, epoch: int) -> None:
    """Return if *epoch* still owns the source, until this transaction ends. Raises Overtaken."""
    if not await held(tx, tenant, source, epoch):
        raise overtaken(source, epoch)


def overtaken(source: str, epoch: int) -> Overtaken:
    """What an owner of an older epoch is told."""
    return Overtaken("another worker has taken the source", source=source, epoch=epoch)

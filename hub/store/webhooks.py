"""SQL of webhook endpoints: who wants to hear of what, and where (`hub.partners`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from hub.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An endpoint as somebody sets it."""

    id: str
    """One that has the name already keeps its own."""
    name: str
    url: str
    kinds: tuple[str, ...]
    events: tuple[str, ...]
    customer_id: str | None
    document: str | None
    actor: str
    account: str | None
    secret: str
    """Sealed; one that has the name already keeps its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRow(Wanted):
    """A row of `webhook_endpoint`."""

    tenant: str
    former_secret: str | None
    former_until: datetime | None
    state: str
    failing_since: datetime | None
    disabled_because: str | None
    version: int
    created_at: datetime


_COLUMNS = """tenant, id, name, url, kinds, events, customer_id, document, actor, account, secret, former_secret,
  former_until, state, failing_since, disabled_because, version, created_at"""
_ANY = text("select exists (select from webhook_endpoint)")
_ALL = text(f"select {_COLUMNS} from webhook_endpoint order by tenant, id")  # noqa: S608 (columns of ours)
_OF = text(f"select {_COLUMNS} from webhook_endpoint where tenant = :tenant order by name")  # noqa: S608 (as above)
_NAMED = text(
    f"select {_COLUMNS} from webhook_endpoint where tenant = :tenant and name = :name for update"  # noqa: S608 (as above)
)
_WITH_WORK = text(f"""
select {_COLUMNS} from webhook_endpoint e where state = 'ACTIVE' and exists (
  select from webhook_delivery d where d.tenant = e.tenant and d.endpoint_id = e.id and d.state = 'PENDING'
    and d.next_attempt_at <= clock_timestamp() and (d.claimed_until is null or d.claimed_until <= clock_timestamp()))
order by tenant, id
""")  # noqa: S608 (as above)
# What is set anew is called again: whoever sets it has mended it.
_PUT = text("""
insert into webhook_endpoint as e (tenant, id, name, url, kinds, events, customer_id, document, actor, account, secret)
values (:tenant, :id, :name, :url, :kinds, :events, :customer_id, :document, :actor, :account, :secret)
on conflict (tenant, name) do update set url = excluded.url, kinds = excluded.kinds, events = excluded.events,
  customer_id = excluded.customer_id, document = excluded.document, actor = excluded.actor, account = excluded.account,
  state = 'ACTIVE', failing_since = null, disabled_because = null, version = e.version + 1,
  updated_at = clock_timestamp()
returning version
""")
_ROTATE = text("""
update webhook_endpoint set former_secret = secret, former_until = clock_timestamp() + :keep, secret = :secret,
  version = version + 1, updated_at = clock_timestamp()
where tenant = :tenant and id = :id
""")
_DISABLE = text("""
update webhook_endpoint set state = 'DISABLED', disabled_because = :because, version = version + 1,
  updated_at = clock_timestamp()
where tenant = :tenant and id = :id and state = 'ACTIVE'
""")
_ENABLE = text("""
update webhook_endpoint set state = 'ACTIVE', disabled_because = null, failing_since = null, version = version + 1,
  updated_at = clock_timestamp()
where tenant = :tenant and id = :id and state = 'DISABLED'
""")
_DROP_DELIVERIES = text("delete from webhook_delivery where tenant = :tenant and endpoint_id = :id")
_DROP = text("delete from webhook_endpoint where tenant = :tenant and id = :id")
# Tells how long it has failed; a success ends it. One statement for what one turn has found.
_FAILED = text("""
update webhook_endpoint set failing_since = coalesce(failing_since, clock_timestamp())
where tenant = :tenant and id = :id returning clock_timestamp() - failing_since
""")
_TOOK = text("""
update webhook_endpoint set failing_since = null where tenant = :tenant and id = :id and failing_since is not null
""")


async def any_endpoint(tx: Tx) -> bool:
    """Whether anybody wants to hear of anything."""
    found: bool = await tx.scalar(_ANY)
    return found


async def all_endpoints(tx: Tx) -> Sequence[EndpointRow]:
    """The endpoints of every tenant."""
    return [_row(row) for row in (await tx.execute(_ALL)).mappings()]


async def endpoints_of(tx: Tx, tenant: str) -> Sequence[EndpointRow]:
    """The endpoints of a tenant, by name."""
    return [_row(row) for row in (await tx.execute(_OF, {"tenant": tenant})).mappings()]


async def endpoint_named(tx: Tx, tenant: str, name: str) -> EndpointRow | None:
    """The endpoint of a name, locked."""
    row = (await tx.execute(_NAMED, {"tenant": tenant, "name": name})).mappings().first()
    return None if row is None else _row(row)


async def endpoints_with_work(tx: Tx) -> Sequence[EndpointRow]:
    """Active ones for which something is due."""
    return [_row(row) for row in (await tx.execute(_WITH_WORK)).mappings()]


async def put_endpoint(tx: Tx, tenant: str, wanted: Wanted) -> int:
    """Keep an endpoint under its name; its version. One that was disabled is called again."""
    values = asdict(wanted) | {"kinds": list(wanted.kinds), "events": list(wanted.events), "tenant": tenant}
    version: int = await tx.scalar(_PUT, values)
    return version


async def rotate_secret(tx: Tx, named: tuple[str, str], secret: str, keep: timedelta) -> None:
    """Sign with *secret*, and for *keep* with the former one too; *named*: (tenant, endpoint id)."""
    tenant, endpoint_id = named
    await tx.execute(_ROTATE, {"tenant": tenant, "id": endpoint_id, "secret": secret, "keep": keep})


async def disable_endpoint(tx: Tx, tenant: str, endpoint_id: str, because: str) -> None:
    """Call it no more, and say why."""
    await tx.execute(_DISABLE, {"tenant": tenant, "id": endpoint_id, "because": because})


async def enable_endpoint(tx: Tx, tenant: str, endpoint_id: str) -> None:
    """Call it again, as if it had never failed."""
    await tx.execute(_ENABLE, {"tenant": tenant, "id": endpoint_id})


async def drop_endpoint(tx: Tx, tenant: str, endpoint_id: str) -> None:
    """Forget it, and everything that waits for it."""
    await tx.execute(_DROP_DELIVERIES, {"tenant": tenant, "id": endpoint_id})
    await tx.execute(_DROP, {"tenant": tenant, "id": endpoint_id})


async def endpoint_failed(tx: Tx, tenant: str, endpoint_id: str) -> timedelta:
    """It did not take something; for how long it has taken nothing."""
    since: timedelta | None = await tx.scalar(_FAILED, {"tenant": tenant, "id": endpoint_id})
    return since or timedelta(0)


async def endpoint_took(tx: Tx, tenant: str, endpoint_id: str) -> None:
    """It took something."""
    await tx.execute(_TOOK, {"tenant": tenant, "id": endpoint_id})


def _row(row: Any) -> EndpointRow:  # Any: a row as a mapping
    return EndpointRow(**(dict(row) | {"kinds": tuple(row["kinds"]), "events": tuple(row["events"])}))

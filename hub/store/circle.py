"""What the one writer reads under its locks: everything around some objects and under some roots, in one statement.

Answers are JSON texts, decoded once by `hub.merge.load`: a batch of hundreds of roots costs as many round trips as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.codec import written
from hub.model.vocabulary import Kind
from hub.store.tx import Tx, lock_number

PAGE = 100
"""How many things that name a customer, an item or a warehouse are looked at in one transaction when that changes."""

_LOCK_KEYS = text("""
select case when own then pg_advisory_xact_lock(key)::text else pg_advisory_xact_lock_shared(key)::text end
from unnest(cast(:keys as bigint[]), cast(:owns as boolean[])) as x(key, own)
""")
_LOCK_ROOTS = text("""
select json_build_object('id', r.id, 'kind', r.kind, 'version', r.version, 'flow_version', r.flow_version,
  'managed_by', r.managed_by, 'wake_at', r.wake_at, 'line_numbers', r.line_numbers, 'is_baseline', r.is_baseline)::text
from (select * from root where tenant = :tenant and id = any (:roots) order by id for update) r
""").bindparams(bindparam("roots", type_=ARRAY(Text)))
_ENSURE_ROOTS = text("""
insert into root (tenant, id, kind) select :tenant, id, :kind from unnest(cast(:roots as text[])) as id
order by id on conflict do nothing
""")
_CURRENT = text("""
with recursive way as (
  select id, redirect_to from entity where tenant = :tenant and kind = :kind and id = :id
  union all
  select e.id, e.redirect_to from way w join entity e on e.tenant = :tenant and e.kind = :kind and e.id = w.redirect_to
)
select id from way where redirect_to is null
""")

RECORD = """json_build_object('source', r.source, 'kind', r.kind, 'source_id', r.source_id, 'birth', r.birth,
  'entity_id', r.entity_id, 'content', r.content, 'hash', r.hash,
  'started', case when not r.pushed then r.started end, 'finished', r.finished, 'version', r.source_version,
  'mapping_version', r.mapping_version, 'raw_ref', r.raw_ref, 'correlation_id', r.correlation_id, 'rival', r.rival,
  'gone_at', r.gone_at, 'in_doubt', r.in_doubt, 'first_seen_at', r.first_seen_at)::text"""
_SLOT = """slot as materialized (
  select * from json_to_recordset(cast(:slots as json)) as s(source text, kind text, source_id text)
)"""
_KEY = """key as materialized (
  select * from json_to_recordset(cast(:keys as json))
    as k(scheme text, value text, kind text, borne boolean, changed boolean)
)"""
# A key concerns an object that bears it if both are of one family: orders with all that lies below them, or one kind.
_CONCERNS = "(k.kind = i.kind or (k.kind = any (:family) and i.kind = any (:family)))"

# Each look-up is a lateral of its own, kept apart by `offset 0`: it goes by its whole key whatever the planner believes
# of a table that was never analysed, as all are during a first load.
_RECORDS_OF = """lateral (select * from record r where r.tenant = :tenant and r.source = s.source
  and r.kind = s.kind and r.source_id = s.source_id offset 0) r"""
_RECORDS_IN = """lateral (select * from record r where r.tenant = :tenant and r.entity_id = m.id
  and r.kind = m.kind offset 0) r"""
_BEARERS = """lateral (select * from identity i where i.tenant = :tenant and i.scheme = k.scheme
  and i.value = k.value offset 0) i"""
# Whoever waits for an order is looked at at once. A customer or a warehouse may be named by every order there is: of
# those that do not lead there yet one page is taken, in an order that no index has, so that none is walked for it.
_REFERRERS = """lateral (select * from link l where k.changed and l.tenant = :tenant and l.scheme = k.scheme
  and l.value = k.value and (k.kind = any (:family) or l.target_id is null or l.target_id is distinct from (
    select i.entity_id from identity i where i.tenant = :tenant and i.scheme = k.scheme and i.value = k.value limit 1))
  order by l.source_id || l.source limit case when k.kind = any (:family) then null else $page end) l"""
_LINKS_OF = """lateral (select * from link l where l.tenant = :tenant and l.source = r.source and l.kind = r.kind
  and l.source_id = r.source_id and l.birth = r.birth offset 0) l"""

_SLOTS_STATEMENT = """
with $slot
select $record from slot s cross join $records_of
"""
_SLOTS_UNDER = """
select $record from (
    select kind, id from entity where tenant = :tenant and root_id = any (:roots) offset 0
  ) m cross join $records_in
"""
_GUESS_STATEMENT = """
with $slot, $key, met as materialized (
  select r.kind, r.entity_id as id from slot s cross join $records_of
  union
  select i.kind, i.entity_id from key k cross join $bearers where $concerns
  union
  select l.kind, l.entity_id from key k cross join $referrers
), around as materialized (
  select kind, id from met
  union
  select o.kind, o.id from (select * from met where kind = any (:below) offset 0) m
    cross join $records_in
    cross join $links_of
    cross join lateral (select kind, id from entity o where o.tenant = :tenant and o.kind = any (:family)
      and o.id = l.target_id offset 0) o
)
select distinct e.root_id from around a cross join lateral (
  select root_id from entity e where e.tenant = :tenant and e.kind = a.kind and e.id = a.id offset 0) e
"""
_AROUND_STATEMENT = """
with recursive $slot, $key, bearer as materialized (
  select i.*, bool_or($concerns) as concerns from key k cross join $bearers
  group by i.tenant, i.scheme, i.source, i.value, i.birth, i.kind, i.entity_id
), circle as materialized (
  select r.kind, r.entity_id as id from slot s cross join $records_of
  union select kind, entity_id from bearer where concerns
  union select l.kind, l.entity_id from key k cross join $referrers
  union select kind, id from entity where tenant = :tenant and root_id = any (:roots) and redirect_to is null
), member as (
  select kind, id from circle
  union select l.kind, l.entity_id from member c
    cross join lateral (select kind, entity_id from link l where l.tenant = :tenant and l.target_id = c.id
      and c.kind = any (:family) and l.kind = any (:below) offset 0) l
), said as materialized (
  select r.* from member m cross join $records_in
)
select 'record', $record from said r
union all
select 'absence', json_build_object('source', a.source, 'kind', a.kind, 'source_id', a.source_id,
  'started', a.started, 'finished', a.finished)::text
from (select source, kind, source_id from slot union select source, kind, source_id from said) s
  cross join lateral (select * from absence a where a.tenant = :tenant and a.source = s.source and a.kind = s.kind
    and a.source_id = s.source_id offset 0) a
union all
select 'link', json_build_object('source', l.source, 'kind', l.kind, 'source_id', l.source_id, 'birth', l.birth,
  'scheme', l.scheme, 'value', l.value, 'entity_id', l.entity_id, 'target_id', l.target_id, 'target_kind', (
    select i.kind from identity i
    where i.tenant = l.tenant and i.scheme = l.scheme and i.value = l.value and i.entity_id = l.target_id limit 1
  ))::text
from said r cross join $links_of
union all
select 'identity', json_build_object('scheme', b.scheme, 'source', b.source, 'value', b.value, 'birth', b.birth,
  'kind', b.kind, 'entity_id', b.entity_id)::text from bearer b
union all
select 'entity', json_build_object('kind', e.kind, 'id', e.id, 'root_id', e.root_id, 'version', e.version,
  'root_version', e.root_version, 'account', e.account, 'doc', e.doc, 'status', e.status,
  'missing_in', e.missing_in)::text
from member m cross join lateral (
  select * from entity e where e.tenant = :tenant and e.kind = m.kind and e.id = m.id offset 0) e
union all
select 'milestone', json_build_object('source', x.source, 'kind', x.kind, 'source_id', x.source_id, 'birth', x.birth,
  'part', x.part, 'milestone', x.milestone, 'occurred_at', nullif(x.occurred_at, '-infinity'),
  'reverses', x.reverses, 'entity_id', x.entity_id, 'started', x.started, 'finished', x.finished,
  'version', x.source_version, 'first_seen_at', x.first_seen_at)::text
from (select distinct id from member) m cross join lateral (
  select * from milestone x where x.tenant = :tenant and x.entity_id = m.id offset 0) x
"""
_UNDER_STATEMENT = text("""
select 'delivery', json_build_object('id', d.id, 'root_id', d.root_id, 'source', d.source, 'kind', d.kind,
  'source_id', d.source_id, 'action', d.action, 'key', d.key, 'mode', d.mode, 'priority', d.priority,
  'state', d.state, 'content', d.content, 'hash', d.hash, 'epoch', d.epoch, 'attempts', d.attempts,
  'has_begun', d.has_begun, 'claimed_at', d.claimed_at, 'next_attempt_at', d.next_attempt_at,
  'hold_until', d.hold_until, 'confirm_by', d.confirm_by, 'settled_at', d.settled_at, 'reference', d.reference,
  'grants', d.grants, 'error', d.error, 'error_class', d.error_class, 'withdrawn_because', d.withdrawn_because,
  'command_id', d.command_id, 'correlation_id', d.correlation_id, 'created_at', d.created_at,
  'updated_at', d.updated_at, 'letter', d.letter,
  'attempts_before', d.attempts_before, 'edited', d.edited, 'traceparent', d.traceparent)::text
from delivery d where d.tenant = :tenant and d.root_id = any (:roots)
union all
select 'command', json_build_object('id', c.id, 'client', c.client, 'operation', c.operation, 'key', c.key,
  'hash', c.hash, 'input', c.input, 'root_id', c.root_id, 'correlation_id', c.correlation_id,
  'consequences', c.consequences, 'version', c.version, 'accepted_at', c.accepted_at, 'state', c.state,
  'is_done', c.is_done, 'moved_at', c.moved_at, 'approval', c.approval, 'remains', c.remains)::text
from command c where c.tenant = :tenant and c.root_id = any (:roots) and c.outcome is null
union all
select 'case', json_build_object('id', x.id, 'root_id', x.root_id, 'code', x.code, 'dedup_key', x.dedup_key,
  'status', x.status, 'severity', x.severity, 'queue', x.queue, 'title', x.title, 'root_cause', x.root_cause,
  'source', x.source, 'suggested', x.suggested, 'evidence', x.evidence, 'version', x.version,
  'occurrences', x.occurrences, 'first_seen_at', x.first_seen_at, 'last_seen_at', x.last_seen_at,
  'closed_at', x.closed_at, 'assignee', x.assignee, 'sla_due_at', x.sla_due_at)::text
from exception_case x where x.tenant = :tenant and x.root_id = any (:roots)
union all
select 'hold', json_build_object('id', h.id, 'root_id', h.root_id, 'dedup_key', h.dedup_key, 'doc', h.doc,
  'released_at', h.released_at)::text
from hold h where h.tenant = :tenant and h.root_id = any (:roots)
union all
select 'coverage', json_build_object('source', c.source, 'kind', c.kind, 'through', max(c.through))::text
from coverage c where c.tenant = :tenant group by c.source, c.kind
""").bindparams(bindparam("roots", type_=ARRAY(Text)))


_PARTS = (
    ("$records_of", _RECORDS_OF),
    ("$records_in", _RECORDS_IN),
    ("$record", RECORD),
    ("$bearers", _BEARERS),
    ("$referrers", _REFERRERS),
    ("$page", str(PAGE)),
    ("$links_of", _LINKS_OF),
    ("$slot", _SLOT),
    ("$key", _KEY),
    ("$concerns", _CONCERNS),
)


def _listed(sql: str, *names: str) -> TextClause:
    for part, meant in _PARTS:
        sql = sql.replace(part, meant)
    return text(sql).bindparams(*(bindparam(name, type_=ARRAY(Text)) for name in names))


_SLOTS = _listed(_SLOTS_STATEMENT)
_UNDER_SLOTS = _listed(_SLOTS_UNDER, "roots")
_GUESS = _listed(_GUESS_STATEMENT, "family", "below")
_AROUND = _listed(_AROUND_STATEMENT, "family", "below", "roots")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotAsked:
    """An object of a source."""

    source: str
    kind: Kind
    source_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAsked:
    """A key that an object bears or refers to."""

    scheme: str
    value: str
    kind: Kind
    """Kind of the object."""
    borne: bool
    changed: bool
    """Whose it is may change now, so everything that refers to it is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to look around."""

    slots: Sequence[SlotAsked]
    keys: Sequence[KeyAsked]
    family: Sequence[Kind]
    below: Sequence[Kind]


async def lock_keys(tx: Tx, tenant: str, owned: frozenset[str], referred: frozenset[str]) -> None:
    """Hold *owned* names against everybody and *referred* ones against who owns them, in one statement, sorted."""
    modes = {lock_number(tenant, name): False for name in referred}
    modes |= {lock_number(tenant, name): True for name in owned}
    if modes:
        keys = sorted(modes)
        await tx.execute(_LOCK_KEYS, {"keys": keys, "owns": [modes[key] for key in keys]})


async def records_of(tx: Tx, tenant: str, slots: Sequence[SlotAsked]) -> Sequence[str]:
    """The records of *slots*, as JSON."""
    if not slots:
        return ()
    found: Sequence[str] = await tx.scalars(_SLOTS, {"tenant": tenant, "slots": _json(slots)})
    return found


async def records_under(tx: Tx, tenant: str, roots: Sequence[str]) -> Sequence[str]:
    """The records of every entity under *roots*, as JSON."""
    if not roots:
        return ()
    found: Sequence[str] = await tx.scalars(_UNDER_SLOTS, {"tenant": tenant, "roots": list(roots)})
    return found


async def roots_around(tx: Tx, tenant: str, asked: Asked) -> frozenset[str]:
    """The roots that what is asked for leads to, as far as can be told before they are locked."""
    if not asked.slots and not asked.keys:
        return frozenset()
    return frozenset(await tx.scalars(_GUESS, _named(tenant, asked)))


async def lock_roots(tx: Tx, tenant: str, roots: Sequence[str]) -> Sequence[str]:
    """Hold *roots*, in the order of their ids, and return them as JSON; those that do not exist are not there."""
    if not roots:
        return ()
    found: Sequence[str] = await tx.scalars(_LOCK_ROOTS, {"tenant": tenant, "roots": sorted(roots)})
    return found


async def ensure_roots(tx: Tx, tenant: str, kind: Kind, roots: Sequence[str]) -> None:
    """Make *roots* where they do not exist, so that they can be locked."""
    if roots:
        await tx.execute(_ENSURE_ROOTS, {"tenant": tenant, "kind": kind.value, "roots": sorted(roots)})


async def current(tx: Tx, tenant: str, kind: Kind, entity: str) -> str | None:
    """The id that an entity id leads to, after merges; None where there is none such."""
    found: str | None = await tx.scalar(_CURRENT, {"tenant": tenant, "kind": kind.value, "id": entity})
    return found


async def around(tx: Tx, tenant: str, asked: Asked, roots: Sequence[str]) -> Sequence[tuple[str, str]]:
    """(sort, JSON) of everything around what is asked for and of every entity under *roots*."""
    return await _said(tx, _AROUND, _named(tenant, asked) | {"roots": list(roots)})


async def under(tx: Tx, tenant: str, roots: Sequence[str]) -> Sequence[tuple[str, str]]:
    """(sort, JSON) of deliveries, commands, cases and holds of *roots*, and of all coverage."""
    return await _said(tx, _UNDER_STATEMENT, {"tenant": tenant, "roots": list(roots)})


async def _said(tx: Tx, statement: TextClause, named: dict[str, object]) -> Sequence[tuple[str, str]]:
    rows: Sequence[Any] = (await tx.execute(statement, named)).all()  # Any: rows of two texts
    return [(sort, said) for sort, said in rows]


def _json(rows: Sequence[object]) -> str:
    return written(rows)


def _named(tenant: str, asked: Asked) -> dict[str, object]:
    return {
        "tenant": tenant,
        "slots": _json(asked.slots),
        "keys": _json(asked.keys),
        "family": [kind.value for kind in asked.family],
        "below": [kind.value for kind in asked.below],
    }

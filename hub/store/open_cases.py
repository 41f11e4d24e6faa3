"""Exception cases as callers look at them: equal keys are one case, whatever number of roots have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Text

from hub.store.tx import Tx

MOST_ROOTS = 500
"""Roots that one case names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesChosen:
    """Which cases; what is None does not narrow."""

    code: Sequence[str] | None = None
    severity: Sequence[str] | None = None
    queue: Sequence[str] | None = None
    source: Sequence[str] | None = None
    assignee: Sequence[str] | None = None
    is_open: bool | None = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePlace:
    """Where a case stands in the list: the worst first, then what is due first."""

    severity: str
    due_at: datetime | None
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSaid:
    """One case of a page."""

    place: CasePlace
    said: str
    """Its JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One root's share of a case."""

    asked: str
    """The id that it was asked for by."""
    id: str
    root_id: str
    status: str
    is_open: bool


_NARROW = ("code", "severity", "queue", "source", "assignee")
_FITS = " and ".join(f"(cast(:{one} as text[]) is null or x.{one} = any (:{one}))" for one in _NARROW)
_OPEN = {
    True: "x.closed_at is null",
    False: """x.closed_at is not null and not exists (select from exception_case o where o.tenant = x.tenant
      and o.dedup_key = x.dedup_key and o.closed_at is null)""",
    None: "true",
}
_ROOTS = text("""
select distinct root_id from exception_case
where tenant = :tenant and dedup_key = :key and closed_at is null order by root_id
""")
# What is open speaks for the case; its id is that of the first row that ever had the key.
_CASES = """
chosen as (
  select x.* from exception_case x where x.tenant = :tenant and $which
), one as (
  select dedup_key, min(code) as code, min(severity) as severity, min(queue) as queue,
    (array_agg(title order by last_seen_at desc, id))[1] as title,
    (array_agg(status order by last_seen_at desc, id))[1] as status,
    min(root_cause) as root_cause, sum(occurrences) as occurrences, min(first_seen_at) as first_seen_at,
    min(sla_due_at) as sla_due_at, max(assignee) as assignee,
    (array_agg(suggested::text order by id))[1]::text[] as suggested,
    (array_agg(root_id order by root_id))[1:$most] as root_ids, min(root_id) as root_id
  from chosen group by dedup_key
), named as (
  select o.*, k.id, k.version from one o cross join lateral (
    select min(id) as id, sum(version) as version from exception_case k
    where k.tenant = :tenant and k.dedup_key = o.dedup_key) k
)
""".replace("$most", str(MOST_ROOTS))
_PAGE = """
select severity, sla_due_at, id, to_json(n)::text as said from named n
where cast(:after as text) is null
  or (severity, coalesce(sla_due_at, 'infinity'), id) > (:worse, coalesce(:due, 'infinity'), :after)
order by severity, coalesce(sla_due_at, 'infinity'), id limit :size
"""
_COUNT = "select count(distinct x.dedup_key) from exception_case x where x.tenant = :tenant and $which"
_BY_ID = """
with asked as (
  select id as asked, dedup_key from exception_case where tenant = :tenant and id = any (:ids)
), standing as (
  select k.dedup_key, bool_or(k.closed_at is null) as is_open from exception_case k
  where k.tenant = :tenant and k.dedup_key in (select dedup_key from asked) group by k.dedup_key
), $cases
select a.asked, to_json(n)::text as said from asked a join named n on n.dedup_key = a.dedup_key
"""
_WHICH_BY_ID = """exists (select from standing s where s.dedup_key = x.dedup_key
  and (x.closed_at is null or not s.is_open))"""
_MEMBERS = text("""
select a.id as asked, x.id, x.root_id, x.status, x.closed_at is null as is_open
from exception_case a join exception_case x on x.tenant = a.tenant and x.dedup_key = a.dedup_key
where a.tenant = :tenant and a.id = any (:ids) order by x.id
""").bindparams(bindparam("ids", type_=ARRAY(Text)))
_FOUND = text(_BY_ID.replace("$cases", _CASES.replace("$which", _WHICH_BY_ID))).bindparams(
    bindparam("ids", type_=ARRAY(Text))
)


async def roots_of_case(tx: Tx, tenant: str, dedup_key: str) -> Sequence[str]:
    """The roots that have the case open now."""
    return await tx.scalars(_ROOTS, {"tenant": tenant, "key": dedup_key})


async def list_cases(
    tx: Tx, tenant: str, chosen: CasesChosen, size: int, after: CasePlace | None
) -> Sequence[CaseSaid]:
    """At most *size* cases after a place: the worst first, then what is due first."""
    plain = [bindparam(name, type_=Text()) for name in ("after", "worse")]
    query = "with " + _CASES + _PAGE
    statement = _chosen(query, chosen).bindparams(*plain, bindparam("due", type_=DateTime(timezone=True)))
    given = _given(tenant, chosen) | {"size": size, "after": None, "worse": None, "due": None}
    if after is not None:
        given |= {"after": after.id, "worse": after.severity, "due": after.due_at}
    return [
        CaseSaid(place=CasePlace(severity=row.severity, due_at=row.sla_due_at, id=row.id), said=row.said)
        for row in await tx.execute(statement, given)
    ]


async def count_cases(tx: Tx, tenant: str, chosen: CasesChosen) -> int:
    """How many cases fit."""
    return int(await tx.scalar(_chosen(_COUNT, chosen), _given(tenant, chosen)))


async def cases_by_id(tx: Tx, tenant: str, ids: Sequence[str]) -> dict[str, str]:
    """The case that each of *ids* belongs to, as JSON; unknown ones are left out."""
    return {row.asked: row.said for row in await tx.execute(_FOUND, {"tenant": tenant, "ids": list(ids)})}


async def members_of_cases(tx: Tx, tenant: str, ids: Sequence[str]) -> Sequence[Member]:
    """Every root's share of the cases that *ids* belong to."""
    rows = await tx.execute(_MEMBERS, {"tenant": tenant, "ids": list(ids)})
    return [Member(**row) for row in rows.mappings()]


def _chosen(query: str, chosen: CasesChosen) -> TextClause:
    which = f"{_OPEN[chosen.is_open]} and {_FITS}"
    return text(query.replace("$which", which)).bindparams(*(bindparam(one, type_=ARRAY(Text)) for one in _NARROW))


def _given(tenant: str, chosen: CasesChosen) -> dict[str, object]:
    values = {name: getattr(chosen, name) for name in _NARROW}
    return {"tenant": tenant} | {name: None if one is None else list(one) for name, one in values.items()}

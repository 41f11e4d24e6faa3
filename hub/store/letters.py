"""Dead letters: one view over deliveries and inbox rows that wait for a person (design D7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Text

from hub.model.letters import DeadLetterStatus
from hub.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """One dead letter."""

    id: str
    sort: str
    source: str
    operation: str
    state: str
    error_class: str
    error: str
    group_key: str
    attempts: int
    since: datetime
    root_id: str | None
    correlation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """Dead letters that failed alike."""

    group_key: str
    error_class: str
    cause: str
    source: str
    operation: str
    state: str
    count: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which letters; what is None does not narrow."""

    ids: Sequence[str] | None = None
    group_key: str | None = None
    source: str | None = None


_ENDED = "('DONE', 'REFUSED', 'WITHDRAWN')"
_STANDS = "('DEAD', 'REVIEW', 'DONE', 'REFUSED', 'WITHDRAWN')"
_OUT = {
    DeadLetterStatus.OPEN: "d.state in ('DEAD', 'REVIEW')",
    DeadLetterStatus.REPLAYING: f"d.letter = 'REPLAYED' and d.state not in {_STANDS}",
    DeadLetterStatus.REPLAYED: f"d.letter = 'REPLAYED' and d.state in {_ENDED}",
    DeadLetterStatus.DISCARDED: "d.letter = 'DISCARDED' and d.state = 'REFUSED'",
}
_IN = {DeadLetterStatus.OPEN: "i.state = 'DEAD'", DeadLetterStatus.DISCARDED: "i.state = 'DISCARDED'"}
# What differs from one to the next of a kind is every word with a digit in it: numbers, ids, instants.
_VIEW = """
with said as (
  select d.id, 'DELIVERY' as sort, d.source, d.action as operation, d.state, d.error_class, d.error, d.attempts,
    d.updated_at as since, d.root_id, d.correlation_id
  from delivery d where d.tenant = :tenant and $out
  union all
  select i.id, 'INBOX', i.source, 'webhook', i.state, i.error_class, i.error, i.attempts, i.received_at, null,
    i.correlation_id
  from inbox i where i.tenant = :tenant and $in
), worded as (
  select id, sort, source, operation, state, coalesce(error_class, 'BUG') as error_class, attempts, since, root_id,
    correlation_id, coalesce(error, 'no words') as error,
    regexp_replace(coalesce(error, 'no words'), '[^\\s]*[0-9][^\\s]*', '#', 'g') as cause
  from said
), letter as (
  select *, source || ':' || operation || ':' || lower(error_class) || ':'
    || left(md5(state || sort || cause), 8) as group_key
  from worded
)
"""
_CHOICE = """
where (cast(:ids as text[]) is null or id = any (:ids))
  and (cast(:group_key as text) is null or group_key = :group_key)
  and (cast(:source as text) is null or source = :source)
"""
_GROUPS = """
select group_key, min(error_class) as error_class, min(cause) as cause, min(source) as source,
  min(operation) as operation, min(state) as state, count(*) as count, min(since) as oldest_at
from letter where (cast(:source as text) is null or source = :source)
group by group_key order by count(*) desc, min(since), group_key limit 500
"""
_LETTERS = f"""
select id, sort, source, operation, state, error_class, error, group_key, attempts, since, root_id, correlation_id
from letter {_CHOICE} and (cast(:after as text) is null or (since, id) > (:since, :after))
order by since, id limit :size
"""  # noqa: S608 (a constant is put in, no value)
_COUNT = f"select count(*) from letter {_CHOICE}"  # noqa: S608 (a constant is put in, no value)


def _over(query: str, status: DeadLetterStatus) -> TextClause:
    view = _VIEW.replace("$out", _OUT.get(status, "false")).replace("$in", _IN.get(status, "false"))
    return text(view + query)


def _chosen(query: str, status: DeadLetterStatus) -> TextClause:
    plain = [bindparam(name, type_=Text()) for name in ("group_key", "source")]
    return _over(query, status).bindparams(bindparam("ids", type_=ARRAY(Text)), *plain)


async def groups(tx: Tx, tenant: str, source: str | None, status: DeadLetterStatus) -> Sequence[GroupRow]:
    """Groups of dead letters, the largest first."""
    statement = _over(_GROUPS, status).bindparams(bindparam("source", type_=Text()))
    rows = await tx.execute(statement, {"tenant": tenant, "source": source})
    return [GroupRow(**row) for row in rows.mappings()]


async def letters(
    tx: Tx, tenant: str, chosen: Chosen, part: tuple[int, tuple[datetime, str] | None] = (500, None),
    status: DeadLetterStatus = DeadLetterStatus.OPEN,
) -> Sequence[LetterRow]:  # fmt: skip
    """At most so many of the chosen letters, oldest first; *part*: (size, (since, id) of the last one seen)."""
    size, edge = part
    since, after = edge or (None, None)
    statement = _chosen(_LETTERS, status).bindparams(
        bindparam("since", type_=DateTime(timezone=True)), bindparam("after", type_=Text())
    )
    given = _given(tenant, chosen) | {"size": size, "since": since, "after": after}
    return [LetterRow(**row) for row in (await tx.execute(statement, given)).mappings()]


async def count_letters(tx: Tx, tenant: str, chosen: Chosen, status: DeadLetterStatus = DeadLetterStatus.OPEN) -> int:
    """How many of the chosen letters there are."""
    return int(await tx.scalar(_chosen(_COUNT, status), _given(tenant, chosen)))


def _given(tenant: str, chosen: Chosen) -> dict[str, object]:
    ids = None if chosen.ids is None else list(chosen.ids)
    return {"tenant": tenant, "ids": ids, "group_key": chosen.group_key, "source": chosen.source}


_SET_ARRIVALS = text("""
update inbox set state = :state, attempts = 0, next_attempt_at = clock_timestamp(), error = coalesce(:error, error)
where tenant = :tenant and state = 'DEAD' and id = any (:ids) returning id
""").bindparams(bindparam("ids", type_=ARRAY(Text)), bindparam("error", type_=Text()))


async def settle_arrivals(tx: Tx, tenant: str, ids: Sequence[str], state: str, error: str | None) -> Sequence[str]:
    """Let DEAD bodies of *ids* be digested again (PENDING) or never (DISCARDED); those that were still DEAD."""
    if not ids:
        return ()
    given = {"tenant": tenant, "ids": sorted(ids), "state": state, "error": error}
    return await tx.scalars(_SET_ARRIVALS, given)

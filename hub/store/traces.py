"""Traces as operators look through them: which orders' stories fit, the one that moved last first.

States and causes are those that a story is told with: what is under way, what stopped, which cases and holds are open.
Text is looked for in the words of hops, without forgiving a typing error: of the `MOST` newest that hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Text, TypeEngine

from hub.model.trace import TraceFilter, TraceState, TraceSummary
from hub.store.tx import Tx

MOST = 5_000
"""Hops that hold the words of a text."""
_TEXTS, _INSTANT = ARRAY(Text), DateTime(timezone=True)
_OPEN = "('PENDING','UNKNOWN','ACCEPTED')"
_STUCK = "('PENDING','CLAIMED','UNKNOWN','ACCEPTED','DEAD','REVIEW')"
_SENT = "select d.root_id from delivery d where d.tenant = :tenant"
_CASES = "select x.root_id from exception_case x where x.tenant = :tenant and x.closed_at is null"
_HOLDS = "select h.root_id from hold h where h.tenant = :tenant and h.released_at is null"
_RUNS = (f"{_SENT} and d.state = 'CLAIMED'",)
_STOPPED = (f"{_SENT} and d.state in ('DEAD','REVIEW')", _CASES, _HOLDS)
_WAITS = (f"{_SENT} and d.state in {_OPEN}",)


def _among(*rows: str) -> str:
    """Whether the story is of one of the roots; an array first: there are few of them, which no planner would guess."""
    return f"e.root_id = any(array({' union all '.join(rows)}))"


def _none(*rows: str) -> str:
    """Whether the story is of none of the roots: looked up one by one, for nearly every story is not."""
    aliases = {one: one.split(".", 1)[0].removeprefix("select ") for one in rows}
    return " and ".join(f"not exists ({one} and {alias}.root_id = e.root_id)" for one, alias in aliases.items())


_STATES = {
    TraceState.RUNNING: _among(*_RUNS),
    TraceState.BLOCKED: f"({_among(*_STOPPED)} and {_none(*_RUNS)})",
    TraceState.WAITING: f"({_among(*_WAITS)} and {_none(*_RUNS, *_STOPPED)})",
    TraceState.DONE: f"({_none(*_RUNS, *_STOPPED, *_WAITS)})",
}
_SAYING = """select r.root_id from (
  select w.id from hop w where w.tenant = :tenant
    and (strpos(lower(w.operation), lower(:text)) > 0 or strpos(lower(w.error), lower(:text)) > 0)
  order by w.started_at desc limit $most) n
join hop_root r on r.tenant = :tenant and r.hop_id = n.id""".replace("$most", str(MOST))
_TERMS: dict[str, tuple[str, TypeEngine[Any]]] = {
    "roots": ("e.id = any(:roots)", _TEXTS),
    "source": (_among(f"{_SENT} and d.source = any(:source)", f"{_CASES} and x.source = any(:source)"), _TEXTS),
    "error_class": (_among(f"{_SENT} and d.state in {_STUCK} and d.error_class = any(:error_class)"), _TEXTS),
    "root_cause": (_among(f"{_CASES} and x.root_cause = any(:root_cause)"), _TEXTS),
    "standing_since_before": (
        _among(
            f"{_SENT} and d.state in {_STUCK} and d.created_at < :standing_since_before",
            f"{_CASES} and x.first_seen_at < :standing_since_before",
        ),
        _INSTANT,
    ),
    "moved_from": ("e.updated_at >= :moved_from", _INSTANT),
    "moved_before": ("e.updated_at < :moved_before", _INSTANT),
    "text": (_among(_SAYING), Text()),
}
# One and the same delivery, where both are asked for.
_BOTH = (
    "source",
    _among(f"{_SENT} and d.state in {_STUCK} and d.source = any(:source) and d.error_class = any(:error_class)"),
)
_FITS = "from entity e where e.tenant = :tenant and e.kind = 'ORDER' and e.redirect_to is null"
_AFTER = "and (cast(:after as text) is null or (e.updated_at, e.id) < (:at, :after))"


async def list_traces(
    tx: Tx, tenant: str, wanted: TraceFilter, size: int, after: TraceSummary | None = None
) -> Sequence[TraceSummary]:
    """At most *size* traces that fit, the one that moved last first, behind *after*. One statement."""
    query = f"select e.root_id, e.updated_at as moved_at {_narrowed(wanted)} {_AFTER}"
    statement = _bound(f"{query} order by e.updated_at desc, e.id desc limit :size", wanted).bindparams(
        bindparam("at", type_=_INSTANT), bindparam("after", type_=Text())
    )
    edge = {"at": after.moved_at if after else None, "after": after.root_id if after else None}
    rows = await tx.execute(statement, _given(tenant, wanted) | edge | {"size": size})
    return [TraceSummary(**row) for row in rows.mappings()]


async def count_traces(tx: Tx, tenant: str, wanted: TraceFilter) -> int:
    """How many traces fit. One statement, and not a cheap one."""
    return int(await tx.scalar(_bound(f"select count(*) {_narrowed(wanted)}", wanted), _given(tenant, wanted)))


def _asked(wanted: TraceFilter) -> list[str]:
    return [name for name in _TERMS if getattr(wanted, name) is not None]


def _narrowed(wanted: TraceFilter) -> str:
    names = _asked(wanted)
    terms = {name: _TERMS[name][0] for name in names}
    if "source" in terms and "error_class" in terms:
        terms |= dict([_BOTH])
    if wanted.state is not None:
        terms["state"] = f"({' or '.join(_STATES[one] for one in wanted.state) or 'false'})"
    return " and ".join((_FITS, *terms.values()))


def _bound(query: str, wanted: TraceFilter) -> TextClause:
    return text(query).bindparams(*(bindparam(name, type_=_TERMS[name][1]) for name in _asked(wanted)))


def _given(tenant: str, wanted: TraceFilter) -> dict[str, Any]:  # Any: column values
    values = {name: getattr(wanted, name) for name in _asked(wanted)}
    return {"tenant": tenant} | {name: list(one) if isinstance(one, tuple) else one for name, one in values.items()}

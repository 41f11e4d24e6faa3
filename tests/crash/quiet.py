"""Is all work done? Looks at what is open, waits while it moves, says what stands still (the stuck detector)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.crash.admin import Admin
from tests.crash.history import History
from tests.crash.shops import Now

LOOK = 0.1  # seconds
CALM = 3  # looks in a row that find nothing open
STUCK = 150.0  # seconds without any progress: more than a breaker rests
LINGER = 60.0  # seconds for what lies outside the database: a push, a sweep that only looks

_OPEN = """
select (select count(*) from hub.delivery where state in ('PENDING','CLAIMED','UNKNOWN','ACCEPTED')) as deliveries,
       (select count(*) from hub.hint where is_open) as hints,
       (select count(*) from hub.inbox where state = 'PENDING') as inbox,
       (select count(*) from hub.outbox) as outbox,
       (select count(*) from hub.root where wake_at <= clock_timestamp()) as waking
"""
_PROGRESS = """
select (select coalesce(sum(attempts), 0) from hub.delivery) as attempts, (select last from hub.sequencer) as position,
       (select coalesce(sum(counter), 0) from hub.hint) as hints,
       (select count(*) from hub.inbox) as inbox
"""
_DUMP = (
    "select * from hub.delivery where state in ('PENDING','CLAIMED','UNKNOWN','ACCEPTED')",
    "select * from hub.hint where is_open",
    "select id, state, attempts, next_attempt_at, error from hub.inbox where state = 'PENDING'",
    "select id, aggregateid, type, created_at from hub.outbox",
    "select * from hub.lease",
    "select * from hub.sequencer",
    "select * from hub.source_state",
    "select pid, usename, state, wait_event, query from pg_stat_activity where datname = current_database()",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How things stand."""

    open: dict[str, int]
    progress: tuple[object, ...]


async def stand(admin: Admin) -> Stand | None:
    """What is open and how far it has come; None while the database is away."""
    open_, progress = await admin.rows(_OPEN), await admin.rows(_PROGRESS)
    if not open_ or not progress:
        return None
    return Stand(open=dict(open_[0].items()), progress=tuple(progress[0].values()))


async def quiet(admin: Admin, history: History, now: Now, others: Callable[[], Awaitable[bool]]) -> str | None:
    """Return None once nothing is open and *others* say so too, or say no for LINGER while nothing is open.

    Else, after STUCK seconds without progress, why.
    """
    calm, last, since, idle_since = 0, None, now(), now()
    shown: dict[str, int] | None = None
    while True:
        found = await stand(admin)
        is_idle = found is not None and not any(found.open.values())
        calm = calm + 1 if is_idle and await others() else 0
        if found is None or found.progress != last:
            last, since = found.progress if found is not None else None, now()
        idle_since = idle_since if is_idle else now()
        if calm >= CALM or now() - idle_since > LINGER:
            return None
        if found is None or found.open != shown:
            shown = None if found is None else found.open
            history.note("harness", "open", **(shown or {}))
        if now() - since > STUCK:
            return f"no progress for {STUCK:g} s: {found.open if found else 'the database is away'}"
        await asyncio.sleep(LOOK)


async def until(asked: Callable[[], Awaitable[bool]], every: float = 0.05) -> None:
    """Return once *asked* says yes."""
    while True:
        if await asked():
            return
        await asyncio.sleep(every)


async def dump(admin: Admin) -> str:
    """What is open, who waits and who holds what."""
    lines: list[str] = []
    for query in _DUMP:
        lines.append(f"-- {query}")
        lines += [json.dumps(dict(row.items()), default=str) for row in await admin.rows(query) or ()]
    return "\n".join(lines)

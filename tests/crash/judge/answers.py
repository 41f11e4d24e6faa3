"""Rules on what people and operators can rely on: I8, I11, I12, I14."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.crash.judge.evidence import ENDED, Called, Evidence
from tests.crash.tempo import LONGEST_CALL

AT_ONCE = 4
"""Requests of one process at one source: what the manifest of the shop says."""
HEARD_WITHIN = 0.2
"""Seconds after which a process has read an answer; more where the machine was slow."""
GIVEN_UP = LONGEST_CALL
"""Seconds after which a caller may be gone although the source still works on its call."""
TRIES = 12
"""Requests that may carry out one command, faults of the seed included."""
CONNECTIONS = 60
"""To the database, of all processes of a seed."""


def traceable(seen: Evidence) -> Iterator[str]:
    """I8: the correlation id of each accept leads to the accept, its deliveries and what changed."""
    stories = {(one.tenant, one.correlation_id): one.hops for one in seen.told}
    rows = {(row.tenant, row.id): row for row in seen.commands}
    for asked in seen.asked:
        row = rows.get((asked.tenant, asked.operation or ""))
        if not asked.accepted or row is None:
            continue  # a lost accept: I1
        hops = stories.get((row.tenant, row.correlation_id), ())
        kinds = {kind for kind, _ in hops}
        tried = [one for one in seen.deliveries if one.command_id == row.id and one.attempts]
        wanted = {"API_IN", "CHANGE"} | ({"DELIVERY"} if tried else set())
        if not wanted <= kinds:
            yield f"the story of {asked.note} lacks {', '.join(sorted(wanted - kinds))}"


def converged(seen: Evidence) -> Iterator[str]:
    """I11: once faults and deliveries end, the hub holds each source's orders as the source does, each once."""
    under_way = {(one.tenant, one.code) for one in seen.deliveries if one.state not in ENDED}
    held: dict[tuple[str, str], list[str]] = {}
    by_number = {
        (row.tenant, row.number or ""): row for row in seen.entities if row.kind == "ORDER" and not row.redirect_to
    }
    for row in seen.entities:
        if row.kind == "ORDER" and row.redirect_to is None:
            held.setdefault((row.tenant, row.number or ""), []).append(row.id)
    for order in seen.shop:
        key = (order.tenant, order.code)
        if len(held.get(key, [])) != 1:
            yield f"{order.code} is in the hub {len(held.get(key, []))} times"
            continue
        row = by_number[key]
        if key not in under_way and (row.raw_status, dict(row.lines)) != (order.state, dict(order.lines)):
            yield f"{order.code}: the shop has {order.state} {order.lines}, the hub {row.raw_status} {row.lines}"
    for what in ("hints", "inbox"):
        if seen.waiting.get(what):
            yield f"{seen.waiting[what]} {what} are open although all is quiet"


def bounded(seen: Evidence) -> Iterator[str]:
    """I12: no more calls at once than declared, none while the source asked to be left alone, no storm of retries."""
    for tenant, role in {(one.tenant, one.role) for one in seen.called}:
        calls = [one for one in seen.called if (one.tenant, one.role) == (tenant, role)]
        for pid in {one.pid for one in calls if one.pid is not None}:
            yield from _paced(f"{role} of {tenant}", [one for one in calls if one.pid == pid], seen.lag)
        cancels = sum(one.verb == "cancel" for one in calls)
        commands = sum(row.tenant == tenant for row in seen.commands)
        if cancels > TRIES * max(1, commands):
            yield f"{tenant}: {cancels} cancels were sent for {commands} commands"
    if seen.connections > CONNECTIONS:
        yield f"{seen.connections} connections to the database"


def _paced(source: str, calls: Sequence[Called], lag: float) -> Iterator[str]:
    """One process at one source, on a machine that is late by *lag* seconds."""
    most = max(
        sum(other.began <= one.began < min(other.ended, other.began + GIVEN_UP) for other in calls) for one in calls
    )
    if most > AT_ONCE:
        yield f"{source}: {most} calls at once by one process"
    for told in calls:
        if told.retry_after is not None:
            known, over = told.ended + HEARD_WITHIN + 2 * lag, told.ended + told.retry_after * 0.9
            early = [one for one in calls if known < one.began < over]
            if len(early) > AT_ONCE:  # those under way could not know
                yield f"{source}: {len(early)} calls within the {told.retry_after} s that it asked for"


def honest(seen: Evidence) -> Iterator[str]:
    """I14: no success is told before the source has done it."""
    wishes = {one.note: one for one in seen.asked if not one.dry_run}
    notes = {(row.tenant, row.id): row.note for row in seen.commands}
    targets = {(one.tenant, notes.get((one.tenant, one.command_id or ""), "")): one.targets for one in seen.deliveries}
    for look in seen.looked:
        wish = wishes.get(look.note)
        if look.state != "APPLIED" or wish is None:
            continue
        wanted = wish.units if wish.units is not None else targets.get((look.tenant, look.note), ())
        done: Counter[str] = Counter()
        for commit in seen.committed:
            if (commit.tenant, commit.code) == (look.tenant, wish.code) and commit.at <= look.ended:
                done.update(dict(commit.units))
        if any(done[sku] < count for sku, count in wanted):
            yield f"{look.note} was told APPLIED at {look.ended:.3f}, the shop had done {dict(done)}"

"""The one writer: everything that changes an entity goes through `apply`, in one transaction (design section 5).

Steps: 1 lock, 2 keep or drop, 3 identify, 4 assemble, 5 derive, 6 flow, 7 write what differs, the outbox last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from hub.call import Call
from hub.failpoint import reached
from hub.flow.cycle.capture import MANAGED
from hub.flow.facts import HUB, CaseWanted
from hub.flow.publication import publishers
from hub.merge import approvals, claims, forget, likeness, load, locks, pointing, stock, stock_ground
from hub.merge import bench as benches
from hub.merge.announce import announce_cases
from hub.merge.bench import Bench
from hub.merge.byhand import moved_cases, settled_by_hand
from hub.merge.capture import capture
from hub.merge.casework import differing_cases, differing_holds
from hub.merge.command import accept
from hub.merge.entering import answered, claim_of, entered, entered_before, replayed
from hub.merge.gather import Index, index
from hub.merge.holding import held
from hub.merge.join import join, new_root, place
from hub.merge.keys import RecordKey, SlotKey
from hub.merge.locks import Reach, Widened, Wider
from hub.merge.meanings import meanings_of
from hub.merge.news import tell_news
from hub.merge.observe import observe
from hub.merge.places import Places
from hub.merge.rules import returns_rules_of, rules_of
from hub.merge.save import Aside, save
from hub.merge.settle import IN_FLIGHT, asks_for_reading, settle
from hub.merge.shelf import Shelf
from hub.merge.tell import tell
from hub.merge.telling import Telling, Told
from hub.merge.turn import Turned, Turning, turn_all
from hub.merge.work import Applied, Work
from hub.model.changes import Origin
from hub.model.command import SubmitCommand, UserError
from hub.model.ids import mint, source_root
from hub.model.manifest import Landscape
from hub.model.observation import Content
from hub.model.policy import VersionedRouting
from hub.model.returning import AnyReturnCommand
from hub.model.vocabulary import Kind
from hub.store import circle
from hub.store.accepted import claimed
from hub.store.casework import CaseRow, HoldRow
from hub.store.console import Claim, put_claim
from hub.store.console import earlier as earlier_claim
from hub.store.cursors import mark
from hub.store.deliveries import lock_deliveries
from hub.store.hub_work import still_wanted
from hub.store.inbox import end_arrivals
from hub.store.leases import fence
from hub.store.leases import held as held_lease
from hub.store.letters import settle_arrivals
from hub.store.routing import routings_of
from hub.store.staged import unstage
from hub.store.tx import Tx

Row = TypeVar("Row", CaseRow, HoldRow)

MERGE_WAITS = timedelta(seconds=5)
"""How soon a merge that waits for a delivery in flight is tried again."""


async def apply(tx: Tx, call: Call, work: Work, landscape: Landscape, wider: Wider) -> Applied:
    """Apply *work*; the caller commits. *wider*: what earlier tries learned must be locked.

    Raises Widened (roll back, start again wider), Overtaken (the fence fell), KeyReused.
    """
    bench, owners = await _locked(tx, call, work, landscape, wider)
    if (before := await _before(tx, bench)) is not None:
        return before
    if work.claim is not None and (known := await earlier_claim(tx, call.tenant, work.claim)) is not None:
        return Applied(earlier=known, command_id=known.id, replayed=True)
    answers = await answered(tx, bench) if work.entering else {}
    if answers and not bench.work.entering:
        return Applied(entered=answers)
    settled = settle(work.settlements, bench.shelf.deliveries, owners, bench.shelf.now)
    bench.shelf.deliveries |= settled.rows
    bench.refused = settled.refused
    bench.shelf.deliveries |= settled_by_hand(work.by_hand, bench.shelf.deliveries, bench.shelf.now)
    moved = moved_cases(work.casework, bench.shelf.cases)
    bench.shelf.cases |= moved
    if refused := _hold(bench):
        return Applied(user_errors=(refused,))
    places, roots = _identified(bench)
    capture(bench.before, bench.shelf, landscape)
    if bench.shelf.claims is not None:
        bench.shelf.claims.let_go((*(loser for _, loser in bench.joined.merges), *bench.forgotten.withdrawn))
    if publishers(landscape):
        bench.shelf.goods = await stock_ground.goods_of(tx, call.tenant, bench.shelf, roots, landscape)
    where = index(bench.shelf, places)
    turning = Turning(
        landscape=landscape,
        mint=mint,
        correlation_id=call.correlation_id,
        traceparent=call.traceparent,
        correlations=_correlations(bench),
    )
    if (refusal := _commanded(bench, where, turning)) is not None:
        return refusal
    turned = await turn_all(bench.shelf, where, roots, turning)
    if bench.shelf.claims is not None and bench.shelf.claims.missing:
        raise Widened(Wider(skus=frozenset(bench.shelf.claims.missing)))
    _casework(bench, turned, await likeness.look(tx, bench, turned))
    _wake(bench, turned)
    told = _told(bench, places, turned)
    await _write(tx, bench, told)
    applied = Applied(
        roots=tuple(sorted(told.roots)),
        kept=bench.observed.kept,
        kinds=frozenset(bench.observed.kinds),
        refused_settlements=bench.refused,
        command_id=None if work.command is None else work.command.id,
        order_id=None if work.command is None else bench.shelf.commands[work.command.id].root_id,
        consequences=bench.consequences,
        letters=await _letters(tx, bench),
        cases=tuple(sorted(moved)),
        holds=_holds_moved(bench),
        entered={**answers, **entered(bench, told)},
    )
    return applied if work.claim is None else await _claimed(tx, call.tenant, work.claim, applied)


async def preview(tx: Tx, call: Call, work: Work, landscape: Landscape) -> Applied:
    """What the command of *work* would do, or why it is refused. Writes nothing: the caller rolls back."""
    bench, _ = await _locked(tx, call, work, landscape, Wider())
    if (twin := _twin(bench)) is not None:
        return twin
    places, _ = _identified(bench)
    where = index(bench.shelf, places)
    turning = Turning(landscape=landscape, mint=mint, correlation_id=call.correlation_id)
    refusal = accept(bench, where, turning)
    return Applied(consequences=bench.consequences) if refusal is None else refusal


# -- step 1


async def _locked(
    tx: Tx, call: Call, work: Work, landscape: Landscape, wider: Wider
) -> tuple[Bench, dict[tuple[str, int], bool]]:
    """Everything that the work concerns, locked and loaded; and whether each settling epoch owns its source."""
    tenant = call.tenant
    goods, work = stock_ground.parted(pointing.named(work))
    goods = (*goods, *forget.missed(work, await tx.now())) if work.forget else goods
    reach = await locks.reach_of(tx, tenant, work, wider)
    question = await locks.lock(tx, tenant, reach)
    sources = [source_root(one.source) for one in work.news]
    await circle.ensure_roots(tx, tenant, Kind.SOURCE, sources)
    roots = await load.locked_roots(tx, tenant, frozenset({*reach.roots, *sources}))
    managed = [one.id for one in roots.values() if one.managed_by == MANAGED]
    routings = await routings_of(tx, tenant) if managed or _may_enter(work, landscape) else ()
    counting = await stock_ground.locked(tx, tenant, goods, wider.skus | _wanted_at_once(work, routings))
    owners = await _owners(tx, tenant, work, reach)
    await lock_deliveries(tx, tenant, tuple(sorted(roots)))
    if work.standing is not None:
        await still_wanted(tx, tenant, work.standing)
    before = await load.shelf(tx, tenant, question, roots)
    locks.unmoved(reach, before.records)
    before.meanings = await meanings_of(tx, tenant, _contents(before, work))
    if routings or managed:
        before.claims = await stock_ground.held_back(tx, tenant, managed, counting, routings)
    bench = Bench(call=call, work=work, landscape=landscape, reach=reach, before=before, shelf=before.copy())
    bench.stock = counting
    bench.rules = await rules_of(tx, tenant) if work.commands else ()
    if work.approving is not None or (work.command is not None and isinstance(work.command.command, AnyReturnCommand)):
        bench.returns = await returns_rules_of(tx, tenant)
    return bench, owners


def _may_enter(work: Work, landscape: Landscape) -> bool:
    """Whether orders may become the hub's by this work."""
    return any(_submitted(work)) or any(one.captures for one in landscape.sources.values())


def _wanted_at_once(work: Work, routings: tuple[VersionedRouting, ...]) -> frozenset[str]:
    """Items of orders that enter: their stock is locked at the first try."""
    return frozenset(line.sku for one in _submitted(work) for line in one.lines) if routings else frozenset()


def _submitted(work: Work) -> Iterator[SubmitCommand]:
    yield from (one.command for one in work.commands if isinstance(one.command, SubmitCommand))


def _twin(bench: Bench) -> Applied | None:
    """The refusal of an order that is there already. Raises NumberTaken."""
    one = bench.work.command
    if one is None or not isinstance(one.command, SubmitCommand):
        return None
    return entered_before(bench, one, bench.work.observations[0])


def _correlations(bench: Bench) -> dict[str, str]:
    """Of orders that enter together, each its own."""
    return {one.observation.seen.source_id: one.call.correlation_id for one in bench.work.entering}


def _contents(before: Shelf, work: Work) -> Iterator[tuple[str, Content]]:
    """(source, content) of everything at hand whose lines bear item codes."""
    yield from ((key.source, row.content) for key, row in before.records.items())
    yield from ((one.source, one.seen.content) for one in work.observations if one.seen.content is not None)


async def _owners(tx: Tx, tenant: str, work: Work, reach: Reach) -> dict[tuple[str, int], bool]:
    """Hold the lease rows that this work leans on. Raises Overtaken where the work's own fence has fallen."""
    if work.fence is not None:
        await fence(tx, tenant, work.fence.source, work.fence.epoch)
    known = [(one, reach.sources.get(one.delivery_id)) for one in work.settlements]
    pairs = sorted({(source, one.epoch) for one, source in known if source is not None})
    return {(source, epoch): await held_lease(tx, tenant, source, epoch) for source, epoch in pairs}


async def _before(tx: Tx, bench: Bench) -> Applied | None:
    """What the work's one command led to before, or why its order cannot enter. Raises KeyReused, NumberTaken."""
    one = bench.work.command
    if one is None:
        return None
    known = await claimed(tx, bench.call.tenant, [claim_of(one)])
    reached("a4")
    return replayed(one, known.get(claim_of(one))) or _twin(bench)


# -- steps 2 and 3


def _identified(bench: Bench) -> tuple[Places[RecordKey], list[str]]:
    """Keep, identify and place; the roots to turn. Raises Widened where one of them is not locked."""
    shelf, reach = bench.shelf, bench.reach
    bench.observed = observe(shelf, bench.work.observations, bench.landscape)
    slots = bench.observed.slots.keys() | reach.woken
    bench.forgotten = forgotten = forget.take_away(shelf, forget.slots_of(bench.work))
    subjects = {
        key for key, row in shelf.records.items() if key.slot in slots and (key.source != HUB or not row.entity_id)
    }  # the hub's own stays where it is, once it is somewhere
    subjects |= forgotten.records | forgotten.beside
    bench.joined = joined = join(bench.before, shelf, subjects, frozenset(reach.changed), mint)
    places, roots = place(shelf, joined.touched)
    for root in sorted(roots - shelf.roots.keys()):
        entity = shelf.entities.get(root)
        if entity is not None and (entity.version == 0 or root in reach.roots):
            shelf.roots[root] = new_root(root, entity.kind, is_baseline=bench.work.origin is Origin.BASELINE)
    left = {home for _, home in joined.departures} | {lost for _, lost in joined.merges}
    needed = roots | {bench.before.entities[one].root_id for one in left & bench.before.entities.keys()}
    kinds = {key: record.kind for record in shelf.records for key in _keys(shelf, record)}
    moved = frozenset((key, kinds[key]) for key in joined.moved_keys if key in kinds)
    locks.demand(shelf.roots, reach, Wider(roots=frozenset(needed), keys=moved))
    forget.withdraw(shelf, forgotten)
    for root in _stirred(bench) & shelf.roots.keys():
        shelf.roots[root] = replace(shelf.roots[root], is_baseline=False)
    roots |= _roots_at_hand(bench)
    return places, sorted(root for root in roots if shelf.entities.get(root) is not None and root in shelf.roots)


def _keys(shelf: Shelf, record: RecordKey) -> list[object]:
    return [record.slot.own, *shelf.records[record].content.bears]


def _stirred(bench: Bench) -> set[str]:
    """Roots that change now: cases by age are no longer held back there (D8)."""
    if bench.work.origin is Origin.BASELINE:
        return set()
    before, shelf = bench.before.records, bench.shelf
    new = (
        row.entity_id
        for key, row in shelf.records.items()
        if key.source != HUB and ((was := before.get(key)) is None or was.hash != row.hash)
    )
    commanded = bench.reach.roots if bench.work.commands else set()
    return commanded | {shelf.entities[entity].root_id for entity in new if entity in shelf.entities}


def _roots_at_hand(bench: Bench) -> set[str]:
    """Roots that the work names by itself: settled, commanded, woken."""
    named = {bench.shelf.deliveries[one.delivery_id].root_id for one in bench.work.settlements
             if one.delivery_id in bench.shelf.deliveries}  # fmt: skip
    named |= {row.root_id for one in bench.work.by_hand if (row := bench.shelf.deliveries.get(one.delivery_id))}
    named |= set(bench.work.wake)
    if bench.work.commands or bench.work.holding is not None or bench.work.approving is not None:
        named |= bench.reach.roots & bench.shelf.roots.keys()
    return named


# -- after step 6


def _casework(bench: Bench, turned: dict[str, Turned], likenesses: Mapping[str, list[CaseWanted]]) -> None:
    extra = benches.happened(bench)
    cases, holds = _by_root(bench.shelf.cases.values()), _by_root(bench.shelf.holds.values())
    now = bench.shelf.now
    for root, one in turned.items():
        wanted = [*one.picture.cases, *one.result.cases, *extra.get(root, ()), *likenesses.get(root, ())]
        for case in differing_cases(root, wanted, cases.get(root, ()), now, mint):
            bench.shelf.cases[case.id] = case
        for hold in differing_holds(root, one.result.holds, holds.get(root, ()), now, mint):
            bench.shelf.holds[hold.id] = hold


def _by_root(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.root_id, []).append(row)
    return found


def _wake(bench: Bench, turned: dict[str, Turned]) -> None:
    """Flow-2: the earliest instant at which a root must be looked at again; an earlier one that was set stands."""
    shelf = bench.shelf
    freed = _freed(bench)
    more = bench.joined.named_by_more
    for root, one in turned.items():
        row = shelf.roots[root]
        instants = [one.result.wake_at, one.picture.decide_at]
        if root not in bench.work.wake:
            instants.append(shelf.now if row.wake_at is not None and root in freed else row.wake_at)
        if root in bench.joined.waiting:
            instants.append(shelf.now + MERGE_WAITS)
        if root in more:
            instants.append(shelf.now)
        shelf.roots[root] = replace(row, wake_at=_earliest(instants))
    for root in set(bench.work.wake) & shelf.roots.keys() - turned.keys():
        shelf.roots[root] = replace(shelf.roots[root], wake_at=None)


def _freed(bench: Bench) -> set[str]:
    """Roots whose last delivery in flight has just settled: a merge may have waited for it."""
    settled = {
        row.root_id
        for key, row in bench.shelf.deliveries.items()
        if (was := bench.before.deliveries.get(key)) is not None and was.state in IN_FLIGHT
    }
    return settled - {row.root_id for row in bench.shelf.deliveries.values() if row.state in IN_FLIGHT}


def _earliest(instants: list[datetime | None]) -> datetime | None:
    return min((one for one in instants if one is not None), default=None)


# -- step 7


def _told(bench: Bench, places: Places[RecordKey], turned: dict[str, Turned]) -> Told:
    telling = Telling(
        now=bench.shelf.now,
        origin=bench.work.origin,
        mint=mint,
        causes=benches.causes(bench),
        cause=benches.cause_of(bench),
        merges=bench.joined.merges,
    )
    told = tell(bench.before, bench.shelf, places, turned, telling)
    forget.tell(bench.before, bench.shelf, bench.forgotten, told, telling)
    for one in bench.work.news:
        tell_news(bench, one, told, telling)
    stock.count(bench, told, telling)
    announce_cases(bench.before.cases, bench.shelf, told, telling)
    if bench.stock is not None:
        known = {row.id: row for rows in bench.stock.cases.values() for row in rows}
        announce_cases(known, bench.stock.shelf, told, telling)
    return told


async def _write(tx: Tx, bench: Bench, told: Told) -> None:
    tenant = bench.call.tenant
    for made in bench.work.marks:
        await mark(tx, tenant, made)
    await end_arrivals(tx, tenant, bench.work.digested)
    await unstage(tx, tenant, bench.work.staged)
    await stock.write(tx, tenant, bench.stock)
    await claims.write(tx, tenant, bench.shelf.claims, () if bench.stock is None else bench.stock.settled)
    await forget.write(tx, tenant, bench.work, None if bench.stock is None else bench.stock.shelf, bench.forgotten)
    aside = Aside(
        merges=bench.joined.merges,
        raws=bench.observed.raws,
        hints=benches.hints(bench, _to_be_read(bench)),
        served=benches.served(bench),
    )
    await save(tx, tenant, (bench.before, bench.shelf), told, aside)
    if bench.work.commands:
        reached("a5")


def _hold(bench: Bench) -> UserError | None:
    """Place or release holds as a person decided; why not, where the order does not allow it."""
    move = bench.work.holding
    if move is None:
        return None
    found = held(move, bench.reach.named, bench.shelf, mint)
    bench.shelf.holds |= {row.id: row for row in found.rows}
    return found.refusal


def _commanded(bench: Bench, where: Index, turning: Turning) -> Applied | None:
    """Let a command or a decision about one take effect; why not, where it may not. Nobody waits for ever."""
    approvals.expire(bench, where)
    if bench.work.commands:
        return accept(bench, where, turning)
    refused = approvals.decided(bench, where, turning)
    return None if refused is None else Applied(user_errors=(refused,))


def _holds_moved(bench: Bench) -> tuple[str, ...]:
    before, holds = bench.before.holds, bench.shelf.holds
    return tuple(sorted(name for name, row in holds.items() if before.get(name) != row)) if bench.work.holding else ()


async def _letters(tx: Tx, bench: Bench) -> dict[str, str]:
    """What became of everything that a person settled."""
    work, rows = bench.work, bench.shelf.deliveries
    found = {one.delivery_id: rows[one.delivery_id].state.value for one in work.by_hand if one.delivery_id in rows}
    if work.bodies is None:
        return found
    one = work.bodies
    settled = await settle_arrivals(tx, bench.call.tenant, one.ids, one.state, one.words)
    return found | dict.fromkeys(settled, one.state)


async def _claimed(tx: Tx, tenant: str, claim: Claim, applied: Applied) -> Applied:
    """Keep the claim with what it led to."""
    outcome = {
        "said": claim.said,
        "letters": dict(applied.letters),
        "cases": list(applied.cases),
        "holds": list(applied.holds),
    }
    await put_claim(tx, tenant, claim, {"outcome": outcome, "consequences": []})
    return replace(applied, command_id=claim.id)


def _to_be_read(bench: Bench) -> dict[SlotKey, float]:
    """Objects that a delivery has just changed, and how many seconds their source's reads may lag."""
    found: dict[SlotKey, float] = {}
    for key, row in bench.shelf.deliveries.items():
        if row.source == HUB or row.source_id is None or not asks_for_reading(bench.before.deliveries.get(key), row):
            continue
        binding = bench.landscape.sources.get(row.source)
        offered = None if binding is None else binding.manifest.writes.get(row.action)
        wait = 0.0 if offered is None else offered.settle.total_seconds()
        slot = SlotKey(row.source, row.kind, row.source_id)
        found[slot] = max(wait, found.get(slot, 0.0))
    return found

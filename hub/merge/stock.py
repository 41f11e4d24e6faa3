"""Steps 2 to 7 for observations of stock: keep or drop, come to narrow rows, write what differs, say so.

A position is a root of its own: its version moves when one of its figures does. Nothing here is a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hub.flow.availability import atp_now, is_in_flight, is_oversold
from hub.flow.facts import CaseWanted
from hub.merge.bench import Bench, suspicion
from hub.merge.casework import differing_cases
from hub.merge.observe import Observed, observe
from hub.merge.save import Aside, save
from hub.merge.stock_ground import Counting
from hub.merge.stock_speakers import asked_of, claim_of, counted, holder, speaking
from hub.merge.stocktake import Ledger, figures_of, movements, position_of, supplies_of
from hub.merge.telling import Cause, Fact, Telling, Told, outgoing
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.changes import Traits
from hub.model.events import ADJUSTED
from hub.model.ids import place_of_position
from hub.model.inventory import ReservationState
from hub.model.manifest import Landscape
from hub.model.vocabulary import Kind
from hub.store.records import RecordRow
from hub.store.stock import DROP_STOCK, PUT_MOVEMENTS, PUT_STOCK
from hub.store.tx import Tx
from hub.telemetry import logger

log = logger(__name__)

QUANTITIES, SUPPLY, RESERVATIONS, EXCEPTIONS = "quantities", "supply", "reservations", "exceptions"
"""What may differ, as `changedFields` says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    """One position: what is kept of it now, what was, and why it is looked at."""

    id: str
    was: Sequence[RecordRow]
    now: Sequence[RecordRow]
    cause: Cause
    suspicions: Sequence[CaseWanted]


def count(bench: Bench, told: Told, telling: Telling) -> None:
    """Let positions follow what was observed of them, and add what is to be told. Nothing without such observations."""
    counting = bench.stock
    if counting is None:
        return
    observed = observe(counting.shelf, counting.goods, bench.landscape)
    counting.raws = observed.raws
    _place(counting)
    for position in _positions(counting, observed, telling):
        names = [*_figures(counting, position, telling), *_claims(counting, position, bench.landscape)]
        names += [RESERVATIONS] if position.id in counting.touched else []
        names += [SUPPLY] if supplies_of(position.was) != supplies_of(position.now) else []
        names += _cases(counting, position, bench.landscape, telling)
        if names:
            _say(counting, position, tuple(dict.fromkeys(names)), told, telling)
    bench.observed.join(observed)


async def write(tx: Tx, tenant: str, counting: Counting | None) -> None:
    """Write what differs; the facts come with all others, last."""
    if counting is None:
        return
    await save(tx, tenant, (counting.before, counting.shelf), Told(), Aside(raws=counting.raws))
    await DROP_STOCK.write(tx, tenant, counting.dropped)
    await PUT_STOCK.write(tx, tenant, counting.put)
    await PUT_MOVEMENTS.write(tx, tenant, counting.moved)


def _place(counting: Counting) -> None:
    """Let every record belong to the position that it names now; to none where it names none."""
    for key, row in counting.shelf.records.items():
        position = position_of(row.content) or ""
        if position != row.entity_id:
            counting.shelf.records[key] = replace(row, entity_id=position)
        if not position and key not in counting.before.records:
            log.warning("stock.nowhere", source=key.source, name=key.source_id)


def _positions(counting: Counting, observed: Observed, telling: Telling) -> list[_Position]:
    """The positions that observed records belong to or belonged to, or orders hold back from, in a fixed order."""
    causes: dict[str, Cause] = dict.fromkeys(counting.touched, telling.cause)
    cases: dict[str, list[CaseWanted]] = {}
    suspected = dict(observed.suspicions)
    for shelf in (counting.before, counting.shelf):
        for key, row in shelf.records.items():
            seen = observed.slots.get(key.slot)
            if seen is None or not row.entity_id:
                continue
            causes[row.entity_id] = Cause(
                correlation_id=seen.correlation_id or telling.cause.correlation_id,
                causation_id=f"{key.source}/{key.kind.value}/{key.source_id}",
            )
            if shelf is counting.shelf and key.slot in suspected:
                cases.setdefault(row.entity_id, []).append(suspicion(key.slot, suspected[key.slot]))
    was, now = counting.before.records_by_entity(), counting.shelf.records_by_entity()
    return [
        _Position(
            id=position,
            was=[counting.before.records[key] for key in was.get(position, ())],
            now=[counting.shelf.records[key] for key in now.get(position, ())],
            cause=causes[position],
            suspicions=cases.get(position, ()),
        )
        for position in sorted(causes)
    ]


def _figures(counting: Counting, position: _Position, telling: Telling) -> list[str]:
    """Bring the rows to what the records come to; what differs, by name."""
    before, after = counting.stock.get(position.id, {}), figures_of(position.id, position.now)
    counting.stock[position.id] = after
    counting.dropped += [row for key, row in before.items() if key not in after]
    put = [row for key, row in after.items() if before.get(key) != row]
    counting.put += put
    ledger = Ledger(correlation_id=position.cause.correlation_id, at=telling.now, mint=telling.mint)
    counting.moved += movements(before, after, ledger)
    return [QUANTITIES] if put or before.keys() - after.keys() else []


def _claims(counting: Counting, position: _Position, landscape: Landscape) -> list[str]:
    """Settle the reservations that the figures contain now, and those whose time is over."""
    claims = counting.claims.get(position.id, [])
    asked = _asked(counting, position, landscape)
    now = counting.shelf.now
    over = [row for row in claims if not is_in_flight(claim_of(row), asked, now)]
    for row in over:
        expired = row.expires_at is not None and row.expires_at <= now
        state = ReservationState.EXPIRED if expired else ReservationState.CONSUMED
        counting.settled.append(replace(row, state=state))
    counting.claims[position.id] = [row for row in claims if row not in over]
    return [RESERVATIONS] if over else []


def _cases(counting: Counting, position: _Position, landscape: Landscape, telling: Telling) -> list[str]:
    wanted = [*position.suspicions, *_oversold(counting, position, landscape)]
    shelf = counting.shelf
    known = counting.cases.get(position.id, [])
    if not wanted and not known:
        return []
    rows = differing_cases(position.id, wanted, known, shelf.now, telling.mint)
    shelf.cases |= {row.id: row for row in rows}
    return [EXCEPTIONS] if rows else []


def _oversold(counting: Counting, position: _Position, landscape: Landscape) -> list[CaseWanted]:
    told = speaking(counting.stock[position.id].values(), landscape)
    asked = _asked(counting, position, landscape)
    figures = counted(told, counting.claims[position.id], asked, counting.shelf.now)
    if not is_oversold(figures):
        return []
    sku, warehouse = place_of_position(position.id) or ("", "")
    return [
        CaseWanted(
            code=ExceptionCode.OVERSOLD,
            dedup_key=f"{ExceptionCode.OVERSOLD.value}:{position.id}",
            title=f"{sku} in {warehouse}: {-atp_now(figures).normalize():f} more are promised than there are",
            severity=Severity.S1,
            queue=CaseQueue.WAREHOUSE,
            root_cause=RootCause.CONCURRENCY,
            source=holder(told),
        )
    ]


def _asked(counting: Counting, position: _Position, landscape: Landscape) -> datetime | None:
    live = [row for row in position.now if row.gone_at is None]
    return asked_of(live, holder(speaking(counting.stock[position.id].values(), landscape)))


def _say(counting: Counting, position: _Position, names: tuple[str, ...], told: Told, telling: Telling) -> None:
    """Move the position's version and tell of it."""
    shelf = counting.shelf
    was = shelf.roots[position.id]
    root = shelf.roots[position.id] = replace(was, version=was.version + 1)
    told.roots.add(position.id)
    sku, warehouse = place_of_position(position.id) or (None, None)
    stands = Traits(sku=sku, warehouse=warehouse)
    fact = Fact(
        kind=Kind.INVENTORY,
        id=position.id,
        root=position.id,
        version=root.version,
        root_version=root.version,
        events=(ADJUSTED,),
        changed_fields=names,
        stands=stands,
        stood=stands if was.version else None,
        cause=position.cause,
    )
    told.facts.append(outgoing(fact, telling))

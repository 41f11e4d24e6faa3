"""Step 1 for stock: positions that observations are about or orders want, locked after the roots and read whole.

All work on the stock of one source queues up: it has one owner, so nothing is lost by that, and no record of it moves
between looking and locking.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from hub.codec import decode
from hub.flow.availability import NOTHING
from hub.flow.facts import Goods
from hub.merge import load
from hub.merge.claims import Claims, Lying, lots_of
from hub.merge.keys import RecordKey, SlotKey
from hub.merge.shelf import Shelf
from hub.merge.stocktake import Figure, position_of
from hub.merge.work import Work
from hub.model.ids import place_of_position, position_id
from hub.model.manifest import Landscape
from hub.model.observation import Observation
from hub.model.policy import VersionedRouting
from hub.model.schemes import PRODUCT_SKU
from hub.model.vocabulary import Kind
from hub.store import circle
from hub.store.casework import CaseRow
from hub.store.circle import SlotAsked
from hub.store.records import AbsenceRow, RecordRow
from hub.store.routing import positions_with, reservations_of, waiting_for, warehouses_of
from hub.store.stock import MovementRow, ReservationRow, StockRow, around_positions
from hub.store.tx import Tx


@dataclass(slots=True, kw_only=True)
class Counting:
    """The positions that a transaction is about, as they were kept and as they are to be."""

    goods: tuple[Observation, ...]
    before: Shelf
    shelf: Shelf
    skus: frozenset[str] = frozenset()
    """Items of which every position is here, for orders that want them."""
    stock: dict[str, dict[Figure, StockRow]] = field(default_factory=dict)
    """By position."""
    claims: dict[str, list[ReservationRow]] = field(default_factory=dict)
    """Active reservations, by position."""
    cases: dict[str, list[CaseRow]] = field(default_factory=dict)
    """By position."""
    put: list[StockRow] = field(default_factory=list)
    dropped: list[StockRow] = field(default_factory=list)
    moved: list[MovementRow] = field(default_factory=list)
    settled: list[ReservationRow] = field(default_factory=list)
    raws: dict[str, object] = field(default_factory=dict)
    places: frozenset[str] = frozenset()
    """The positions."""
    touched: set[str] = field(default_factory=set)
    """Positions of which orders hold back more or less than before."""


def parted(work: Work) -> tuple[tuple[Observation, ...], Work]:
    """The observations of stock, and the work without them."""
    goods = tuple(one for one in work.observations if one.seen.kind is Kind.INVENTORY)
    if not goods:
        return (), work
    return goods, replace(
        work, observations=tuple(one for one in work.observations if one.seen.kind is not Kind.INVENTORY)
    )


async def locked(
    tx: Tx, tenant: str, goods: tuple[Observation, ...], skus: frozenset[str] = frozenset()
) -> Counting | None:
    """Everything that observations of stock concern, and every position of *skus*, locked and loaded.

    None where there are neither.
    """
    if not goods and not skus:
        return None
    slots = _slots(goods)
    known: dict[RecordKey, RecordRow] = {}
    if goods:
        sources = frozenset(f"{one.source}\x1f{Kind.INVENTORY.value}" for one in goods)
        await circle.lock_keys(tx, tenant, sources, frozenset())
        known = load.records(await circle.records_of(tx, tenant, slots))
    named = {row.entity_id for row in known.values()}
    named |= {position_of(one.seen.content) or "" for one in goods if one.seen.content is not None}
    named |= set(await positions_with(tx, tenant, skus)) if skus else set()
    places = {one: place[0] for one in named if (place := place_of_position(one)) is not None}
    await circle.ensure_roots(tx, tenant, Kind.INVENTORY, sorted(places))
    roots = await load.locked_roots(tx, tenant, frozenset(places))
    before = Shelf(now=await tx.now(), roots=roots, records=dict(known))
    counting = Counting(goods=goods, before=before, shelf=before, skus=skus, places=frozenset(places))
    for sort, said in await around_positions(tx, tenant, slots, places, settles=bool(goods)):
        _take(counting, sort, said)
    for sort, said in await circle.under(tx, tenant, sorted(places)):
        _take(counting, sort, said)
    counting.shelf = before.copy()
    return counting


async def held_back(
    tx: Tx, tenant: str, managed: Collection[str], counting: Counting | None, routings: tuple[VersionedRouting, ...]
) -> Claims:
    """Everything held back for orders that the hub manages, and the locked stock that orders may be given."""
    skus = frozenset() if counting is None else counting.skus
    claims = Claims(routings=routings, lying=Lying())
    if counting is not None:
        codes = {place[1] for one in counting.before.roots if (place := place_of_position(one)) is not None}
        claims.lying = Lying(
            skus=skus,
            stock=counting.stock,
            records=_by_position(counting.before),
            claims=counting.claims,
            places=await warehouses_of(tx, tenant, codes) if skus else {},
            locked=frozenset(counting.before.roots),
        )
        claims.touched = counting.touched
        claims.waiting = await waiting_for(tx, tenant, skus) if skus else []
    for row in await reservations_of(tx, tenant, managed) if managed else []:
        claims.mine.setdefault(row.root_id, {})[row.id] = row
    return claims


async def goods_of(tx: Tx, tenant: str, shelf: Shelf, roots: Collection[str], landscape: Landscape) -> dict[str, Goods]:
    """Where the items of products lie now, by root of the product: read, not locked."""
    named: dict[str, set[str]] = {}
    for key, row in shelf.records.items():
        entity = shelf.entities.get(row.entity_id)
        if key.kind is Kind.PRODUCT and entity is not None and entity.root_id in roots:
            skus = {one.value for one in row.content.bears if one.scheme == PRODUCT_SKU}
            named.setdefault(entity.root_id, set()).update(skus)
    wanted = {sku for skus in named.values() for sku in skus}
    if not wanted:
        return {}
    lying, _ = await _looked_at(tx, tenant, wanted)
    waiting = await waiting_for(tx, tenant, wanted)
    known = (landscape, shelf.now, shelf.coverage)
    return {root: lots_of(lying, skus, waiting, known) for root, skus in named.items()}


async def free_of(tx: Tx, tenant: str, skus: Collection[str], landscape: Landscape) -> dict[str, Decimal]:
    """Units of each item that may be promised now over all warehouses: read, not locked."""
    lying, now = await _looked_at(tx, tenant, skus)
    known = (landscape, now, await load.coverage(tx, tenant))
    lots = {sku: lots_of(lying, {sku}, (), known).lots for sku in skus}
    return {sku: sum((max(lot.atp, NOTHING) for lot in of), NOTHING) for sku, of in lots.items()}


async def _looked_at(tx: Tx, tenant: str, skus: Collection[str]) -> tuple[Lying, datetime]:
    """Every position of *skus* as it is kept now, not locked."""
    places = await positions_with(tx, tenant, skus)
    seen = Shelf(now=await tx.now(), roots={})
    counting = Counting(goods=(), before=seen, shelf=seen, places=frozenset(places))
    for sort, said in await around_positions(tx, tenant, (), places, settles=False):
        _take(counting, sort, said)
    records = _by_position(seen)
    lying = Lying(stock=counting.stock, records=records, claims=counting.claims, locked=frozenset(places))
    return lying, seen.now


def _by_position(shelf: Shelf) -> dict[str, list[RecordRow]]:
    found: dict[str, list[RecordRow]] = {}
    for _, row in sorted(shelf.records.items()):
        found.setdefault(row.entity_id, []).append(row)
    return found


def _slots(goods: Sequence[Observation]) -> list[SlotAsked]:
    found = sorted({SlotKey(one.source, Kind.INVENTORY, one.seen.source_id) for one in goods})
    return [SlotAsked(source=slot.source, kind=slot.kind, source_id=slot.source_id) for slot in found]


def _take(counting: Counting, sort: str, said: str) -> None:
    before = counting.before
    match sort:
        case "record":
            before.records |= load.records([said])
        case "absence":
            missing = decode(said, AbsenceRow)
            before.absences[SlotKey(missing.source, missing.kind, missing.source_id)] = missing
        case "stock":
            row = decode(said, StockRow)
            counting.stock.setdefault(row.root_id, {})[Figure(row.source, row.name)] = row
        case "reservation":
            _claim(counting, decode(said, ReservationRow))
        case "case":
            case = decode(said, CaseRow)
            before.cases[case.id] = case
            counting.cases.setdefault(case.root_id, []).append(case)
        case _:
            pass


def _claim(counting: Counting, row: ReservationRow) -> None:
    position = position_id(row.sku, row.warehouse)
    if position in counting.places:
        counting.claims.setdefault(position, []).append(row)

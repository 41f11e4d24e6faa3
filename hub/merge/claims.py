"""What the hub holds back for the orders of one transaction, and the locked stock that it may hold back from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from hub.flow.availability import NOTHING, atp_now
from hub.flow.facts import FlowResult, Goods, KeptReservation, Lot, Supply
from hub.flow.routing import Candidate
from hub.flow.staleness import allowed, swept_as
from hub.merge.stock_speakers import asked_of, counted, holder, speaking
from hub.merge.stocktake import Figure
from hub.model.ids import place_of_position, position_id
from hub.model.inventory import QuantityName, ReservationState
from hub.model.manifest import Landscape
from hub.model.place import Warehouse, WarehouseStatus
from hub.model.policy import VersionedRouting
from hub.model.routing import RouteRule, RoutingDecision
from hub.model.vocabulary import FieldGroup, Kind, SystemKind
from hub.store.records import RecordRow
from hub.store.routing import Waiting
from hub.store.stock import PUT_RESERVATIONS, ReservationRow, StockRow
from hub.store.tx import Tx

RESTS = frozenset({WarehouseStatus.PAUSED, WarehouseStatus.CLOSED})
"""A warehouse that ships nothing, whatever lies there."""


WITHHELD = (QuantityName.SAFETY_STOCK, QuantityName.CHANNEL_BUFFER)
SIGNS = {QuantityName.ON_HAND: 1, QuantityName.ALLOCATED: -1}
"""What a shop can sell: what it believes to lie there, without what it has sold."""


@dataclass(slots=True, kw_only=True)
class Lying:
    """Positions that are locked, and all that is kept of them."""

    skus: frozenset[str] = frozenset()
    """Items of which every position is here."""
    stock: Mapping[str, Mapping[Figure, StockRow]] = field(default_factory=dict)
    """By position."""
    records: Mapping[str, list[RecordRow]] = field(default_factory=dict)
    """By position."""
    claims: dict[str, list[ReservationRow]] = field(default_factory=dict)
    """Active reservations by position, of all orders; follows what this transaction does."""
    places: Mapping[str, Warehouse] = field(default_factory=dict)
    """By code."""
    locked: Collection[str] = ()
    """Positions."""


@dataclass(slots=True, kw_only=True)
class Claims:
    """What is held back, before and after."""

    routings: tuple[VersionedRouting, ...]
    lying: Lying
    waiting: list[Waiting] = field(default_factory=list)
    mine: dict[str, dict[str, ReservationRow]] = field(default_factory=dict)
    """Order -> everything ever held back for it."""
    decisions: dict[str, RoutingDecision] = field(default_factory=dict)
    """Of this transaction."""
    changed: dict[str, ReservationRow] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    """Positions of which more or less is held back now."""
    missing: set[str] = field(default_factory=set)
    """Items that must be locked for what flow wants."""

    def reservations(self, root: str) -> tuple[KeptReservation, ...]:
        """Everything ever held back for an order, as flow sees it."""
        rows = sorted(self.mine.get(root, {}).values(), key=lambda row: (row.line, row.warehouse, row.id))
        return tuple(
            KeptReservation(
                id=row.id,
                line_no=int(row.line.partition("/")[0]),
                sku=row.sku,
                warehouse=row.warehouse,
                quantity=row.quantity,
                state=row.state,
                acknowledged_at=row.acknowledged_at,
                expires_at=row.expires_at,
            )
            for row in rows
        )

    def follow(self, root: str, result: FlowResult) -> bool:
        """Let what is held back be as flow wants it; whether anything had to move."""
        self.missing |= result.asks_stock - self.lying.skus
        if result.decision is not None:
            self.decisions[root] = result.decision
        mine = self.mine.setdefault(root, {})
        for wanted in result.reservations:
            was, row = mine.get(wanted.id), _row(root, wanted)
            mine[row.id] = self.changed[row.id] = row
            if was is None or (was.quantity, was.state) != (row.quantity, row.state):
                self._weigh(row)
        return result.decision is not None or bool(result.reservations)

    def supply(self, root: str, seen: tuple[Landscape, datetime, Mapping[tuple[str, Kind], datetime]]) -> Supply | None:
        """The locked stock as an order may take it; *seen*: the sources, the present, and what was seen through when.

        None where none is locked.
        """
        if not self.lying.skus:
            return None
        older: dict[str, Decimal] = {}
        for one in self._waits():
            if one.root_id < root:
                older[one.sku] = older.get(one.sku, NOTHING) + one.quantity
        return Supply(skus=self.lying.skus, candidates=_candidates(self.lying, seen), waiting=older)

    def _waits(self) -> Iterator[Waiting]:
        """What orders wait for: those at hand as they stand by now, the others as they stood."""
        yield from (one for one in self.waiting if one.root_id not in self.mine)
        for root, rows in self.mine.items():
            for row in rows.values():
                if row.state is ReservationState.ACTIVE and not row.warehouse and row.sku in self.lying.skus:
                    yield Waiting(root_id=root, sku=row.sku, quantity=row.quantity)

    def let_go(self, roots: Iterable[str]) -> None:
        """Release what is held back for orders that are another one now: that one is given its own."""
        for root in roots:
            for row in list(self.mine.get(root, {}).values()):
                if row.state is ReservationState.ACTIVE:
                    gone = replace(row, state=ReservationState.RELEASED)
                    self.mine[root][row.id] = self.changed[row.id] = gone
                    self._weigh(gone)

    def _weigh(self, row: ReservationRow) -> None:
        """Let the position feel it. One that is not locked must be."""
        if not row.warehouse:
            return
        position = position_id(row.sku, row.warehouse)
        if position not in self.lying.locked:
            self.missing.add(row.sku)
            return
        self.touched.add(position)
        others = [one for one in self.lying.claims.get(position, []) if one.id != row.id]
        self.lying.claims[position] = [*others, row] if row.state is ReservationState.ACTIVE else others


async def write(tx: Tx, tenant: str, claims: Claims | None, settled: Iterable[ReservationRow]) -> None:
    """Write what is held back otherwise than before; *settled*: what the figures of this transaction contain now."""
    rows = {} if claims is None else dict(claims.changed)
    rows |= {row.id: row for row in settled}
    await PUT_RESERVATIONS.write(tx, tenant, [rows[one] for one in sorted(rows)])


def _row(root: str, one: KeptReservation) -> ReservationRow:
    return ReservationRow(
        id=one.id,
        root_id=root,
        line=_line(root, one),
        sku=one.sku,
        warehouse=one.warehouse,
        quantity=one.quantity,
        state=one.state,
        acknowledged_at=one.acknowledged_at,
        expires_at=one.expires_at,
    )


def _line(root: str, one: KeptReservation) -> str:
    """The line, and which reservation of it in this warehouse it is: unique per order, line and warehouse."""
    more = one.id.removeprefix(f"{root}/{one.line_no}/{one.warehouse}")
    return f"{one.line_no}{more}"


def _candidates(
    lying: Lying, seen: tuple[Landscape, datetime, Mapping[tuple[str, Kind], datetime]]
) -> tuple[Candidate, ...]:
    atp: dict[str, dict[str, Decimal]] = {}
    told_by: dict[str, dict[str, str]] = {}
    silent: dict[str, str] = {}
    for position in sorted(lying.locked):
        sku, warehouse = place_of_position(position) or ("", "")
        if sku not in lying.skus:
            continue
        source, words, units = _promised(lying, position, seen)
        if source is None:
            silent[warehouse] = words
            continue
        atp.setdefault(warehouse, {})[sku] = units
        told_by.setdefault(warehouse, {})[sku] = source
    return tuple(
        _candidate(one, atp.get(one, {}), told_by.get(one, {}), lying.places.get(one), silent.get(one))
        for one in sorted(atp.keys() | silent.keys())
    )


def lots_of(
    lying: Lying,
    skus: Collection[str],
    waiting: Iterable[Waiting],
    seen: tuple[Landscape, datetime, Mapping[tuple[str, Kind], datetime]],
) -> Goods:
    """Where the items of one product lie, by warehouse."""
    lots = []
    for position in sorted(lying.locked):
        sku, warehouse = place_of_position(position) or ("", "")
        if sku in skus:
            source, _, units = _promised(lying, position, seen)
            rows = lying.stock.get(position, {})
            shown = _shown(rows, seen[0])
            lots.append(
                Lot(
                    warehouse=warehouse,
                    atp=units,
                    safety=_withheld(rows, lying.records.get(position, []), seen[0]),
                    is_counted=source is not None,
                    shown=shown,
                    asked=_asked(lying.records.get(position, []), shown),
                )
            )
    return Goods(lots=tuple(lots), unsourced=sum((one.quantity for one in waiting if one.sku in skus), NOTHING))


def _withheld(rows: Mapping[Figure, StockRow], records: Iterable[RecordRow], landscape: Landscape) -> Decimal:
    """What is held back there from everybody."""
    told = speaking(rows.values(), landscape)
    held = sum((told[name].value for name in WITHHELD if name in told), NOTHING)
    if QuantityName.SAFETY_STOCK in told:
        return held
    planned = (row.content.inventory.supply for row in records if row.gone_at is None and row.content.inventory)
    return held + max((one.safety_stock or NOTHING for one in planned if one is not None), default=NOTHING)


def _shown(rows: Mapping[Figure, StockRow], landscape: Landscape) -> dict[str, Decimal]:
    """What each shop says that it can sell from there."""
    found: dict[str, Decimal] = {}
    for key, row in rows.items():
        if landscape.role(key.source) is SystemKind.COMMERCE and key.name in SIGNS:
            found[key.source] = found.get(key.source, NOTHING) + SIGNS[key.name] * row.value
    return found


def _asked(records: Sequence[RecordRow], sources: Iterable[str]) -> dict[str, datetime]:
    """Since when each of the sources' words was asked for."""
    instants = {source: asked_of(records, source) for source in sources}
    return {source: at for source, at in instants.items() if at is not None}


def _candidate(
    code: str, atp: Mapping[str, Decimal], told_by: Mapping[str, str], place: Warehouse | None, silent: str | None
) -> Candidate:
    profile = None if place is None else place.groups.profile
    work = None if place is None else place.groups.work
    status = None if profile is None else profile.status
    excluded = None if silent is None or atp else (RouteRule.FEED, silent)
    if status in RESTS:
        excluded = (RouteRule.STATUS, f"{code} is {status.lower()}")
    room = None
    if work is not None and work.orders_per_day is not None and work.backlog is not None:
        room = work.orders_per_day - work.backlog
    return Candidate(
        warehouse=code,
        atp=atp,
        told_by=told_by,
        excluded=excluded,
        priority=None if profile is None else profile.priority,
        address=None if profile is None else profile.address,
        capacity=room,
        warehouse_id=None if place is None else place.id,
    )


def _promised(
    lying: Lying, position: str, seen: tuple[Landscape, datetime, Mapping[tuple[str, Kind], datetime]]
) -> tuple[str | None, str, Decimal]:
    """(whose figures count, why none do, what may be promised) of one position."""
    landscape, now, coverage = seen
    told = speaking(lying.stock.get(position, {}).values(), landscape)
    source = holder(told)
    live = [row for row in lying.records.get(position, []) if row.gone_at is None]
    behind = [row for row in live if row.source == source]
    if source is None or not behind:
        return None, "nobody who may speak for it tells what lies there", NOTHING
    if any(_is_old(row, landscape, now, coverage) for row in behind):
        return None, f"the figures of {source} are too old", NOTHING
    figures = counted(told, lying.claims.get(position, []), asked_of(live, source), now)
    return source, "", atp_now(figures)


def _is_old(row: RecordRow, landscape: Landscape, now: datetime, coverage: Mapping[tuple[str, Kind], datetime]) -> bool:
    binding = landscape.sources.get(row.source)
    if binding is None or binding.is_retired or row.in_doubt:
        return True
    asked = row.started or row.finished
    through = coverage.get((row.source, swept_as(binding, Kind.INVENTORY)))
    as_of = asked if through is None else max(asked, through)
    return now - as_of > allowed(binding, Kind.INVENTORY, FieldGroup.INVENTORY)

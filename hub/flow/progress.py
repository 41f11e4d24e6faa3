"""How far a cancel is: who must be asked, in which order, and what those who answered have granted (rule Own-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from hub.flow.asserted import Entry, entries_of
from hub.flow.cycle.requested import units_racing
from hub.flow.facts import Document, KeptCommand, KeptDelivery, RootFacts
from hub.flow.holders import Holder, holders_of, units_cancelled
from hub.model.command import AmendCommand, CancelCommand
from hub.model.effects import CancelReason, CancelTarget
from hub.model.intents import DeliveryState, granted
from hub.model.order import Order, OrderStatus
from hub.model.vocabulary import SystemKind

ZERO = Decimal(0)

ALREADY_SO = "the source already shows it"
GONE = "the source has nothing left to cancel"
CLOSED = "the order is closed"

ENDED = frozenset({OrderStatus.COMPLETED, OrderStatus.REJECTED})
"""Closed roots emit nothing (Flow-4). A CANCELLED one still tells mirrors that do not show it."""

FINAL = frozenset({DeliveryState.DONE, DeliveryState.REFUSED})
UNCLAIMED = frozenset({DeliveryState.PENDING, DeliveryState.DEAD, DeliveryState.WITHDRAWN})
"""Nothing is on its way and nothing happened: wanted or not is decided anew each time (Flow-1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one command wants of one line of the order, less what was refused."""

    entry: Entry
    line_no: int
    refused: Decimal
    because: str | None = None
    """The words of who refused."""

    @property
    def granted(self) -> Decimal:
        """Of the requested units: those that nobody has refused."""
        return self.entry.requested - self.refused

    @property
    def total(self) -> Decimal:
        """Units of the line that should be cancelled in all."""
        return self.entry.total + self.entry.refused - self.refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One document that one command wants changed now."""

    holder: Holder
    key: str
    targets: tuple[CancelTarget, ...]
    delivery: KeptDelivery | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one command is."""

    command: KeptCommand
    cancel: CancelCommand
    """What the command takes back, and why."""
    shares: tuple[Share, ...]
    askings: tuple[Asking, ...] = ()
    """What should be on its way now; later stages wait."""
    unwanted: Mapping[str, str] = field(default_factory=dict)
    """Key of an unclaimed delivery -> why it is not wanted any more."""
    is_decided: bool = False
    """Whether everybody whose word counts has answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """One turn: documents to ask, and rows of the same command at sources of this turn."""

    holders: tuple[Holder, ...]
    rows: Mapping[str, KeptDelivery]
    counts: bool
    """Whether a refusal here withdraws the quantity; a mirror's does not."""


def progress_of(
    order: Order, facts: RootFacts, documents: Mapping[str, Document]
) -> tuple[tuple[Progress, ...], tuple[Entry, ...]]:
    """Every command's progress, oldest first, and the hub's entries with what was refused taken off."""
    holders = holders_of(order, facts, documents)
    entries = list(entries_of(facts, order.id))
    found = []
    for command in sorted(facts.commands, key=lambda one: one.begun_at):
        if (cancel := cancel_asked(command)) is not None:
            found.append(_progress((command, cancel), order, facts, holders, entries))
            entries = _withdrawn(entries, found[-1].shares)
    return tuple(found), tuple(entries)


def cancel_asked(command: KeptCommand) -> CancelCommand | None:
    """What a command takes back; None where it takes back nothing."""
    asked = command.command
    if isinstance(asked, AmendCommand) and asked.lines:
        return CancelCommand(order_id=asked.order_id, reason=CancelReason.OTHER, note=asked.note)
    return asked if isinstance(asked, CancelCommand) else None


def key_of(holder: Holder, command_id: str) -> str:
    """Natural key of a cancel: one per command and source; per parcel where a warehouse holds several."""
    key = f"{holder.source}/cancel:{command_id}"
    return f"{key}:{holder.source_id}" if holder.stage == 0 else key


def free_of_warehouse(order: Order, line_no: int) -> Decimal:
    """Open units of a line that no warehouse has in its hands."""
    told = next(line.quantities for line in order.lines if line.line_no == line_no)
    open_units = told.ordered - told.cancelled - told.rejected
    return max(open_units - max(told.released, told.shipped), ZERO)


def in_warehouses(order: Order, line_no: int, total: Decimal, racing: Decimal = ZERO) -> Decimal:
    """Units of a line that warehouses must give back so that *total* can be cancelled in all.

    *racing*: units that they may be picking without showing it yet.
    """
    told = next(line.quantities for line in order.lines if line.line_no == line_no)
    return max(max(told.released, told.shipped) + racing - (told.ordered - told.rejected - total), ZERO)


def spread(holder: Holder, line_no: int, total: Decimal) -> tuple[CancelTarget, ...]:
    """A total over the lines that a document has for one line of the order, in their order; never below what is so."""
    more = total - holder.cancelled(line_no)
    found = []
    for held in holder.lines:
        if held.line_no == line_no:
            share = max(min(more, held.ordered - held.cancelled), ZERO)
            more -= share
            cancelled = held.cancelled + share
            found.append(CancelTarget(line=held.line, line_no=line_no, cancelled=cancelled, factor=held.factor))
    return tuple(found)


def shows(holder: Holder, targets: Iterable[CancelTarget]) -> bool:
    """Whether a document already says everything that is wanted of it."""
    now = {held.line: held.cancelled for held in holder.lines}
    return all(now.get(target.line, ZERO) >= target.cancelled for target in targets)


def _progress(
    asked: tuple[KeptCommand, CancelCommand],
    order: Order,
    facts: RootFacts,
    holders: Sequence[Holder],
    entries: Sequence[Entry],
) -> Progress:
    command, cancel = asked
    shares = tuple(
        Share(entry=entry, line_no=line.line_no, refused=entry.refused)
        for entry in entries
        if entry.command_id == command.id and (line := entry.line_of(order)) is not None
    )
    progress = Progress(command=command, cancel=cancel, shares=shares, is_decided=True)
    answered: list[KeptDelivery] = []
    if _races(order, facts, shares):
        return replace(progress, is_decided=False)
    for stage in _stages(command, facts, holders):
        askings, unwanted, ended = _turn(stage, command.id, order, progress.shares)
        if order.status in ENDED:
            unwanted |= {a.key: CLOSED for a in askings if a.delivery and a.delivery.state in UNCLAIMED}
            askings = [a for a in askings if a.delivery and a.delivery.state not in UNCLAIMED]
        progress = replace(progress, askings=(*progress.askings, *askings), unwanted={**progress.unwanted, **unwanted})
        if stage.counts:
            answered += ended
            progress = replace(progress, shares=tuple(_less(share, answered, facts) for share in shares))
        if askings or _is_open(stage):
            return replace(progress, is_decided=not stage.counts)
    return progress


def _races(order: Order, facts: RootFacts, shares: Iterable[Share]) -> bool:
    """Whether a warehouse may hold what is called off and does not show it yet: nobody else is told before (Own-1)."""
    for share in shares:
        racing = units_racing(facts, share.line_no)
        needed = in_warehouses(order, share.line_no, share.total, racing)
        if racing > 0 and share.granted > 0 and needed > in_warehouses(order, share.line_no, share.total):
            return True
    return False


def _stages(command: KeptCommand, facts: RootFacts, holders: Sequence[Holder]) -> tuple[_Stage, ...]:
    """Warehouses; then who speaks for what was agreed, or the first who can be told; then mirrors."""
    rows = {row.key: row for row in facts.deliveries if row.command_id == command.id}
    offering = [holder for holder in holders if holder.offers]
    decider = next((holder.source for holder in offering if holder.stage > 0), None)
    stages = []
    for turn in range(3):

        def place(source: str) -> int:
            if facts.landscape.role(source) is SystemKind.WMS:
                return 0
            return 1 if source == decider or decider is None else 2

        stages.append(
            _Stage(
                holders=tuple(holder for holder in offering if place(holder.source) == turn),
                rows={key: row for key, row in rows.items() if place(row.source) == turn},
                counts=turn < 2,
            )
        )
    return tuple(stages)


def _turn(
    stage: _Stage, command_id: str, order: Order, shares: Sequence[Share]
) -> tuple[list[Asking], dict[str, str], list[KeptDelivery]]:
    """(what should be on its way, what is not wanted any more, rows that have ended) of one stage."""
    left = {share.line_no: min(in_warehouses(order, share.line_no, share.total), share.granted) for share in shares}
    askings: list[Asking] = []
    unwanted: dict[str, str] = {}
    keys = set()
    for holder in stage.holders:
        key = key_of(holder, command_id)
        keys.add(key)
        row = stage.rows.get(key)
        if row is not None and (row.state not in UNCLAIMED or row.has_begun):
            if row.state not in FINAL:
                askings.append(Asking(holder=holder, key=key, targets=row.cancel.lines, delivery=row))
            continue
        targets = _targets(holder, shares, left)
        again = row is None or row.state is not DeliveryState.WITHDRAWN or row.withdrawn_because != ALREADY_SO
        if targets and not shows(holder, targets) and again:
            askings.append(Asking(holder=holder, key=key, targets=targets, delivery=row))
        elif row is not None:
            unwanted[key] = ALREADY_SO
    unwanted |= {k: GONE for k, row in stage.rows.items() if k not in keys and _is_idle(row)}
    ended = [row for key, row in stage.rows.items() if row.state in FINAL or key in unwanted]
    return askings, unwanted, ended


def _targets(holder: Holder, shares: Sequence[Share], left: dict[int, Decimal]) -> tuple[CancelTarget, ...]:
    """What a document should say. A warehouse is asked only for what nobody else can give (*left*, which shrinks)."""
    found: list[CancelTarget] = []
    for share in shares:
        if holder.stage > 0:
            found += spread(holder, share.line_no, share.total)
        elif left[share.line_no] > 0:
            before = holder.cancelled(share.line_no)
            mine = spread(holder, share.line_no, before + left[share.line_no])
            left[share.line_no] -= sum((target.cancelled for target in mine), ZERO) - before
            found += mine
    return tuple(found)


def _less(share: Share, answered: Iterable[KeptDelivery], facts: RootFacts) -> Share:
    """The share after the answers that count: what was wanted and not granted is refused; it never grows back."""
    refused, because = ZERO, None
    for row in answered:
        short = short_of(row, share.line_no, facts)
        if short > 0:
            refused, because = refused + short, row.error or row.withdrawn_because or because
    return replace(share, refused=min(max(refused, share.entry.refused), share.entry.requested), because=because)


def short_of(row: KeptDelivery, line_no: int, facts: RootFacts) -> Decimal:
    """Units of a line that a delivery wanted and did not get."""
    so = granted(row.grants, line_no)
    if so is None and row.state is DeliveryState.DONE:
        return ZERO
    if so is None:
        lines = {target.line for target in row.cancel.lines if target.line_no == line_no}
        so = units_cancelled(row, lines, facts)
    return max(row.cancel.total(line_no) - so, ZERO)


def _withdrawn(entries: Sequence[Entry], shares: Sequence[Share]) -> list[Entry]:
    """Own-1: what was refused is withdrawn from the hub's record, also from the totals of later commands."""
    result = list(entries)
    for share in shares:
        more = share.refused - share.entry.refused
        if more == 0:
            continue
        start = result.index(share.entry)
        result[start] = replace(share.entry, refused=share.refused, total=share.total)
        for at in range(start + 1, len(result)):
            if result[at].target == share.entry.target:
                result[at] = replace(result[at], total=result[at].total - more)
    return result


def _is_idle(row: KeptDelivery) -> bool:
    return row.state in UNCLAIMED and not row.has_begun


def _is_open(stage: _Stage) -> bool:
    """Whether a call is out, or must be finished, at a source that has no document of the order any more."""
    return any(row.state not in FINAL and not _is_idle(row) for row in stage.rows.values())

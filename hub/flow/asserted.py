"""The hub's own record of an order: what commands assert (rule Own-1), one line per command and line of the order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hub.flow.facts import HUB, RootFacts
from hub.model.observation import NaturalKey, SourceLine, SourceQuantities, line_key
from hub.model.order import Order, OrderLine
from hub.model.vocabulary import Kind

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one command asserts about one line: so many units more shall be cancelled, `total` in all.

    Kept as a line of the hub's record: its id is `command:lineNo` (the number the line had then), its target the
    source line that stood behind it; `ordered` is what was asked, `cancelled` the total, `rejected` what was refused.
    """

    command_id: str
    line_no: int
    """As it was when the command was accepted; the target says which line it is now."""
    sku: str
    unit: str
    target: NaturalKey | None
    requested: Decimal
    total: Decimal
    """Cancelled in all once this command is carried out; what was refused is already taken off."""
    refused: Decimal = ZERO

    def line_of(self, order: Order) -> OrderLine | None:
        """The order line that it is about now; None where no source has it any more."""
        for line in order.lines:
            if any(line_key(one.source, Kind.ORDER, one.line) == self.target for one in line.origins):
                return line
        return None

    @property
    def line(self) -> SourceLine:
        """Itself as a line of the hub's record."""
        return SourceLine(
            id=f"{self.command_id}:{self.line_no}",
            sku=self.sku,
            unit=self.unit,
            target=self.target,
            quantities=SourceQuantities(ordered=self.requested, cancelled=self.total, rejected=self.refused),
        )


def entries_of(facts: RootFacts, order_id: str) -> tuple[Entry, ...]:
    """Everything that commands have asserted about an order, oldest command first.

    After a merge two records of the hub may lie under one order: each entry counts once, the survivor's first.
    """
    records = [r for r in facts.records if r.source == HUB and r.kind is Kind.ORDER and r.entity_id == order_id]
    found: dict[str, Entry] = {}
    for record in sorted(records, key=lambda r: (r.source_id != order_id, r.source_id)):
        for line in record.content.lines:
            if line.target is not None:
                found.setdefault(line.id, _entry(line))
    place = {command.id: at for at, command in enumerate(facts.commands)}
    return tuple(sorted(found.values(), key=lambda entry: (place.get(entry.command_id, -1), entry.line_no)))


def entry_for(command_id: str, line: OrderLine, requested: Decimal, before: Decimal) -> Entry:
    """What a new command asserts about a line of which *before* units are cancelled or asserted already."""
    origin = line.origins[0]
    return Entry(
        command_id=command_id,
        line_no=line.line_no,
        sku=line.sku,
        unit=line.unit,
        target=line_key(origin.source, Kind.ORDER, origin.line),
        requested=requested,
        total=before + requested,
    )


def asserted_on(entries: Iterable[Entry], order: Order, line_no: int) -> Decimal:
    """The total that commands assert on a line; zero where none does."""
    totals = [e.total for e in entries if (line := e.line_of(order)) is not None and line.line_no == line_no]
    return max(totals, default=ZERO)


def _entry(line: SourceLine) -> Entry:
    command_id, _, number = line.id.rpartition(":")
    told = line.quantities
    return Entry(
        command_id=command_id,
        line_no=int(number),
        sku=line.sku,
        unit=line.unit,
        target=line.target,
        requested=told.ordered or ZERO,
        total=told.cancelled or ZERO,
        refused=told.rejected or ZERO,
    )

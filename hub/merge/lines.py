"""Lines of one order over all its documents (rule Id-5): matched anew every time, only `lineNo` is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hub.flow.facts import HUB, KeptRecord
from hub.merge.authority import BIRTH, muted, speaking
from hub.model.manifest import Landscape
from hub.model.observation import NaturalKey, SourceLine, line_key
from hub.model.vocabulary import Kind, SystemKind

MEETING_ORDER: tuple[SystemKind, ...] = (*BIRTH, *(role for role in SystemKind if role not in BIRTH))
"""The fixed order in which documents are laid beside each other, whatever came first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One line of one source's document."""

    source: str
    document: str
    """Source id of the document, with its birth where ids are re-used."""
    line: SourceLine
    factor: Decimal = Decimal(1)
    """Units of the hub's in one of the source's; the line is told in the hub's."""

    @property
    def key(self) -> str:
        """Key of `line_numbers`: `source|document|line`."""
        return f"{self.source}|{self.document}|{self.line.id}"

    @property
    def target(self) -> NaturalKey:
        """How another document's line refers to this one."""
        return line_key(self.source, Kind.ORDER, self.line.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Lines of several documents that are one line of the order; the first one's document made the row."""

    members: tuple[Member, ...]
    asserted: tuple[SourceLine, ...] = ()
    """Lines of the hub's own record about it (Own-1)."""

    @property
    def first(self) -> SourceLine:
        """The line that made the row."""
        return self.members[0].line

    def of(self, source: str) -> tuple[SourceLine, ...]:
        """What one source has in this row."""
        return tuple(member.line for member in self.members if member.source == source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All rows of an order and the documents whose lines could not be told apart."""

    rows: tuple[Row, ...]
    ambiguous: tuple[str, ...] = ()
    """`source|document` of each, in order."""


def order_rows(records: Iterable[KeptRecord], landscape: Landscape) -> Rows:
    """The rows of an order from every record kept of it; one document per source, in a fixed order of sources."""
    known = [record for record in records if record.kind is Kind.ORDER]
    rows: list[Row] = []
    ambiguous: list[str] = []
    for record in _documents(known, landscape):
        document = record.document
        lines = _own_lines(record)
        pairs, unclear = match(lines, rows, record.source)
        for line, at in pairs:
            factor = record.factor(line.id)
            member = Member(source=record.source, document=document, line=line, factor=factor)
            if at is None:
                rows.append(Row(members=(member,)))
            else:
                rows[at] = replace(rows[at], members=(*rows[at].members, member))
        if unclear:
            ambiguous.append(f"{record.source}|{document}")
    return Rows(rows=tuple(_with_asserted(rows, known)), ambiguous=tuple(ambiguous))


def match(
    lines: Sequence[SourceLine], rows: Sequence[Row], source: str | None = None
) -> tuple[tuple[tuple[SourceLine, int | None], ...], bool]:
    """Where each line of one document belongs: by stored reference, else by (sku, unit, price) in order, else by item.

    The second value says whether equal items in unequal numbers left it open. Lines of *source*, an order's document,
    never share a row by likeness; those of a document below it do where only one row is like them (a line picked from
    two bins), or is of their item at whatever price. A line without price is like any of its item.
    """
    placed: dict[int, int | None] = {}
    for index, line in enumerate(lines):
        hit = _by_target(line, rows)
        if hit is not None:
            placed[index] = hit
    taken = {at for at in placed.values() if at is not None}
    unclear = False
    for index, line in enumerate(lines):
        if index in placed:
            continue
        like = [at for at, row in enumerate(rows) if _alike(row.first, line)]
        if source is None and not like:  # a price of its own, such as a return's: the only row of the item is meant
            like = [at for at, row in enumerate(rows) if _item(row.first) == _item(line)]
            like = like if len(like) == 1 else []
        if source is None and len(like) == 1:
            placed[index] = like[0]
            continue
        same = [other for other in lines if _alike(other, line)]
        unclear = unclear or bool(like and max(len(like), len(same)) > 1 and len(like) != len(same))
        free = [at for at in like if at not in taken and (source is None or not rows[at].of(source))]
        placed[index] = free[0] if free else None
        taken.update(free[:1])
    if source is not None:
        placed |= _by_item(lines, rows, placed, source)
    return tuple((line, placed[index]) for index, line in enumerate(lines)), unclear


def _by_item(
    lines: Sequence[SourceLine], rows: Sequence[Row], placed: Mapping[int, int | None], source: str
) -> dict[int, int | None]:
    """Lines whose price alone differs: the only one left of its item goes to the only row left of that item."""
    left = [index for index, at in placed.items() if at is None]
    free = [at for at, row in enumerate(rows) if at not in placed.values() and not row.of(source)]
    found: dict[int, int | None] = {}
    for index in left:
        mine = [other for other in left if _item(lines[other]) == _item(lines[index])]
        there = [at for at in free if _item(rows[at].first) == _item(lines[index])]
        if len(mine) == len(there) == 1:
            found[index] = there[0]
    return found


def _item(line: SourceLine) -> tuple[str, str]:
    return line.sku, line.unit


def numbered(rows: Sequence[Row], known: Mapping[str, int]) -> tuple[tuple[int, ...], dict[str, int]]:
    """`lineNo` of every row, and all numbers ever given: the first document's line keeps its number, else any other's.

    A number is never used again, even after its line is gone.
    """
    numbers: dict[int, int] = {}
    remembered = dict(known)
    for only_first in (True, False):
        for at, row in enumerate(rows):
            members = row.members[:1] if only_first else row.members
            had = sorted(remembered[member.key] for member in members if member.key in remembered)
            free = [number for number in had if number not in numbers.values()]
            if at not in numbers and free:
                numbers[at] = free[0]
    last = max(remembered.values(), default=0)
    for at, row in enumerate(rows):
        if at not in numbers:
            last += 1
            numbers[at] = last
        remembered.update({member.key: numbers[at] for member in row.members})
    return tuple(numbers[at] for at in range(len(rows))), remembered


def _documents(known: Sequence[KeptRecord], landscape: Landscape) -> list[KeptRecord]:
    """The record of each source that has lines to lay down, in the fixed order; doubles only if nobody else has any."""
    chosen = [record for record in speaking(known, MEETING_ORDER, landscape) if _own_lines(record)]
    twice = muted(known, landscape)
    clear = [record for record in chosen if record.source not in twice]
    chosen = clear or chosen
    living = [record for record in chosen if record.lives]
    return living or chosen


def _own_lines(record: KeptRecord) -> list[SourceLine]:
    """The lines a document lays down; what the hub only asserts about other documents' lines is none of them."""
    return [line for line in record.content.lines if record.source != HUB or line.target is None]


def _with_asserted(rows: Sequence[Row], known: Sequence[KeptRecord]) -> list[Row]:
    said = [line for record in known if record.source == HUB for line in record.content.lines if line.target]
    return [
        replace(row, asserted=tuple(line for line in said if any(line.target == m.target for m in row.members)))
        for row in rows
    ]


def _by_target(line: SourceLine, rows: Sequence[Row]) -> int | None:
    if line.target is None:
        return None
    for at, row in enumerate(rows):
        if any(member.target == line.target for member in row.members):
            return at
    return None


def _alike(one: SourceLine, other: SourceLine) -> bool:
    if _item(one) != _item(other):
        return False
    return one.unit_price is None or other.unit_price is None or one.unit_price == other.unit_price

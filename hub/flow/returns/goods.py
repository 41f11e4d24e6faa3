"""Units of a return as each system should have them: its own lines, items and counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from hub.flow.facts import Document, ItemCode, KeptRecord, RootFacts
from hub.flow.returns.asserted import PIECE, order_line, own_of, told_back
from hub.model.effects import Disposed, GoodsLine
from hub.model.observation import SourceLine
from hub.model.order import Order
from hub.model.returns import Return, ReturnLine, ReturnStatus

ZERO = Decimal(0)
JUDGED = frozenset({ReturnStatus.INSPECTED, ReturnStatus.CREDITED, ReturnStatus.CLOSED})
"""What becomes of everything that came is known."""


def allowed_goods(found: Return, order: Order, facts: RootFacts, source: str) -> tuple[GoodsLine, ...]:
    """What may come back, on the lines of the source's own order where it has it."""
    return tuple(_goods(line, line.authorized, order, facts, source) for line in found.lines if line.authorized > 0)


def came_goods(found: Return, order: Order, facts: RootFacts, record: KeptRecord) -> tuple[GoodsLine, ...]:
    """What came in all, on the lines of a source's own return; what the customer keeps never came."""
    return tuple(_on(line, line.received - line.kept, order, (facts, record)) for line in found.lines)


def lacks_goods(found: Return, papers: Sequence[KeptRecord]) -> bool:
    """Whether a source counts fewer units than came; false of one that counts none."""
    there = counted_units(papers)
    came = units_by_item((line.sku, line.received - line.kept) for line in found.lines)
    return there is not None and any(there.get(sku, ZERO) < units for sku, units in came.items())


def counted_units(papers: Sequence[KeptRecord]) -> Mapping[str, Decimal] | None:
    """Units by item that a source counts over all its papers of a return; None of one that counts none."""
    lines = [line for one in papers for line in one.content.lines if line.quantities.returned is not None]
    return units_by_item((line.sku, line.quantities.returned) for line in lines) if lines else None


def told_by_people(found: Return, facts: RootFacts) -> bool:
    """Whether somebody has told the hub what came."""
    own = own_of(facts, found.id)
    return own is not None and any(line.quantities.returned is not None for line in own.content.lines)


def disposed_goods(found: Return, facts: RootFacts, record: KeptRecord) -> tuple[Disposed, ...]:
    """What becomes of everything that came, on the lines of a source's own return."""
    own = own_of(facts, found.id)
    lines = {line.line_no: line for line in found.lines}
    told = [] if own is None else [(lines[int(one.id)], one) for one in own.content.lines if int(one.id) in lines]
    return tuple(
        Disposed(
            line_no=line.line_no,
            sku=_code(facts, record.source, line.sku).code,
            quantity=one.quantity,
            disposition=one.disposition,
            line=there.id if there is not None else None,
            factor=_factor(facts, record, line, there),
        )
        for line, ours in told
        for there in [_there(record, line)]
        for one in told_back(ours).disposed
    )


def back_in_all(order: Order, documents: Mapping[str, Document], facts: RootFacts, record: KeptRecord) -> (
    tuple[GoodsLine, ...]
):  # fmt: skip
    """What has come back of a channel's order over every return of it that was looked at, on the channel's lines."""
    back: dict[str, Decimal] = {}
    for found in documents.values():
        if isinstance(found, Return) and order.id in found.order_ids and found.status in JUDGED:
            for line in found.lines:
                if line.order_line_id is not None:
                    units = min(line.received, line.authorized) - line.kept
                    back[line.order_line_id] = back.get(line.order_line_id, ZERO) + units
    return tuple(
        GoodsLine(
            line_no=line.line_no,
            sku=named.code,
            quantity=back[line.id],
            unit=named.unit or line.unit,
            line=origin.line,
            factor=origin.factor,
        )
        for line in order.lines
        if back.get(line.id, ZERO) > 0
        for named in [_code(facts, record.source, line.sku)]
        for origin in [one for one in line.origins if (one.source, one.document) == (record.source, record.document)][
            :1
        ]
    )


def _goods(line: ReturnLine, units: Decimal, order: Order, facts: RootFacts, source: str) -> GoodsLine:
    of, plain = order_line(line, order), _on_none(line, units, order, (facts, source))
    origin = next((one for one in of.origins if one.source == source), None) if of is not None else None
    there = plain if origin is None else replace(plain, line=origin.line, factor=origin.factor)
    return replace(there, description=of.description if of is not None else None)


def _on(line: ReturnLine, units: Decimal, order: Order, at: tuple[RootFacts, KeptRecord]) -> GoodsLine:
    facts, record = at
    plain, there = _on_none(line, units, order, (facts, record.source)), _there(record, line)
    return plain if there is None else replace(plain, line=there.id, factor=record.factor(there.id))


def _on_none(line: ReturnLine, units: Decimal, order: Order, at: tuple[RootFacts, str]) -> GoodsLine:
    """Units of an item as a source calls it, on no line that it has itself."""
    of, named = order_line(line, order), _code(*at, line.sku)
    return GoodsLine(
        line_no=line.line_no,
        sku=named.code,
        quantity=units,
        unit=named.unit or (of.unit if of is not None else PIECE),
        unit_price=of.unit_price if of is not None else None,
        factor=named.factor,
    )


def _there(record: KeptRecord, line: ReturnLine) -> SourceLine | None:
    """The line of a source's own return that is about the same item, where only one is."""
    same = [one for one in record.content.lines if one.sku == line.sku]
    return same[0] if len(same) == 1 else None


def _factor(facts: RootFacts, record: KeptRecord, line: ReturnLine, there: SourceLine | None) -> Decimal:
    return record.factor(there.id) if there is not None else _code(facts, record.source, line.sku).factor


def _code(facts: RootFacts, source: str, sku: str) -> ItemCode:
    return facts.codes.get((source, sku)) or ItemCode(code=sku)


def units_by_item(lines: Iterable[tuple[str | None, Decimal | None]]) -> dict[str, Decimal]:
    """Units by item, summed over lines."""
    found: dict[str, Decimal] = {}
    for sku, units in lines:
        found[sku or ""] = found.get(sku or "", ZERO) + (units or ZERO)
    return found


def received_units(found: Return) -> Mapping[str, Decimal]:
    """Units by item that came."""
    return units_by_item((line.sku, line.received) for line in found.lines)

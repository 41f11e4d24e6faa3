"""What the hub itself says of a return: a record of its own, of everything that people have told it (Own-1). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from hub.flow.facts import HUB, KeptRecord, RootFacts
from hub.model.observation import Content, SourceLine, SourceQuantities, line_key
from hub.model.order import Order, OrderLine
from hub.model.returns import (
    DisposedUnits,
    RefundAsked,
    Return,
    ReturnedUnits,
    ReturnGroups,
    ReturnLine,
    ReturnTerms,
)
from hub.model.schemes import RETURN_CODE
from hub.model.vocabulary import Kind

ZERO = Decimal(0)
PIECE = "C62"


def own_of(facts: RootFacts, return_id: str) -> KeptRecord | None:
    """The hub's own record of a return; None where nobody has asked the hub for anything about it."""
    mine = [one for one in records_of(facts, return_id) if one.source == HUB]
    return min(mine, key=lambda one: (one.content.number is None, one.source_id), default=None)


def records_of(facts: RootFacts, return_id: str) -> list[KeptRecord]:
    """Everything that is kept of a return, in a fixed order."""
    mine = [one for one in facts.records if one.kind is Kind.RETURN and one.entity_id == return_id]
    return sorted(mine, key=lambda one: (one.source, one.birth, one.source_id))


def reference_in(facts: RootFacts, found: Return) -> str:
    """What every system stores to name the return by; its number where nobody bears such a code."""
    records = sorted(records_of(facts, found.id), key=lambda one: one.source != HUB)
    keys = [key for one in records for key in (*one.content.bears, *one.content.refers)]
    return next((key.value for key in keys if key.scheme == RETURN_CODE), found.number)


def asked_in(facts: RootFacts, return_id: str) -> tuple[RefundAsked, ...]:
    """Money that somebody has said must be given back for a return, the first first."""
    own = own_of(facts, return_id)
    groups = own.content.return_ if own is not None else None
    return groups.money.asked if groups is not None and groups.money is not None else ()


def refund_name(reference: str, number: int) -> str:
    """The hub's own key of a refund: sources store it."""
    return f"{reference}/{number}"


def terms_of(found: Return) -> ReturnTerms:
    """What was agreed about money; what nobody has agreed is plain."""
    told = found.groups.authorization
    return (told.terms if told is not None else None) or ReturnTerms()


def opened(found: Return, order: Order, facts: RootFacts) -> Content:
    """The hub's own record of a return, with a line for each line of the return, whoever told it first."""
    own = own_of(facts, found.id)
    content = own.content if own is not None else Content(return_=ReturnGroups(), status=found.status.value)
    known = {line.id: line for line in content.lines}
    names = {str(line.line_no): line for line in found.lines}
    lines = [known[name] if name in known else _line(line, order, facts, found) for name, line in names.items()]
    return replace(content, lines=(*lines, *(line for name, line in known.items() if name not in names)))


def order_line(line: ReturnLine, order: Order) -> OrderLine | None:
    """The line of the order that a line of a return is about."""
    return next((one for one in order.lines if one.id == line.order_line_id), None)


def line_for(number: int, of: OrderLine, quantity: Decimal, back: ReturnedUnits) -> SourceLine:
    """A line of the hub's own record, about a line of the order."""
    origin = next(iter(of.origins), None)
    return SourceLine(
        id=str(number),
        sku=of.sku,
        description=of.description,
        unit=of.unit,
        target=None if origin is None else line_key(origin.source, Kind.ORDER, origin.line),
        quantities=SourceQuantities(return_requested=quantity),
        back=back,
    )


def extra_line(number: int, sku: str, quantity: Decimal, back: ReturnedUnits) -> SourceLine:
    """A line of the hub's own record for goods that nobody asked for."""
    told = SourceQuantities(return_requested=ZERO, returned=quantity)
    return SourceLine(id=str(number), sku=sku, quantities=told, back=back)


def more_back(line: SourceLine, quantity: Decimal) -> SourceLine:
    """The line once so many units more have come back."""
    before = line.quantities.returned or ZERO
    return replace(line, quantities=replace(line.quantities, returned=before + quantity))


def told_back(line: SourceLine) -> ReturnedUnits:
    """What is told of the units of a line, beside their number."""
    return line.back or ReturnedUnits()


def disposed(before: Sequence[DisposedUnits], more: DisposedUnits) -> tuple[DisposedUnits, ...]:
    """What became of units, so many more of them counted in."""
    units: Mapping[str, Decimal] = {one.disposition: one.quantity for one in before}
    summed = {**units, more.disposition: units.get(more.disposition, ZERO) + more.quantity}
    known = {one.disposition: one for one in (*before, more)}
    return tuple(DisposedUnits(disposition=known[name].disposition, quantity=summed[name]) for name in known)


def _line(line: ReturnLine, order: Order, facts: RootFacts, found: Return) -> SourceLine:
    of = order_line(line, order)
    back = ReturnedUnits(reason=line.reason, disposition_requested=line.disposition_requested)
    if of is not None:
        return replace(line_for(line.line_no, of, line.requested, back), sku=line.sku)
    told = (one for record in records_of(facts, found.id) for one in record.content.lines if one.sku == line.sku)
    unit = next((one.unit for one in told), PIECE)
    counted = SourceQuantities(return_requested=line.requested)
    return SourceLine(id=str(line.line_no), sku=line.sku, unit=unit, quantities=counted, back=back)

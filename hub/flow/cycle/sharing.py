"""Documents that serve several orders: the order with the lowest id acts on them for all, the others never. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hub.flow.cycle.scene import LEFT, ZERO, Scene
from hub.flow.facts import KeptRecord
from hub.model.effects import GoodsLine
from hub.model.observation import NaturalKey, SourceLine
from hub.model.order import OrderLine
from hub.model.vocabulary import Kind, SystemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Consolidated:
    """A parcel with goods of several orders that has left, as planned by an ERP and told by a warehouse."""

    entity: str
    planned: KeptRecord
    left: KeptRecord
    parts: tuple[tuple[SourceLine, Decimal], ...]
    """(line of the ERP's, units of it that left); the goods of every order."""

    def mine(self, scene: Scene) -> dict[int, Decimal]:
        """Units of this order in it, by line."""
        found: dict[int, Decimal] = {}
        for line, units in self.parts:
            if (of := own_line(scene, line.target)) is not None:
                found[of.line_no] = found.get(of.line_no, ZERO) + units
        return found

    def goods(self, scene: Scene) -> tuple[GoodsLine, ...]:
        """Everything that left, on the ERP's lines; what is another order's has no line of this one."""
        return tuple(_goods(scene, self.planned, line, units) for line, units in self.parts)


def shared(scene: Scene, kind: Kind) -> Iterator[tuple[str, bool]]:
    """(entity, whether this order acts on it) of each document that serves this order and others, by id."""
    orders: dict[str, set[str]] = {}
    for record in scene.facts.records:
        if record.kind is kind and record.lives and record.entity_id not in scene.documents:
            serves = {link.entity_id for link in record.links if link.kind is Kind.ORDER and link.entity_id is not None}
            orders.setdefault(record.entity_id, set()).update(serves)
    for entity, served in sorted(orders.items()):
        if len(served) > 1 and scene.order.id in served:
            yield entity, min(served) == scene.order.id


def consolidated(scene: Scene) -> Iterator[tuple[Consolidated, bool]]:
    """(shared parcel that has left, whether this order tells the ERP of it), by entity."""
    for entity, acts in shared(scene, Kind.SHIPMENT):
        left = [one for one in scene.told(Kind.SHIPMENT, entity, SystemKind.WMS) if one.content.status in LEFT]
        for planned in scene.told(Kind.SHIPMENT, entity, SystemKind.ERP)[:1] if left else ():
            parts = tuple(_parts(planned, left[0]))
            yield Consolidated(entity=entity, planned=planned, left=left[0], parts=parts), acts


def own_line(scene: Scene, target: NaturalKey | None) -> OrderLine | None:
    """The order's line that a line of a shared document names; never by its item, which others may have too."""
    for line in scene.order.lines:
        if target is not None and any(
            (f"{one.source}.{Kind.ORDER.value}.line", one.line) == (target.scheme, target.value) for one in line.origins
        ):
            return line
    return None


def left_by_target(scene: Scene) -> Mapping[NaturalKey, Decimal]:
    """Units that have left in shared parcels, by the ERP's line that each was planned for."""
    found: dict[NaturalKey, Decimal] = {}
    for one, _ in consolidated(scene):
        for line, units in one.parts:
            if line.target is not None:
                found[line.target] = found.get(line.target, ZERO) + units
    return found


def _parts(planned: KeptRecord, left: KeptRecord) -> Iterator[tuple[SourceLine, Decimal]]:
    """What the warehouse says has left, over the lines that the ERP has planned, in their order."""
    rest: dict[str, Decimal] = {}
    for line in left.content.lines:
        told = line.quantities
        units = told.shipped if told.shipped is not None else told.ordered or ZERO
        rest[line.sku] = rest.get(line.sku, ZERO) + units
    for line in planned.content.lines:
        units = min(rest.get(line.sku, ZERO), line.quantities.ordered or ZERO)
        rest[line.sku] = rest.get(line.sku, ZERO) - units
        if units > ZERO:
            yield line, units


def _goods(scene: Scene, planned: KeptRecord, line: SourceLine, units: Decimal) -> GoodsLine:
    named, of = scene.code(planned.source, line.sku), own_line(scene, line.target)
    return GoodsLine(
        line_no=0 if of is None else of.line_no,
        sku=named.code,
        quantity=units,
        unit=named.unit or line.unit,
        line=line.id,
        factor=planned.factor(line.id),
    )

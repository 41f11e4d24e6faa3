"""`skuMappingSet`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hub.write.mapping import SkuMappingSet
from resolvers.console.answer import asking_of, told
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.writes import MutationPayload

ONE = Decimal(1)


@input_type
class SkuMappingSetInput:
    """Say what a source's item code means."""

    source: str
    """Name of the source, or of its adapter where only one source is of it."""
    external_sku: str
    """The source's own item code."""
    sku: str
    """The tenant's own item code."""
    pack_factor: Decimal | None = ONE
    """Units of the item in one of the source's."""
    replay_blocked: bool | None = False
    """Whether the orders that it blocks go on at once."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuMappingSetArguments:
    """Arguments of `skuMappingSet`."""

    input: SkuMappingSetInput
    """Which code, and what it means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuMappingSetPayload(MutationPayload):
    """What became of a mapping."""

    scheduled: int = 0
    """Orders that go on because of it; the same number on a dry run and for real."""


async def sku_mapping_set(info: Info, asked: SkuMappingSetArguments) -> SkuMappingSetPayload | None:
    """Say what a source's item code means, for all that is and comes; exactly what it blocked is looked at again."""
    context, given = info.context, asked.input
    asking = asking_of(info, dry_run=given.dry_run)
    command = SkuMappingSet(
        source=given.source,
        external_sku=given.external_sku,
        sku=given.sku,
        pack_factor=ONE if given.pack_factor is None else given.pack_factor,
        replay_blocked=bool(given.replay_blocked),
    )
    decided = await context.doors.operators.map_sku(context.call, command, asking)
    return SkuMappingSetPayload(
        scheduled=decided.effect.outcome.get("scheduled", 0), **told(context, "skuMappingSet", asking, decided)
    )

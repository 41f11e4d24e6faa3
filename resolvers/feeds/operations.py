"""`operationChanged`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import strawberry

from hub.codec import digest
from hub.model.command import Operation
from hub.model.vocabulary import Kind
from hub.read.doing import operations_of
from resolvers.context import Context, Info
from resolvers.feeds.asking import asked_for
from resolvers.feeds.event import ChangeEvent, FeedArguments, common, watch
from resolvers.operations import local_id, operation_by_id
from resolvers.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationEvent(ChangeEvent):
    """A change of an operation."""

    operation_id: str | None = None
    """Its id, also where the operation is no longer visible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationChangedArguments(FeedArguments):
    """Arguments of `operationChanged`."""

    ids: list[strawberry.ID]
    """Which operations."""
    include_initial: bool | None = True
    """Begin with how they stand: SNAPSHOT events, then SNAPSHOT_END, then changes."""


async def operation_changed(info: Info, asked: OperationChangedArguments) -> Watch[OperationEvent]:
    """Changes of operations until they are done, and after: `done` says when nothing more will happen by itself."""
    context = info.context
    ids = frozenset(local_id(one, "Operation") for one in asked.ids)
    everything = (await asked_for(context, Kind.OPERATION)).topic
    return watch(
        context,
        replace(everything, ids=ids, asked=digest(sorted(ids))),
        asked,
        lambda: versions(context, sorted(ids)),
        lambda one: OperationEvent(operation_id=one.entity_id, **common(one)),
    )


async def operation_of_event(parent: strawberry.Parent[OperationEvent], info: Info) -> Operation | None:
    """The operation as it stands now; null where it is no longer visible."""
    return None if parent.operation_id is None else await operation_by_id(info.context, parent.operation_id)


async def versions(context: Context, ids: Sequence[str]) -> Mapping[str, int]:
    """The versions of those operations that the caller may see."""
    roots = await context.reader.orders_of_operations(context.call, ids)
    wholes = await context.reader.wholes(context.call, sorted(set(roots.values())))
    operations = (one for whole in wholes.values() for one in operations_of(whole))
    return {one.id: one.version for one in operations if one.id in roots}

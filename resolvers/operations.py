"""Operations: the life of a command, asked for by id or watched."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

from hub.errors import InvalidInput
from hub.model.command import Operation
from hub.model.ids import from_global
from hub.model.order import Order
from hub.model.vocabulary import Kind
from hub.read.doing import operations_of
from resolvers.context import Context, Info
from resolvers.filters import OperationFilterInput
from resolvers.lists import list_resolver, shapes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationArguments:
    """Arguments of `operation`."""

    id: strawberry.ID
    """Which operation."""


async def operation(info: Info, asked: OperationArguments) -> Operation | None:
    """One operation; null where there is none that the caller may see."""
    return await operation_by_id(info.context, local_id(asked.id, "Operation"))


async def operation_by_id(context: Context, operation_id: str) -> Operation | None:
    """The operation of a hub id, read with its order."""
    roots = await context.reader.orders_of_operations(context.call, [operation_id])
    whole = await context.whole(roots[operation_id]) if operation_id in roots else None
    known = () if whole is None else operations_of(whole)
    found = next((one for one in known if one.id == operation_id), None)
    return await context.reader.decision(context.call, operation_id) if found is None else found


def local_id(value: str, kind: str) -> str:
    """The hub id in a global id of *kind*. Raises InvalidInput where it is something else's."""
    named, local = from_global(value)
    if named != kind:
        message = f"this is the id of a {named}, not of a {kind}"
        raise InvalidInput(message)
    return local


async def order_of(parent: strawberry.Parent[Operation], info: Info) -> Order | None:
    """The order it acts on, where it acts on one."""
    if parent.root_id is None:
        return None
    found: Order | None = await info.context.entity((Kind.ORDER, parent.root_id))
    return found


async def actor_of(parent: strawberry.Parent[Operation], info: Info) -> str | None:
    """Who asked for it; null for callers confined to an account."""
    return None if info.context.is_confined else parent.actor


SHAPES = shapes_of(Kind.OPERATION, OperationFilterInput)
"""The types of the list of operations."""
operations = list_resolver(Kind.OPERATION, OperationFilterInput)
"""The list of operations."""

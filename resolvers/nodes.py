"""Anything by its global id, and who is asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import strawberry

from hub.errors import InvalidInput
from hub.model.entities import ENTITIES
from hub.model.ids import from_global
from hub.model.party import Customer
from hub.model.vocabulary import Kind
from hub.read.reader import KIND_OF_TYPE
from hub.read.stocks import TYPE as POSITION
from resolvers.context import Context, Info
from resolvers.derive import Node, hidden
from resolvers.operations import operation_by_id

MOST_NODES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who is asking, as the credential says."""

    actor: str
    """Name of the credential's bearer."""
    tenant: str
    """The tenant; nothing of another is ever seen."""
    scopes: tuple[str, ...]
    """What the credential may do."""
    account_path: str | None = hidden()
    """The account that everything seen is confined to; null sees the whole tenant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeArguments:
    """Arguments of `node`."""

    id: strawberry.ID
    """A global id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesArguments:
    """Arguments of `nodes`."""

    ids: list[strawberry.ID]
    """Global ids, at most 100."""


async def node(info: Info, asked: NodeArguments) -> Node | None:
    """Anything by its id, redirects followed; null where there is nothing that the caller may see."""
    found: Node | None = (await _found(info.context, [asked.id]))[0]
    return found


async def nodes(info: Info, asked: NodesArguments) -> Sequence[Node | None]:
    """Several things by their ids, in the same order; null for each that the caller may not see."""
    if len(asked.ids) > MOST_NODES:
        message = f"ask for at most {MOST_NODES} ids at once"
        raise InvalidInput(message)
    return await _found(info.context, asked.ids)


async def viewer(info: Info) -> Viewer | None:
    """Who is asking."""
    call = info.context.call
    return Viewer(actor=call.actor, tenant=call.tenant, scopes=tuple(sorted(call.scopes)), account_path=call.account)


async def viewer_account(parent: strawberry.Parent[Viewer], info: Info) -> Customer | None:
    """The customer whose account the caller is confined to, where the hub knows it."""
    if parent.account_path is None:
        return None
    found: Customer | None = await info.context.reader.own_customer(info.context.call)
    return found


async def _found(context: Context, ids: Sequence[str]) -> list[Any]:
    keys = [from_global(one) for one in ids]
    kinds = {named for named, _ in keys}
    found: dict[tuple[str, str], Any] = {}
    entities = [(KIND_OF_TYPE[named], local) for named, local in keys if named in KIND_OF_TYPE and named != POSITION]
    if entities:
        found |= await _entities(context, entities)
    if POSITION in kinds:
        places = [local for named, local in keys if named == POSITION]
        stock = await context.reader.stocks.by_ids(context.call, places)
        found |= {(POSITION, one): position for one, position in stock.items()}
    if "ExceptionCase" in kinds:
        cases = await context.reader.cases(context.call, [local for named, local in keys if named == "ExceptionCase"])
        found |= {("ExceptionCase", one): case for one, case in cases.items()}
    if "Source" in kinds:
        found |= {("Source", source.id): source for source in await context.sources()}
    for named, local in keys:
        if named == "Operation":
            found[named, local] = await operation_by_id(context, local)
    return [found.get(key) for key in keys]


async def _entities(context: Context, keys: Sequence[tuple[Kind, str]]) -> dict[tuple[str, str], Any]:
    """Entities by type name and the id that was asked for: a merged one answers as its survivor."""
    current = await context.reader.current(context.call, keys)
    alive = await context.reader.documents(context.call, [(kind, local) for (kind, _), local in current.items()])
    return {(ENTITIES[kind].__name__, asked): alive.get((kind, local)) for (kind, asked), local in current.items()}

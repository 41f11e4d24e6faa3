"""Dead letters: their groups, and their list."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

from hub.model.letters import DeadLetter, DeadLetterGroup, DeadLetterStatus
from hub.model.order import Order
from hub.model.vocabulary import Kind
from hub.read.letters import LettersWanted
from hub.store.letters import Chosen
from resolvers.context import Info
from resolvers.derive import hidden, input_type
from resolvers.lists import USUAL_PAGE
from resolvers.pages import PageInfo, checked, given, info_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterGroupsArguments:
    """Arguments of `deadLetterGroups`."""

    source: str | None = None
    """Only those of this source."""
    status: DeadLetterStatus | None = DeadLetterStatus.OPEN
    """Only those about which this was done."""


@input_type
class DeadLetterFilterInput:
    """Which dead letters; everything given must hold."""

    group_key: str | None = None
    """Of this group."""
    source: str | None = None
    """Of this source."""
    status: DeadLetterStatus | None = DeadLetterStatus.OPEN
    """About which this was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLettersArguments:
    """Arguments of `deadLetters`."""

    filter: DeadLetterFilterInput | None = None
    """Which ones; else all that are open."""
    first: int | None = USUAL_PAGE
    """At most so many, up to 100."""
    after: str | None = None
    """Only what follows this cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterEdge:
    """A dead letter and its place in the list."""

    cursor: str
    """Its place; only good for the same caller and filter."""
    node: DeadLetter
    """The letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterConnection:
    """A page of dead letters, oldest first."""

    nodes: tuple[DeadLetter, ...]
    """The letters."""
    edges: tuple[DeadLetterEdge, ...]
    """The letters with their places."""
    page_info: PageInfo
    """Where the page lies."""
    wanted: LettersWanted = hidden()
    """What was asked for."""


async def dead_letter_groups(info: Info, asked: DeadLetterGroupsArguments) -> tuple[DeadLetterGroup, ...] | None:
    """Dead letters by what they failed of, the largest group first."""
    context = info.context
    return await context.reader.letters.groups(context.call, asked.source, asked.status or DeadLetterStatus.OPEN)


async def dead_letters(info: Info, asked: DeadLettersArguments) -> DeadLetterConnection | None:
    """Deliveries that stopped or whose outcome nobody knows, and bodies that nothing can read; oldest first."""
    context, narrowed = info.context, asked.filter or DeadLetterFilterInput()
    wanted = LettersWanted(
        chosen=Chosen(group_key=narrowed.group_key, source=narrowed.source),
        status=narrowed.status or DeadLetterStatus.OPEN,
        size=checked(given(asked.first, USUAL_PAGE)),
        after=asked.after,
    )
    page = await context.reader.letters.page(context.call, wanted)
    cursors = [cursor for _, cursor in page.rows]
    return DeadLetterConnection(
        nodes=tuple(letter for letter, _ in page.rows),
        edges=tuple(DeadLetterEdge(node=letter, cursor=cursor) for letter, cursor in page.rows),
        page_info=info_of(cursors, has_more=page.has_more, has_before=asked.after is not None),
        wanted=wanted,
    )


async def count_of_letters(parent: strawberry.Parent[DeadLetterConnection], info: Info) -> int | None:
    """How many fit in all; counted only where it is selected."""
    return await info.context.reader.letters.count(info.context.call, parent.wanted)


async def order_of_letter(parent: strawberry.Parent[DeadLetter], info: Info) -> Order | None:
    """The order it concerns, where it concerns one."""
    if parent.root_id is None:
        return None
    found: Order | None = await info.context.entity((Kind.ORDER, parent.root_id))
    return found

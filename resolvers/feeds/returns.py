"""`returnChanged`."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

from hub.model.returns import Return
from hub.model.vocabulary import Kind
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.feeds.asking import asked_for, held
from resolvers.feeds.event import ChangeEvent, FeedArguments, common, watch
from resolvers.filters import ReturnStatusFilterInput
from resolvers.inputs import IDFilterInput, LookupInput, StringFilterInput
from resolvers.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnEvent(ChangeEvent):
    """A change of a return."""

    return_id: str | None = None
    """Its id, also where the return itself is gone or no longer visible."""


@input_type
class ReturnEventFilterInput:
    """Which returns' events; everything given must hold, of the return after the change or before it."""

    id: IDFilterInput | None = None
    """Of these returns."""
    order: LookupInput | None = None
    """Of this order."""
    customer: LookupInput | None = None
    """Of this customer."""
    status: ReturnStatusFilterInput | None = None
    """Whose status is this; one that leaves it is told once more, as DELETED."""
    event: StringFilterInput | None = None
    """Where one of these happened, such as `return.received`, also on the way to what `event` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnChangedArguments(FeedArguments):
    """Arguments of `returnChanged`."""

    filter: ReturnEventFilterInput | None = None
    """Which events; else those of every return that the caller may see."""


async def return_changed(info: Info, asked: ReturnChangedArguments) -> Watch[ReturnEvent]:
    """Changes of returns as they happen; resumes behind a cursor without gap or repetition. Never coalesced."""
    context = info.context
    meant = await asked_for(context, Kind.RETURN, asked.filter)
    return watch(
        context,
        meant.topic,
        asked,
        lambda: held(context, meant),
        lambda one: ReturnEvent(return_id=one.entity_id, **common(one)),
    )


async def return_of_event(parent: strawberry.Parent[ReturnEvent], info: Info) -> Return | None:
    """The return as it stands now; null where it is gone or no longer visible."""
    if parent.return_id is None:
        return None
    found: Return | None = await info.context.entity((Kind.RETURN, parent.return_id))
    return found

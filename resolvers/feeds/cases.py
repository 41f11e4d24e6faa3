"""`exceptionCaseChanged`. For staff alone: a confined caller hears of none."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

from hub.model.cases import CaseQueue, ExceptionCase
from hub.model.vocabulary import Kind
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.feeds.asking import asked_for
from resolvers.feeds.event import ChangeEvent, FeedArguments, common, watch
from resolvers.inputs import LookupInput, StringFilterInput
from resolvers.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCaseEvent(ChangeEvent):
    """A change of an exception case."""

    exception_case_id: str | None = None
    """Its id."""


@input_type
class ExceptionCaseEventFilterInput:
    """Which cases' events; everything given must hold, of the case after the change or before it."""

    queue: list[CaseQueue] | None = None
    """That one of these works on."""
    order: LookupInput | None = None
    """That concern this order."""
    event: StringFilterInput | None = None
    """Where one of these happened: `exception_case.created exception_case.reopened exception_case.resolved` ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCaseChangedArguments(FeedArguments):
    """Arguments of `exceptionCaseChanged`."""

    filter: ExceptionCaseEventFilterInput | None = None
    """Which events; else those of every case."""


async def exception_case_changed(info: Info, asked: ExceptionCaseChangedArguments) -> Watch[ExceptionCaseEvent]:
    """Cases as they open, are worked on and end; what there is, are the open ones."""
    context = info.context
    meant = await asked_for(context, Kind.EXCEPTION_CASE, asked.filter)
    return watch(
        context,
        meant.topic,
        asked,
        lambda: context.reader.beginnings.cases(context.call, meant.where),
        lambda one: ExceptionCaseEvent(exception_case_id=one.entity_id, **common(one)),
    )


async def case_of_event(parent: strawberry.Parent[ExceptionCaseEvent], info: Info) -> ExceptionCase | None:
    """The case as it stands now."""
    named = parent.exception_case_id
    return None if named is None else (await info.context.reader.cases(info.context.call, [named])).get(named)

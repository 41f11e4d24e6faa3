"""`sourceChanged`. For staff alone: a confined caller hears of none."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

from hub.model.vocabulary import Kind
from hub.read.sources import Source
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.feeds.asking import asked_for
from resolvers.feeds.event import ChangeEvent, FeedArguments, common, watch
from resolvers.inputs import StringFilterInput
from resolvers.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEvent(ChangeEvent):
    """A change of the state or the breaker of a source."""

    source_id: str | None = None
    """Its id."""


@input_type
class SourceEventFilterInput:
    """Which sources' events; everything given must hold."""

    source: StringFilterInput | None = None
    """Of the sources of these names."""
    event: StringFilterInput | None = None
    """Where one of these happened: `source.went_down source.degraded source.recovered source.paused` ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChangedArguments(FeedArguments):
    """Arguments of `sourceChanged`."""

    filter: SourceEventFilterInput | None = None
    """Which events; else those of every source."""


async def source_changed(info: Info, asked: SourceChangedArguments) -> Watch[SourceEvent]:
    """Sources as they fail, fall behind and recover; figures that always move, such as the lag itself, are not told."""
    context = info.context
    meant = await asked_for(context, Kind.SOURCE, asked.filter)
    landscape = context.reader.landscape(context.call)
    return watch(
        context,
        meant.topic,
        asked,
        lambda: context.reader.beginnings.sources(context.call, landscape, meant.topic.ids),
        lambda one: SourceEvent(source_id=one.entity_id, **common(one)),
    )


async def source_of_event(parent: strawberry.Parent[SourceEvent], info: Info) -> Source | None:
    """The source as it does now; null where it is no longer configured."""
    known = () if parent.source_id is None or info.context.is_confined else await info.context.sources()
    return next((one for one in known if one.id == parent.source_id), None)

"""What every subscription delivers and takes."""

from __future__ import annotations

from dataclasses import fields

from hub.model.changes import ChangeKind
from hub.model.vocabulary import Kind
from resolvers.context import Context
from resolvers.endpoint.ports import Asked
from resolvers.feeds.event import ChangeEvent, FeedArguments, common, watch
from subscriptions.streams import Envelope
from subscriptions.topics import Topic
from tests.kit.graph import REP, Graph
from tests.kit.merging import at

ENVELOPE = Envelope(
    cursor="c", kind=ChangeKind.UPDATED, occurred_at=at(1), entity_id="e", event="order.paid", version=3
)


def test_every_field_of_an_event_comes_from_its_envelope() -> None:
    assert common(ENVELOPE).keys() == {spec.name for spec in fields(ChangeEvent)}
    event = ChangeEvent(**common(ENVELOPE))
    assert (event.cursor, event.event, event.version, event.merged) == ("c", "order.paid", 3, 0)


async def test_what_there_is_is_read_only_where_it_is_asked_for(graph: Graph) -> None:
    context = Context(graph.doors, REP, Asked(transport="ws", kind="subscription"))

    def shown(one: Envelope) -> ChangeEvent:
        return ChangeEvent(**common(one))

    async def held() -> dict[str, int]:
        return {"e": 1}

    from_now = watch(context, Topic(tenant="acme", kind=Kind.ORDER), FeedArguments(), held, shown)
    with_all = watch(context, from_now.topic, FeedArguments(after="c", include_initial=True), held, shown)
    assert (from_now.snapshot, from_now.after) == (None, None)
    assert (with_all.snapshot, with_all.after) == (held, "c")

"""`sourceChanged`: sources as they fail and recover."""

from __future__ import annotations

from hub.merge.work import SourceNews
from tests.kit.listening import PORTAL, Listening, take
from tests.kit.merging import ERP, SHOP

WATCH = """subscription Q($filter: SourceEventFilterInput) {
  sourceChanged(includeInitial: true, filter: $filter) {kind event version changedFields source {source system}}}"""


async def test_a_source_is_heard_of_as_it_fails(hub: Listening) -> None:
    async with hub.to(WATCH, filter={"source": {"eq": SHOP}}) as events:
        snapshot, end = await take(events, 2)
        for name in (ERP, SHOP):
            news = SourceNews(source=name, breaker="OPEN", state="DOWN", was=("UP", "CLOSED"))
            await hub.looking.write(news=(news,))
        await hub.relay.turn()
        failed = await anext(events)
    assert (snapshot["version"], snapshot["source"], end["kind"]) == (
        0, {"source": SHOP, "system": "COMMERCE"}, "SNAPSHOT_END",
    )  # fmt: skip
    assert (failed["event"], failed["version"], failed["changedFields"]) == (
        "source.went_down", 1, ["state", "breaker"],
    )  # fmt: skip


async def test_a_confined_caller_hears_of_no_source(hub: Listening) -> None:
    async with hub.to(WATCH, PORTAL) as events:
        assert (await anext(events))["kind"] == "SNAPSHOT_END"

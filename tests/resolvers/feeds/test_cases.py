"""`exceptionCaseChanged`: cases as they open and end, by queue."""

from __future__ import annotations

from hub.merge.work import SourceNews
from tests.kit.listening import PORTAL, Listening, take
from tests.kit.merging import ERP, SHOP

WATCH = """subscription Q($filter: ExceptionCaseEventFilterInput) {
  exceptionCaseChanged(includeInitial: true, filter: $filter) {kind event version exceptionCase {code status}}}"""


def news(source: str, breaker: str) -> SourceNews:
    return SourceNews(source=source, breaker=breaker)


async def test_a_case_is_heard_of_as_it_opens_and_ends(hub: Listening) -> None:
    await hub.looking.write(news=(news(ERP, "OPEN"),))
    await hub.relay.turn()
    async with hub.to(WATCH, filter={"queue": ["INTEGRATION"]}) as events:
        snapshot, end = await take(events, 2)
        await hub.looking.write(news=(news(SHOP, "OPEN"),))
        await hub.looking.write(news=(news(ERP, "CLOSED"),))
        await hub.relay.turn()
        opened, ended = await take(events, 2)
    assert (snapshot["exceptionCase"]["code"], end["kind"]) == ("ADAPTER_BREAKER_OPEN", "SNAPSHOT_END")
    assert (opened["kind"], opened["event"]) == ("CREATED", "exception_case.created")
    assert (ended["event"], ended["version"], ended["exceptionCase"]["status"]) == (
        "exception_case.resolved", 2, "RESOLVED",
    )  # fmt: skip


async def test_another_queue_and_a_confined_caller_hear_of_none(hub: Listening) -> None:
    await hub.looking.write(news=(news(ERP, "OPEN"),))
    await hub.relay.turn()
    async with hub.to(WATCH, filter={"queue": ["FINANCE"]}) as events:
        assert (await anext(events))["kind"] == "SNAPSHOT_END"
    async with hub.to(WATCH, PORTAL) as events:
        assert (await anext(events))["kind"] == "SNAPSHOT_END"

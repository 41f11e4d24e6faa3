"""A source is a root of its own: its breaker is told, and its case opens and resolves."""

from __future__ import annotations

from dataclasses import replace

from hub.merge.work import SourceNews
from hub.model.ids import source_root
from hub.store.store import Store
from tests.kit.merging import SHOP, Looking

OPEN = SourceNews(source=SHOP, breaker="OPEN", error="connection refused", state="DOWN")
CLOSED = SourceNews(source=SHOP, breaker="CLOSED", state="UP", was=("DOWN", "OPEN"))
CASES = "select code, closed_at is null from exception_case"


async def test_a_breaker_that_opens_is_a_case_and_one_that_closes_resolves_it(store: Store) -> None:
    hub = Looking(store)
    applied = await hub.write(news=(OPEN,))
    assert applied.roots == (source_root(SHOP),)
    assert await hub.rows(CASES) == [("ADAPTER_BREAKER_OPEN", True)]
    await hub.write(news=(CLOSED,))
    assert await hub.rows(CASES) == [("ADAPTER_BREAKER_OPEN", False)]


async def test_what_cannot_be_read_is_a_case_until_it_can_be_read(store: Store) -> None:
    hub = Looking(store)
    up = ("UP", "CLOSED")
    behind = SourceNews(source=SHOP, breaker="CLOSED", state="DEGRADED", unread="ORDER 17: $.total: no number", was=up)
    await hub.write(news=(behind,))
    titles = "select code, title, severity, closed_at is null from exception_case"
    said = f"{SHOP} says what cannot be read: ORDER 17: $.total: no number"
    assert await hub.rows(titles) == [("SCHEMA_DRIFT", said, "S3", True)]
    await hub.write(news=(replace(behind, unread=f"{behind.unread} and 2 more"),))
    assert await hub.rows(titles) == [("SCHEMA_DRIFT", f"{said} and 2 more", "S3", True)]
    await hub.write(news=(SourceNews(source=SHOP, breaker="CLOSED", state="UP", was=("DEGRADED", "CLOSED")),))
    assert await hub.rows(CASES) == [("SCHEMA_DRIFT", False)]


async def test_each_word_of_a_source_is_a_fact_with_a_version_of_its_own(store: Store) -> None:
    hub = Looking(store)
    await hub.write(news=(OPEN,))
    await hub.write(news=(CLOSED,))
    told = "select type, aggregateid, entity_version, payload ->> 'status', payload -> 'changed_fields' from outbox"
    assert await hub.rows(f"{told} where aggregatetype = 'source' order by id") == [
        ("source.updated", SHOP, 1, "DOWN", ["state", "breaker"]),
        ("source.recovered", SHOP, 2, "UP", ["state", "breaker"]),
    ]


async def test_a_case_is_told_as_it_opens_and_as_it_is_resolved(store: Store) -> None:
    hub = Looking(store)
    await hub.write(news=(OPEN,))
    await hub.write(news=(CLOSED,))
    told = "select type, entity_version, payload ->> 'queue' from outbox where aggregatetype = 'exception_case'"
    assert await hub.rows(f"{told} order by id") == [
        ("exception_case.created", 1, "INTEGRATION"),
        ("exception_case.resolved", 2, "INTEGRATION"),
    ]

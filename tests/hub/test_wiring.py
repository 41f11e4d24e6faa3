"""The composition root: everything open and bound as settings say, or refused in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from hub.app import create
from hub.call import worker_call
from hub.errors import Misconfigured, StoreBusy
from hub.guard.keys import hash_of
from hub.merge.work import SourceNews, Work
from hub.processes import looping
from hub.settings import HttpSettings, KafkaSettings, KeySettings, Secret, Settings, SourceSettings
from hub.store.migrate import downgrade
from hub.store.roles import RoleUrls
from hub.store.store import Store
from hub.wiring import Hub, open_hub
from hub.work import BOTH, Part, table_of
from sources.tracking.rehearsal.sender import letter
from tests.kit.scripted_shop import ScriptedShop
from tests.kit.shop import WEBHOOK_SECRET, hook_body, signed
from tests.kit.station import Station
from tests.kit.wait import until_so

SHOP = SourceSettings(
    tenant="acme",
    adapter="vendure",
    system="COMMERCE",
    url="http://127.0.0.1:9",
    hook=Secret("unguessable"),
    options={"user": "hub", "password": "secret", "webhook_secret": WEBHOOK_SECRET},
)
STAFF = frozenset({"sources:read", "orders:read", "orders:write"})
SETTINGS = Settings(
    http=HttpSettings(max_body=1_000, max_response=2_000, max_delivery=500, deadline=timedelta(seconds=3)),
    keys={
        "rep": KeySettings(hash=hash_of("rep"), tenant="acme", scopes=STAFF),
        "other": KeySettings(hash=hash_of("other"), tenant="beta", scopes=frozenset({"sources:read"})),
    },
    sources={"shop": SHOP},
)


@pytest.fixture
async def hub(database: RoleUrls) -> AsyncIterator[Hub]:
    async with open_hub(SETTINGS, database, tabs="query Tab { __typename }") as opened:
        yield opened


async def asked(hub: Hub, document: str, key: str) -> Any:  # Any: JSON
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create(hub)), base_url="http://hub") as http:
        said = await http.post("/graphql", json={"query": document}, headers={"authorization": f"Bearer {key}"})
    return said.json()


async def test_each_part_gets_its_own_settings(hub: Hub) -> None:
    limits = hub.limits
    assert (limits.body, limits.response, limits.execution) == (1_000, 2_000, 3.0)
    assert list(hub.sources.tendings) == ["acme/shop"]
    assert {tenant: list(one.sources) for tenant, one in hub.landscapes.items()} == {"acme": ["shop"], "beta": []}
    assert sorted(hub.checks) == ["database", "work"]
    for check in hub.checks.values():
        await check()


async def test_each_tenant_sees_its_own_sources_alone(hub: Hub) -> None:
    document = "{ sources { source } }"
    assert await asked(hub, document, "rep") == {"data": {"sources": [{"source": "shop"}]}}
    assert await asked(hub, document, "other") == {"data": {"sources": []}}


async def test_deliveries_come_in_under_the_sources_secret_name_and_within_their_cap(hub: Hub) -> None:
    body = hook_body("event-1", 7)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create(hub)), base_url="http://hub") as http:
        statuses = [
            (await http.post(f"/hooks/{name}", content=said, headers=signed(said))).status_code
            for name, said in [("unguessable", body), ("shop", body), ("unguessable", b" " * 501)]
        ]
    assert statuses == [202, 404, 413]
    assert await hub.digest.turn() == 1


async def test_a_retired_source_takes_no_deliveries_and_is_shown_as_retired(database: RoleUrls) -> None:
    body = hook_body("event-1", 7)
    settings = replace(SETTINGS, sources={"shop": replace(SHOP, retired=True)})
    async with open_hub(settings, database) as hub:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create(hub)), base_url="http://hub") as http:
            said = await http.post("/hooks/unguessable", content=body, headers=signed(body))
        shown = await asked(hub, "{ sources { source state stateText } }", "rep")
    assert said.status_code == 404
    assert shown["data"]["sources"] == [
        {"source": "shop", "state": "PAUSED", "stateText": "Retired: it is neither read nor called."}
    ]


async def test_tracking_events_become_shipments_through_the_door(database: RoleUrls, store: Store) -> None:
    feed = SourceSettings(
        tenant="acme", adapter="tracking", system="CARRIER", hook=Secret("feed"), options={"secret": "s3cret"}
    )
    event = {"trackingNumber": "1Z 9", "milestone": "delivered", "occurredAt": "2026-11-02T08:15:00Z", "eventId": "e1"}
    async with open_hub(replace(SETTINGS, sources={"dhl": feed}), database) as hub:
        statuses = []
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create(hub)), base_url="http://hub") as http:
            for made in (letter("s3cret", **event), letter("s3cret", **event), letter("guessed", **event)):
                said = await http.post("/hooks/feed", content=made.body, headers=made.headers)
                statuses.append(said.status_code)
        assert (statuses, await hub.digest.turn()) == ([202, 200, 401], 1)
    async with store.across() as tx:
        found = (await tx.execute(text("select kind, status from entity"))).all()
    assert [tuple(row) for row in found] == [("SHIPMENT", "DELIVERED")]


async def test_graphiql_opens_with_the_tabs_given(hub: Hub) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create(hub)), base_url="http://hub") as http:
        page = await http.get("/graphql", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "query Tab" in page.text


async def test_what_one_process_signed_another_of_the_shard_knows(hub: Hub, database: RoleUrls) -> None:
    sealed = hub.seal.close("rep", [7])
    async with open_hub(SETTINGS, database) as other:
        assert other.seal.open("rep", sealed, list[int]) == [7]


async def test_a_role_that_may_too_much_is_refused(database: RoleUrls) -> None:
    with pytest.raises(Misconfigured, match="must not run `hub_serve`, for row security would not hold"):
        async with open_hub(SETTINGS, replace(database, serve=database.owner)):
            pass


async def test_tables_that_are_too_old_are_refused(database: RoleUrls) -> None:
    await downgrade(database, "base")
    with pytest.raises(Misconfigured, match=r"the tables are at nothing and this hub needs .*: run `opshub migrate`"):
        async with open_hub(SETTINGS, database):
            pass


async def test_a_database_that_is_away_and_sources_that_are_misset_are_refused(database: RoleUrls) -> None:
    away = "postgresql://hub_serve:x@/opshub?host=/nowhere"
    with pytest.raises(StoreBusy):
        async with open_hub(SETTINGS, replace(database, serve=away)):
            pass
    misset = replace(SHOP, options={"colour": "red"})
    with pytest.raises(Misconfigured, match=r"sources\.shop\.colour is not known"):
        async with open_hub(replace(SETTINGS, sources={"shop": misset}), database):
            pass


async def test_a_mutation_leaves_a_hop_by_its_field_under_the_order_it_concerned(hub: Hub, store: Store) -> None:
    station = Station(store=store, shop=ScriptedShop())
    station.shop.place("o1")
    await station.take()
    await station.see("o1")
    document = """mutation Mine { orderCancel(input: {
        order: {identifier: "o1"}, reason: CUSTOMER, dryRun: true}) { dryRun correlationId } }"""
    said = (await asked(hub, document, "rep"))["data"]["orderCancel"]
    assert said["dryRun"]
    await hub.recorder.flush()
    assert await station.rows(
        "select kind, operation, outcome, correlation_id, root_id from hop join hop_root on hop_id = id"
    ) == [("API_IN", "orderCancel", "OK", said["correlationId"], await station.order("o1"))]


async def test_changes_leave_by_a_bus_where_one_is_configured_and_only_workers_publish(
    hub: Hub, database: RoleUrls
) -> None:
    assert hub.publisher is None
    assert "publisher" not in table_of(hub, BOTH)
    with_bus = replace(SETTINGS, kafka=KafkaSettings(servers=("127.0.0.1:1",)))
    async with open_hub(with_bus, database) as other:
        assert "publisher" in table_of(other, {Part.WORK})
        assert "publisher" not in table_of(other, {Part.SERVE})


async def test_a_bus_that_is_away_is_noted_and_leaves_the_process_ready(database: RoleUrls) -> None:
    with_bus = replace(SETTINGS, kafka=KafkaSettings(servers=("127.0.0.1:1",)))
    async with open_hub(with_bus, database) as hub, looping(hub, BOTH), asking(hub) as http:
        await hub.writer.write(worker_call("acme"), Work(news=(SourceNews(source="shop", breaker="OPEN"),)))

        async def is_noted() -> bool:
            said = (await http.get("/readyz")).json()
            return said["ready"] is True and "KafkaConnectionError" in "".join(said.get("notes", ()))

        await until_so(is_noted)
        assert (await http.get("/readyz")).status_code == 200


def asking(hub: Hub) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=create(hub)), base_url="http://hub")

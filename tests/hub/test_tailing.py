"""`opshub events`: the log for an operator, from any beginning, narrowed, for people and for programs."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.changes.relay import Relay
from hub.clock import SystemClock
from hub.errors import CursorExpired, CursorInvalid, InvalidInput, NotFound
from hub.model.changes import Origin
from hub.model.vocabulary import Kind
from hub.seal import Seal
from hub.settings import Settings, StoreSettings
from hub.store.changelog import Place
from hub.store.roles import Role, RoleUrls
from hub.store.source_states import SourceState, publish_state
from hub.store.store import Store, open_store
from hub.tailing import Wish, events, show, spoken, written
from subscriptions.streams import Marker
from subscriptions.topics import Topic
from tests.kit.commands import Folder, end
from tests.kit.merging import SHOP, TENANT, WMS, Looking, at, key, line, order, seen, shipment
from tests.kit.recorder import ListRecorder
from tests.kit.stock import counted, stock_of


@pytest.fixture
async def relay(database: RoleUrls) -> AsyncIterator[Relay]:
    async with open_store(database, Role.WORK, size=1) as own:
        yield Relay(own, "test", ListRecorder())


@pytest.fixture
async def settings(
    tmp_path: Path, database: RoleUrls, store: Store, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A log of two orders, a shipment, a position of stock, an order of a first load; no hub runs in this folder."""
    monkeypatch.chdir(tmp_path)
    Folder(path=tmp_path, environ={}).finds(database)
    hub = Looking(store)
    await hub.each(
        seen((SHOP, Kind.ORDER, "1"), order("C1")),
        seen((SHOP, Kind.ORDER, "2"), order("C2")),
        seen((WMS, Kind.SHIPMENT, "w"), shipment(key("shop.code", "C1"))),
        counted(WMS, stock_of(on_hand=7)),
    )
    await hub.write(seen((SHOP, Kind.ORDER, "3"), order("C3")), origin=Origin.BASELINE)
    async with store.across() as tx:
        await publish_state(tx, TENANT, SHOP, SourceState(breaker="CLOSED", breaker_since=at(0)))
    await relay.turn()
    return Settings(store=StoreSettings(data_dir=tmp_path / ".opshub"))


async def told(settings: Settings, **wish: object) -> list[tuple[int, str, str]]:
    """Position, event and name of each line that a wish finds."""
    wanted = Wish(follow=False, **wish)  # type: ignore[arg-type]  # fields of a wish
    return [(one.place.position, one.change.event, called) async for one, called in events(settings, wanted)]


async def test_everything_that_is_kept_is_told_with_the_names_people_use(settings: Settings) -> None:
    assert [(event, called) for _, event, called in await told(settings)][:2] == [
        ("order.accepted", "C1"), ("order.accepted", "C2"),
    ]  # fmt: skip
    assert (await told(settings))[-1] == (5, "inventory.adjusted", "MUG@WH")
    assert (await told(settings, baseline=True))[-1] == (6, "order.accepted", "C3")


async def test_it_is_narrowed_by_kind_and_by_order(settings: Settings) -> None:
    assert [event for _, event, _ in await told(settings, kinds=[Kind.INVENTORY])] == ["inventory.adjusted"]
    of_one = await told(settings, order="C1")
    assert [event for _, event, _ in of_one] == ["order.accepted", "order.shipped", "shipment.confirmed"]
    with pytest.raises(NotFound):
        await told(settings, order="C9")


async def test_it_begins_behind_a_position_a_cursor_or_from_an_instant_on(settings: Settings, store: Store) -> None:
    everything = await told(settings)
    assert await told(settings, after="2") == everything[2:]
    async with store.across() as tx:
        term = str(await tx.scalar(text("select term from sequencer")))
    marker = Marker(Seal(b"of another process"), "portal", Topic(tenant=TENANT, kind=Kind.ORDER))
    assert await told(settings, after=marker.cursor(Place(term=term, position=3))) == everything[3:]
    async with store.across() as tx:
        await tx.execute(text("update change_log set logged_at = logged_at - interval '2 h' where position < 4"))
    assert await told(settings, since="1h") == everything[3:]
    assert await told(settings, since="1d") == everything
    soon = SystemClock().now() + timedelta(minutes=1)
    assert await told(settings, since=soon.isoformat()) == []


async def test_a_beginning_that_makes_no_sense_is_refused_in_words(settings: Settings) -> None:
    with pytest.raises(CursorExpired, match="position 99"):
        await told(settings, after="99")
    with pytest.raises(CursorInvalid):
        await told(settings, after="no cursor")
    with pytest.raises(InvalidInput, match="neither an instant nor a span"):
        await told(settings, since="yesterday")
    with pytest.raises(InvalidInput, match="not both"):
        await told(settings, after="1", since="1h")


async def test_it_goes_on_as_changes_come(settings: Settings, store: Store, relay: Relay) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    listening = asyncio.create_task(show(settings, Wish(after="6"), heard.put_nowait))
    await Looking(store).write(seen((SHOP, Kind.ORDER, "1"), order("C1", line(quantity=2)), 5))
    await relay.turn()
    async with asyncio.timeout(60):
        told_of = await heard.get()
    listening.cancel()
    assert "order.set_back C1 v" in told_of


async def test_a_line_is_for_people_or_for_programs(settings: Settings) -> None:
    first, called = await anext(events(settings, Wish(follow=False)))
    said = spoken(first, called)
    assert datetime.fromisoformat(said[:23]) <= datetime.fromisoformat("2100-01-01")
    assert said[23:].split()[:5] == ["1", TENANT, "order.accepted", "C1", "v1"]
    facts = json.loads(written(first))
    assert (facts["position"], facts["tenant"], facts["event"]) == (1, TENANT, "order.accepted")
    assert facts["passed"] == ["order.created"]


async def test_a_person_ends_it_without_a_word(settings: Settings, tmp_path: Path) -> None:
    folder = Folder(path=tmp_path, environ={})
    async with folder.running("events", "--after", "0") as process:
        assert process.stdout is not None
        assert b"order.accepted C1" in await process.stdout.readline()
        ended = await end(process, signal.SIGINT)
    assert (ended.code, ended.err) == (0, "")

"""`opshub topics` where there is no Kafka, and publishing again; a real one is in tests/engines."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from rich.console import Console

from hub.errors import BusAway, InvalidInput, Misconfigured, NotFound
from hub.publishing import apply, republish, show
from hub.settings import KafkaSettings, Secret, Settings, StoreSettings
from hub.store.followers import take_follower
from hub.store.roles import RoleUrls
from hub.store.store import Store


@pytest.fixture
def out() -> Console:
    return Console(file=io.StringIO(), width=200)


def settings(urls: RoleUrls | None = None) -> Settings:
    kafka = KafkaSettings(servers=("127.0.0.1:1",))
    if urls is None:
        return Settings(kafka=kafka)
    store = StoreSettings(
        url=Secret(urls.owner), serve_url=Secret(urls.serve), work_url=Secret(urls.work), tail_url=Secret(urls.tail)
    )
    return Settings(kafka=kafka, store=store)


async def test_without_a_kafka_it_is_said_how_to_have_one(out: Console) -> None:
    with pytest.raises(Misconfigured, match="HUB__KAFKA__SERVERS"):
        await show(Settings(), out)


async def test_a_kafka_that_is_away_is_said(out: Console) -> None:
    with pytest.raises(BusAway):
        await apply(settings(), out, dry_run=True)


async def test_nothing_is_published_again_that_never_was(out: Console, database: RoleUrls) -> None:
    with pytest.raises(NotFound):
        await republish(settings(database), out, None)


async def test_the_publisher_goes_on_where_it_is_told(out: Console, database: RoleUrls, store: Store) -> None:
    async with store.across() as tx:
        await take_follower(tx, "kafka", "one", timedelta(seconds=30))
    await republish(settings(database), out, None)
    assert isinstance(out.file, io.StringIO)
    assert out.file.getvalue() == "The publisher goes on from position 1.\n"
    with pytest.raises(InvalidInput):
        await republish(settings(database), out, 9)

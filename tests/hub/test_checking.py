"""Checks in words: what an integrator and an operator read, and that looking changes nothing."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from rich.console import Console

from hub.checking import check, doctor, told
from hub.clock import SystemClock
from hub.errors import Misconfigured
from hub.settings import KafkaSettings, KeySettings, Secret, Settings, SourceSettings, StoreSettings
from sources.kit.contract import CHECKS, Verdict
from sources.kit.serve import serving
from sources.vendure.rehearsal.stand import Stand, make_stand

USER, PASSWORD = "hub@shop.example", "the rehearsal admits this"
KEY = KeySettings(hash="0" * 64, tenant="acme")


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    stand = make_stand(SystemClock(), user=USER, password=Secret(PASSWORD), seed=7)
    stand.scene.seed(25)
    yield stand
    await stand.close()


@pytest.fixture
async def settings(stand: Stand) -> AsyncIterator[Settings]:
    """One shop that is well, and no database."""
    async with serving(stand.app) as url:
        shop = SourceSettings(
            tenant="acme", adapter="vendure", system="COMMERCE", url=url, options={"user": USER, "password": PASSWORD}
        )
        nowhere = StoreSettings(url=Secret("postgresql://operator:secret@/shop?host=/nowhere"))
        yield Settings(store=nowhere, sources={"shop": shop}, keys={"rep": KEY})


def paper() -> Console:
    return Console(file=io.StringIO(), width=40)


def lines(out: Console) -> list[str]:
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue().splitlines()


async def test_a_source_that_is_well_is_said_to_be_with_a_sample_of_each_kind(settings: Settings) -> None:
    out = paper()
    assert await check(settings, "shop", out)
    health, orders, *goods = lines(out)
    assert health.startswith("well    shop answers: version ")
    assert orders == "well    shop ORDER: 20 read"
    assert [line.split(":")[0] for line in goods] == [
        f"well    shop {kind}" for kind in ("WAREHOUSE", "PRODUCT", "INVENTORY")
    ]


async def test_statuses_that_nobody_has_mapped_are_named(settings: Settings, stand: Stand) -> None:
    for order in stand.shop.orders.values():
        order.state = "Teleported"
    out = paper()
    assert await check(settings, "shop", out)
    assert "statuses nobody has mapped: Teleported" in lines(out)[1]


async def test_what_cannot_be_read_is_a_failure_with_its_reason(settings: Settings, stand: Stand) -> None:
    for order in stand.shop.orders.values():
        order.payments = [replace(one, updated=one.updated.replace(tzinfo=None)) for one in order.payments]
    out = paper()
    assert not await check(settings, "shop", out)
    (said,) = [line for line in lines(out) if line.startswith("FAILED")]
    assert re.match(r"FAILED  shop ORDER: \d+ read, [1-9]\d* not: \d+: .*without an offset", said)


async def test_looking_writes_nothing_at_the_source(settings: Settings, stand: Stand) -> None:
    before = repr(stand.shop.orders)
    await check(settings, "shop", paper())
    assert repr(stand.shop.orders) == before


async def test_a_wrong_password_is_said_once(settings: Settings) -> None:
    wrong = replace(settings.sources["shop"], options={"user": USER, "password": "guessed"})
    out = paper()
    assert not await check(replace(settings, sources={"shop": wrong}), "shop", out)
    (line,) = lines(out)
    assert line.startswith("FAILED  shop answers: ")
    assert "guessed" not in line


async def test_one_check_of_the_contract_on_the_rehearsal() -> None:
    out = paper()
    assert await check(Settings(), "vendure", out, only=["C7"])
    assert lines(out) == [
        "passed  C7   What no sweep notices is said in the manifest, with a reason a person understands.",
        "vendure: 1 of 1 checks passed on its rehearsal.",
    ]


def test_a_failed_check_says_what_it_demands_and_what_was_wrong() -> None:
    seventh = next(one for one in CHECKS if one.number == "C7")
    assert told(Verdict(check=seventh, failure="deletes are not declared", seconds=0.1)).splitlines() == [
        "FAILED  C7   What no sweep notices is said in the manifest, with a reason a person understands.",
        "        deletes are not declared",
    ]


async def test_what_is_neither_source_nor_adapter_nor_check_is_refused_with_what_there_is(settings: Settings) -> None:
    with pytest.raises(Misconfigured, match=r"vendur is no configured source and no adapter; there are: shop, "):
        await check(settings, "vendur", paper())
    with pytest.raises(Misconfigured, match="no check has the number C98, C99; there are: C4, "):
        await check(settings, "vendure", paper(), only=["C99", "C7", "C98"])


async def test_doctor_says_everything_that_is_wrong_and_goes_on(settings: Settings) -> None:
    sources = {
        "away": replace(settings.sources["shop"], url="http://127.0.0.1:9"),
        "misset": replace(settings.sources["shop"], options={"user": USER, "colour": "red"}),
        **settings.sources,
    }
    out = paper()
    kafka = KafkaSettings(servers=("127.0.0.1:1",))
    assert not await doctor(replace(settings, keys={}, sources=sources, kafka=kafka), out)
    said = lines(out)
    assert said[:2] == [
        "FAILED  settings: no key is configured, so nobody may ask: `opshub keys new NAME --tenant TENANT` makes one",
        "FAILED  database: the database is away, restarting or overloaded",
    ]
    assert said[2].startswith("FAILED  kafka: Kafka: KafkaConnectionError")
    assert said[3].startswith("FAILED  away answers: ")
    assert said[4:6] == [
        "FAILED  misset: sources.misset.colour is not known",
        "sources.misset.password is missing (HUB__SOURCES__MISSET__PASSWORD)",
    ]
    assert said[6].startswith("well    shop answers: ")

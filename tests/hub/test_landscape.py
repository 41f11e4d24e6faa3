"""From settings to adapters and to what each tenant's landscape knows of its sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.clock import SystemClock
from hub.errors import Misconfigured
from hub.landscape import connect, connect_all, landscapes, refuse_misset
from hub.model.manifest import SourceBinding
from hub.model.vocabulary import SystemKind
from hub.settings import ChannelSettings, KeySettings, Settings, SourceSettings
from sources.vendure.manifest import MANIFEST

WELL = {"user": "hub", "password": "secret", "webhook_secret": "signs"}
SHOP = SourceSettings(tenant="acme", adapter="vendure", system="COMMERCE", url="http://127.0.0.1:9", options=WELL)
KEY = KeySettings(hash="0" * 64, tenant="beta")
BASELINE = datetime(2026, 11, 1, tzinfo=UTC)


async def test_every_source_gets_an_adapter_and_every_tenant_a_landscape() -> None:
    erp = replace(SHOP, system="ERP")
    channel = ChannelSettings(tenant="acme", source="shop", capture="hub", baseline_at=BASELINE, mirrors=("erp",))
    settings = Settings(sources={"shop": SHOP, "erp": erp}, keys={"b": KEY}, channels={"web": channel})
    adapters = connect_all(settings, SystemClock())
    try:
        found = landscapes(settings, adapters)
    finally:
        for adapter in adapters.values():
            await adapter.close()
    assert list(adapters) == [("acme", "shop"), ("acme", "erp")]
    assert {tenant: list(one.sources) for tenant, one in found.items()} == {"beta": [], "acme": ["shop", "erp"]}
    assert found["acme"].sources["shop"] == SourceBinding(
        source="shop",
        tenant="acme",
        system=SystemKind.COMMERCE,
        manifest=MANIFEST,
        baseline_at=BASELINE,
        captures=True,
        expects=(SystemKind.ERP,),
    )
    assert found["acme"].sources["erp"] == SourceBinding(
        source="erp", tenant="acme", system=SystemKind.ERP, manifest=MANIFEST
    )


def test_the_mistakes_of_all_sources_are_told_at_once_and_no_secret_with_them() -> None:
    settings = Settings(
        sources={
            "one": replace(SHOP, adapter="vendur"),
            "two": replace(SHOP, options={"colour": "red", "password": "secret"}),
            "three": SHOP,
        }
    )
    with pytest.raises(Misconfigured) as refused:
        refuse_misset(settings)
    assert refused.value.message.splitlines() == [
        "there is no adapter 'vendur'; there are: vendure",
        "sources.two.colour is not known",
        "sources.two.user is missing (HUB__SOURCES__TWO__USER)",
    ]
    with pytest.raises(Misconfigured, match="colour is not known"):
        connect_all(settings, SystemClock())


async def test_one_source_connects_whatever_is_wrong_with_others() -> None:
    adapter = connect("three", SHOP, SystemClock())
    assert adapter.describe() is MANIFEST
    await adapter.close()

"""From settings to adapters and to what each tenant's landscape knows of its sources."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hub.clock import SystemClock
from hub.codec import typed
from hub.errors import Misconfigured
from hub.landscape import (
    connect,
    connect_all,
    landscapes,
    load_returns,
    load_routings,
    load_rules,
    refuse_forgotten,
    refuse_misset,
)
from hub.model.approval import APPROVAL, ApprovalRule, Ruling
from hub.model.manifest import ChannelRules, SourceBinding
from hub.model.policy import RETURNS, ROUTING, Outside, ReturnPolicy, RoutingPolicy, Shortage
from hub.model.returns import ReturnCondition, ReturnReason, ReturnTerms
from hub.model.routing import RankBy
from hub.model.values import Money
from hub.model.vocabulary import FieldGroup, SystemKind
from hub.settings import (
    ApprovalSettings,
    ChannelSettings,
    KeySettings,
    ReturnsSettings,
    RoutingSettings,
    Secret,
    Settings,
    SourceSettings,
    load,
)
from hub.store.policies import active, decide
from hub.store.routing import routings_of
from hub.store.store import Store
from sources.vendure.manifest import MANIFEST
from tests.kit.scripted_shop import ScriptedShop
from tests.kit.station import Station

WELL = {"user": "hub", "password": "secret", "webhook_secret": "signs"}
SHOP = SourceSettings(tenant="acme", adapter="vendure", system="COMMERCE", url="http://127.0.0.1:9", options=WELL)
KEY = KeySettings(hash="0" * 64, tenant="beta")
BASELINE = datetime(2026, 11, 1, tzinfo=UTC)
README = Path(__file__).parents[2] / "README.md"


async def test_the_settings_in_the_readme_connect_its_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = README.read_text().split("```toml\n")[1].split("```")[0].replace('hash = "..."', f'hash = "{"0" * 64}"')
    named = re.findall(r'file = "([^"]+)"', shown)
    assert named == ["hook-name", "shop-password", "shop-webhook-secret"]
    for name in named:
        (tmp_path / name).write_text(f"{name} is told nobody\n")
    (tmp_path / "opshub.toml").write_text(shown)
    monkeypatch.chdir(tmp_path)
    settings = load({}, Path("opshub.toml"))
    (adapter,) = connect_all(settings, SystemClock()).values()
    await adapter.close()
    assert settings.sources["shop"].hook == Secret("hook-name is told nobody")


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


def test_a_tenant_has_the_rules_of_its_own_channels() -> None:
    web = ChannelSettings(tenant="acme", source="shop", warehouses=("WH",), buffer=1.5, threshold=5, sell_ahead=0.1)
    other = ChannelSettings(tenant="beta", source="shop")
    found = landscapes(Settings(keys={"a": replace(KEY, tenant="acme")}, channels={"web": web, "b": other}), {})
    rules = ChannelRules(
        source="shop", warehouses=("WH",), buffer=Decimal("1.5"), threshold=Decimal(5), sell_ahead=Decimal("0.1")
    )
    assert found["acme"].channels == {"web": rules}


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
    first, *others = refused.value.message.splitlines()
    assert first.startswith("there is no adapter 'vendur'; there are: ")
    assert others == [
        "sources.two.colour is not known",
        "sources.two.user is missing (HUB__SOURCES__TWO__USER)",
    ]
    with pytest.raises(Misconfigured, match="colour is not known"):
        connect_all(settings, SystemClock())


async def test_one_source_connects_whatever_is_wrong_with_others() -> None:
    adapter = connect("three", SHOP, SystemClock())
    assert adapter.describe() is MANIFEST
    await adapter.close()


async def test_an_operator_sets_targets_of_staleness_and_retires_a_source() -> None:
    minute = timedelta(minutes=1)
    shop = replace(SHOP, staleness={"lifecycle": minute, "inventory": minute}, retired=True)
    adapter = connect("shop", shop, SystemClock())
    try:
        binding = landscapes(Settings(sources={"shop": shop}), {("acme", "shop"): adapter})["acme"].sources["shop"]
    finally:
        await adapter.close()
    changed = {FieldGroup.LIFECYCLE: minute, FieldGroup.INVENTORY: minute}
    assert binding.manifest.staleness == {**MANIFEST.staleness, **changed}
    assert binding.is_retired


async def test_a_source_with_open_deliveries_is_not_just_left_out(store: Store) -> None:
    at = Station(store=store, shop=ScriptedShop())
    at.shop.place("o1")
    await at.take()
    await at.see("o1")
    await refuse_forgotten(Settings(), store)
    await at.cancel("o1")
    with pytest.raises(Misconfigured) as refused:
        await refuse_forgotten(Settings(sources={"shop": replace(SHOP, tenant="beta")}), store)
    assert refused.value.message == (
        "sources.shop of tenant acme is missing, and 1 deliveries to it are open: put it back with `retired = true`; "
        "it may go once a person has settled them"
    )
    await refuse_forgotten(Settings(sources={"shop": replace(SHOP, retired=True)}), store)
    await at.turn(at.deliveries)
    await refuse_forgotten(Settings(), store)


def test_a_source_that_is_called_needs_an_address_and_one_that_posts_a_hook() -> None:
    feed = SourceSettings(tenant="acme", adapter="tracking", system="CARRIER", options={"secret": "signs"})
    settings = Settings(sources={"shop-1": replace(SHOP, url="", options={}), "dhl": feed})
    with pytest.raises(Misconfigured) as refused:
        refuse_misset(settings)
    assert refused.value.message.splitlines() == [
        "sources.shop-1.url is missing (HUB__SOURCES__SHOP_1__URL)",
        "sources.shop-1.user is missing (HUB__SOURCES__SHOP_1__USER)",
        "sources.shop-1.password is missing (HUB__SOURCES__SHOP_1__PASSWORD)",
        "sources.dhl.hook is missing (HUB__SOURCES__DHL__HOOK)",
    ]
    refuse_misset(Settings(sources={"dhl": replace(feed, hook=Secret("unguessable"))}))


def test_a_topic_serves_where_a_hook_would_and_nowhere_else() -> None:
    feed = SourceSettings(tenant="acme", adapter="tracking", system="CARRIER", options={"secret": "signs"})
    refuse_misset(Settings(sources={"dhl": replace(feed, topic="dhl.events")}))
    erp = SourceSettings(
        tenant="acme", adapter="tryton_wms", system="WMS", url="http://127.0.0.1:9", topic="wms.events"
    )
    with pytest.raises(Misconfigured) as refused:
        refuse_misset(Settings(sources={"wms": erp}))
    assert "sources.wms.topic: tryton_wms takes no deliveries, so no records either" in refused.value.message


async def test_each_configured_rule_is_the_active_version_of_its_policy(store: Store) -> None:
    big = ApprovalSettings(tenant="acme", action="orderCancel", above=500, currency="EUR", hours=1)

    async def active_after(given: ApprovalSettings | None) -> list[tuple[str, int, ApprovalRule]]:
        await load_rules(Settings(approvals={} if given is None else {"big": given}), store)
        async with store.across() as tx:
            return [(one.name, one.version, typed(one.doc, ApprovalRule)) for one in await active(tx, "acme", APPROVAL)]

    rule = ApprovalRule(
        action="orderCancel", above=Money(amount=Decimal("500.0"), currency_code="EUR"), hours=Decimal("1.0")
    )
    assert await active_after(big) == [("big", 1, rule)]
    assert await active_after(big) == [("big", 1, rule)]
    assert await active_after(None) == [("big", 1, rule)]  # what is left out stands on
    off = replace(big, ruling="allow")
    assert await active_after(off) == [("big", 2, replace(rule, ruling=Ruling.ALLOW))]


async def test_a_routing_policy_of_the_settings_stands_until_somebody_decides_another(store: Store) -> None:
    plain = RoutingSettings(tenant="acme", priority=("WH",), rank=("distance",), shortage="wait", recheck_seconds=60)

    async def known_after(given: RoutingSettings) -> list[tuple[str, int, bool, RoutingPolicy]]:
        await load_routings(Settings(routing={"plain": given}), store)
        async with store.across() as tx:
            return [(one.name, one.version, one.is_active, one.policy) for one in await routings_of(tx, "acme")]

    first = RoutingPolicy(
        priority=("WH",), rank=(RankBy.DISTANCE,), shortage=Shortage.WAIT, recheck=timedelta(minutes=1)
    )
    second = replace(first, max_splits=2)
    assert await known_after(plain) == [("plain", 1, True, first)]
    assert await known_after(plain) == [("plain", 1, True, first)]
    changed = replace(plain, max_splits=2)
    assert await known_after(changed) == [("plain", 1, False, first), ("plain", 2, True, second)]
    async with store.across() as tx:
        await decide(tx, "acme", (ROUTING, "plain"), RoutingPolicy(), "anna")
    assert (await known_after(changed))[1:] == [("plain", 2, False, second), ("plain", 3, True, RoutingPolicy())]


async def test_a_policy_of_returns_of_the_settings_stands_until_somebody_decides_another(store: Store) -> None:
    given = ReturnsSettings(
        tenant="acme",
        window_days=14,
        outside="refuse",
        refused_reasons=("ORDERED_IN_ERROR",),
        restocking_percent=12.5,
        free_reasons=("DEFECTIVE",),
        conditions=("NEW",),
    )

    async def known_after(given: ReturnsSettings) -> list[ReturnPolicy]:
        await load_returns(Settings(returns={"plain": given}), store)
        async with store.across() as tx:
            return [typed(one.doc, ReturnPolicy) for one in await active(tx, "acme", RETURNS)]

    terms = ReturnTerms(
        restocking_percent=Decimal("12.5"),
        free_reasons=(ReturnReason.DEFECTIVE,),
        conditions=(ReturnCondition.NEW,),
    )
    policy = ReturnPolicy(
        window=timedelta(days=14), outside=Outside.REFUSE, refused_reasons=(ReturnReason.ORDERED_IN_ERROR,), terms=terms
    )
    assert await known_after(given) == [policy]
    async with store.across() as tx:
        await decide(tx, "acme", (RETURNS, "plain"), ReturnPolicy(), "anna")
    assert await known_after(replace(given, window_days=30)) == [ReturnPolicy()]

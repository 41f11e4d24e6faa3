"""From settings to the outside: one adapter per configured source, one landscape per tenant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hub.clock import Clock
from hub.errors import Misconfigured
from hub.flow.facts import HUB
from hub.model.approval import APPROVAL, BY_SETTINGS, ApprovalRule, Ruling
from hub.model.manifest import ChannelRules, Landscape, Manifest, SourceBinding, WebhookTrust
from hub.model.policy import RETURNS, ROUTING, Outside, ReturnPolicy, RoutingPolicy, Shortage
from hub.model.returns import ReturnCondition, ReturnReason, ReturnTerms, SendsAt
from hub.model.routing import RankBy
from hub.model.values import Money
from hub.model.vocabulary import FieldGroup, SystemKind
from hub.ports import Adapter
from hub.settings import ChannelSettings, ReturnsSettings, RoutingSettings, Settings, SourceSettings, convert
from hub.store.circle import lock_keys
from hub.store.deliveries import open_deliveries
from hub.store.policies import active, decide
from hub.store.store import Store
from hub.store.tx import Tx
from sources.registry import AdapterFolder, load

SourceKey = tuple[str, str]
"""(tenant, source)."""


def connect_all(settings: Settings, clock: Clock) -> dict[SourceKey, Adapter]:
    """An adapter for every configured source; opens no connection yet.

    Raises Misconfigured with the mistakes of all sources, one a line.
    """
    refuse_misset(settings)
    return {(source.tenant, name): connect(name, source, clock) for name, source in settings.sources.items()}


def refuse_misset(settings: Settings) -> None:
    """Raise Misconfigured with the mistakes of all sources, one a line; makes nothing."""
    mistakes: list[str] = []
    for name, source in settings.sources.items():
        try:
            _chosen(name, source)
        except Misconfigured as wrong:
            mistakes.append(wrong.message)
    if mistakes:
        raise Misconfigured("\n".join(mistakes))


async def refuse_forgotten(settings: Settings, store: Store) -> None:
    """Raise Misconfigured where a source with open deliveries is configured no more (D16). `store` is of role WORK."""
    async with store.across() as tx:
        found = await open_deliveries(tx)
    known = {(source.tenant, name) for name, source in settings.sources.items()}
    mistakes = [
        f"sources.{name} of tenant {tenant} is missing, and {count} deliveries to it are open: put it back with "
        f"`retired = true`; it may go once a person has settled them"
        for (tenant, name), count in sorted(found.items())
        if (tenant, name) not in known and name != HUB
    ]
    if mistakes:
        raise Misconfigured("\n".join(mistakes))


async def load_rules(settings: Settings, store: Store) -> None:
    """Make each configured rule of approval the active version of its policy (D13). `store` is of role WORK."""
    async with store.across() as tx:
        for name, one in sorted(settings.approvals.items()):
            limit = None
            if one.above is not None and one.currency is not None:
                limit = Money(amount=Decimal(str(one.above)), currency_code=one.currency)
            rule = ApprovalRule(
                action=one.action,
                ruling=Ruling(one.ruling.upper()),
                above=limit,
                unless=one.unless,
                actor=one.actor,
                hours=Decimal(str(one.hours)),
            )
            await decide(tx, one.tenant, (APPROVAL, name), rule, BY_SETTINGS)


async def load_routings(settings: Settings, store: Store) -> None:
    """Make each configured routing policy the active one of its name, unless somebody decided another (D13).

    `store` is of role WORK.
    """
    async with store.across() as tx:
        for name, one in sorted(settings.routing.items()):
            await _declare(tx, one.tenant, (ROUTING, name), _routing(one))


async def _declare(tx: Tx, tenant: str, policy: tuple[str, str], wanted: RoutingPolicy | ReturnPolicy) -> None:
    kind, name = policy
    await lock_keys(tx, tenant, frozenset({f"policy\x1f{kind}"}), frozenset())
    standing = {known.name: known.actor for known in await active(tx, tenant, kind)}
    if standing.get(name, BY_SETTINGS) == BY_SETTINGS:
        await decide(tx, tenant, policy, wanted, BY_SETTINGS)


def _routing(one: RoutingSettings) -> RoutingPolicy:
    return RoutingPolicy(
        channels=one.channels,
        rank=tuple(RankBy(rank.upper()) for rank in one.rank),
        priority=one.priority,
        max_splits=one.max_splits,
        shortage=Shortage(one.shortage.upper()),
        keeps_age=one.keeps_age,
        recheck=timedelta(seconds=one.recheck_seconds),
        lapse=timedelta(hours=one.lapse_hours),
    )


async def load_returns(settings: Settings, store: Store) -> None:
    """Make each configured policy of returns the active one of its name, unless somebody decided another (D13).

    `store` is of role WORK.
    """
    async with store.across() as tx:
        for name, one in sorted(settings.returns.items()):
            await _declare(tx, one.tenant, (RETURNS, name), _returns(one))


def _returns(one: ReturnsSettings) -> ReturnPolicy:
    return ReturnPolicy(
        channels=one.channels,
        window=None if one.window_days is None else timedelta(days=one.window_days),
        expires=timedelta(days=one.expires_days),
        refused_reasons=tuple(ReturnReason(reason) for reason in one.refused_reasons),
        excluded=one.excluded,
        outside=Outside(one.outside.upper()),
        terms=ReturnTerms(
            restocking_percent=Decimal(str(one.restocking_percent)),
            free_reasons=tuple(ReturnReason(reason) for reason in one.free_reasons),
            conditions=tuple(ReturnCondition(condition) for condition in one.conditions),
            refunds_shipping=one.refunds_shipping,
            pays_ahead=one.pays_ahead,
            sends_at=SendsAt(one.sends.upper()),
        ),
    )


def connect(name: str, source: SourceSettings, clock: Clock) -> Adapter:
    """The adapter of one source; opens no connection yet. Raises Misconfigured with all its mistakes."""
    folder, options = _chosen(name, source)
    return folder.connect(options, url=source.url, source=name, clock=clock)


def _chosen(name: str, source: SourceSettings) -> tuple[AdapterFolder, Any]:  # Any: the adapter's own settings class
    folder = load(source.adapter)
    needed = ("hook", source.hook or source.topic) if folder.manifest.pushes_only else ("url", source.url)
    mistakes = [] if needed[1] else [_missing(name, needed[0])]
    if source.topic is not None and folder.manifest.webhook is WebhookTrust.NONE:
        mistakes.append(f"sources.{name}.topic: {source.adapter} takes no deliveries, so no records either")
    try:
        options = convert(folder.settings, source.options, f"sources.{name}")
    except Misconfigured as wrong:
        raise Misconfigured("\n".join([*mistakes, wrong.message])) from wrong
    if mistakes:
        raise Misconfigured("\n".join(mistakes))
    return folder, options


def _missing(name: str, field: str) -> str:
    return f"sources.{name}.{field} is missing (HUB__SOURCES__{name.replace('-', '_').upper()}__{field.upper()})"


def landscapes(settings: Settings, adapters: Mapping[SourceKey, Adapter]) -> dict[str, Landscape]:
    """The sources of each tenant that has a key or a source, with their manifests and channel policies."""
    channels = {channel.source: channel for channel in settings.channels.values()}
    by_tenant: defaultdict[str, dict[str, SourceBinding]] = defaultdict(dict)
    for key in settings.keys.values():
        by_tenant[key.tenant] = {}
    for (tenant, name), adapter in adapters.items():
        by_tenant[tenant][name] = _binding(settings, name, adapter, channels.get(name))
    return {
        tenant: Landscape(tenant=tenant, sources=sources, channels=_rules(settings, tenant))
        for tenant, sources in by_tenant.items()
    }


def _rules(settings: Settings, tenant: str) -> dict[str, ChannelRules]:
    return {
        name: ChannelRules(
            source=channel.source or "",
            publishes=channel.publish_stock,
            warehouses=channel.warehouses,
            buffer=Decimal(str(channel.buffer)),
            threshold=Decimal(str(channel.threshold)),
            sell_ahead=Decimal(str(channel.sell_ahead)),
        )
        for name, channel in settings.channels.items()
        if channel.tenant == tenant
    }


def _binding(settings: Settings, name: str, adapter: Adapter, channel: ChannelSettings | None) -> SourceBinding:
    source = settings.sources[name]
    mirrors = channel.mirrors if channel is not None else ()
    return SourceBinding(
        source=name,
        tenant=source.tenant,
        system=SystemKind(source.system),
        manifest=_manifest(source, adapter),
        baseline_at=channel.baseline_at if channel is not None else None,
        captures=channel is not None and channel.capture == "hub",
        expects=tuple(SystemKind(settings.sources[mirror].system) for mirror in mirrors),
        listens=source.hook is not None,
        is_retired=source.retired,
    )


def _manifest(source: SourceSettings, adapter: Adapter) -> Manifest:
    """What the adapter declares, with the staleness targets that the operator has set."""
    manifest = adapter.describe()
    chosen = {FieldGroup(name.upper()): target for name, target in source.staleness.items()}
    return replace(manifest, staleness={**manifest.staleness, **chosen})

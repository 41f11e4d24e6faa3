"""Checks in words: an adapter against the contract suite, a configured source by looking only, the whole set-up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial

from rich.console import Console

from hub.changes.bus import topics_of
from hub.changes.topics import planned, wanted_topics
from hub.clock import SystemClock
from hub.errors import HubError, Misconfigured, SourceGarbled, SourceMisset
from hub.landscape import connect
from hub.model.order import OrderStatus
from hub.model.vocabulary import Kind
from hub.ports import Adapter, SourceCall
from hub.settings import KafkaSettings, Settings
from hub.store.access import found_shard
from hub.store.migrate import refuse_unmigrated
from hub.store.roles import RUNTIME, RoleUrls
from hub.store.store import open_store
from sources.kit.contract import CHECKS, Check, Verdict, run
from sources.kit.first import Newborn, look
from sources.registry import adapters, has_rehearsal, load, stage

PATIENCE = 20.0  # seconds for one call of a look-only check
UNMAPPED = OrderStatus.UNKNOWN.value
SAMPLE = 20  # objects of each kind that are read through the mapping
NEXT = """\
Next: a section [sources.NAME] with adapter = "{name}" in opshub.toml; `opshub sources check NAME` then looks at the
real system. With a rehearsal (rehearsal/stage.py, see sources/kit/stage.py) the contract suite judges it here."""


async def check(settings: Settings, name: str, out: Console, only: Collection[str] = ()) -> bool:
    """Check a configured source by looking only, or an adapter on its rehearsal, by the checks numbered in *only*.

    Raises Misconfigured for what is neither, and for a number that no check has.
    """
    if name in settings.sources:
        return await _look_only(settings, name, out)
    if name in adapters() and has_rehearsal(name):
        return await _on_rehearsal(name, _numbered(only), out)
    if name in adapters():
        return await _first_look(name, out)
    known = ", ".join([*settings.sources, *adapters()])
    message = f"{name} is no configured source and no adapter; there are: {known}"
    raise Misconfigured(message)


async def doctor(settings: Settings, out: Console) -> bool:
    """Check settings, the database as each role, then every source; what to do where something is wrong."""
    well = await _said(out, "settings", partial(_admits_somebody, settings))
    well = await _said(out, "database", lambda: _database(found_shard(settings.store))) and well
    if settings.kafka.servers:
        well = await _said(out, "kafka", partial(_kafka, settings.kafka)) and well
    for name in settings.sources:
        well = await _look_only(settings, name, out) and well
    return well


async def _admits_somebody(settings: Settings) -> str:
    if not settings.keys:
        message = "no key is configured, so nobody may ask: `opshub keys new NAME --tenant TENANT` makes one"
        raise Misconfigured(message)
    return f"keys: {len(settings.keys)}, sources: {len(settings.sources)}"


async def _database(urls: RoleUrls) -> str:
    for role in RUNTIME:
        async with open_store(urls, role, size=1) as store:
            await store.ready()
            if role is RUNTIME[1]:
                await refuse_unmigrated(store)
    return "every role connects, none may too much, the tables are up to date"


async def _kafka(settings: KafkaSettings) -> str:
    wanted = wanted_topics(settings)
    async with topics_of(settings) as topics:
        plan = planned(wanted, await topics.found([one.name for one in wanted]))
    if plan.said or plan.refused:
        message = "; ".join((*plan.refused, *plan.said[:1])) + ": see `opshub topics apply --dry-run`"
        raise Misconfigured(message)
    return f"{len(wanted)} topics are as they should be"


def _numbered(only: Collection[str]) -> Sequence[Check]:
    known = {one.number: one for one in CHECKS}
    strangers = sorted(set(only) - set(known))
    if strangers:
        message = f"no check has the number {', '.join(strangers)}; there are: {', '.join(known)}"
        raise Misconfigured(message)
    return [one for one in CHECKS if one.number in only] if only else CHECKS


def told(verdict: Verdict) -> str:
    """A verdict in words: what the check demands, and why it failed."""
    mark = "FAILED" if not verdict.passed else "absent" if verdict.absent else "passed"
    why = "" if verdict.failure is None else f"\n        {verdict.failure}"
    why += f"\n        not offered: {verdict.absent}" if verdict.absent else ""
    return f"{mark}  {verdict.check.number:4} {verdict.check.title}{why}"


async def _on_rehearsal(name: str, checks: Sequence[Check], out: Console) -> bool:
    async with stage(name) as opened:
        verdicts = await run(opened, checks=checks, tell=lambda verdict: _tell(out, told(verdict)))
    passed = sum(verdict.passed for verdict in verdicts)
    _tell(out, f"{name}: {passed} of {len(verdicts)} checks passed on its rehearsal.")
    return passed == len(verdicts)


async def _first_look(name: str, out: Console) -> bool:
    """What a new adapter lacks, as long as it has no rehearsal."""
    folder = load(name)
    new = Newborn(
        name=name,
        package=folder.package,
        manifest=folder.manifest,
        settings=folder.settings,
        connect=folder.connect,
    )
    findings = await look(new)
    for one in findings:
        why = "" if one.failure is None else f"\n        {one.failure}"
        _tell(out, f"{'passed' if one.failure is None else 'FAILED'}  {one.number:4} {one.title}{why}")
    passed = sum(one.failure is None for one in findings)
    _tell(out, f"{name}: {passed} of {len(findings)} first checks passed on its samples.")
    if passed == len(findings):
        _tell(out, NEXT.format(name=name))
    return passed == len(findings)


async def _look_only(settings: Settings, name: str, out: Console) -> bool:
    """Health and a sample of every kind through the mapping; nothing is written at the source."""
    chosen = settings.sources[name]
    try:
        adapter = connect(name, chosen, SystemClock())
    except Misconfigured as wrong:
        _tell_failure(out, name, wrong)
        return False
    call = SourceCall(tenant=chosen.tenant, source=name, correlation_id="sources-check", patience=PATIENCE)
    try:
        well = await _said(out, f"{name} answers", lambda: _health(adapter, call))
        for kind, sweeps in adapter.describe().sweeps.items() if well else ():
            look = partial(_sample, adapter, call, kind, sweeps[0].name)
            well = await _said(out, f"{name} {kind.value}", look) and well
    finally:
        await adapter.close()
    return well


async def _health(adapter: Adapter, call: SourceCall) -> str:
    try:
        found = await adapter.health(call)
    except SourceMisset:  # not logged in yet, or misset: the second answer tells
        await adapter.login(call)
        found = await adapter.health(call)
    skew = "" if found.clock_skew_seconds is None else f", its clock is {found.clock_skew_seconds:+.1f} s off"
    return f"version {found.version or 'unknown'}{skew}"


async def _sample(adapter: Adapter, call: SourceCall, kind: Kind, sweep: str) -> str:
    unmapped: set[str] = set()
    seen = 0
    async for page in adapter.changes(call, kind, sweep, None):
        if page.failed:
            spoilt, why = next(iter(page.failed.items()))
            message = f"{len(page.found)} read, {len(page.failed)} not: {spoilt}: {why}"
            raise SourceGarbled(message, source=call.source)
        for one in page.found[:SAMPLE]:
            seen += 1
            if one.content is not None and one.content.status == UNMAPPED and one.content.raw_status is not None:
                unmapped.add(one.content.raw_status)
        break
    return f"{seen} read" + (f"; statuses nobody has mapped: {', '.join(sorted(unmapped))}" if unmapped else "")


async def _said(out: Console, what: str, look: Callable[[], Awaitable[str]]) -> bool:
    try:
        words = await look()
    except HubError as wrong:
        _tell_failure(out, what, wrong)
        return False
    _tell(out, f"well    {what}: {words}")
    return True


def _tell_failure(out: Console, what: str, wrong: HubError) -> None:
    _tell(out, f"FAILED  {what}: {wrong.message}")


def _tell(out: Console, line: str) -> None:
    out.print(line, markup=False, highlight=False, soft_wrap=True)

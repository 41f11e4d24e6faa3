"""One soak from start to verdict."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import msgspec

from hub.store.cluster import SUPERUSER, Cluster
from hub.store.roles import RoleUrls
from tests.crash.admin import Admin, looking
from tests.crash.history import History
from tests.crash.processes import ROOT, zygote
from tests.crash.settings import free_port
from tests.crash.wire import NoAnswer, send
from tests.kit.pg import fresh_database
from tests.kit.wait import until_so
from tests.soak import truth
from tests.soak.crowd import Brief, Lasts
from tests.soak.hubs import Hubs, Sample
from tests.soak.judge import Surroundings, Verdict, judged
from tests.soak.orders import OURS, Helper, helper
from tests.soak.results import Told
from tests.soak.scale import Scale
from tests.soak.settings import Site, plugins, write_settings
from tests.soak.wishes import Known, Wish, wishes

SERVING = ("serve-0", "serve-1")
WORKING = "work-0"
TRANSPORTS = ("ws", "sse")
LONG = 60.0  # seconds of deafness in which a reader that never reads is let go
PATIENCE = 120.0  # seconds for a step of the soak


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The subscribers of a soak: a process that speaks as `tests.soak.crowd` does, and what they wish."""

    command: Sequence[str] = (*OURS, "crowd")
    wishes: Callable[[Scale, Mapping[str, Known]], list[Wish]] = wishes


CROWD = Company()


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of a soak."""

    scale: Scale
    verdict: Verdict
    told: Sequence[Told]
    lines: int
    """Of the log that no first load wrote."""
    rate: float
    """Of those a second."""
    late: Sequence[str]
    """Subscribers that never heard of their last change."""
    kills: int
    settled: float
    """Seconds from the end of the traffic until everybody had everything."""
    samples: Sequence[Sample]
    flow: tuple[float, float]
    """From when to when there was traffic."""
    faults: list[str] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        """Everything that may not be."""
        late = [f"{one} never heard of its last change" for one in self.late]
        return [*late, *self.verdict.failures, *self.faults, *self._missed]

    @property
    def _missed(self) -> list[str]:
        """What a soak must have seen, lest it proves nothing."""
        missed = [] if self.kills == self.scale.kills * len(SERVING) else [f"only {self.kills} kills"]
        if self.scale.deaf >= LONG and len(self.verdict.let_go) < len(TRANSPORTS):
            missed.append(f"never-readers let go only over {', '.join(self.verdict.let_go) or 'nothing'}")
        return missed


@dataclass(slots=True, kw_only=True)
class Soak:
    """Everything of one soak while it runs."""

    scale: Scale
    room: Path
    sites: Sequence[Site]
    hubs: Hubs
    admin: Admin
    history: History
    rnd: Random
    traffic: Helper
    company: Company

    async def ready(self) -> None:
        """Both hubs serve, and what there is has been loaded and told."""
        for site in self.sites:
            await until_so(partial(_answers, f"{site.url}/readyz"))
        assert await self.traffic.answer(PATIENCE) == "loaded"
        await until_so(self._is_drained)

    async def wishes(self) -> list[Wish]:
        """Who asks for what."""
        return self.company.wishes(self.scale, await truth.known(self.admin))

    async def live(self) -> tuple[float, float]:
        """Traffic for as long as it shall last, and kills; from when to when."""
        began = time.monotonic()
        self.traffic.tell("go")
        pause = self.scale.seconds / (self.scale.kills * len(SERVING) + 1)
        for number in range(self.scale.kills * len(SERVING)):
            await asyncio.sleep(pause * self.rnd.uniform(0.9, 1.1))
            self.history.note("soak", "kill", name=SERVING[number % len(SERVING)])
            self.hubs.kill(SERVING[number % len(SERVING)])
        await asyncio.sleep(max(0.0, began + self.scale.seconds - time.monotonic()))
        self.traffic.tell("stop")
        said = await self.traffic.answer(PATIENCE)
        if said != "ended":
            self.history.note("traffic", "refused", said=said)
            self.hubs.ends.append(f"traffic was refused: {said[:300]}")
        ended = time.monotonic()
        await until_so(self._is_drained)
        return began, ended

    async def _is_drained(self) -> bool:
        return bool(await self.admin.value(truth.WAITING) == 0)


async def soak(scale: Scale, cluster: Cluster, room: Path, code: Path = ROOT, company: Company = CROWD) -> Outcome:
    """Live through it on a database of *cluster* with the hub whose code lies in *code*; files go to *room*."""
    async with AsyncExitStack() as stack:
        urls = await stack.enter_async_context(fresh_database(cluster))
        name = urls.owner.partition("@/")[2].partition("?")[0]
        began = time.monotonic()
        history = History(lambda: time.monotonic() - began)
        sites = [Site(name=one, port=free_port()) for one in SERVING]
        traffic = await stack.enter_async_context(helper(*OURS, "traffic", str(_traffic(room, scale, urls))))
        running = await stack.enter_async_context(zygote(code, plugins(room / "plugins")))
        hubs = Hubs(zygote=running, room=room, settings=_settings(room, urls, sites), history=history)
        admin = await stack.enter_async_context(looking(cluster.dsn(SUPERUSER, name)))
        one = Soak(
            scale=scale, room=room, sites=sites, hubs=hubs, admin=admin, history=history, rnd=Random(scale.seed),
            traffic=traffic, company=company,
        )  # fmt: skip
        stack.push_async_callback(hubs.close)
        keeping = [asyncio.create_task(hubs.keep(name)) for name in hubs.settings]
        keeping.append(asyncio.create_task(hubs.watch()))
        try:
            outcome = await _lived(one)
        finally:
            for task in keeping:
                task.cancel()
            await asyncio.gather(*keeping, return_exceptions=True)
            history.write(room / "history.jsonl")
        return outcome


async def _lived(one: Soak) -> Outcome:
    await one.ready()
    print("hubs serve", flush=True)
    everybody = await one.wishes()
    brief, lasts, results = (one.room / name for name in ("brief.json", "lasts.json", "told.json"))
    urls = [site.url for site in one.sites]
    brief.write_bytes(msgspec.json.encode(Brief(scale=one.scale, hubs=urls, wishes=everybody)))
    async with helper(*one.company.command, str(brief)) as crowd:
        assert await crowd.answer(PATIENCE) == "ready"
        one.history.note("soak", "ready")
        print("everybody listens", flush=True)
        flow = await one.live()
        calm = time.monotonic()
        print("no more traffic", flush=True)
        lines = await truth.read(one.admin)
        lasts.write_bytes(msgspec.json.encode(_lasts(everybody, lines)))
        crowd.tell(str(lasts))
        crowd.tell(str(results))
        late = (await crowd.answer(2 * PATIENCE)).split()
        settled = time.monotonic() - calm
    told = msgspec.json.decode(results.read_bytes(), type=list[Told])
    by_name = {wish.name: wish for wish in everybody}
    names = {site.name: site.url for site in one.sites}
    kills = [(names.get(kill.name, ""), kill.at) for kill in one.hubs.kills]
    around = Surroundings(kills=kills, began=time.time() - time.monotonic())
    live = [line for line in lines if line.said["origin"] == "LIVE"]
    return Outcome(
        scale=one.scale,
        verdict=judged([(by_name[each.name], each) for each in told], lines, around),
        told=told,
        lines=len(live),
        rate=len(live) / (flow[1] - flow[0]),
        late=late,
        kills=len(kills),
        settled=settled,
        samples=one.hubs.samples,
        flow=flow,
        faults=[*one.hubs.ends, *one.hubs.faults],
    )


def _lasts(everybody: Sequence[Wish], lines: Sequence[truth.Line]) -> Lasts:
    found: Lasts = {}
    for wish in everybody:
        want = truth.expected(wish.sought, lines)
        if want:
            found[wish.name] = want[-1].position
    return found


def _settings(room: Path, urls: RoleUrls, sites: Sequence[Site]) -> Mapping[str, Path]:
    serving = {site.name: write_settings(room / f"{site.name}.toml", urls, site.port) for site in sites}
    return {**serving, WORKING: write_settings(room / "work.toml", urls, free_port())}


def _traffic(room: Path, scale: Scale, urls: RoleUrls) -> Path:
    file = room / "traffic.json"
    file.write_bytes(msgspec.json.encode((scale, urls)))
    return file


async def _answers(url: str) -> bool:
    try:
        return (await send(url, None, {})).is_success
    except NoAnswer:
        return False

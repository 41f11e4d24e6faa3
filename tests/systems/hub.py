"""The hub as an operator runs it: `opshub up` in a folder of its own, killed and started again at will."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from hub.guard.keys import hash_of
from hub.store.cluster import as_user
from hub.store.embedded import endpoint
from sources.registry import load
from tests.kit.caller import PATIENCE, Caller
from tests.systems.patience import eventually
from tests.systems.plugs import HOOK, SHOP, TENANT, Plug
from tests.systems.postgres import CannotRun, free_port

LEASE = 2  # seconds; a killed hub's sources and relay are taken over after that
COOLDOWN = 10  # seconds; a system that comes back is tried again after that
START_SECONDS, STOP_SECONDS = 400.0, 60.0
STEP = 0.02
FAULTS = ('"level":"error"', '"level":"critical"', "Traceback")
SCOPES = ("orders:read", "orders:write", "traces:read", "sources:read")
KEYS = {"rep": TENANT, "stranger": "beta"}
"""API key -> tenant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """An end by force."""

    pid: int
    signal: int
    """As the kernel told the parent."""
    moment: str
    """What had just happened."""


@dataclass(slots=True, kw_only=True)
class RunningHub:
    """One hub over real systems; its folder and its port outlive its processes."""

    folder: Path
    port: int
    http: httpx.AsyncClient
    plugs: Mapping[str, Plug]
    kills: list[Kill] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """What each start took."""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the graph is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def hook(self) -> str:
        """Where the shop posts."""
        return f"{self.url}/hooks/{HOOK}"

    @property
    def rep(self) -> Caller:
        """Who may do everything for the tenant."""
        return Caller(url=self.url, key="rep", http=self.http)

    @property
    def stranger(self) -> Caller:
        """Who belongs to another tenant."""
        return Caller(url=self.url, key="stranger", http=self.http)

    @property
    def log(self) -> Path:
        """What its processes said, all of them."""
        return self.folder / "hub.log"

    @property
    def faults(self) -> list[str]:
        """Lines of the log that tell of a fault of its own."""
        return [line for line in self.log.read_text().splitlines() if any(sign in line for sign in FAULTS)]

    async def start(self) -> None:
        """Start a process and wait until it says that it is ready."""
        began = time.monotonic()
        process = self._process = self._launch()
        while not await self._is_ready():
            if process.poll() is not None or time.monotonic() - began > START_SECONDS:
                message = f"the hub did not start: {self.log.read_text()[-3000:]}"
                raise CannotRun(message)
            await asyncio.sleep(STEP)
        self.seconds.append(time.monotonic() - began)

    def kill(self, moment: str) -> None:
        """SIGKILL, at once."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        code = self._process.wait()
        self.kills.append(Kill(pid=self._process.pid, signal=-code, moment=moment))

    async def end(self) -> None:
        """Stop it as an operator does."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    async def rows(self, sql: str, *terms: object, role: str = "work") -> list[Any]:  # Any: rows
        """Rows of its tables, read as one of its roles."""
        urls = endpoint(self.folder / ".opshub")
        connection = await asyncpg.connect(getattr(urls, role))
        try:
            return await connection.fetch(sql, *terms)
        finally:
            await connection.close()

    async def is_loaded(self) -> bool:
        """Whether every sweep has ended once, and it has been said that all was seen."""
        counts = "select (select count(*) from hub.cursor where is_loaded), (select count(*) from hub.coverage)"
        ((ended, covered),) = await self.rows(counts)
        manifests = [load(str(plug["adapter"])).manifest for plug in self.plugs.values()]
        offered = [sweep for one in manifests for sweeps in one.sweeps.values() for sweep in sweeps]
        return bool(ended == len(offered) and covered == sum(sweep.covers for sweep in offered))

    def _launch(self) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB__")}
        command = as_user(None, [sys.executable, "-m", "hub", "up"])  # the same process; it ends when we end
        with self.log.open("ab") as out:
            return subprocess.Popen(
                command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )

    async def _is_ready(self) -> bool:
        try:
            return (await self.http.get(f"{self.url}/readyz")).is_success
        except httpx.TransportError:
            return False


@asynccontextmanager
async def running_hub(
    plugs: Mapping[str, Plug], more: Mapping[str, Mapping[str, object]] | None = None
) -> AsyncIterator[RunningHub]:
    """A hub over *plugs*, first load done, with *more* sections; gone with its folder and database afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="opshub-hub-"))
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http:
        hub = RunningHub(folder=folder, port=free_port(), http=http, plugs=plugs)
        (folder / "opshub.toml").write_text(_settings(hub, more or {}), encoding="utf-8")
        try:
            await hub.start()
            await eventually(hub.is_loaded, "the first load ends")
            yield hub
        finally:
            await hub.end()
            left = [folder / ".opshub" / name for name in ("place", "socket")]
            for one in (*(Path(note.read_text()) for note in left if note.exists()), folder):
                shutil.rmtree(one, ignore_errors=True)


def _settings(hub: RunningHub, more: Mapping[str, Mapping[str, object]]) -> str:
    others = [name for name in hub.plugs if name != SHOP]
    sections: dict[str, Mapping[str, object]] = {
        "http": {"port": hub.port},
        "work": {"lease_seconds": LEASE, "cooldown_seconds": COOLDOWN},
        **{f"keys.{key}": {"hash": hash_of(key), "tenant": whose, "scopes": SCOPES} for key, whose in KEYS.items()},
        **{f"sources.{name}": plug for name, plug in hub.plugs.items()},
        "channels.web": {"tenant": TENANT, "source": SHOP, "capture": "mirror", "mirrors": others},
        **more,
    }
    lines = []
    for section, values in sections.items():
        lines += [f"[{section}]", *(f"{name} = {_toml(value)}" for name, value in values.items())]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """A value as TOML writes it: as JSON does, but for tables."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + "}"
    return json.dumps(value)

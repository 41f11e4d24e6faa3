"""`opshub` as somebody types it: processes of their own in a folder of their own, ended as a person ends them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from hub.store.embedded import ENDPOINT
from hub.store.roles import RoleUrls
from tests.kit.wait import until_so

ROOT = Path(__file__).parents[2]
HUB = (sys.executable, "-m", "hub")
PATIENCE = 60.0  # seconds for a process to end


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command came to."""

    code: int
    out: str
    err: str


def roomy(home: Path) -> Path:
    """*home*, so that an embedded server finds room in it even where we are root and it may not be."""
    home.chmod(0o711)
    return home


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder in which somebody works, and what the environment says besides."""

    path: Path
    environ: Mapping[str, str]

    @property
    def note(self) -> Path:
        """Where the hub that runs here says how to ask it."""
        return self.path / ".opshub" / "running.json"

    async def start(self, *words: str) -> Process:
        """A command that runs; to be ended by `end`."""
        return await asyncio.create_subprocess_exec(
            *HUB, *words, cwd=self.path, env=environment(self.environ), stdout=PIPE, stderr=PIPE
        )

    async def run(self, *words: str) -> Ended:
        """A command from start to end."""
        return await ended(await self.start(*words))

    @asynccontextmanager
    async def running(self, *words: str) -> AsyncIterator[Process]:
        """A command that runs while the block does; killed at its end where it is still there."""
        process = await self.start(*words)
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    async def url(self, process: Process) -> str:
        """Where the hub that *process* runs is ready, as its note in this folder says."""

        async def is_ready() -> bool:
            assert process.returncode is None, await ended(process)
            if not self.note.exists() or not (said := self.note.read_text()):
                return False
            async with httpx.AsyncClient(trust_env=False) as http:
                answer = await http.get(f"{json.loads(said)['url']}/readyz")
            return answer.status_code == 200

        await until_so(is_ready)
        return str(json.loads(self.note.read_text())["url"])

    def finds(self, urls: RoleUrls) -> None:
        """Let commands here find a shard that runs already, as they find the one of `opshub up`."""
        home = self.path / ".opshub"
        home.mkdir(exist_ok=True)
        (home / ENDPOINT).write_text(json.dumps(asdict(urls)))


async def end(process: Process, number: int = signal.SIGTERM) -> Ended:
    """Tell a process to end and wait until it has."""
    process.send_signal(number)
    return await ended(process)


async def ended(process: Process) -> Ended:
    """What became of a process, once it has ended."""
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(code=process.returncode, out=out.decode(), err=err.decode())


def environment(besides: Mapping[str, str]) -> dict[str, str]:
    """Ours without any setting of a hub, and *besides*; our code is found from any folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUB__", "OPSHUB"))}
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "120", "TERM": "dumb"} | dict(besides)

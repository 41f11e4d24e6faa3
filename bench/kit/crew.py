"""The hub's own processes, `opshub serve` and `opshub work`, to be watched and killed."""

from __future__ import annotations

import asyncio
import http.client
import multiprocessing
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from bench.kit.load import cpu
from hub import processes
from hub.demo import cast
from hub.settings import Secret, Settings, StoreSettings
from hub.store.roles import RoleUrls

LOOK = 0.05  # seconds between looks whether it serves
PATIENCE = 60.0  # seconds until it answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a process of the hub is started with."""

    part: cast.Part
    systems: Mapping[str, str]
    urls: RoleUrls
    port: int

    def settings(self) -> Settings:
        """The demo's, over this database."""
        urls = self.urls
        store = StoreSettings(
            url=Secret(urls.owner),
            serve_url=Secret(urls.serve),
            work_url=Secret(urls.work),
            tail_url=Secret(urls.tail),
        )
        return replace(cast.settings((self.part,), self.systems, self.port), store=store)


def serve(site: Site) -> None:
    """`opshub serve`."""
    with tempfile.TemporaryDirectory() as home:  # where it says that it runs
        os.chdir(home)
        asyncio.run(processes.serve(site.settings()))


def work(site: Site) -> None:
    """`opshub work`."""
    asyncio.run(processes.work(site.settings()))


@dataclass(slots=True, kw_only=True)
class Crew:
    """A serving process, and a worker that may be killed and replaced."""

    site: Site
    server: BaseProcess
    worker: BaseProcess
    peaks: dict[str, int] = field(default_factory=dict)
    """Most memory of each, in MB."""
    spent: float = 0.0
    """Seconds of CPU of workers that were killed."""

    @property
    def url(self) -> str:
        """The graph's origin."""
        return f"http://127.0.0.1:{self.site.port}"

    def look(self) -> None:
        """Take note of their memory."""
        for name, process in (("serve", self.server), ("work", self.worker)):
            self.peaks[name] = max(self.peaks.get(name, 0), peak(process.pid or 0))

    def replace_worker(self) -> None:
        """SIGKILL, and another one at once."""
        self.look()
        self.spent += cpu(self.worker.pid or 0)
        self.worker.kill()
        self.worker.join()
        self.worker = _start(work, self.site)


@contextmanager
def crew(part: cast.Part, systems: Mapping[str, str], urls: RoleUrls) -> Iterator[Crew]:
    """Both processes while the block runs; the server answers when it begins."""
    site = Site(part=part, systems=systems, urls=urls, port=_free_port())
    server = _start(serve, site)
    _await(f"http://127.0.0.1:{site.port}", server)
    made = Crew(site=site, server=server, worker=_start(work, site))
    try:
        yield made
    finally:
        for process in (made.worker, server):
            process.terminate()
            process.join()


def peak(pid: int) -> int:
    """Most memory that a process has had, in MB; 0 for one that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:")), 0)


def share(pids: list[int]) -> int:
    """Memory of processes together, in MB, what they share counted once."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total // 1024


def _start(run: Callable[[Site], None], site: Site) -> BaseProcess:
    process = multiprocessing.get_context("spawn").Process(target=run, args=(site,))
    process.start()
    return process


def _await(url: str, process: BaseProcess) -> None:
    while process.is_alive():
        asking = http.client.HTTPConnection(url.removeprefix("http://"), timeout=PATIENCE)
        try:
            asking.request("GET", "/healthz")
            asking.getresponse()
        except OSError:
            time.sleep(LOOK)
        else:
            return
    message = "the serving process has ended"
    raise RuntimeError(message)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

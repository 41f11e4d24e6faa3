"""The sample schema served by a process of its own, for what must be measured or attacked from outside."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[3]
PATIENCE = 30.0  # seconds until it must answer


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleServer:
    """A server that is up."""

    url: str
    pid: int


@contextlib.contextmanager
def sample_server() -> Iterator[SampleServer]:
    """Start it on a free port; stop it at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "tests.resolvers.endpoint.sample:serve", "--factory"]
    process = subprocess.Popen([*command, "--port", str(port), "--log-level", "critical"], cwd=ROOT)
    try:
        url = f"http://127.0.0.1:{port}"
        _await(url)
        yield SampleServer(url=url, pid=process.pid)
    finally:
        process.terminate()
        process.wait(10)


def _await(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{url}/graphql")
            return
        time.sleep(0.05)
    message = f"{url} did not come up"
    raise TimeoutError(message)

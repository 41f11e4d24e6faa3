"""How the soak's own processes are spoken to: a line in, a line out."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.crash.processes import ROOT


def orders() -> asyncio.Queue[str]:
    """Lines of this process's input, as they come."""
    came: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def take() -> None:
        said = os.read(sys.stdin.fileno(), 65536)
        if not said:
            loop.remove_reader(sys.stdin.fileno())
        for line in said.decode().splitlines():
            came.put_nowait(line)

    loop.add_reader(sys.stdin.fileno(), take)
    return came


def say(word: str) -> None:
    """A line of this process's output."""
    print(word, flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """A process of the soak, from outside."""

    process: Process

    def tell(self, word: str) -> None:
        """A line to it."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n".encode())

    async def answer(self, seconds: float) -> str:
        """Its next line. Raises TimeoutError, and RuntimeError where it ended."""
        assert self.process.stdout is not None
        async with asyncio.timeout(seconds):
            line = await self.process.stdout.readline()
        if not line:
            message = f"a helper of the soak ended with {await self.process.wait()}"
            raise RuntimeError(message)
        return line.decode().strip()


OURS = (sys.executable, "-m", "tests.soak")


@asynccontextmanager
async def helper(*command: str) -> AsyncIterator[Helper]:
    """A process while the block runs; killed at its end."""
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
    try:
        yield Helper(process=process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()

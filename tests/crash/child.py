"""A hub process of the harness: the product's own `serve` or `work`, with points at which it stops itself."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hub import failpoint
from tests.crash.points import Hits

DIE_WITH_PARENT = 1  # prctl PR_SET_PDEATHSIG


class Strike(msgspec.Struct, frozen=True, kw_only=True):
    """Stop the process when *point* is reached for the *nth* time."""

    point: str
    nth: int
    kill: bool
    """SIGKILL; else SIGSTOP."""
    late: float = 0.0
    """Seconds after the point: for what lies between two points, such as a COMMIT under way."""
    claim: str = ""
    """A file that only one process can make: so that of several processes one is struck, once."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the zygote is asked to fork."""

    name: str
    role: str
    """`serve`, `work`, or `idle`, which only reaches points."""
    settings: str
    """Path of its `opshub.toml`."""
    log: str
    hits: str
    strikes: list[Strike]


@dataclass(frozen=True, slots=True)
class Stopper:
    """The hook behind `hub.failpoint`: counts, and stops this very process by a signal."""

    hits: Hits
    strikes: tuple[Strike, ...]

    def __call__(self, point: str) -> None:
        number = self.hits.count(point)
        for strike in self.strikes:
            if (strike.point, strike.nth) == (point, number) and _claimed(strike.claim):
                self._stop(strike)

    def _stop(self, strike: Strike) -> None:
        sign = signal.SIGKILL if strike.kill else signal.SIGSTOP
        self.hits.struck(strike.point)
        if strike.late:
            threading.Thread(target=_later, args=(strike.late, sign), daemon=True).start()
        else:
            os.kill(os.getpid(), sign)


def _claimed(path: str) -> bool:
    if not path:
        return True
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    return True


def _later(seconds: float, sign: signal.Signals) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), sign)


def become(order: Order, role: Callable[[Path], None]) -> None:
    """Turn the forked process into the hub process *order* asks for, in the folder of its log. Never returns."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    descriptor = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.closerange(3, 64)
    os.chdir(Path(order.log).parent)  # what it leaves beside itself, it leaves there
    gc.enable()
    failpoint.install(Stopper(Hits(Path(order.hits)), tuple(order.strikes)))
    code = 1
    try:
        role(Path(order.settings))
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - an edge: the log keeps it, the exit status tells it
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def idle(_: Path) -> None:
    """A trivial process: reaches points until it is stopped. For the tests of this machinery."""
    asyncio.run(_idle())


async def _idle() -> None:
    while True:
        failpoint.reached("a1")
        failpoint.reached("a2")
        await asyncio.sleep(0.005)

"""The fork server: imports the hub once, forks hub processes on request, tells how each ended.

Orders come as JSON lines on its input, news go as JSON lines to its output. It dies with its input, and takes its
children along.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

import msgspec

import hub
from tests.crash.child import Order, become, idle
from tests.crash.roles import prepare, relay, serve, work

ROLES: Mapping[str, Callable[[Path], None]] = {"serve": serve, "work": work, "relay": relay, "idle": idle}


class News(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the zygote tells."""

    hub: str | None = None
    """Where the hub's code lies: told once, when it is ready."""
    name: str | None = None
    pid: int | None = None
    ended_by: int | None = None
    """The signal that ended the process."""
    status: int | None = None
    """The exit status of a process that ended by itself."""
    used: float = 0.0
    """Seconds of processor time of one that ended."""
    stopped: bool = False


def main() -> None:
    """Serve until the input ends."""
    input_, reads, writes = sys.stdin.buffer, *os.pipe()
    os.set_blocking(input_.fileno(), False)
    os.set_blocking(reads, False)
    os.set_blocking(writes, False)
    signal.signal(signal.SIGCHLD, _nothing)
    signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
    gc.collect()
    gc.freeze()
    _tell(News(hub=str(Path(hub.__file__).parent)))
    selector = selectors.DefaultSelector()
    selector.register(input_, selectors.EVENT_READ)
    selector.register(reads, selectors.EVENT_READ)
    buffered, is_prepared = b"", False
    while True:
        for key, _ in selector.select():
            if key.fd == reads:
                os.read(reads, 4096)
                _reap()
                continue
            given = input_.read()
            if given == b"":
                return
            *lines, buffered = (buffered + (given or b"")).split(b"\n")
            for line in lines:
                order = msgspec.json.decode(line, type=Order)
                if not is_prepared and order.role != "idle":
                    is_prepared = True
                    prepare(Path(order.settings))
                _fork(order)


def _fork(order: Order) -> None:
    pid = os.fork()
    if pid == 0:
        become(order, ROLES[order.role])
    _tell(News(name=order.name, pid=pid))


def _reap() -> None:
    while True:
        try:
            pid, status, used = os.wait4(-1, os.WNOHANG | os.WUNTRACED)
        except ChildProcessError:
            return
        if pid == 0:
            return
        seconds = used.ru_utime + used.ru_stime
        if os.WIFSTOPPED(status):
            _tell(News(pid=pid, stopped=True))
        elif os.WIFSIGNALED(status):
            _tell(News(pid=pid, ended_by=os.WTERMSIG(status), used=seconds))
        else:
            _tell(News(pid=pid, status=os.WEXITSTATUS(status), used=seconds))


def _tell(news: News) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(news) + b"\n")
    sys.stdout.buffer.flush()


def _nothing(_: int, __: FrameType | None) -> None:
    return None


if __name__ == "__main__":
    main()

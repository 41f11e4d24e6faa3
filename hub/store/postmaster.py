"""Starting, watching over and ending one PostgreSQL process. Blocking and short; `supervise` builds the rest on it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hub.errors import StoreBusy
from hub.store.cluster import Cluster, as_user, environment

STEP = 0.01  # seconds between two looks
START_PATIENCE = 120.0  # recovery after a crash replays the log first
FAST_PATIENCE = 30.0  # a clean stop with a checkpoint
LOG_LIMIT = 8 * 2**20  # bytes; an older log is kept as .1
LAST_WORDS = 8192  # bytes of the log that are searched for the reason of an end
STATUS = 8  # the line of postmaster.pid that says "ready"
RACES = ("lock file", "shared memory block")  # what a dying predecessor leaves behind for a moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the server process, our child."""

    process: subprocess.Popen[bytes]
    log_from: int
    """Where in the log its own words begin."""

    @property
    def alive(self) -> bool:
        """Whether it still runs; a dead one is reaped by asking."""
        return self.process.poll() is None


class StartFailed(StoreBusy):
    """PostgreSQL ended before it was ready: its own last words, and `race`, whether to try again."""

    def __init__(self, message: str, *, race: bool) -> None:
        super().__init__(message)
        self.race = race


def launch(cluster: Cluster) -> Run:
    """Start the server as our child in a session of its own, so that Ctrl-C reaches the hub and not the database."""
    if cluster.log.exists() and cluster.log.stat().st_size > LOG_LIMIT:
        cluster.log.replace(cluster.log.with_suffix(".log.1"))
    descriptor = os.open(cluster.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    log_from = os.fstat(descriptor).st_size
    try:
        process = subprocess.Popen(
            as_user(cluster.user, cluster.command()), stdin=subprocess.DEVNULL, stdout=descriptor, stderr=descriptor,
            cwd="/", env=environment(), start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(descriptor)
    return Run(process=process, log_from=log_from)


def is_ready(cluster: Cluster, run: Run) -> bool:
    """Whether the server takes connections. Raises StartFailed where it has ended."""
    if not run.alive:
        last = _last_words(cluster.log, run.log_from)
        message = f"PostgreSQL did not start: {last} (all of it: {cluster.log})"
        raise StartFailed(message, race=any(sign in last for sign in RACES))
    lines = _lock_lines(cluster)
    return len(lines) >= STATUS and lines[0].strip() == str(run.process.pid) and lines[STATUS - 1].strip() == "ready"


def end(run: Run) -> None:
    """Stop the server: fast and clean, then without a checkpoint, then by force. It is reaped when this returns."""
    for sign, patience in (
        (signal.SIGINT, FAST_PATIENCE),
        (signal.SIGQUIT, FAST_PATIENCE),
        (signal.SIGKILL, FAST_PATIENCE),
    ):
        if not run.alive:
            return
        with suppress(ProcessLookupError):
            run.process.send_signal(sign)
        with suppress(subprocess.TimeoutExpired):
            run.process.wait(patience)


def end_predecessor(cluster: Cluster) -> bool:
    """Stop a server of this data folder that outlived its hub, and sweep a lock file that belongs to nobody.

    Only the holder of the folder's owner lock may call it. Says whether a live server was found.
    """
    pid = _predecessor(cluster)
    if pid is None:
        return False
    for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if _signalled(pid, sign) and _gone(pid, FAST_PATIENCE):
            return True
    return True


def _predecessor(cluster: Cluster) -> int | None:
    lines = _lock_lines(cluster)
    if not lines or not lines[0].strip().lstrip("-").isdigit():
        return None
    pid = abs(int(lines[0]))
    if _serves(pid, cluster.data):
        return pid
    # PostgreSQL would refuse to start for any live process of that number, after a reboot for instance
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    return None


def _serves(pid: int, data: Path) -> bool:
    """Whether *pid* is a PostgreSQL of the folder *data*: a postmaster works in its data folder."""
    link = Path(f"/proc/{pid}/cwd")
    if Path("/proc/self/cwd").exists():
        try:
            return link.resolve(strict=True) == data.resolve()
        except OSError:
            return False
    shown = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return str(data) in shown.stdout


def _signalled(pid: int, sign: signal.Signals) -> bool:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return False
    return True


def _gone(pid: int, patience: float) -> bool:
    for _ in range(int(patience / STEP)):
        if not _alive(pid):
            return True
        time.sleep(STEP)
    return False


def _alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    with suppress(OSError):
        return status.read_text().rpartition(")")[2].split()[0] != "Z"  # a zombie holds nothing any more
    return not Path("/proc/self").exists() and _signalled(pid, signal.Signals(0))


def _lock_lines(cluster: Cluster) -> list[str]:
    with suppress(OSError):
        return (cluster.data / "postmaster.pid").read_text().splitlines()
    return []


def _last_words(log: Path, log_from: int) -> str:
    """The last line by which PostgreSQL said why it ended."""
    with log.open("rb") as written:
        written.seek(max(log_from, written.seek(0, os.SEEK_END) - LAST_WORDS))
        lines = written.read().decode(errors="replace").splitlines()
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "could not" in line]
    return telling[-1] if telling else "it gave no reason"

"""What every starter of a real system needs: a cache, programs, a process that is waited for and stopped by pid."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from tests.systems.postgres import CannotRun

STOP_SECONDS = 20
TOLD = 3000
"""Characters of a log that an error quotes."""


def cache(name: str) -> Path:
    """A folder that outlives the run; made where it is missing."""
    named = os.environ.get("OPSHUB_SYSTEMS_CACHE")
    home = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "opshub-systems"
    folder = home / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def program(name: str, what: str) -> str:
    """Where a program is. Raises CannotRun."""
    found = shutil.which(name)
    if found is None:
        message = f"{name} is needed to run {what}, and is not on the PATH"
        raise CannotRun(message)
    return found


def run(
    command: Sequence[str], *, seconds: float, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> str:
    """What a command prints. Raises CannotRun with its last words where it fails."""
    try:
        done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        message = f"{command[0]} took longer than {seconds} s"
        raise CannotRun(message) from None
    if done.returncode:
        message = f"{' '.join(command[:5])}... failed: {(done.stderr or done.stdout)[-TOLD:]}"
        raise CannotRun(message)
    return done.stdout


@dataclass(slots=True, kw_only=True)
class Server:
    """A process that may be killed, and started again in its place."""

    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    folder: Path
    """Where it runs and writes its log."""
    is_ready: Callable[[], bool]
    patience: float
    """Seconds until it must be ready."""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the process that runs now, or ran last."""
        assert self._process is not None
        return self._process.pid

    @contextmanager
    def running(self) -> Iterator[Server]:
        """Runs as long as the block lasts, but for what the block does to it."""
        self.start()
        try:
            yield self
        finally:
            self._stop()

    def start(self) -> None:
        """Start it and wait until it is ready. Raises CannotRun with the end of its log where it never is."""
        log = self.folder / "server.log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.environment, stdin=subprocess.PIPE, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip
        try:
            _wait_for(self.is_ready, self._process, log, seconds=self.patience)
        except CannotRun:
            self._stop()
            raise

    def kill(self) -> int:
        """SIGKILL to it and to all that it has started, at once; by which signal it ended."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        return -self._ended(self._process, None)

    def _stop(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            self._ended(self._process, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def _ended(self, process: subprocess.Popen[bytes], seconds: float | None) -> int:
        """With which code it ended within *seconds*."""
        code = process.wait(seconds)
        if process.stdin is not None:
            process.stdin.close()
        return code


def _wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            message = f"it died while starting: {log.read_text()[-TOLD:]}"
            raise CannotRun(message)
        if ready():
            return
        time.sleep(0.2)
    message = f"it was not ready after {seconds} s: {log.read_text()[-TOLD:]}"
    raise CannotRun(message)


def until_interrupted() -> None:
    """Let SIGTERM and SIGINT end the program in order; a shell may have started us with the latter ignored."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt

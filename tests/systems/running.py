"""What every starter of a real system needs: a cache, programs, a process that is waited for and stopped by pid."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
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


def wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, *, seconds: float) -> None:
    """Wait until the process is ready. Raises CannotRun with the end of its log where it dies or never is."""
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


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process, gently first."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()


def until_interrupted() -> None:
    """Let SIGTERM and SIGINT end the program in order; a shell may have started us with the latter ignored."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt

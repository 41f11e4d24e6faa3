"""One embedded PostgreSQL on disk: its folders, its passwords, how it is made and with which settings it runs (D14)."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hub.errors import Misconfigured
from hub.store import child
from hub.store.binaries import STATE, OsUser, installed, make_passable, os_user, passable, programs
from hub.store.roles import Role

SUPERUSER = "postgres"
DATABASE = "opshub"
MAJOR = "18"
PORT = 5432  # only names the socket; nothing listens on TCP
SOCKET_LIMIT = 100  # bytes; the kernel takes 107 and PostgreSQL adds a lock file
MAX_CONNECTIONS = 200
MEMORY_SHARE = 16  # shared_buffers = memory / this, within the two bounds below
LEAST_BUFFERS, MOST_BUFFERS = 128, 1024  # MB
HBA = "local all all scram-sha-256\n"

_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": str(MAX_CONNECTIONS),
    "max_locks_per_transaction": "256",  # merge.apply takes some thousands of advisory locks in one transaction
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # short statements; /dev/shm is small in containers
    "autovacuum_naptime": "15s",  # the outbox is emptied as fast as it fills
    "allow_alter_system": "off",  # this table is the whole truth
    "restart_after_crash": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_min_error_statement": "panic",  # statements hold personal data; they stay out of the log
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Where one embedded server lives and whom it runs as. Passwords never show in `repr`."""

    home: Path
    """The hub's own folder: passwords, endpoint, log, lock."""
    place: Path
    """What the OS user must reach: data and socket; `home` itself wherever it can."""
    run: Path
    """The 0700 folder of the socket; its path is short."""
    bin: Path
    user: OsUser | None
    passwords: dict[str, str] = field(repr=False)

    @property
    def data(self) -> Path:
        """The data folder of PostgreSQL."""
        return self.place / f"pg{MAJOR}"

    @property
    def log(self) -> Path:
        """What PostgreSQL writes to its standard error."""
        return self.home / "postgres.log"

    def dsn(self, role: str, database: str = DATABASE) -> str:
        """The connection URL of *role*, with its password: never to be printed."""
        return f"postgresql://{role}:{self.passwords[role]}@/{database}?host={self.run}&port={PORT}"

    def command(self) -> list[str]:
        """The command line of the server, complete: no configuration file has a say."""
        settings = _SETTINGS | {
            "shared_buffers": f"{_buffers()}MB",
            "unix_socket_directories": str(self.run),
            "hba_file": str(self.place / "pg_hba.conf"),
        }
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.bin / "postgres"), "-D", str(self.data), *flags]


def open_cluster(home: Path, *, state: Path = STATE) -> Cluster:
    """The cluster of *home*, its folders and passwords made where missing; the server is neither made nor started.

    As root, where the unprivileged account cannot reach *home*, data and socket go under *state*, and the file `place`
    in *home* says where. Raises Misconfigured, saying what to do.
    """
    home = home.absolute()
    place = _place(home, state)
    user = os_user(place / f"pg{MAJOR}")
    return Cluster(
        home=home, place=place, run=_run_folder(home, place, user), bin=programs(user, installed(), state), user=user,
        passwords=_passwords(home, place),
    )  # fmt: skip


def _place(home: Path, state: Path) -> Path:
    pointer = home / "place"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if pointer.exists():
        return Path(pointer.read_text().strip())
    user = os_user(home / f"pg{MAJOR}")
    if user is None:
        return home
    if passable(home, user):
        make_passable(home)
        return home
    make_passable(state)
    place = state / f"cluster-{secrets.token_hex(4)}"
    make_passable(place)
    write_private(pointer, str(place))
    return place


def _run_folder(home: Path, place: Path, user: OsUser | None) -> Path:
    """The socket's folder, ours alone: `run` beside the data, else a short temporary one that `socket` names."""
    wanted = place / "run"
    if len(os.fsencode(wanted / f".s.PGSQL.{PORT}")) <= SOCKET_LIMIT:
        _own_folder(wanted, user)
        return wanted
    pointer = home / "socket"
    if pointer.exists() and _is_private(Path(pointer.read_text().strip()), user):
        return Path(pointer.read_text().strip())
    made = Path(tempfile.mkdtemp(prefix="opshub-", dir=_short_temporary()))
    _own_folder(made, user)
    write_private(pointer, str(made))
    return made


def _short_temporary() -> str:
    offered = tempfile.gettempdir()
    return offered if len(os.fsencode(offered)) <= SOCKET_LIMIT // 2 else "/tmp"  # noqa: S108 (mkdtemp makes it private)


def _own_folder(folder: Path, user: OsUser | None) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        os.chown(folder, user.uid, user.gid)
    folder.chmod(0o700)


def _is_private(folder: Path, user: OsUser | None) -> bool:
    """Whether *folder* is a real folder of the right owner that nobody else may enter: others can write in /tmp."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    about = folder.stat()
    return about.st_uid == (os.getuid() if user is None else user.uid) and about.st_mode & 0o077 == 0


def _passwords(home: Path, place: Path) -> dict[str, str]:
    file = home / "passwords.json"
    names = [SUPERUSER, *(role.value for role in Role)]
    if not file.exists():
        if (place / f"pg{MAJOR}").exists():
            message = (
                f"{file} is gone, so nobody can enter the database in {place}: restore the file, or move both away"
            )
            raise Misconfigured(message)
        write_private(file, json.dumps({name: secrets.token_urlsafe(32) for name in names}))
    if file.stat().st_mode & 0o077:
        message = f"{file} can be read by others: chmod 600 it, and change the passwords if somebody may have"
        raise Misconfigured(message)
    known: dict[str, str] = json.loads(file.read_text())
    return known


def write_private(file: Path, text: str) -> None:
    """Write *text* so that only we can read it and no reader ever sees half of it."""
    half = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    half.replace(file)


def _buffers() -> int:
    """Megabytes for shared_buffers."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(LEAST_BUFFERS, min(MOST_BUFFERS, memory // MEMORY_SHARE))


def prepare(cluster: Cluster) -> None:
    """Make the data folder if there is none; half a folder of an interrupted start is thrown away.

    Raises Misconfigured where another major version wrote it or `initdb` refuses, with its words.
    """
    hba = cluster.place / "pg_hba.conf"
    hba.write_text(HBA)
    hba.chmod(0o644)
    if cluster.data.exists():
        written = (cluster.data / "PG_VERSION").read_text().strip()
        if written != MAJOR:
            message = f"{cluster.data} was written by PostgreSQL {written}, these binaries are {MAJOR}"
            raise Misconfigured(message)
        return
    half = cluster.data.with_name(f"{cluster.data.name}.new")
    shutil.rmtree(half, ignore_errors=True)
    _own_folder(half, cluster.user)
    _initdb(cluster, half)
    half.rename(cluster.data)


def _initdb(cluster: Cluster, half: Path) -> None:
    password = cluster.run / "first-password"
    write_private(password, cluster.passwords[SUPERUSER])
    if cluster.user is not None:
        os.chown(password, cluster.user.uid, cluster.user.gid, follow_symlinks=False)
    command = [
        str(cluster.bin / "initdb"), "-D", str(half), "-U", SUPERUSER, f"--pwfile={password}", "--auth=scram-sha-256",
        "--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums",
        "--no-instructions",
    ]  # fmt: skip
    try:
        ran = subprocess.run(
            as_user(cluster.user, command), capture_output=True, text=True, cwd="/", env=environment(), check=False
        )
    finally:
        password.unlink()
    if ran.returncode != 0:
        message = f"initdb could not make {half}: {ran.stderr.strip() or ran.returncode}"
        raise Misconfigured(message)


def as_user(user: OsUser | None, command: Sequence[str]) -> list[str]:
    """*command*, run as *user* (or as we are) and ended when we end."""
    who = ("-", "-") if user is None else (str(user.uid), str(user.gid))
    return [sys.executable, "-I", "-S", child.__file__, str(os.getpid()), *who, *command]


def environment() -> dict[str, str]:
    """What PostgreSQL gets of the environment: nothing that could steer it."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

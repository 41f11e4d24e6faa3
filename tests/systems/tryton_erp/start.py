"""Start a seeded Tryton 8.2 out of the Python package index and stop it by pid.

`python -m tests.systems.tryton_erp.start` holds one until Ctrl-C and prints where it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.systems.postgres import Postgres, free_port, running_postgres
from tests.systems.running import Server, cache, run, until_interrupted

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
MODULES = (
    "sale", "sale_credit_limit", "sale_price_list", "sale_shipment_cost", "sale_history", "sale_amendment",
    "account_invoice_stock", "account_payment", "stock_lot", "stock_package", "stock_package_shipping", "stock_split",
)  # fmt: skip
INSTALL_SECONDS, MAKE_SECONDS, START_SECONDS = 600, 1800, 120
THREADS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TrytonErp:
    """A running, seeded server."""

    url: str
    """Its root; paths begin with the database."""
    database: str
    server: Server
    user: str
    password: str = field(repr=False)
    key: str = field(repr=False)
    """A validated application key, for REST."""
    seconds: dict[str, float]
    """What the start took, step by step."""


@contextmanager
def running_tryton_erp(postgres: Postgres) -> Iterator[TrytonErp]:
    """A Tryton on a free port, with a database of its own: made once, then copied from a dump in the cache."""
    laps: dict[str, float] = {}
    clock = time.monotonic()
    programs = _installed()
    laps["install"] = time.monotonic() - clock
    folder = Path(tempfile.mkdtemp(prefix="opshub-tryton-erp-"))
    try:
        port, database = free_port(), f"tryton_erp_{free_port()}"
        place = _Place(programs=programs, folder=folder, port=port, database=database, postgres=postgres)
        clock = time.monotonic()
        postgres.create_database(database)
        seeded = _database(place)
        laps["database"] = time.monotonic() - clock
        clock = time.monotonic()
        with place.server(seeded["key"]).running() as server:
            laps["server"] = time.monotonic() - clock
            rounded = {name: round(seconds, 1) for name, seconds in laps.items()}
            yield TrytonErp(url=place.url, database=database, server=server, seconds=rounded, **seeded)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One database and the server in front of it."""

    programs: Path
    """Where Tryton's programs lie."""
    folder: Path
    port: int
    database: str
    postgres: Postgres

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.port}"

    def config(self) -> Path:
        """The configuration, readable by nobody else: it holds the database's password."""
        config = self.folder / "trytond.conf"
        config.touch(mode=0o600)
        lines = ["[database]", f"uri = {self.postgres.url('').rstrip('/')}", "list = False", "[web]",
                 f"listen = 127.0.0.1:{self.port}", "[cache]", "clean_timeout = 1"]  # fmt: skip
        config.write_text("\n".join(lines) + "\n")
        return config

    def modules(self) -> None:
        """Activate the modules in an empty database: minutes."""
        command = [str(self.programs / "trytond-admin"), "-c", str(self.config()), "-d", self.database]
        command += ["--email", "admin@example.com", "-u", *MODULES, "--activate-dependencies"]
        run(command, seconds=MAKE_SECONDS, env=self.environment(), cwd=self.folder)

    def seed(self) -> dict[str, str]:
        """Fill it; gives who may come in."""
        command = [str(self.programs / "python"), str(HERE / "seed.py"), str(self.config()), self.database]
        said = run(command, seconds=MAKE_SECONDS, env=self.environment(), cwd=self.folder)
        found: dict[str, str] = json.loads(said.strip().splitlines()[-1])
        return found

    def environment(self) -> dict[str, str]:
        """Where the programs find the configuration, the database and the administrator's password."""
        secret = self.folder / "password"
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(18) + "\n")
        return {
            **os.environ, "TRYTONPASSFILE": str(secret), "TZ": "UTC", "TRYTOND_CONFIG": str(self.config()),
            "TRYTOND_DATABASE_NAMES": self.database,
            "TRYTOND_DATABASE_URI": self.postgres.url("").rstrip("/"),  # the seed imports before it is configured
        }  # fmt: skip

    def server(self, key: str) -> Server:
        """The server in front of it, not started yet."""
        command = [str(self.programs / "gunicorn"), "-w", "1", "--threads", str(THREADS), "-b",
                   f"127.0.0.1:{self.port}", "--log-level", "warning", "--timeout", "120", "--graceful-timeout", "3",
                   "--keep-alive", "30", "trytond.application:app"]  # fmt: skip
        ask = f"{self.url}/{self.database}/rest/model/party.party?s=1&f=code"
        return Server(
            command=command,
            environment=self.environment(),
            folder=self.folder,
            is_ready=lambda: _answers(ask, key),
            patience=START_SECONDS,
        )


def _installed() -> Path:
    """The programs of a virtual environment that holds what the lock names; pip is asked only when the lock is new."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    folder = cache(f"tryton-erp-{sys.version_info.major}{sys.version_info.minor}-{digest}")
    programs = folder / "venv" / "bin"
    if (folder / "complete").exists():
        return programs
    run([sys.executable, "-m", "venv", "--clear", str(folder / "venv")], seconds=INSTALL_SECONDS)
    command = [
        str(programs / "python"),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--require-hashes",
    ]
    run([*command, "-r", str(REQUIREMENTS)], seconds=INSTALL_SECONDS)
    (folder / "complete").touch()
    return programs


def _database(place: _Place) -> dict[str, str]:
    """A seeded database: from this year's dump in the cache; else seeded anew, the modules from their own dump."""
    modules = _digest(REQUIREMENTS.read_text(), repr(MODULES))
    bare = cache(f"tryton-erp-modules-{modules}") / "modules.dump"
    year = str(time.gmtime().tm_year)  # its fiscal years begin with this one
    folder = cache(f"tryton-erp-seeded-{_digest(modules, (HERE / 'seed.py').read_text(), year)}")
    dump, known = folder / "seeded.dump", folder / "seeded.json"
    if known.exists():
        _restore(place, dump)
        found: dict[str, str] = json.loads(known.read_text())
        return found
    if bare.exists():
        _restore(place, bare)
    else:
        place.modules()
        _keep(place, bare)
    seeded = place.seed()
    _keep(place, dump)
    said = known.with_suffix(f".{os.getpid()}")
    said.touch(mode=0o600)
    said.write_text(json.dumps(seeded))
    said.replace(known)
    return seeded


def _digest(*parts: str) -> str:
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def _restore(place: _Place, dump: Path) -> None:
    _pg(place.postgres, "pg_restore", "--no-owner", "-d", place.postgres.url(place.database), str(dump))


def _keep(place: _Place, dump: Path) -> None:
    fresh = dump.with_suffix(f".{os.getpid()}")
    _pg(place.postgres, "pg_dump", "-Fc", "-f", str(fresh), place.postgres.url(place.database))
    fresh.replace(dump)


def _pg(postgres: Postgres, name: str, *arguments: str) -> None:
    run([str(postgres.bin / name), *arguments], seconds=MAKE_SECONDS, env=dict(os.environ))


def _answers(url: str, key: str) -> bool:
    request = urllib.request.Request(url, headers={"authorization": f"Bearer {key}"})  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def main() -> None:
    """Hold a Tryton until Ctrl-C, for work by hand."""
    until_interrupted()
    with suppress(KeyboardInterrupt), running_postgres() as postgres, running_tryton_erp(postgres) as server:
        facts = {"url": server.url, "database": server.database, "pid": server.server.pid, "seconds": server.seconds}
        sys.stdout.write(json.dumps({**facts, "user": server.user}) + "\n")
        sys.stdout.flush()
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()

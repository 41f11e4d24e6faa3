"""Start a seeded Tryton 6.0 out of Debian's packages and stop it by pid. Nothing is installed.

`python -m tests.systems.tryton_wms.start` holds one until Ctrl-C and prints where it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.systems.postgres import CannotRun, Postgres, free_port, running_postgres
from tests.systems.running import Server, cache, program, run, until_interrupted
from tests.systems.tryton_wms.seed import PASSWORD, USER, seed

HERE = Path(__file__).resolve().parent
PACKAGES = (
    "tryton-server", "tryton-modules-stock-package", "tryton-modules-stock-package-shipping",
    "tryton-modules-stock-split", "tryton-modules-stock-lot", "python3-psycopg2", "python3-tz",
)  # fmt: skip
MODULES = ("stock", "stock_lot", "stock_package", "stock_package_shipping", "stock_split")
PYTHON = "/usr/bin/python3"
FETCH_SECONDS, MAKE_SECONDS, START_SECONDS = 300, 900, 90
ADMIN_PASSWORD = "admin-secret-1!"
WHAT = "a real Tryton 6.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrytonWms:
    """A running, seeded server."""

    url: str
    """Its root; calls go to `/`*database*`/` below it."""
    database: str
    server: Server
    user: str
    password: str = field(repr=False)
    seconds: dict[str, float]
    """What the start took, step by step."""


@contextmanager
def running_tryton_wms(postgres: Postgres) -> Iterator[TrytonWms]:
    """A Tryton on a free port with a database of its own: made once, then copied from dumps in the cache."""
    laps: dict[str, float] = {}
    clock = time.monotonic()
    root = _unpacked()
    laps["packages"] = time.monotonic() - clock
    folder = Path(tempfile.mkdtemp(prefix="opshub-tryton-wms-"))
    try:
        port, database = free_port(), f"tryton_wms_{free_port()}"
        place = _Place(root=root, folder=folder, port=port, database=database, postgres=postgres)
        clock = time.monotonic()
        bare, seeded = (
            cache(f"tryton-wms-{name}") / "database.dump" for name in (_digest(), _digest("seed.py", "rpc.py"))
        )
        postgres.create_database(database)
        known = next((dump for dump in (seeded, bare) if dump.exists()), None)
        if known is None:
            _make(place)
            _keep(postgres, database, bare)
        else:
            _pg(postgres, "pg_restore", "--no-owner", "-d", postgres.url(database), str(known))
        laps["database"] = time.monotonic() - clock
        clock = time.monotonic()
        with place.server().running() as server:
            if known != seeded:
                seed(place.url, ADMIN_PASSWORD)
                _keep(postgres, database, seeded)
            laps["server"] = time.monotonic() - clock
            rounded = {name: round(seconds, 1) for name, seconds in laps.items()}
            root_url = f"http://127.0.0.1:{port}"
            yield TrytonWms(
                url=root_url, database=database, server=server, user=USER, password=PASSWORD, seconds=rounded
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One database and the server in front of it."""

    root: Path
    folder: Path
    port: int
    database: str
    postgres: Postgres

    @property
    def url(self) -> str:
        """Where its calls go."""
        return f"http://127.0.0.1:{self.port}/{self.database}/"

    def program(self, name: str) -> list[str]:
        """The command of one of Tryton's programs, configured."""
        lines = [
            "[database]",
            f"uri = {self.postgres.url('')}",
            "list = False",
            "[web]",
            f"listen = 127.0.0.1:{self.port}",
        ]
        config = self.folder / "trytond.conf"
        config.touch(mode=0o600)
        config.write_text("\n".join(lines) + "\n")
        return [PYTHON, str(self.root / "usr/bin" / name), "-c", str(config), "-d", self.database]

    def environment(self) -> dict[str, str]:
        """The one in which they find their modules and the administrator's password."""
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(f"{ADMIN_PASSWORD}\n")
        libraries = ":".join(str(path) for path in self.root.glob("usr/lib/*-linux-gnu"))
        return {
            **os.environ, "PYTHONPATH": str(self.root / "usr/lib/python3/dist-packages"), "PYTHONWARNINGS": "ignore",
            "TRYTONPASSFILE": str(secret), "LD_LIBRARY_PATH": libraries, "TZ": "UTC",
        }  # fmt: skip

    def server(self) -> Server:
        """The server in front of it, not started yet."""
        return Server(
            command=self.program("trytond"),
            environment=self.environment(),
            folder=self.folder,
            is_ready=lambda: _answers(self.url),
            patience=START_SECONDS,
        )


def _unpacked() -> Path:
    """The folder that Debian's packages are unpacked into; apt is asked only when the list is new here."""
    folder = cache(f"tryton-wms-debs-{hashlib.sha256(repr(PACKAGES).encode()).hexdigest()[:16]}")
    root = folder / "root"
    if (folder / "complete").exists():
        return root
    apt, dpkg = program("apt-get", WHAT), program("dpkg", WHAT)
    debs = folder / "debs"
    debs.mkdir(exist_ok=True)
    lists = folder / "lists"  # our own: the machine's may be missing or old
    lists.mkdir(exist_ok=True)
    ask = [apt, "-o", f"Dir::State::Lists={lists}"]
    run([*ask, "update"], seconds=FETCH_SECONDS)
    planned = run([*ask, "install", "--no-install-recommends", "-s", *PACKAGES], seconds=FETCH_SECONDS)
    names = [line.split()[1] for line in planned.splitlines() if line.startswith("Inst ")]
    run([*ask, "download", *names], seconds=FETCH_SECONDS, cwd=debs)
    for deb in sorted(debs.glob("*.deb")):
        run([dpkg, "-x", str(deb), str(root)], seconds=FETCH_SECONDS)
    if not (root / "usr/bin/trytond").exists():
        message = "the Debian packages of Tryton were unpacked and hold no server"
        raise CannotRun(message)
    (folder / "complete").touch()
    return root


def _make(place: _Place) -> None:
    """An empty database with the stock modules."""
    command = [*place.program("trytond-admin"), "--email", "admin@example.com", "-u", *MODULES]
    run([*command, "--activate-dependencies"], seconds=MAKE_SECONDS, env=place.environment())


def _keep(postgres: Postgres, database: str, dump: Path) -> None:
    fresh = dump.with_suffix(f".{os.getpid()}")
    _pg(postgres, "pg_dump", "-Fc", "-f", str(fresh), postgres.url(database))
    fresh.replace(dump)


def _pg(postgres: Postgres, name: str, *arguments: str) -> None:
    run([str(postgres.bin / name), *arguments], seconds=MAKE_SECONDS, env=dict(os.environ))


def _digest(*files: str) -> str:
    """Of what a database is made of: packages, modules, and what these files do to it."""
    parts = (repr(PACKAGES), repr(MODULES), *((HERE / name).read_text() for name in files))
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def _answers(url: str) -> bool:
    body = json.dumps({"id": 1, "method": "common.db.login", "params": ["nobody", {"password": ""}]}).encode()
    request = urllib.request.Request(url, body, {"content-type": "application/json"})  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - as above
            return True
    except urllib.error.HTTPError as answered:
        return answered.code != 404
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _facts(server: TrytonWms) -> Mapping[str, object]:
    return {"url": server.url, "database": server.database, "pid": server.server.pid, "seconds": server.seconds,
            "user": server.user}  # fmt: skip


def main() -> None:
    """Hold a Tryton until Ctrl-C, for work by hand."""
    until_interrupted()
    with suppress(KeyboardInterrupt), running_postgres() as postgres, running_tryton_wms(postgres) as server:
        sys.stdout.write(json.dumps(_facts(server)) + "\n")
        sys.stdout.flush()
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()

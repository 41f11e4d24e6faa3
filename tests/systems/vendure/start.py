"""Start a seeded Vendure from the npm registry and stop it by pid.

`python -m tests.systems.vendure.start` holds one until Ctrl-C and prints where it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.systems.postgres import Postgres, free_port, running_postgres
from tests.systems.running import Server, cache, program, run, until_interrupted
from tests.systems.vendure.seed import Seeded, seed

HERE = Path(__file__).resolve().parent
FILES = ("package.json", "package-lock.json", "server.js")
INSTALL_SECONDS = 300
START_SECONDS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendure:
    """A running, seeded server."""

    url: str
    server: Server
    seeded: Seeded
    webhooks: Path
    seconds: dict[str, float]
    """What the start took, step by step."""

    @property
    def admin_url(self) -> str:
        """Where the Admin API is."""
        return f"{self.url}/admin-api"

    @property
    def shop_url(self) -> str:
        """Where the Shop API is."""
        return f"{self.url}/shop-api"

    def tell(self, *listeners: tuple[str, str]) -> None:
        """Post every event from now on to these (url, secret) pairs, and to nobody else."""
        body = json.dumps([{"url": url, "secret": secret} for url, secret in listeners])
        fresh = self.webhooks.with_suffix(".new")
        fresh.write_text(body)
        fresh.replace(self.webhooks)


@contextmanager
def running_vendure(postgres: Postgres) -> Iterator[Vendure]:
    """A Vendure on a free port with an empty, then seeded, database of its own."""
    laps = {}
    clock = time.monotonic()
    modules = _install()
    laps["install"] = time.monotonic() - clock
    folder = Path(tempfile.mkdtemp(prefix="opshub-vendure-"))
    try:
        shutil.copy(HERE / "server.js", folder)
        (folder / "node_modules").symlink_to(modules)
        (folder / "webhooks.json").write_text("[]")
        database = f"vendure_{free_port()}"
        postgres.create_database(database)
        clock = time.monotonic()
        port = free_port()
        with _server(folder, postgres, database, port).running() as server:
            url = f"http://127.0.0.1:{port}"
            laps["start"] = time.monotonic() - clock
            clock = time.monotonic()
            seeded = seed(f"{url}/admin-api")
            laps["seed"] = time.monotonic() - clock
            rounded = {name: round(seconds, 1) for name, seconds in laps.items()}
            yield Vendure(url=url, server=server, seeded=seeded, webhooks=folder / "webhooks.json", seconds=rounded)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _install() -> Path:
    """The folder of modules that the lock file names; npm is asked only when the lock file is new here."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES[:2])).hexdigest()[:16]
    folder = cache(f"vendure-{digest}")
    modules = folder / "node_modules"
    if (folder / "complete").exists():
        return modules
    for name in FILES[:2]:
        shutil.copy(HERE / name, folder)
    # bcrypt ships its binaries in its package, so no install script has to run
    npm = program("npm", "a real Vendure")
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    run(command, seconds=INSTALL_SECONDS, cwd=folder)
    (folder / "complete").touch()
    return modules


def _server(folder: Path, postgres: Postgres, database: str, port: int) -> Server:
    """It ends when we end: it reads its standard input."""
    environment = {
        **os.environ, "TZ": "UTC", "VENDURE_PORT": str(port), "VENDURE_DB": database, "PGHOST": postgres.host,
        "PGPORT": str(postgres.port), "PGUSER": postgres.user, "PGPASSWORD": postgres.password,
        "VENDURE_WEBHOOK_FILE": str(folder / "webhooks.json"), "VENDURE_DISABLE_TELEMETRY": "true",
    }  # fmt: skip
    return Server(
        command=[program("node", "a real Vendure"), "--max-old-space-size=512", "server.js"],
        environment=environment,
        folder=folder,
        is_ready=lambda: _answers(f"http://127.0.0.1:{port}"),
        patience=START_SECONDS,
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:  # noqa: S310 - an address of our own
            return b"ok" in answer.read()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def main() -> None:
    """Hold a Vendure until Ctrl-C, for work by hand."""
    until_interrupted()
    with suppress(KeyboardInterrupt), running_postgres() as postgres, running_vendure(postgres) as vendure:
        facts = {"admin": vendure.admin_url, "shop": vendure.shop_url, "pid": vendure.server.pid,
                 "seconds": vendure.seconds, "variants": vendure.seeded.variants,
                 "shipping_method": vendure.seeded.shipping_method, "webhooks": str(vendure.webhooks),
                 "user": vendure.seeded.user}  # fmt: skip
        sys.stdout.write(json.dumps(facts) + "\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    main()

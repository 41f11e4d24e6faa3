"""A real OpenSearch node: jars by Maven, ports of 127.0.0.1, stopped by pid.

`python -m tests.engines.opensearch.start` runs one until it is interrupted. Needs Maven, and a JDK of 21 or later for
OpenSearch 3; where there is only an older one (11 or later), OpenSearch 2.19 runs instead, and says so.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.systems.postgres import CannotRun, free_port
from tests.systems.running import Server, cache, program, run, until_interrupted

HERE = Path(__file__).parent
RESOLVE_SECONDS, START_SECONDS = 600, 300
HOMES = ("OPSHUB_JAVA_HOME", "JAVA_HOME")
"""Where else a JDK may be: set one of these."""
INSTALLED = (Path("/usr/lib/jvm"), Path("/opt/java"), Path("/opt/hostedtoolcache"), Path("/Library/Java"))
SMALL = (
    "-Xms768m", "-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dio.netty.noUnsafe=true",
    "-Dio.netty.allocator.numDirectArenas=0", "-Dlog4j.shutdownHookEnabled=false", "-Dlog4j2.disable.jmx=true",
    "-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1", "-Djava.net.preferIPv4Stack=true",
)  # fmt: skip
FROM_21 = ("--add-modules=jdk.incubator.vector", "--add-opens=java.base/java.nio=ALL-UNNAMED")
FROM_24 = ("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release of the runner, and the JDKs it runs on."""

    version: str
    oldest: int
    newest: int


RELEASES = (
    Release(version="3.8.0.0", oldest=21, newest=99),
    Release(version="2.19.1.0", oldest=11, newest=23),
)
"""The best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A node that runs; `server` may be killed and started again in its place, with its data."""

    url: str
    server: Server
    release: str
    jdk: int
    seconds: float
    """What the first start took, jars included."""


@contextmanager
def running_opensearch() -> Iterator[Engine]:
    """A fresh node as long as the block lasts, gone with its folder. Raises CannotRun where it cannot be."""
    began = time.monotonic()
    release, (jdk, java) = chosen(jdks())
    libs = jars(release.version)
    folder = Path(tempfile.mkdtemp(prefix="opshub-opensearch-"))
    try:
        port, transport = free_port(), free_port()
        options = (*SMALL, *(FROM_21 if jdk >= 21 else ()), *(FROM_24 if jdk >= 24 else ()))
        node = [str(HERE / "Node.java"), str(folder / "base"), str(port), str(transport)]
        server = Server(
            command=[java, *options, "-cp", f"{libs}/*", *node],
            environment=dict(os.environ),
            folder=folder,
            is_ready=partial(answers, port),
            patience=START_SECONDS,
        )
        with server.running():
            yield Engine(
                url=f"http://127.0.0.1:{port}", server=server, release=release.version, jdk=jdk,
                seconds=round(time.monotonic() - began, 1),
            )  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def jdks() -> Mapping[int, str]:
    """`java` by the version of its JDK, of all that are installed where JDKs usually are."""
    named = [Path(home) for name in HOMES if (home := os.environ.get(name))]
    found: dict[int, str] = {}
    for release in [*(one / "release" for one in named), *(one for place in INSTALLED for one in _below(place))]:
        java = release.parent / "bin" / "java"
        said = re.search(r'JAVA_VERSION="(\d+)', release.read_text()) if release.is_file() and java.exists() else None
        if said:
            found.setdefault(int(said[1]), str(java))
    return found


def _below(place: Path) -> list[Path]:
    return [one for depth in ("*", "*/*", "*/*/*") for one in sorted(place.glob(f"{depth}/release"))]


def chosen(found: Mapping[int, str]) -> tuple[Release, tuple[int, str]]:
    """The best release that one of the JDKs runs, and the newest such JDK. Raises CannotRun."""
    for release in RELEASES:
        fitting = {jdk: java for jdk, java in found.items() if release.oldest <= jdk <= release.newest}
        if fitting:
            return release, max(fitting.items())
    message = f"OpenSearch needs a JDK of 21 or later ({' or '.join(HOMES)} says where); found: {sorted(found)}"
    raise CannotRun(message)


def jars(version: str) -> Path:
    """The folder of the node's jars; resolved once. Raises CannotRun."""
    kept = cache("opensearch") / version
    if not kept.exists():
        maven = program("mvn", "OpenSearch (Maven resolves its jars)")
        with tempfile.TemporaryDirectory(dir=kept.parent) as made:
            pom = shutil.copy(HERE / "pom.xml", made)
            command = [maven, "-q", "-B", "-f", str(pom), f"-Drunner.version={version}", "process-resources"]
            run(command, seconds=RESOLVE_SECONDS)
            (Path(made) / "target" / "libs").rename(kept)
    return kept


def answers(port: int) -> bool:
    """Whether a node replies and holds what it has."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_cluster/health", timeout=2) as reply:
            return b'"red"' not in reply.read()
    except (OSError, urllib.error.URLError):
        return False


if __name__ == "__main__":
    until_interrupted()
    with running_opensearch() as engine:
        said = f"{engine.url}, pid {engine.server.pid}: OpenSearch {engine.release} on JDK {engine.jdk}"
        print(f"{said}, {engine.seconds} s", flush=True)
        try:
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            print("stopped", flush=True)

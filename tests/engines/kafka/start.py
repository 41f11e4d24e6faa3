"""A real Apache Kafka, broker and controller in one process: jars by Maven, ports of 127.0.0.1, stopped by pid.

`python -m tests.engines.kafka.start` runs one until it is interrupted. Needs Java 17 or later and Maven.
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import struct
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.systems.postgres import free_port
from tests.systems.running import Server, cache, program, run, until_interrupted

POM = Path(__file__).with_name("pom.xml")
RESOLVE_SECONDS, FORMAT_SECONDS, START_SECONDS = 600, 60, 90
SMALL = ("-Xms384m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true")
LOG = """<Configuration status="warn">
<Appenders><Console name="C" target="SYSTEM_OUT"><PatternLayout pattern="%d %-5p %c{1} %m%n"/></Console></Appenders>
<Loggers><Root level="warn"><AppenderRef ref="C"/></Root></Loggers></Configuration>"""
ALONE: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "log.cleaner.dedupe.buffer.size": "4194304",
    "group.initial.rebalance.delay.ms": "0",
}
"""One node, so one copy of everything; a small heap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kafka:
    """A broker that runs; `server` may be killed and started again in its place, with its data."""

    bootstrap: str
    server: Server
    seconds: float
    """What the first start took, jars included."""


@contextmanager
def running_kafka() -> Iterator[Kafka]:
    """A fresh broker as long as the block lasts, gone with its folder. Raises CannotRun where it cannot be."""
    began = time.monotonic()
    java = program("java", "Kafka")
    libs = jars()
    folder = Path(tempfile.mkdtemp(prefix="opshub-kafka-"))
    try:
        port = free_port()
        start = _formatted(folder, java, libs, port)
        server = Server(
            command=start,
            environment=dict(os.environ),
            folder=folder,
            is_ready=partial(answers, port),
            patience=START_SECONDS,
        )
        with server.running():
            yield Kafka(bootstrap=f"127.0.0.1:{port}", server=server, seconds=round(time.monotonic() - began, 1))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def jars() -> Path:
    """The folder of the broker's jars; resolved once. Raises CannotRun."""
    kept = cache("kafka") / str(uuid.uuid5(uuid.NAMESPACE_OID, POM.read_text(encoding="utf-8")))
    if not kept.exists():
        maven = program("mvn", "Kafka (Maven resolves its jars)")
        with tempfile.TemporaryDirectory(dir=kept.parent) as made:
            pom = shutil.copy(POM, made)
            run([maven, "-q", "-B", "-f", str(pom), "process-resources"], seconds=RESOLVE_SECONDS)
            (Path(made) / "target" / "libs").rename(kept)
    return kept


def answers(port: int) -> bool:
    """Whether a broker replies to ApiVersions without an error."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as wire:
            wire.settimeout(2)
            body = struct.pack(">hhih", 18, 0, 7, 3) + b"hub"
            wire.sendall(struct.pack(">i", len(body)) + body)
            wire.recv(4, socket.MSG_WAITALL)
            return struct.unpack(">ih", wire.recv(6, socket.MSG_WAITALL)) == (7, 0)
    except (OSError, struct.error):
        return False


def _formatted(folder: Path, java: str, libs: Path, port: int) -> list[str]:
    """The command that starts a broker on a store that has just been formatted."""
    controller = free_port()
    said = {
        **ALONE,
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "log.dirs": str(folder / "data"),
    }
    properties = folder / "server.properties"
    properties.write_text("".join(f"{name}={value}\n" for name, value in said.items()))
    (folder / "log4j2.xml").write_text(LOG)
    command = [java, *SMALL, f"-Dlog4j2.configurationFile={folder / 'log4j2.xml'}", "-cp", f"{libs}/*"]
    name = "A" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]
    format_it = ["kafka.tools.StorageTool", "format", "-t", name, "-c", str(properties)]
    run([*command, *format_it], seconds=FORMAT_SECONDS, cwd=folder)
    return [*command, "kafka.Kafka", str(properties)]


if __name__ == "__main__":
    until_interrupted()
    with running_kafka() as kafka:
        print(f"{kafka.bootstrap}, pid {kafka.server.pid}: {kafka.seconds} s", flush=True)
        try:
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            print("stopped", flush=True)

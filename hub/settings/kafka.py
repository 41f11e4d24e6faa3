"""`[kafka]`: the bus that changes leave by, and that sources may publish to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from hub.settings.secret import Secret

Server = Annotated[str, Meta(pattern=r"^\S+:\d{1,5}$")]
Prefix = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
TopicName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
ClientName = Annotated[str, Meta(min_length=1, max_length=80)]
GREATEST = 900_000
"""Bytes; below what a broker takes by default, with room for the envelope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaSettings:
    """Which Kafka, and how it is spoken to. Without `servers` there is none and nothing else changes."""

    servers: tuple[Server, ...] = ()
    """`host:port` of some brokers; they name the others."""
    client_id: ClientName = "opshub"
    """How brokers call the hub in their logs and quotas."""
    prefix: Prefix = "hub."
    """What the hub's own topics begin with. It publishes to them and never reads them."""
    protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """As Kafka names them."""
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How a SASL protocol proves who the hub is."""
    user: ClientName | None = None
    """Of a SASL protocol."""
    password: Secret | None = None
    """Of `user`."""
    authorities: Path | None = None
    """PEM file of the certificate authorities of the brokers; without it the system's."""
    certificate: Path | None = None
    """PEM file with the hub's own certificate and its key, where brokers ask for one."""
    compression: Literal["none", "gzip"] = "none"
    """Of what is published."""
    replicas: Annotated[int, Meta(ge=1, le=9)] = 3
    """Copies of each topic that `opshub topics apply` makes; a write is safe once all but one hold it."""
    max_message: Annotated[int, Meta(ge=1024, le=GREATEST)] = 256 * 1024
    """Bytes of one published change; a larger one is parked with everything that follows it under its key."""


def contradictions(kafka: KafkaSettings, topics: Mapping[str, str]) -> Iterator[str]:
    """What cannot be so, in words; *topics*: what sources publish to, by source."""
    yield from _proofs(kafka)
    for source, topic in topics.items():
        if not kafka.servers:
            yield f"sources.{source}.topic needs kafka.servers (HUB__KAFKA__SERVERS)"
        if topic.startswith(kafka.prefix):
            yield f"sources.{source}.topic: {topic} is one of the hub's own ({kafka.prefix}...), which it never reads"


def _proofs(kafka: KafkaSettings) -> Iterator[str]:
    if kafka.protocol.startswith("SASL"):
        for name, value in (("user", kafka.user), ("password", kafka.password)):
            if value is None:
                yield f"kafka.{name} is missing (HUB__KAFKA__{name.upper()}): {kafka.protocol} needs it"
    elif kafka.user is not None or kafka.password is not None:
        yield f"kafka.protocol = {kafka.protocol} takes neither user nor password"
    if not kafka.protocol.endswith("SSL") and (kafka.authorities is not None or kafka.certificate is not None):
        yield f"kafka.protocol = {kafka.protocol} takes no certificates"
    for name, file in (("authorities", kafka.authorities), ("certificate", kafka.certificate)):
        if file is not None and not file.is_file():
            yield f"kafka.{name}: {file} is not a file"

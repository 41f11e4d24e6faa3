"""What may be said of Kafka, and of topics that sources publish to."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.errors import Misconfigured
from hub.settings import load

SOURCE = """
[sources.wms]
tenant = "acme"
adapter = "tracking"
system = "CARRIER"
topic = "{topic}"
"""


def mistakes(text: str, folder: Path, **environ: str) -> list[str]:
    file = folder / "opshub.toml"
    file.write_text(text)
    with pytest.raises(Misconfigured) as refused:
        load(environ, file)
    return [line.removeprefix(f"{file}: ") for line in refused.value.message.splitlines()]


def test_without_servers_there_is_no_kafka() -> None:
    assert load({}).kafka.servers == ()


def test_the_environment_names_servers_and_a_file_holds_the_password(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("canary\n")
    (tmp_path / "opshub.toml").write_text(f'[kafka]\npassword = {{ file = "{tmp_path}/password" }}')
    environ = {
        "HUB__KAFKA__SERVERS": "one:9092, two:9092",
        "HUB__KAFKA__PROTOCOL": "SASL_SSL",
        "HUB__KAFKA__USER": "hub",
    }
    kafka = load(environ, tmp_path / "opshub.toml").kafka
    assert (kafka.servers, kafka.user) == (("one:9092", "two:9092"), "hub")
    assert kafka.password is not None
    assert kafka.password.reveal() == "canary"
    assert "canary" not in repr(kafka)


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    text = f"""
[kafka]
protocol = "SASL_PLAINTEXT"
certificate = "{tmp_path}/nowhere.pem"
{SOURCE.format(topic="hub.order.v1")}
"""
    assert mistakes(text, tmp_path) == [
        "kafka.user is missing (HUB__KAFKA__USER): SASL_PLAINTEXT needs it",
        "kafka.password is missing (HUB__KAFKA__PASSWORD): SASL_PLAINTEXT needs it",
        "kafka.protocol = SASL_PLAINTEXT takes no certificates",
        f"kafka.certificate: {tmp_path}/nowhere.pem is not a file",
        "sources.wms.topic needs kafka.servers (HUB__KAFKA__SERVERS)",
        "sources.wms.topic: hub.order.v1 is one of the hub's own (hub....), which it never reads",
    ]


def test_values_that_are_none_are_named(tmp_path: Path) -> None:
    found = mistakes('[kafka]\nservers = ["nowhere"]\nprefix = "a b"\nreplicas = 0\nserver = "x:1"', tmp_path)
    assert [line.split(":")[0] for line in found] == [
        "kafka.server is not known; did you mean servers?", "kafka.servers", "kafka.prefix", "kafka.replicas",
    ]  # fmt: skip


def test_a_password_without_a_protocol_that_takes_one_is_refused(tmp_path: Path) -> None:
    assert mistakes('[kafka]\nuser = "hub"', tmp_path) == ["kafka.protocol = PLAINTEXT takes neither user nor password"]


def test_two_sources_do_not_share_a_topic(tmp_path: Path) -> None:
    text = '[kafka]\nservers = ["a:1"]' + SOURCE.format(topic="t") + SOURCE.format(topic="t").replace("wms", "other")
    assert mistakes(text, tmp_path) == ["sources.other.topic is the same as that of sources.wms"]

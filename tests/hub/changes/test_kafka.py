"""The client as it is told to connect, and a Kafka that is not there; the real one is in tests/engines."""

from __future__ import annotations

import ssl

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError, MessageSizeTooLargeError

from hub.changes.bus import Record, Wanted
from hub.changes.kafka import Kafka, away, connection
from hub.errors import BusAway, BusRefused
from hub.settings import KafkaSettings, Secret

NOBODY = KafkaSettings(servers=("127.0.0.1:1",))
RECORD = Record(topic="hub.order.v1", key=b"acme/1", value=b"{}", headers={})


def test_a_plain_connection_names_servers_and_the_client() -> None:
    made = connection(NOBODY)
    assert (made["bootstrap_servers"], made["client_id"]) == (["127.0.0.1:1"], "opshub")
    assert (made["security_protocol"], "ssl_context" in made, "sasl_mechanism" in made) == ("PLAINTEXT", False, False)


def test_a_secured_connection_checks_certificates_and_proves_who_it_is() -> None:
    settings = KafkaSettings(servers=("a:1",), protocol="SASL_SSL", user="hub", password=Secret("canary"))
    made = connection(settings)
    assert made["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    assert made["ssl_context"].check_hostname
    assert (made["sasl_mechanism"], made["sasl_plain_username"], made["sasl_plain_password"]) == (
        "SCRAM-SHA-512", "hub", "canary",
    )  # fmt: skip


@pytest.mark.parametrize("error", [KafkaConnectionError("gone"), KafkaTimeoutError(), OSError("reset"), TimeoutError()])
def test_what_may_pass_is_told_apart(error: Exception) -> None:
    with pytest.raises(BusAway, match="Kafka"), away():
        raise error


def test_from_what_never_will() -> None:
    with pytest.raises(BusRefused), away():
        raise MessageSizeTooLargeError


async def test_an_outlet_without_a_broker_says_so_each_time() -> None:
    outlet = Kafka(NOBODY).outlet()
    for _ in range(2):
        with pytest.raises(BusAway):
            await outlet.send([RECORD])
    await outlet.close()


async def test_an_inlet_without_a_broker_says_so() -> None:
    with pytest.raises(BusAway):
        async with Kafka(NOBODY).inlet(Wanted(topic="t", group="g", places={})):
            pass

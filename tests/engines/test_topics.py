"""`opshub topics` on a real Kafka: what is documented is made, what would move keys is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from hub.changes.kafka_topics import topics_of
from hub.settings import KafkaSettings
from tests.engines.kafka.start import Kafka

DAY = 86_400_000


@pytest.fixture
def prefix() -> str:
    return f"t{uuid4().hex[:8]}."


def opshub(kafka: Kafka, prefix: str, folder: Path, *arguments: str) -> tuple[int, Sequence[str]]:
    """What a command answers, and in how many words."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB__")}
    environment |= {
        "HUB__KAFKA__SERVERS": kafka.bootstrap,
        "HUB__KAFKA__PREFIX": prefix,
        "HUB__KAFKA__REPLICAS": "1",
        "COLUMNS": "200",
    }
    done = subprocess.run(
        [sys.executable, "-m", "hub", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).splitlines()


async def make(kafka: Kafka, topic: str, partitions: int, **settings: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        named = {name.replace("_", "."): value for name, value in settings.items()}
        await admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=named)])
    finally:
        await admin.close()


def test_a_dry_run_makes_nothing_and_apply_makes_all_once(kafka: Kafka, prefix: str, tmp_path: Path) -> None:
    code, said = opshub(kafka, prefix, tmp_path, "topics", "apply", "--dry-run")
    assert (code, len(said)) == (0, 6)
    assert said[0] == f"would create {prefix}order.v1: 12 partitions, 1 replicas"
    assert opshub(kafka, prefix, tmp_path, "topics", "apply") == (
        0, [line.removeprefix("would ") for line in said],
    )  # fmt: skip
    assert opshub(kafka, prefix, tmp_path, "topics", "apply") == (0, ["nothing to do"])


async def test_retention_is_set_right_and_what_others_set_stays(kafka: Kafka, prefix: str, tmp_path: Path) -> None:
    opshub(kafka, prefix, tmp_path, "topics", "apply")
    other = f"{prefix}x."
    await make(kafka, f"{other}order.v1", 12, retention_ms="1000", segment_ms="60000")
    said = opshub(kafka, other, tmp_path, "topics", "apply")[1]
    assert f"set {other}order.v1: retention.ms = {14 * DAY}" in said
    assert opshub(kafka, other, tmp_path, "topics", "apply") == (0, ["nothing to do"])
    assert await settings_of(kafka, f"{other}order.v1") >= {("retention.ms", str(14 * DAY)), ("segment.ms", "60000")}


async def test_partitions_that_exist_are_never_changed(kafka: Kafka, prefix: str, tmp_path: Path) -> None:
    await make(kafka, f"{prefix}order.v1", 3)
    code, said = opshub(kafka, prefix, tmp_path, "topics", "apply")
    assert code == 1
    assert f"{prefix}order.v1 has 3 partitions, not 12" in " ".join(said)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        (told,) = await admin.describe_topics([f"{prefix}order.v1"])
    finally:
        await admin.close()
    assert len(told["partitions"]) == 3


def test_without_a_broker_it_is_said_in_words(prefix: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hub", "topics", "apply"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "HUB__KAFKA__SERVERS": "127.0.0.1:1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("Kafka: KafkaConnectionError")
    assert "Traceback" not in done.stderr


async def settings_of(kafka: Kafka, topic: str) -> set[tuple[str, str]]:
    """Those that were set for the topic alone."""
    from_topics = KafkaSettings(servers=(kafka.bootstrap,))
    async with topics_of(from_topics) as topics:
        return set((await topics.found([topic]))[topic].settings.items())

"""The hub's topics: every kind has one, and what exists is never changed in a way that moves keys."""

from __future__ import annotations

from dataclasses import replace

from hub.changes.topics import STREAM_OF, Topic, planned, wanted_topics
from hub.model.vocabulary import Kind
from hub.settings.kafka import KafkaSettings

SETTINGS = KafkaSettings(servers=("127.0.0.1:9092",), replicas=1)
WANTED = wanted_topics(SETTINGS)


def found(*topics: Topic) -> dict[str, Topic]:
    return {topic.name: topic for topic in topics}


def test_every_kind_has_its_stream() -> None:
    assert set(STREAM_OF) == set(Kind)


def test_topics_are_as_documented() -> None:
    days = 86_400_000
    assert [(one.name, one.partitions, int(one.settings["retention.ms"]) // days) for one in WANTED] == [
        ("hub.order.v1", 12, 14),
        ("hub.shipment.v1", 12, 14),
        ("hub.inventory.v1", 24, 7),
        ("hub.return.v1", 12, 30),
        ("hub.invoice.v1", 12, 30),
        ("hub.master.v1", 6, 30),
    ]
    assert {one.settings["cleanup.policy"] for one in WANTED} == {"delete"}


def test_a_write_is_safe_once_all_replicas_but_one_hold_it() -> None:
    assert {one.settings["min.insync.replicas"] for one in wanted_topics(replace(SETTINGS, replicas=3))} == {"2"}
    assert {one.settings["min.insync.replicas"] for one in WANTED} == {"1"}


def test_what_is_missing_is_created() -> None:
    plan = planned(WANTED, found(*WANTED[1:]))
    assert (plan.create, plan.change, plan.refused) == (WANTED[:1], (), ())
    assert plan.said == ("create hub.order.v1: 12 partitions, 1 replicas",)


def test_what_is_there_as_it_should_be_is_left_alone() -> None:
    assert planned(WANTED, found(*WANTED)).said == ()


def test_a_setting_that_differs_is_set_and_those_of_others_stay() -> None:
    order = replace(WANTED[0], settings={**WANTED[0].settings, "retention.ms": "1", "segment.ms": "5"})
    plan = planned(WANTED[:1], found(order))
    assert plan.said == ("set hub.order.v1: retention.ms = 1209600000",)
    assert plan.change[0].settings == {**WANTED[0].settings, "segment.ms": "5"}


def test_the_number_of_partitions_is_never_changed() -> None:
    plan = planned(WANTED[:1], found(replace(WANTED[0], partitions=6, replicas=2)))
    assert (plan.create, plan.change, plan.said) == ((), (), ())
    assert [one.split(":")[0] for one in plan.refused] == [
        "hub.order.v1 has 6 partitions, not 12", "hub.order.v1 has 2 replicas, not 1",
    ]  # fmt: skip

"""Kafka and the hub are killed under load: accepts go on, and consumers that drop by id see each change once, in order.

The proof of issue 5 in small; `python -m tests.engines.loss` is the same with figures worth reading.
"""

from __future__ import annotations

import pytest

from tests.engines.kafka.start import Kafka
from tests.engines.loss import PHASES, Found, lose, report
from tests.engines.reader import inversions, once

SECONDS, PER_SECOND = 5.0, 8


async def test_nothing_is_lost_swapped_or_refused(kafka: Kafka, capsys: pytest.CaptureFixture[str]) -> None:
    found = await lose(kafka, SECONDS, PER_SECOND)
    with capsys.disabled():
        print("\n".join(report(found)))
    assert [one for one in found.timed if one.phase in PHASES and not one.ok] == []
    assert found.behind > 0
    assert "Kafka" in found.said
    assert (found.missing, found.strange, inversions(found.events)) == (0, 0, 0)
    assert sorted(event.position for event in once(found.events)) == [position for position, _ in found.logged]
    assert every_key_has_one_partition(found)
    assert found.rebuilt == found.entities


def every_key_has_one_partition(found: Found) -> bool:
    places = {(event.topic, event.key): event.partition for event in found.events}
    return all(places[event.topic, event.key] == event.partition for event in found.events)

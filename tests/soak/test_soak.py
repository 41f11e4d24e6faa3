"""A slice of the soak: a dozen subscribers, two hubs, each killed once."""

from __future__ import annotations

from pathlib import Path

from hub.store.cluster import Cluster
from tests.soak.run import SERVING, soak
from tests.soak.scale import Scale

SLICE = Scale(subscribers=12, rate=30.0, seconds=2.0, orders=24, kills=1, life=0.8, deaf=1.0, linger=0.3)


async def test_a_dozen_subscribers_hear_of_everything_once_although_both_hubs_are_killed(
    cluster: Cluster, tmp_path: Path
) -> None:
    outcome = await soak(SLICE, cluster, tmp_path)
    assert outcome.failures == []
    assert (outcome.kills, len({told.name for told in outcome.told})) == (len(SERVING), SLICE.subscribers)
    assert outcome.verdict.told > 0
    assert any(part.after is not None for told in outcome.told for part in told.parts)

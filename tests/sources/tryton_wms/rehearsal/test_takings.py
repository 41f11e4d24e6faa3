"""The checks' hands: samples differ, and nothing of them is there before it was done."""

import pytest

from sources.kit.stage import Stage
from sources.kit.taking import TAKEN, hands_for
from sources.tryton_wms.manifest import MANIFEST

ACTIONS = [action for action in TAKEN if action in MANIFEST.writes]


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_sample_is_new_each_time_and_nothing_shows_it_yet(wms: Stage, action: str) -> None:
    hands = hands_for(wms, action)
    one, other = await hands.sample(), await hands.sample()
    assert one.action == action
    assert one.content != other.content
    assert list(await hands.bearing(one)) == []

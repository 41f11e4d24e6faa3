"""C4 to C7 notice changes that are lost, cursors that lie, sweeps that never end."""

import pytest

from tests.sources.kit.checks import twisted
from tests.sources.kit.checks.twisted import Twisted, verdict_on


@pytest.mark.parametrize(
    ("number", "planted"),
    [
        ("C4", twisted.SkipsALine),
        ("C4", twisted.SeesOnlyNewOrders),
        ("C5", twisted.SavesTheCursorTooEarly),
        ("C5", twisted.NeverEnds),
        ("C6", twisted.TakesAnyCursor),
        ("C7", twisted.SaysNothingOfDeletes),
    ],
)
async def test_a_planted_fault_is_noticed(number: str, planted: Twisted) -> None:
    assert await verdict_on(planted, number) is not None

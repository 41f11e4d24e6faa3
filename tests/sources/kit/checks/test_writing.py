"""C8, C9 notice every way of doing an effect twice, or of lying about it."""

import pytest

from tests.sources.kit.checks import twisted
from tests.sources.kit.checks.twisted import Twisted, verdict_on


@pytest.mark.parametrize(
    ("number", "planted"),
    [
        ("C8a", twisted.SendsADelta),
        ("C8b", twisted.CancelsWhatHasLeft),
        ("C8c", twisted.SendsADelta),
        ("C9a", twisted.TriesAgainBlindly),
        ("C9a", twisted.HopesForTheBest),
        ("C9a", twisted.CallsTheUnknownBusy),
        ("C9a", twisted.ResolvesByGuessing),
        ("C9b", twisted.FailsWhenReadingBackFails),
    ],
)
async def test_a_planted_fault_is_noticed(number: str, planted: Twisted) -> None:
    assert await verdict_on(planted, number) is not None

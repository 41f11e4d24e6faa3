"""C10 to C12, C16, C17 notice troubles taken for something else, and secrets told."""

import pytest

from tests.sources.kit.checks import twisted
from tests.sources.kit.checks.twisted import Twisted, verdict_on


@pytest.mark.parametrize(
    ("number", "planted"),
    [
        ("C10", twisted.KnowsNoThrottling),
        ("C10", twisted.BelievesAnyPause),
        ("C11", twisted.LogsInByItself),
        ("C11", twisted.DoesNotSayExpired),
        ("C12", twisted.TakesGarbageForNothing),
        ("C12", twisted.CrashesOnGarbage),
        ("C16", twisted.CrashesOnGarbage),
        ("C17", twisted.TellsThePassword),
    ],
)
async def test_a_planted_fault_is_noticed(number: str, planted: Twisted) -> None:
    assert await verdict_on(planted, number) is not None

"""C13 notices deliveries believed without their signature."""

import pytest

from tests.sources.kit.checks import twisted
from tests.sources.kit.checks.twisted import Twisted, verdict_on


@pytest.mark.parametrize(
    ("number", "planted"),
    [
        ("C13", twisted.BelievesEverybody),
        ("C13", twisted.ForgetsTheSecretBefore),
    ],
)
async def test_a_planted_fault_is_noticed(number: str, planted: Twisted) -> None:
    assert await verdict_on(planted, number) is not None

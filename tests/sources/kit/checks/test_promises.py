"""C21 notices promises that are not kept, and answers nobody promised."""

import pytest

from tests.sources.kit.checks import twisted
from tests.sources.kit.checks.twisted import Twisted, verdict_on


@pytest.mark.parametrize(
    ("number", "planted"),
    [
        ("C21", twisted.AnswersWhatItDoesNotOffer),
        ("C21", twisted.FindsNothing),
    ],
)
async def test_a_planted_fault_is_noticed(number: str, planted: Twisted) -> None:
    assert await verdict_on(planted, number) is not None

"""How a crossing is shown in the trace."""

import pytest

from hub.errors import OutcomeUnknown, Overtaken, SourceBusy, SourceRefused
from hub.gate.hops import outcome_of, words_of
from hub.model.trace import HopOutcome


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (None, HopOutcome.OK),
        (SourceBusy("x"), HopOutcome.RETRY),
        (OutcomeUnknown("x"), HopOutcome.UNKNOWN),
        (SourceRefused("x"), HopOutcome.FAILED),
        (Overtaken("x"), HopOutcome.FAILED),
        (KeyError("x"), HopOutcome.FAILED),
    ],
)
def test_each_error_has_its_outcome(error: Exception | None, shown: HopOutcome) -> None:
    assert outcome_of(error) is shown


def test_only_the_hubs_own_words_are_shown() -> None:
    assert words_of(SourceBusy("the source failed", body="secret")) == "the source failed"
    assert words_of(KeyError("secret")) == "KeyError"

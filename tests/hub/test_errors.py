"""The tree of errors says who must act."""

from datetime import UTC, datetime

from hub import errors
from hub.errors import HubError, SourceBusy

OURS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, HubError)]


def test_every_error_of_the_module_is_one_of_ours_with_a_code() -> None:
    strangers = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert strangers == OURS
    assert all(kind.code.isupper() for kind in OURS)


def test_an_error_keeps_its_sentence_and_its_facts() -> None:
    wrong = HubError("no such order", order="SO-1")
    assert (str(wrong), wrong.message, wrong.facts) == ("no such order", "no such order", {"order": "SO-1"})


def test_a_busy_source_may_name_when_to_come_back() -> None:
    later = datetime(2026, 3, 1, tzinfo=UTC)
    wrong = SourceBusy("429", retry_at=later, throttled=True, source="erp-main")
    assert (wrong.retry_at, wrong.throttled, wrong.retryable, wrong.facts) == (
        later,
        True,
        True,
        {"source": "erp-main"},
    )


def test_what_may_have_had_effect_or_is_final_is_never_retryable() -> None:
    final = (errors.OutcomeUnknown, errors.SourceRefused, errors.SourceMisset, errors.PolicyError, errors.InvalidInput)
    assert not [kind.__name__ for kind in OURS if issubclass(kind, final) and kind.retryable]
    assert SourceBusy.retryable

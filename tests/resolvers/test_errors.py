from hub import errors
from resolvers.errors import CODES, INTERNAL_MESSAGE, MESSAGE_LIMIT, shown


def _all_classes(kind: type[errors.HubError]) -> list[type[errors.HubError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in _all_classes(child))]


def test_every_error_of_the_hub_is_shown_with_a_code_of_the_closed_list() -> None:
    for kind in _all_classes(errors.HubError):
        if kind.__module__ == "hub.errors":
            assert shown(kind("said")).code in CODES, kind


def test_what_the_caller_must_change_is_told_in_the_hubs_own_words() -> None:
    said = shown(errors.NotFound("no order by that name"))
    assert (said.code, said.message, said.retryable) == ("NOT_FOUND", "no order by that name", False)


def test_candidates_of_an_ambiguous_identifier_are_shown_and_no_other_fact() -> None:
    said = shown(errors.Ambiguous("two fit", candidates=["a", "b"], row="secret"))
    assert dict(said.extra) == {"candidates": ["a", "b"]}


def test_a_busy_source_is_named_and_may_be_asked_again() -> None:
    said = shown(errors.SourceBusy("the ERP is busy", source="erp-main", body="secret"))
    assert (said.code, said.retryable, dict(said.extra)) == ("SOURCE_UNAVAILABLE", True, {"source": "erp-main"})


def test_a_store_that_is_away_is_said_without_its_own_words() -> None:
    said = shown(errors.StoreBusy("connection to 10.0.0.7 refused"))
    assert (said.code, said.retryable, "10.0.0.7" in said.message) == ("SHUTTING_DOWN", True, False)


def test_faults_of_the_hub_and_errors_nobody_foresaw_are_masked() -> None:
    for error in (errors.HubFault("row 7 is missing"), errors.Misconfigured("no key"), KeyError("row 7")):
        said = shown(error)
        assert (said.code, said.message, said.is_internal) == ("INTERNAL", INTERNAL_MESSAGE, True)


def test_a_long_message_is_cut() -> None:
    said = shown(errors.InvalidInput("x" * 10_000))
    assert len(said.message) == MESSAGE_LIMIT
    assert said.message.endswith("…")

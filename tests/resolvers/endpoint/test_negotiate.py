import pytest

from resolvers.endpoint.negotiate import GRAPHQL, JSON, accepted

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)


@pytest.mark.parametrize(
    ("header", "single"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/json; charset=utf-8", JSON),
        ("APPLICATION/JSON", JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, application/json;q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.8, application/json;q=0.9", JSON),
        (f"application/json, {GRAPHQL}", GRAPHQL),
        (f"*/*, {GRAPHQL};q=0.5", JSON),
        (f"{GRAPHQL};q=0, */*", JSON),
        ("application/json;q=0, */*", GRAPHQL),
        ("application/xml", None),
        ("application/json;q=0", None),
        ("*/*;q=0", None),
        ("application/json;q=nonsense", None),
        ("application/json;q=-1", None),
        ("text/event-stream", None),
        (URQL, GRAPHQL),
        (BROWSER, JSON),
        (",;=/,a,/b,c/;q", None),
    ],
)
def test_one_answer_has_the_media_type_of_the_greatest_quality(header: str | None, single: str | None) -> None:
    assert accepted(header).single == single


@pytest.mark.parametrize(
    ("header", "prefers"),
    [
        ("text/event-stream", True),
        ("text/event-stream, application/json;q=0.5", True),
        ("application/json;q=0.5, text/event-stream", True),
        (URQL, False),
        ("text/event-stream;q=0.1, application/json", False),
        ("*/*", False),
        (BROWSER, False),
    ],
)
def test_an_event_stream_is_preferred_only_when_it_has_the_greatest_quality(*, header: str, prefers: bool) -> None:
    assert accepted(header).prefers_stream is prefers


@pytest.mark.parametrize(
    ("header", "takes"), [(URQL, True), ("text/*", True), ("*/*", False), (None, False), (JSON, False)]
)
def test_a_subscription_is_streamed_to_who_named_the_stream_not_to_who_takes_anything(
    *, header: str | None, takes: bool
) -> None:
    assert accepted(header).takes_stream is takes


def test_a_browser_gets_a_page_and_a_program_does_not() -> None:
    assert accepted(BROWSER).prefers_html
    assert not accepted("*/*").prefers_html
    assert not accepted("text/html;q=0.5, application/json").prefers_html


@pytest.mark.parametrize(("header", "named"), [(JSON, True), ("*/*", False), ("application/*", False), (None, False)])
def test_naming_json_is_told_from_taking_anything(*, header: str | None, named: bool) -> None:
    assert accepted(header).named is named


def test_a_header_of_a_million_entries_is_read_in_part() -> None:
    assert accepted("a/b," * 1_000_000 + "application/json").single is None

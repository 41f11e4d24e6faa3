from __future__ import annotations

import pytest

from resolvers.endpoint.origin import is_json, is_preflighted, may_open_socket


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"content-type": "application/json"}, True),
        ({"content-type": "application/json; charset=utf-8"}, True),
        ({"content-type": "text/plain"}, False),
        ({"content-type": "text/plain; application/json"}, False),
        ({"content-type": "application/x-www-form-urlencoded"}, False),
        ({"content-type": "multipart/form-data"}, False),
        ({"x-hub-csrf": "1"}, True),
        ({"x-hub-csrf": ""}, False),
        ({"apollo-require-preflight": "true"}, True),
        ({"authorization": "Bearer x"}, True),
        ({"authorization": "Basic x"}, False),
        ({"cookie": "session=1"}, False),
    ],
)
def test_only_what_a_browser_asks_for_first_counts_as_preflighted(*, headers: dict[str, str], expected: bool) -> None:
    assert is_preflighted(headers) is expected


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/json", True),
        ('application/json; charset="UTF-8"', True),
        ("application/json; charset=utf-16", False),
        ("application/jsonp", False),
        ("application/graphql", False),
        (None, False),
    ],
)
def test_a_body_is_json_only_when_it_says_so_and_in_utf_8(*, content_type: str | None, expected: bool) -> None:
    assert is_json(content_type) is expected


FOREIGN = [
    "null",
    "",
    "https://evil.example",
    "https://hub.example.evil.example",
    "https://evilhub.example",
    "https://hub.example:8443",
    "http://hub.example",
    "http://hub.example:443",
    "https://hub.example@evil.example",
    "https://evil.example#hub.example",
    "https://evil.example?hub.example",
    "https://hub.example/path",
    "https://xn--hb-xka.example",
    "https://hüb.example",
    "https://hub.example.",
    "https://sub.hub.example",
    "file://",
    "https://",
    "https://hub.example:99999",
    "https://[hub.example",
]


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_may_open_no_socket(origin: str) -> None:
    headers = {"origin": origin, "host": "hub.example"}
    assert not may_open_socket(headers, "wss", frozenset({"https://portal.example"}))


@pytest.mark.parametrize(
    ("headers", "scheme"),
    [
        ({"origin": "https://hub.example", "host": "hub.example"}, "wss"),
        ({"origin": "https://HUB.example:443", "host": "hub.example"}, "wss"),
        ({"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8000"}, "ws"),
        ({"origin": "https://portal.example", "host": "hub.example"}, "wss"),
        ({"host": "hub.example"}, "wss"),
    ],
)
def test_our_own_page_an_allowed_portal_and_a_program_may(headers: dict[str, str], scheme: str) -> None:
    assert may_open_socket(headers, scheme, frozenset({"https://portal.example"}))

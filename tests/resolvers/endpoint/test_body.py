from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.endpoint.body import read_body, read_json, request_in_url, request_of
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import RefusedError

LIMITS = Limits()


def _status(body: bytes) -> int:
    try:
        read_json(body, LIMITS)
    except RefusedError as refused:
        return refused.refusal.status
    return 200


async def _chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def _for_ever(chunk: bytes) -> AsyncIterator[bytes]:
    while True:
        yield chunk


async def test_a_body_is_read_to_its_end() -> None:
    assert await read_body(_chunks(b"ab", b"", b"c"), LIMITS) == b"abc"


async def test_a_body_over_the_cap_is_refused_while_it_arrives() -> None:
    with pytest.raises(RefusedError) as refused:
        await read_body(_for_ever(b"x" * 65_536), LIMITS)
    assert refused.value.refusal.status == 413


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "it is not JSON"),
        (b'{"a":', "nested deeper than 32, or not closed"),
        (b'{"a" 1}', "it is not JSON"),
        (b"\xff\xfe", "it is not UTF-8"),
        (b'\xef\xbb\xbf{"a":1}', "it is not JSON"),
        (b'{"a":1,"a":2}', "an object names a member twice"),
        (b"NaN", "NaN and Infinity are not JSON"),
        (b"[-Infinity]", "NaN and Infinity are not JSON"),
        (b"[1e999]", "a number out of range"),
        (b"1" * 65, "a number of more than 64 characters"),
        (b"0." + b"1" * 63, "a number of more than 64 characters"),
        (b"[" * 33 + b"]" * 33, "nested deeper than 32, or not closed"),
        (b"[" + b"{}," * 6_000 + b"{}]", "more than 5000 arrays and objects"),
        (b"[" + b"1," * 250 + b"1]", "a list or object has more than 250 members"),
        (b'"\\ud800"', "a string holds half a character"),
        (b'{"\\udc00":1}', "a string holds half a character"),
        (b'["\\u0000"]', "a string holds the character U+0000"),
        (b'"\x00"', "it is not JSON"),
    ],
)
def test_what_strict_json_or_the_limits_forbid_is_refused_with_the_reason(body: bytes, why: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_json(body, LIMITS)
    assert str(refused.value) == f"the body cannot be read: {why}"
    assert refused.value.refusal.status == 400


def test_what_lies_just_within_the_limits_is_read() -> None:
    assert read_json(b"1" * 64, LIMITS) == int("1" * 64)
    assert read_json(b"[" * 32 + b"]" * 32, LIMITS) is not None
    assert read_json(b'"[[[{{{\\"]]]"', LIMITS) == '[[[{{{"]]]'
    assert read_json(b'"\\ud83d\\ude00"', LIMITS) == "\N{GRINNING FACE}"


_TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


@given(st.recursive(st.none() | st.booleans() | st.integers(-(10**20), 10**20) | _TEXTS, st.lists, max_leaves=20))
def test_ordinary_json_is_read_as_it_was_written(value: object) -> None:
    assert read_json(json.dumps(value).encode(), LIMITS) == value


def test_bodies_of_quotes_take_no_quadratic_time() -> None:
    """A naive pattern needed minutes for these; the test would hang."""
    for body in (b'"' + b'\\"' * 130_000, b'"\\' * 131_000, b'"' * 262_143):
        with pytest.raises(RefusedError):
            read_json(body, LIMITS)


def test_random_bytes_are_read_or_refused_and_nothing_else() -> None:
    dice = random.Random(7)
    for _ in range(3_000):
        body = bytes(dice.choice(b'{}[]",:\\u0d8aeE1.-+ntf\xc3\xa9 ') for _ in range(dice.randrange(60)))
        assert _status(body) in (200, 400)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "the body must be a JSON object with the member `query`"),
        (7, "the body must be a JSON object with the member `query`"),
        ("{a}", "the body must be a JSON object with the member `query`"),
        ([], "batches are not taken: the body must be one object, not a list"),
        ([{"query": "{a}"}], "batches are not taken: the body must be one object, not a list"),
        ({}, "the member `query` must be a non-empty string"),
        ({"query": ""}, "the member `query` must be a non-empty string"),
        ({"query": 5}, "the member `query` must be a non-empty string"),
        ({"query": "{a}", "operationName": 5}, "the member `operationName` must be a string or null"),
        ({"query": "{a}", "variables": []}, "the member `variables` must be an object or null"),
        ({"query": "{a}", "extensions": "x"}, "the member `extensions` must be an object or null"),
    ],
)
def test_a_body_of_another_shape_is_refused_with_the_reason(value: object, why: str) -> None:
    with pytest.raises(RefusedError) as refused:
        request_of(value)
    assert str(refused.value) == why


def test_members_that_are_null_or_missing_are_empty() -> None:
    asked = request_of({"query": "{a}", "variables": None, "operationName": None, "extensions": None, "other": 1})
    assert (asked.query, asked.variables, asked.operation_name, asked.extensions) == ("{a}", {}, None, {})


def test_a_request_in_a_url_has_json_in_its_variables() -> None:
    asked = request_in_url({"query": "{a}", "variables": '{"n":1}', "operationName": ""}, LIMITS)
    assert (asked.query, asked.variables, asked.operation_name) == ("{a}", {"n": 1}, None)


@pytest.mark.parametrize("variables", ["{", "[1]", "7", '{"a":1,"a":1}'])
def test_a_url_with_other_variables_is_refused(variables: str) -> None:
    with pytest.raises(RefusedError):
        request_in_url({"query": "{a}", "variables": variables}, LIMITS)

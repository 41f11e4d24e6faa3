from __future__ import annotations

import pytest
from graphql import parse_value

from resolvers.endpoint.literals import check_value
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import RefusedError


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("9" * 65, "a number has 65 characters; at most 64 are taken"),
        ("-0." + "9" * 62, "a number has 65 characters; at most 64 are taken"),
        ("[" + "1 " * 251 + "]", "a value lists 251 items; at most 250 are taken"),
        ("{" + " ".join(f"a{n}: 1" for n in range(251)) + "}", "a value lists 251 items; at most 250 are taken"),
        ("[" * 33 + "]" * 33, "a value is nested deeper than 32"),
        ('["\\u0000"]', "a string holds the character U+0000, which cannot be stored"),
    ],
)
def test_a_value_out_of_bounds_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(RefusedError) as refused:
        check_value(parse_value(text), Limits())
    assert str(refused.value) == why


@pytest.mark.parametrize("text", ["9" * 64, "[" + "1 " * 250 + "]", "[" * 32 + "]" * 32, '"x"', "$v", "null", "ENUM"])
def test_a_value_within_bounds_is_let_through(text: str) -> None:
    check_value(parse_value(text), Limits())

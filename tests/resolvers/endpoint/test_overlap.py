from __future__ import annotations

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse

from resolvers.endpoint.overlap import Overlaps


def _pairs(text: str, limit: int = 10**6) -> int:
    parts = parse(text).definitions
    fragments = {part.name.value: part for part in parts if isinstance(part, FragmentDefinitionNode)}
    overlaps = Overlaps(fragments, limit)
    overlaps.count([part.selection_set for part in parts if isinstance(part, OperationDefinitionNode)])
    return overlaps.pairs


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("{ a b c }", 0),
        ("{ a a }", 1),
        ("{ a a a a }", 6),
        ("{ x: a y: a }", 0),
        ("{ x: a x: b }", 1),
        ("{ a { b } a { b } }", 2),
        ("{ a { b c } a { b c } a { d } }", 3 + 1 + 1),
        ("{ ... { a } ... { a } a }", 3),
        ("{ ...F ...F } fragment F on Q { a }", 0),
        ("{ ...F ...G } fragment F on Q { a } fragment G on Q { a }", 1 + 1),
        ("{ a { ...F } b { ...F } } fragment F on Q { c c }", 2),
    ],
)
def test_pairs_are_those_that_meet_in_one_place(text: str, pairs: int) -> None:
    assert _pairs(text) == pairs


def test_counting_stops_once_the_limit_is_passed() -> None:
    deep = "{ a a a { b b b { c c c } } }"
    assert _pairs(deep, 2) == 3
    assert _pairs(deep) == 9

"""Paging that ends."""

import pytest

from hub.errors import SourceGarbled
from sources.kit import paging
from sources.kit.paging import LoopGuard


def test_a_position_that_comes_again_is_noticed() -> None:
    guard = LoopGuard("shop")
    guard.pass_by("a")
    guard.pass_by("b")
    with pytest.raises(SourceGarbled, match="in a circle") as noticed:
        guard.pass_by("a")
    assert noticed.value.facts == {"source": "shop", "position": "a"}


def test_a_sweep_that_never_ends_is_noticed() -> None:
    guard = LoopGuard("shop")
    for page in range(paging.MOST_PAGES):
        guard.pass_by(page)
    with pytest.raises(SourceGarbled, match="more than 100000 pages"):
        guard.pass_by("one more")

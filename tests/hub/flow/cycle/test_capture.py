from dataclasses import replace

import pytest

from hub.flow.cycle.capture import is_captured, placed
from hub.model.observation import Content
from hub.model.order import OrderCommercial, OrderGroups
from tests.kit.facts import SHOP, at, binding, content

CAPTURING = binding(SHOP, captures=True, baseline_at=at(0))


def said(seconds: float | None) -> Content:
    return content(order=OrderGroups(commercial=OrderCommercial(placed_at=None if seconds is None else at(seconds))))


@pytest.mark.parametrize(("seconds", "captured"), [(-1, False), (0, True), (1, True), (None, False)])
def test_an_order_is_captured_if_it_was_placed_at_the_baseline_or_later(
    seconds: float | None, *, captured: bool
) -> None:
    assert is_captured(CAPTURING, said(seconds)) is captured


def test_a_source_that_captures_nothing_is_retired_or_unknown_captures_nothing() -> None:
    for one in (
        None,
        binding(SHOP, baseline_at=at(0)),
        replace(CAPTURING, is_retired=True),
        binding(SHOP, captures=True),
    ):
        assert not is_captured(one, said(1))


def test_when_an_order_was_placed_is_what_its_source_says() -> None:
    assert placed(said(5)) == at(5)
    assert placed(content(order=None)) is None

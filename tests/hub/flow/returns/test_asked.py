"""How commands about returns are refused."""

from __future__ import annotations

from hub.flow.returns.asked import MOST_LINES, OPEN, OVER, lines_errors, offering, out_of_place, words
from hub.model.effects import REFUND
from hub.model.returns import ReturnStatus
from hub.model.vocabulary import SystemKind
from tests.kit.returned import after, ask, returned, shipped


def test_lines_are_neither_none_nor_too_many() -> None:
    assert [error.code for error in lines_errors(())] == ["REQUIRED"]
    assert [error.code for error in lines_errors((1,) * (MOST_LINES + 1))] == ["LIMIT_EXCEEDED"]
    assert list(lines_errors((1,))) == []


def test_a_return_that_stands_elsewhere_says_where() -> None:
    found = returned(after(ask(1)))
    refused = out_of_place(found, OVER)
    assert refused is not None
    assert refused.message == "the return is authorized"
    assert out_of_place(found, OPEN) is None
    assert words(ReturnStatus.PARTIALLY_RECEIVED) == "partially received"


def test_a_role_offers_what_its_sources_take() -> None:
    assert [one.source for one in offering(shipped(), SystemKind.COMMERCE, REFUND)] == ["shop"]
    assert offering(shipped(), SystemKind.ERP, REFUND) == ()

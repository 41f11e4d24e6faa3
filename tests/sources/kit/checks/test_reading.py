"""C3, C14, C15 notice answers that are not exact, or not for every id."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from hub.model.observation import Content
from hub.model.values import Money
from tests.sources.kit.checks import twisted
from tests.sources.kit.checks.twisted import Twisted, changing, verdict_on


def cheaper(content: Content) -> Content:
    assert content.order is not None
    assert content.order.commercial is not None
    cent = Money(amount=Decimal("0.01"), currency_code="EUR")
    return replace(content, order=replace(content.order, commercial=replace(content.order.commercial, total=cent)))


def later(content: Content) -> Content:
    assert content.order is not None
    assert content.order.commercial is not None
    assert content.order.commercial.placed_at is not None
    moved = content.order.commercial.placed_at + timedelta(hours=1)
    return replace(content, order=replace(content.order, commercial=replace(content.order.commercial, placed_at=moved)))


def floating(content: Content) -> Content:
    quantities = replace(content.lines[0].quantities, packed=0.5)  # type: ignore[arg-type]  # planted
    return replace(content, lines=(replace(content.lines[0], quantities=quantities), *content.lines[1:]))


def sure(content: Content) -> Content:
    return replace(content, status="ALLOCATED")


def tidied(content: Content) -> Content:
    return replace(content, raw_status=(content.raw_status or "").upper())


@pytest.mark.parametrize(
    ("number", "planted"),
    [
        ("C3a", twisted.ReadsOneByOne),
        ("C3a", twisted.ForgetsTheMissing),
        ("C3a", twisted.ReversesTheOrder),
        ("C3b", twisted.FailsTogether),
        ("C14", twisted.KnowsFewStatuses),
        ("C14", changing(sure)),
        ("C14", changing(tidied)),
        ("C15", changing(cheaper)),
        ("C15", changing(later)),
        ("C15", changing(floating)),
    ],
)
async def test_a_planted_fault_is_noticed(number: str, planted: Twisted) -> None:
    assert await verdict_on(planted, number) is not None

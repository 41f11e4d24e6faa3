"""Hands for effects: a stage has them or not."""

from __future__ import annotations

import pytest

from hub.model.effects import CANCEL_ORDER, CREATE_ORDER, EFFECT_OF
from sources.kit.taking import TAKEN, hands_for
from tests.sources.kit.checks.ledger import ledger_stage


def test_every_effect_but_the_cancel_is_judged_with_hands() -> None:
    assert {*TAKEN, CANCEL_ORDER} == set(EFFECT_OF)


async def test_a_stage_is_asked_for_its_hands() -> None:
    async with ledger_stage() as stage:
        assert hands_for(stage, CREATE_ORDER).looking == b"GET /find"
        with pytest.raises(AssertionError, match=r"invoice\.post is declared, and the stage has no `takings` for it"):
            hands_for(stage, "invoice.post")

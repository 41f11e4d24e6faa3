"""Hands for effects: a stage has them or not."""

from __future__ import annotations

import pytest

from hub.model.effects import CALL_BACK, CANCEL_ORDER, CREATE_ORDER, EFFECT_OF, SEND_OUT
from sources.kit.taking import TAKEN, hands_for
from tests.sources.kit.checks.ledger import ledger_stage


def test_every_effect_on_a_source_but_the_cancel_is_judged_with_hands() -> None:
    by_the_hub_itself = {SEND_OUT, CALL_BACK}
    assert {*TAKEN, CANCEL_ORDER} == set(EFFECT_OF) - by_the_hub_itself


async def test_a_stage_is_asked_for_its_hands() -> None:
    async with ledger_stage() as stage:
        assert hands_for(stage, CREATE_ORDER).looking == b"GET /find"
        with pytest.raises(AssertionError, match=r"invoice\.post is declared, and the stage has no `takings` for it"):
            hands_for(stage, "invoice.post")

"""Hands for returns: what they prepare is there, and what they see is the ERP's own."""

import pytest

from hub.model.effects import CREATE_RETURN, INSPECT_RETURN, RECEIVE_RETURN
from sources.kit.checks.bench import Bench
from sources.kit.taking import hands_for
from sources.registry import stage
from tests.sources.tryton_erp.conftest import CALL


@pytest.mark.parametrize(
    ("action", "standing"), [(CREATE_RETURN, [1, 2]), (RECEIVE_RETURN, [1, 1]), (INSPECT_RETURN, [1, 1])]
)
async def test_a_sample_is_nowhere_until_it_is_carried_out(action: str, standing: list[int]) -> None:
    async with stage("tryton_erp") as made, Bench(made).adapter() as adapter:
        hands = hands_for(made, action)
        sample = await hands.sample()
        assert await hands.bearing(sample) == []
        await adapter.execute(CALL, sample)
        first = await hands.bearing(sample)
        assert all(stood.is_whole for stood in first)
        await hands.again(sample)
        assert [len(first), len(await hands.bearing(sample))] == standing

"""The hands for the checks: what they prepare is there, and what they see is the ERP's own."""

import pytest

from hub.model.effects import (
    CREATE_ORDER,
    CREATE_RETURN,
    INSPECT_RETURN,
    POST_INVOICE,
    RECEIVE_RETURN,
    SHIP_GOODS,
)
from hub.ports import SourceCall
from sources.kit.checks.bench import Bench
from sources.kit.taking import TAKEN, hands_for
from sources.registry import stage
from sources.tryton_erp.manifest import MANIFEST

CALL = SourceCall(tenant="t", source="erp", correlation_id="test-correlation", patience=10.0)


def test_there_are_hands_for_what_is_declared() -> None:
    assert [action for action in TAKEN if action in MANIFEST.writes] == [
        CREATE_ORDER,
        SHIP_GOODS,
        POST_INVOICE,
        CREATE_RETURN,
        RECEIVE_RETURN,
        INSPECT_RETURN,
    ]


@pytest.mark.parametrize(("action", "doubles"), [(CREATE_ORDER, True), (SHIP_GOODS, False), (POST_INVOICE, False)])
async def test_a_sample_is_nowhere_until_it_is_carried_out_and_only_a_sale_can_be_there_twice(
    action: str, *, doubles: bool
) -> None:
    async with stage("tryton_erp") as made, Bench(made).adapter() as adapter:
        hands = hands_for(made, action)
        sample = await hands.sample()
        assert await hands.bearing(sample) == []
        await adapter.execute(CALL, sample)
        assert [stood.is_whole for stood in await hands.bearing(sample)] == [True]
        assert await hands.again(sample) is doubles
        assert len(await hands.bearing(sample)) == 1 + doubles

"""The stage itself."""

import pytest

from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.registry import stage
from sources.tryton_erp.rehearsal.stage import TrytonErpStage


async def test_truth_is_the_erps_and_a_cancelled_line_has_nothing_left() -> None:
    async with stage("tryton_erp") as made:
        order = await made.place(3, 2)
        before = await made.truth(order)
        assert [(line.ordered, line.left) for line in before.lines.values()] == [(3, 3), (2, 2)]
        assert (before.status, before.currency, str(before.gross)) == ("quotation", "EUR", "90.39")
        await made.take_off(order, "", 0)
        after = await made.truth(order)
        assert [(line.ordered, line.left) for line in after.lines.values()] == [(3, 0), (2, 0)]
        assert await made.unfinished() is None


async def test_nothing_is_posted_and_sessions_can_be_revoked_while_the_key_stays() -> None:
    async with stage("tryton_erp") as made:
        with pytest.raises(RuntimeError, match="posts nothing"):
            await made.letter("1", "secret")
        async with Bench(made).adapter():
            await made.revoke()
        await made.place(1)
        assert await _questions(made)


async def _questions(made: Stage) -> bool:
    assert isinstance(made, TrytonErpStage)
    ask = b"GET /erp/rest/model/sale.sale?f=state\n"
    assert await made.fault_of(ask) is None
    assert await made.fault_of(b"POST /erp/rest/model/sale.sale/1/quote\n{}") is not None
    return await made.send(ask)

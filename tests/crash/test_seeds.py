"""One seed that is rich in everything, and one of every shape: with `make test-crash`, before the campaign."""

from pathlib import Path

from tests.crash.campaign import campaign, say
from tests.crash.chance import plan
from tests.crash.shaped import HALFWAY, OVERTAKEN, READERS, THROTTLED, TOGETHER

SEED = 89
"""Two workers, to be paused past their leases unless killed first, four kills on the path and the database's, lost
webhooks, a sale that was misspelt and one that vanished from the warehouse, two with the same purchase order number."""

SHAPED = tuple(first + 1 for first in (THROTTLED, HALFWAY, READERS, TOGETHER, OVERTAKEN))


async def test_a_rich_seed_holds_every_invariant(tmp_path: Path) -> None:
    wanted = plan(SEED)
    assert wanted.kills_store
    assert any(one.misspelt for one in wanted.journeys)
    assert any(one.vanishes for one in wanted.journeys)
    outcomes = await campaign((SEED,), tmp_path, 1, say)
    assert [str(violation) for one in outcomes for violation in one.violations] == []
    assert [one.store_kills for one in outcomes] == [1]
    assert sum(one.kills for one in outcomes) >= 1


async def test_a_seed_of_every_shape_holds_every_invariant(tmp_path: Path) -> None:
    outcomes = await campaign(SHAPED, tmp_path, 2, say)
    assert [one.seed for one in outcomes] == list(SHAPED)
    assert [str(violation) for one in outcomes for violation in one.violations] == []
    paid = next(one for one in outcomes if one.seed == READERS + 1)
    assert [order.state for order in paid.evidence.shop] == ["PaymentSettled"] * len(plan(READERS + 1).orders)

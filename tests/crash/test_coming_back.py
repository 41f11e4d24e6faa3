"""Seeds whose goods come back are rich in everything that may go wrong with that."""

from collections import Counter
from collections.abc import Sequence

from tests.crash.chance import RETURNS, plan, struck
from tests.crash.coming_back import UNTOLD
from tests.crash.plan import ERP, SHOP, WMS, Fault, PointKill, Reach, SourceFault, StoreKill, Trouble, Verb

CAMPAIGN = range(RETURNS + 1, RETURNS + 101)


def test_the_same_seed_gives_the_same_plan() -> None:
    assert [plan(seed) for seed in CAMPAIGN[:5]] == [plan(seed) for seed in CAMPAIGN[:5]]


def test_every_return_is_of_an_order_that_leaves_and_asks_for_no_more_than_it_has() -> None:
    for seed in CAMPAIGN:
        whole = plan(seed)
        journeys = {one.number: one for one in whole.journeys}
        assert whole.returns
        assert len(set(whole.numbers)) == len(whole.numbers)
        asked: Counter[tuple[int, str]] = Counter()
        for one in whole.returns:
            assert journeys[one.journey].reach is Reach.LEFT
            asked.update({(one.journey, sku): units for sku, units in one.lines})
        assert all(units <= dict(journeys[number].lines)[sku] for (number, sku), units in asked.items())


def test_all_that_comes_is_looked_at_and_less_and_more_than_was_asked_for_comes_too() -> None:
    sorts: Counter[str] = Counter()
    for seed in CAMPAIGN:
        for one in plan(seed).returns:
            came: Counter[str] = Counter()
            for parcel in one.comes:
                came.update(dict(parcel))
            judged: Counter[str] = Counter()
            for sku, _, units in one.judged:
                judged[sku] += units
            assert judged == came
            wanted = sum(units for _, units in one.lines)
            sorts["all" if came.total() == wanted else "less" if came.total() < wanted else "more"] += 1
            sorts["parcels"] += len(one.comes) > 1
            sorts["keys"] += len(one.paybacks) > 1
    assert min(sorts.values()) >= 10
    assert set(sorts) == {"all", "less", "more", "parcels", "keys"}


def test_the_same_points_are_struck_and_each_system_is_troubled_in_what_returns_ask_of_it() -> None:
    plans = [plan(seed) for seed in CAMPAIGN]
    for whole in plans:
        killed = {fault.point for fault in whole.faults if isinstance(fault, PointKill)}
        assert set(struck(whole.seed - RETURNS)) - {"d4", "p4"} <= killed
        calls = {(one.role, one.verb) for one in whole.faults if isinstance(one, SourceFault)}
        assert {(SHOP, Verb.BACK), (ERP, Verb.CREATE), (WMS, Verb.CREATE)} <= calls
        assert not any(one.cancels for one in whole.orders)
    assert sum(any(isinstance(one, StoreKill) for one in whole.faults) for whole in plans) == 20
    assert sum(whole.workers == 2 for whole in plans) >= 60


def test_from_a_seed_on_steps_at_the_shop_fail_and_are_done_untold_in_turn_before_anything_else_goes_wrong() -> None:
    whole = plan(UNTOLD + 1)
    first = {one.nth: one.trouble for one in reversed(_asked_back(whole.faults))}
    assert [first[nth] for nth in range(1, 5)] == [Trouble.BUSY, Trouble.LOST] * 2
    assert len(_asked_back(plan(UNTOLD - 1).faults)) < 4


def _asked_back(faults: Sequence[Fault]) -> Sequence[SourceFault]:
    return [one for one in faults if isinstance(one, SourceFault) and one.verb is Verb.BACK]

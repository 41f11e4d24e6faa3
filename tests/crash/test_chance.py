"""Plans come from seeds alone, and a row of seeds misses nothing."""

from collections import Counter

from tests.crash.chance import POINTS, plan, struck
from tests.crash.plan import Pause, PointKill, SourceKill, StoreKill
from tests.crash.points import ALL
from tests.crash.tempo import LEASE, LONGEST_CALL

CAMPAIGN = range(1, 101)


def test_the_same_seed_gives_the_same_plan() -> None:
    assert [plan(seed) for seed in range(20)] == [plan(seed) for seed in range(20)]


def test_a_hundred_seeds_strike_every_point_ten_times() -> None:
    planned = Counter(point for seed in CAMPAIGN for point in struck(seed))
    assert set(planned) == set(POINTS)
    assert min(planned.values()) >= 10


def test_only_known_points_are_struck() -> None:
    assert set(POINTS) <= set(ALL)
    assert {fault.point for seed in CAMPAIGN for fault in plan(seed).faults if isinstance(fault, PointKill)} <= set(ALL)


def test_most_seeds_run_two_workers_and_pause_each_past_its_lease() -> None:
    plans = [plan(seed) for seed in CAMPAIGN]
    double = [one for one in plans if one.workers == 2]
    assert len(double) >= len(plans) / 2
    for one in double:
        paused = {fault.process for fault in one.faults if isinstance(fault, Pause) and fault.seconds > LEASE}
        assert paused == {"work-0", "work-1"}


def test_every_fifth_seed_kills_the_database_and_some_kill_a_worker_at_the_shop() -> None:
    plans = [plan(seed) for seed in CAMPAIGN]
    assert sum(one.kills_store for one in plans) == 20
    assert any(isinstance(fault, SourceKill) for one in plans for fault in one.faults)
    assert all(one.kills_store == any(isinstance(fault, StoreKill) for fault in one.faults) for one in plans)


def test_no_shop_works_longer_than_it_declares() -> None:
    waits = [getattr(fault, "seconds", 0.0) for seed in CAMPAIGN for fault in plan(seed).faults]
    assert max(wait for wait in waits if wait < LEASE or wait < LONGEST_CALL) < LONGEST_CALL


def test_each_line_is_cancelled_under_one_key_at_most() -> None:
    for seed in CAMPAIGN:
        for order in plan(seed).orders:
            lines = [sku for wish in order.cancels for sku, _ in (wish.units or order.lines)]
            assert len(lines) == len(set(lines))
            assert not {sku for sku, _ in order.ships} & set(lines)


def test_both_tenants_have_orders() -> None:
    assert all({order.tenant for order in plan(seed).orders} == {"acme", "beta"} for seed in CAMPAIGN)


def test_a_plan_is_cut_by_index_and_number() -> None:
    whole = plan(1)
    cut = whole.cut(faults=(0, 2), orders=(1,))
    assert cut.faults == (whole.faults[0], whole.faults[2])
    assert [order.number for order in cut.orders] == [1]
    assert whole.cut() == whole

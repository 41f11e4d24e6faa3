"""A failing plan becomes small, and is told in one line."""

from tests.crash.chance import plan
from tests.crash.plan import Plan
from tests.crash.shrink import Cut, shrunk, whole

PLAN = plan(1)


async def test_what_is_not_needed_is_cut_away() -> None:
    guilty, order = {PLAN.faults[3], PLAN.faults[-1]}, PLAN.orders[2].number

    async def still_fails(tried: Plan) -> bool:
        return guilty <= set(tried.faults) and order in {one.number for one in tried.orders}

    cut = await shrunk(PLAN, still_fails, budget=200)
    assert {PLAN.faults[index] for index in cut.faults} == guilty
    assert cut.orders == (order,)


async def test_what_fails_without_any_fault_keeps_none_and_one_order() -> None:
    async def always(_: Plan) -> bool:
        return True

    cut = await shrunk(PLAN, always, budget=200)
    assert (cut.faults, len(cut.orders)) == ((), 1)


async def test_what_never_fails_again_stays_whole() -> None:
    async def never(_: Plan) -> bool:
        return False

    assert await shrunk(PLAN, never, budget=200) == whole(PLAN)


async def test_no_more_plans_are_tried_than_the_budget_allows() -> None:
    tried: list[Plan] = []

    async def count(one: Plan) -> bool:
        tried.append(one)
        return False

    await shrunk(PLAN, count, budget=7)
    assert len(tried) == 7


def test_a_cut_is_one_line() -> None:
    cut = Cut(faults=(3, 5), orders=(0, 2))
    assert cut.command(17) == "python -m tests.crash one 17 --faults 3,5 --orders 0,2"
    assert (
        Cut(faults=(), orders=(1,)).command(4, "a-bug")
        == "python -m tests.crash one 4 --faults - --orders 1 --bug a-bug"
    )

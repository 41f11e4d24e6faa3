"""Scripted trouble."""

import asyncio

import pytest

from sources.vendure.rehearsal.faults import Fault, Trouble
from tests.sources.vendure.conftest import House


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(Trouble.REFUSE, 503), (Trouble.ERROR, 500), (Trouble.THROTTLE, 429), (Trouble.DROP, 502), (Trouble.HTML, 200)],
)
async def test_a_trouble_answers_in_its_own_way(house: House, trouble: Trouble, status: int) -> None:
    desk = await house.desk()
    house.stand.faults.add(Fault(trouble=trouble, holding="totalItems"))
    assert (await desk.post("{orders{totalItems}}")).status_code == status
    assert (await desk.post("{me{id}}")).status_code == 200
    house.stand.faults.heal()
    assert (await desk.ask("{orders{totalItems}}"))["data"]


async def test_half_a_json_is_told_as_json(house: House) -> None:
    desk = await house.desk()
    house.stand.faults.add(Fault(trouble=Trouble.TRUNCATE, times=1))
    answer = await desk.post("{orders{totalItems}}")
    assert answer.headers["content-type"] == "application/json"
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()
    assert (await desk.ask("{orders{totalItems}}"))["data"]


async def test_a_dropped_answer_stands_for_an_effect(house: House) -> None:
    desk = await house.desk()
    house.stand.faults.add(Fault(trouble=Trouble.DROP, holding="logout", times=1))
    assert (await desk.post("mutation{logout{success}}")).status_code == 502
    assert (await desk.ask("{me{id}}"))["errors"]


async def test_the_time_to_come_back_is_said_or_not(house: House) -> None:
    desk = await house.desk()
    house.stand.faults.add(Fault(trouble=Trouble.THROTTLE, retry_after=None, times=1))
    assert "retry-after" not in (await desk.post("{me{id}}")).headers
    house.stand.faults.add(Fault(trouble=Trouble.THROTTLE, retry_after="9", times=1))
    assert (await desk.post("{me{id}}")).headers["retry-after"] == "9"


async def test_hanging_never_answers_and_slow_answers_late(house: House) -> None:
    desk = await house.desk()
    house.stand.faults.add(Fault(trouble=Trouble.HANG, times=1))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(desk.post("{me{id}}"), 0.05)
    house.stand.faults.add(Fault(trouble=Trouble.SLOW, seconds=0.01, times=1))
    assert (await desk.ask("{me{id}}"))["data"]["me"]

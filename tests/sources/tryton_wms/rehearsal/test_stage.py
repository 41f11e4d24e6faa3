"""The stage, driven without the adapter."""

import pytest

from sources.kit.stage import LineTruth, Stage


async def test_the_truth_follows_what_happens(wms: Stage) -> None:
    one = await wms.place(4, 2)
    before = await wms.truth(one)
    first = min(before.lines, key=int)
    assert (before.status, before.lines[first], before.parcels) == ("waiting", LineTruth(ordered=4, left=4), {})
    await wms.ship(one)
    after = await wms.truth(one)
    assert (after.status, after.lines[first]) == ("done", LineTruth(ordered=4, left=4))
    assert list(after.parcels.values()) == [f"TRACK{one}"]
    await wms.deliver(one)
    assert list((await wms.truth(one)).parcels.values()) == [f"TRACK{one}R"]


async def test_whatever_is_taken_off_the_whole_shipment_is_given_up(wms: Stage) -> None:
    one = await wms.place(4)
    (line,) = (await wms.truth(one)).lines
    await wms.take_off(one, line, 1)
    after = await wms.truth(one)
    assert (after.status, after.lines[line]) == ("cancelled", LineTruth(ordered=4, left=0))


async def test_the_judge_takes_requests_with_and_without_their_first_line(wms: Stage) -> None:
    good = b'{"id":1,"method":"model.stock.shipment.out.search_count","params":[[],{}]}'
    assert await wms.fault_of(good) is None
    assert await wms.fault_of(b"POST /tryton_wms/\n" + good) is None
    assert await wms.fault_of(b"POST /other/\n" + good) == "POST /other/ is no call of this database"
    assert await wms.send(good)


async def test_nothing_is_unfinished_and_no_letter_comes(wms: Stage) -> None:
    assert await wms.unfinished() is None
    with pytest.raises(LookupError):
        await wms.letter("1", "secret")
    assert set(await wms.statuses()) >= {"draft", "waiting", "done"}


def test_a_state_is_respelled_where_it_is_that_state(wms: Stage) -> None:
    body = b'{"state":"waiting","moves.":[{"state":"draft"}]}'
    assert wms.respelled(body, "waiting", "Quarantined") == b'{"state":"Quarantined","moves.":[{"state":"draft"}]}'

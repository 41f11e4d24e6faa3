"""The web server: JSON with status 200 inside, pages for people at the door."""

from email.utils import parsedate_to_datetime

import pytest

from sources.kit.rehearsal.faults import Fault, Trouble
from tests.sources.tryton_wms.conftest import House

PREFERENCES = {"id": 3, "method": "model.res.user.get_preferences", "params": [True, {}]}


async def test_an_answer_bears_the_calls_id_and_the_servers_time(house: House) -> None:
    answer = await house.post(PREFERENCES)
    assert answer.json()["id"] == 3
    assert abs((parsedate_to_datetime(answer.headers["date"]) - house.stand.depot.clock.now()).total_seconds()) < 5


async def test_a_wrong_password_and_a_lost_session_are_answered_by_pages(house: House) -> None:
    answer = await house.login("wrong")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "text/html; charset=utf-8")
    house.stand.door.expire_all()
    assert (await house.post(PREFERENCES)).status_code == 401


async def test_a_logout_ends_the_session(house: House) -> None:
    assert (await house.post({"id": 1, "method": "common.db.logout", "params": []})).json() == {"id": 1, "result": None}
    assert (await house.post(PREFERENCES)).status_code == 401


async def test_another_database_is_not_found(house: House) -> None:
    assert (await house.post(PREFERENCES, "/other/")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [[], {}, {"id": 1, "method": "x"}, {"id": 1, "method": "x", "params": {}}, {**PREFERENCES, "jsonrpc": "2.0"}],
)
async def test_what_is_no_call_is_a_bad_request(house: House, body: object) -> None:
    assert (await house.post(body)).status_code == 400


async def test_no_json_is_a_bad_request(house: House) -> None:
    for content in (b"{", b"\xff", b'{"id":' * 2000):
        assert (await house.http.post("/tryton_wms/", content=content, headers=house.headers)).status_code == 400


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({**PREFERENCES, "params": [True]}, 200, ["Missing context argument", ""]),
        ({**PREFERENCES, "params": []}, 200, ["Missing context argument", ""]),
        ({**PREFERENCES, "method": "wizard.res.user.get_preferences"}, 200, ["'wizard'", ""]),
        ({**PREFERENCES, "method": "model.res.user.dance"}, 403, None),
        ({"id": 1, "method": "common.db.login", "params": ["hub", {"password": "x"}]}, 401, None),
        ({"id": 1, "method": "common.db.login", "params": ["hub", {}]}, 200,
         ["LoginException", ["password", "Password for hub", "password"]]),
    ],
)  # fmt: skip
async def test_each_wrong_call_is_answered_in_trytons_way(
    house: House, body: object, status: int, error: object
) -> None:
    answer = await house.post(body)
    assert answer.status_code == status
    if error is not None:
        assert answer.json()["error"] == error


async def test_trouble_stands_before_the_server(house: House) -> None:
    house.stand.faults.add(Fault(trouble=Trouble.REFUSE, holding="get_preferences"))
    assert (await house.post(PREFERENCES)).status_code == 503
    house.stand.faults.heal()
    assert (await house.post(PREFERENCES)).status_code == 200

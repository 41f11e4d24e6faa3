"""Keys and sessions."""

import base64

import pytest

from hub.settings import Secret
from sources.tryton_erp.rehearsal.door import MOST_FAILURES, Door


def test_a_session_lasts_until_it_is_ended_and_a_key_until_it_is_changed() -> None:
    door = Door("hub", Secret("pw"), Secret("key"))
    token = door.login("hub", "pw")
    header = "Session " + base64.b64encode(f"hub:{door.uid}:{token}".encode()).decode()
    assert (door.admits_session(header), door.admits_key("Bearer key"), door.logins) == (True, True, 1)
    door.end(header)
    door.end("Session x")
    assert not door.admits_session(header)
    door.change_key(Secret("other"))
    assert (door.admits_key("Bearer key"), door.admits_key("Bearer other")) == (False, True)


@pytest.mark.parametrize("header", ["", "Session", "Session ???", "Basic aHVi", "Session " + "aHViOjI6eA=="])
def test_strangers_stay_outside(header: str) -> None:
    door = Door("hub", Secret("pw"), Secret("key"))
    door.login("hub", "pw")
    assert not door.admits_session(header)
    assert not door.admits_key(header)


def test_too_many_wrong_passwords_close_the_door() -> None:
    door = Door("hub", Secret("pw"), Secret("key"))
    assert [door.login("hub", "no") for _ in range(MOST_FAILURES)] == [None] * MOST_FAILURES
    with pytest.raises(PermissionError):
        door.login("hub", "pw")


def test_all_sessions_can_be_ended_at_once() -> None:
    door = Door("hub", Secret("pw"), Secret("key"))
    headers = ["Session " + base64.b64encode(f"hub:2:{door.login('hub', 'pw')}".encode()).decode() for _ in range(2)]
    door.expire_all()
    assert not any(door.admits_session(header) for header in headers)

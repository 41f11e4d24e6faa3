"""Who is let in."""

import base64

from hub.settings import Secret
from sources.tryton_wms.rehearsal.session import Door


def header(user: str, number: int, token: str) -> str:
    return "Session " + base64.b64encode(f"{user}:{number}:{token}".encode()).decode()


def test_a_session_is_known_until_it_is_dismissed() -> None:
    door = Door("hub", Secret("right"))
    assert door.admit("hub", "wrong") is None
    assert door.admit("other", "right") is None
    admitted = door.admit("hub", "right")
    assert admitted is not None
    mine = header("hub", *admitted)
    assert door.knows(mine) == 1
    for stranger in (
        "",
        "Session",
        "Session !",
        "Basic " + mine.split()[1],
        header("eve", *admitted),
        header("hub", 1, "x"),
    ):
        assert door.knows(stranger) is None
    door.dismiss(mine)
    assert door.knows(mine) is None
    assert door.logins == 3


def test_all_sessions_can_end_at_once() -> None:
    door = Door("hub", Secret("right"))
    sessions = [
        header("hub", *admitted) for admitted in (door.admit("hub", "right"), door.admit("hub", "right")) if admitted
    ]
    assert [door.knows(one) for one in sessions] == [1, 1]
    door.expire_all()
    assert [door.knows(one) for one in sessions] == [None, None]

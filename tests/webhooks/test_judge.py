"""The judge of webhooks sees what is missing, misplaced, strange and doubled."""

from __future__ import annotations

from dataclasses import replace

from tests.webhooks.judge import judged, told

SENT = {"a1": ("a", 1), "b2": ("b", 2), "a3": ("a", 3)}


def test_everything_once_in_order_per_root_holds_with_repeats() -> None:
    found = judged(SENT, ["b2", "a1", "a1", "a3", "a1"], wrong=0, undone=0)
    assert (found.taken, found.repeats, found.holds) == (3, 2, True)


def test_what_is_missing_misplaced_or_strange_does_not_hold() -> None:
    good = judged(SENT, ["a1", "b2", "a3"], wrong=0, undone=0)
    assert not judged(SENT, ["a1", "b2"], wrong=0, undone=0).holds
    assert judged(SENT, ["a3", "a1", "b2"], wrong=0, undone=0).misplaced == 1
    assert judged(SENT, ["a1", "b2", "a3", "x"], wrong=0, undone=0).strange == 1
    assert [replace(good, **{name: 1}).holds for name in ("misplaced", "strange", "wrong", "undone")] == [False] * 4


def test_a_letter_twice_or_lost_does_not_hold() -> None:
    states = {"n1": "SENT", "n2": "UNKNOWN", "n3": "SENT"}
    assert told(["n1", "n3"], states).holds
    assert told(["n1", "n3", "n2"], states).holds
    assert told(["n1", "n3", "n2", "n2"], states).doubles == 1
    assert told(["n1"], states).lost == 1
    assert not told(["n1", "n3"], states | {"n4": "PENDING"}).holds

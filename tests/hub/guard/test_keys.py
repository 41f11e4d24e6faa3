"""A key becomes a call; anything else is refused with one and the same word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.errors import Unauthenticated
from hub.guard.keys import Keys, hash_of, new_key
from hub.settings import KeySettings
from tests.kit.clock import StoppedClock

CLOCK = StoppedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))


def keys(**said: object) -> Keys:
    return Keys({"rep": KeySettings(hash=hash_of("hub_good"), tenant="acme", **said)}, CLOCK)  # type: ignore[arg-type]  # reason: any field


def test_a_known_key_says_who_calls() -> None:
    call = keys(scopes=frozenset({"orders:read"}), account="acme/berlin").call("Bearer hub_good", "correlation-1")
    assert (call.actor, call.tenant, call.account) == ("rep", "acme", "acme/berlin")
    assert (call.scopes, call.correlation_id) == (frozenset({"orders:read"}), "correlation-1")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer hub_bad", "Basic hub_good", "hub_good"])
def test_anything_else_is_refused(header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        keys().call(header)


def test_an_expired_key_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        keys(expires=CLOCK.now()).call("Bearer hub_good")


def test_the_end_of_a_key_is_told_for_streams() -> None:
    until = datetime(2026, 11, 21, 12, 1, tzinfo=UTC)
    assert keys(expires=until).ends("Bearer hub_good") == until
    assert keys().ends("Bearer hub_good") is None


def test_a_new_key_is_known_by_its_hash_only() -> None:
    key, hashed = new_key()
    assert hash_of(key) == hashed
    assert key not in hashed
    assert key != new_key()[0]


def test_a_key_stands_for_whom_it_was_given_to_until_it_ends() -> None:
    scopes = frozenset({"orders:read"})
    standing = keys(scopes=scopes, account="acme/berlin").standing("acme", "rep", "acme/berlin")
    assert standing is not None
    assert (standing.actor, standing.account, standing.scopes) == ("rep", "acme/berlin", scopes)
    for other in (("beta", "rep", "acme/berlin"), ("acme", "ops", "acme/berlin"), ("acme", "rep", None)):
        assert keys(account="acme/berlin").standing(*other) is None
    assert keys(expires=CLOCK.now()).standing("acme", "rep", None) is None

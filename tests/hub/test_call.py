"""A call is made once at an edge and says who asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.call import Call, correlation_id, worker_call


@given(st.from_regex(r"[A-Za-z0-9_-]{8,64}", fullmatch=True))
def test_a_well_formed_correlation_id_is_kept(offered: str) -> None:
    assert correlation_id(offered) == offered


@pytest.mark.parametrize(
    "offered", [None, "", "short", "x" * 65, "has space", "line\nfeed-x", "abcdefgh\n", "ümlauts-x"]
)
def test_anything_else_gets_a_new_one(offered: str | None) -> None:
    made = correlation_id(offered)
    assert made != offered
    assert correlation_id(made) == made


def test_a_call_may_do_what_its_scopes_say() -> None:
    call = Call(actor="rep", tenant="acme", scopes=frozenset({"orders:read"}), correlation_id="c" * 8)
    assert call.may("orders:read")
    assert not call.may("orders:write")


def test_a_principal_tells_tenants_actors_and_accounts_apart() -> None:
    calls = [
        Call(actor=actor, tenant=tenant, account=account, correlation_id="c" * 8)
        for actor in ("a", "ab")
        for tenant in ("t", "ta")
        for account in (None, "1")
    ]
    assert len({call.principal for call in calls}) == 8


def test_a_loop_acts_for_its_tenant_with_nothing_but_the_scope_of_work() -> None:
    call = worker_call("acme", correlation="abcdefgh")
    assert (call.actor, call.tenant, call.account, call.correlation_id) == ("work", "acme", None, "abcdefgh")
    assert call.scopes == {"work"}

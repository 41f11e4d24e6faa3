"""A call is made once at an edge and says who asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.call import Call, correlation_id, passed_on, span_id, trace_id, traceparent, worker_call


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


PARENT = f"00-{'a1' * 16}-{'b2' * 8}-01"


@pytest.mark.parametrize(("offered", "known"), [(PARENT, PARENT), (f"01-{PARENT[3:]}-more", PARENT)])
def test_a_callers_trace_is_gone_on_with(offered: str, known: str) -> None:
    assert traceparent(offered) == known
    assert correlation_id(None, known) == "a1" * 16
    assert correlation_id("order-4711", known) == "order-4711"


@pytest.mark.parametrize(
    "offered",
    [
        None,
        "",
        "00",
        PARENT.upper(),
        f"{PARENT}-more",
        f" {PARENT}",
        f"{PARENT}\n",
        f"ff-{PARENT[3:]}",
        f"00-{'0' * 32}-{'b2' * 8}-01",
        f"00-{'a1' * 16}-{'0' * 16}-01",
        PARENT.replace("a1", "é1"),
        PARENT[:-1],
        "00-" + "a" * 10_000,
    ],
)
def test_what_is_no_trace_is_not_believed(offered: str | None) -> None:
    assert traceparent(offered) is None


@given(st.text())
def test_whatever_is_offered_what_goes_out_is_well_formed(offered: str) -> None:
    sent = passed_on(correlation_id(offered, traceparent(offered)), offered, traceparent(offered))
    assert correlation_id(sent["x-correlation-id"]) == sent["x-correlation-id"]
    assert traceparent(sent["traceparent"]) == sent["traceparent"]


def test_calls_of_one_correlation_id_are_one_trace_each_a_span_of_its_own() -> None:
    first, second = passed_on("order-4711", "hop-1"), passed_on("order-4711", "hop-2")
    assert first["traceparent"] == f"00-{trace_id('order-4711')}-{span_id('hop-1')}-01"
    assert second["traceparent"][:35] == first["traceparent"][:35]
    assert second != first
    assert passed_on("order-4711", "hop-1", PARENT)["traceparent"] == f"00-{'a1' * 16}-{span_id('hop-1')}-01"
    assert trace_id("c3" * 16) == "c3" * 16
    assert worker_call("acme", parent=PARENT).correlation_id == "a1" * 16

"""Who hears of a change: decided by tenant, kind, account and filter, through an index that agrees with a scan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.changes import Change, ChangeKind, Traits
from hub.model.vocabulary import Kind
from subscriptions.topics import Index, Topic, keys_of, within
from tests.kit.changes import make_change

names = st.sampled_from(["a", "b", "a/b", "ab"])
maybe_names = st.none() | names
sets = st.none() | st.frozensets(names, max_size=2)
some = st.lists(names, max_size=2).map(tuple)
kinds = st.sampled_from([Kind.ORDER, Kind.SHIPMENT])
topics = st.builds(
    Topic,
    tenant=names,
    kind=kinds,
    account=maybe_names,
    ids=sets,
    customer_id=maybe_names,
    order_ids=sets,
    tracking_numbers=sets,
    warehouses=sets,
    skus=sets,
    statuses=sets,
    not_statuses=st.frozensets(names, max_size=1),
    events=sets,
)
traits = {
    "account": maybe_names, "customer_id": maybe_names, "status": maybe_names, "order_ids": some,
    "tracking_numbers": some, "warehouse": maybe_names, "sku": maybe_names,
}  # fmt: skip
changes = st.builds(
    make_change,
    kind=kinds,
    entity_id=names,
    event=names,
    passed=some,
    was=st.none() | st.builds(Traits, **traits),
    **traits,
)


@given(st.lists(topics, max_size=6), names, changes)
def test_the_index_finds_exactly_those_who_want_the_change(wanted: list[Topic], tenant: str, change: Change) -> None:
    index: Index[int] = Index()
    for number, topic in enumerate(wanted):
        index.add(number, topic)
    assert sorted(index.of(tenant, change)) == [n for n, topic in enumerate(wanted) if topic.wants(tenant, change)]


@given(topics, changes)
def test_a_removed_subscriber_hears_nothing(topic: Topic, change: Change) -> None:
    index: Index[int] = Index()
    index.add(1, topic)
    index.remove(1, topic)
    assert index.of(topic.tenant, change) == []


def test_a_thousand_of_other_accounts_are_not_looked_at() -> None:
    change = make_change(account="acme/7/shop")
    found = {key[3] for key in keys_of("t", change) if key[2:3] == ("account",)}
    assert found == {"acme/7/shop", "acme/7", "acme"}
    assert list(Topic(tenant="t", kind=Kind.ORDER, account="acme/8").filed_under()) == [
        ("t", Kind.ORDER, "account", "acme/8")
    ]


def test_an_account_sees_its_own_and_what_lies_below() -> None:
    assert within("acme", "acme")
    assert within("acme/berlin", "acme")
    assert within("anything", None)
    assert not within("acme-two", "acme")
    assert not within("acme", "acme/berlin")
    assert not within(None, "acme")


OPEN = Topic(tenant="t", kind=Kind.ORDER, account="acme", statuses=frozenset({"ACCEPTED", "RELEASED"}))


@pytest.mark.parametrize(
    ("was", "now", "seen"),
    [
        (Traits(account="acme", status="ACCEPTED"), Traits(account="acme", status="RELEASED"), ChangeKind.UPDATED),
        (Traits(account="acme", status="ACCEPTED"), Traits(account="acme", status="SHIPPED"), ChangeKind.DELETED),
        (Traits(account="acme", status="UNKNOWN"), Traits(account="acme", status="ACCEPTED"), ChangeKind.UPDATED),
        (Traits(account="acme", status="ACCEPTED"), Traits(account="beta", status="ACCEPTED"), ChangeKind.DELETED),
        (Traits(account="beta", status="ACCEPTED"), Traits(account="beta", status="SHIPPED"), None),
        (Traits(account="acme", status="UNKNOWN"), Traits(account="acme", status="SHIPPED"), None),
        (None, Traits(account="acme", status="SHIPPED"), None),
    ],
)
def test_who_listened_for_what_was_hears_that_it_left(was: Traits | None, now: Traits, seen: ChangeKind | None) -> None:
    assert OPEN.sees("t", make_change(account=now.account, status=now.status, was=was)) is seen


def test_an_event_is_heard_of_at_the_end_of_a_step_and_on_its_way() -> None:
    wanted = Topic(tenant="t", kind=Kind.ORDER, events=frozenset({"order.accepted"}))
    assert wanted.wants("t", make_change(event="order.accepted"))
    assert wanted.wants("t", make_change(event="order.allocated", passed=("order.accepted", "order.validated")))
    assert not wanted.wants("t", make_change(event="order.allocated"))


def test_who_follows_an_entity_by_its_id_goes_on_with_what_it_merged_into() -> None:
    followed = Topic(tenant="t", kind=Kind.ORDER, ids=frozenset({"loser"}))
    merged = make_change(event="entity.merged", change=ChangeKind.DELETED, entity_id="loser", survivor_id="survivor")
    assert followed.following(merged).ids == frozenset({"loser", "survivor"})
    assert followed.following(replace(merged, entity_id="other")) is followed
    everything = Topic(tenant="t", kind=Kind.ORDER)
    assert everything.following(merged) is everything


def test_only_stock_is_coalesced() -> None:
    assert [kind for kind in Kind if Topic(tenant="t", kind=kind).coalesce_by] == [Kind.INVENTORY]

"""Who hears of a change: decided by tenant, kind, account and filter, through an index that agrees with a scan."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.model.changes import Change
from hub.model.vocabulary import Kind
from subscriptions.topics import Index, Topic, within
from tests.kit.changes import make_change

names = st.sampled_from(["a", "b", "a/b", "ab"])
maybe_names = st.none() | names
sets = st.none() | st.frozensets(names, max_size=2)
topics = st.builds(
    Topic,
    tenant=names,
    kind=st.sampled_from([Kind.ORDER, Kind.SHIPMENT]),
    account=maybe_names,
    ids=sets,
    customer_id=maybe_names,
    statuses=sets,
    not_statuses=st.frozensets(names, max_size=1),
    events=sets,
)
changes = st.builds(
    make_change,
    kind=st.sampled_from([Kind.ORDER, Kind.SHIPMENT]),
    entity_id=names,
    account=maybe_names,
    customer_id=maybe_names,
    status=maybe_names,
    event=names,
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


def test_an_account_sees_its_own_and_what_lies_below() -> None:
    assert within("acme", "acme")
    assert within("acme/berlin", "acme")
    assert within("anything", None)
    assert not within("acme-two", "acme")
    assert not within("acme", "acme/berlin")
    assert not within(None, "acme")

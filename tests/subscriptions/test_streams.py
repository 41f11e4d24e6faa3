"""Cursors of a stream: bound to the principal and the topic, and truthful about an unfinished snapshot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import CursorInvalid
from hub.model.changes import ChangeKind, Traits
from hub.model.vocabulary import Kind
from hub.seal import Seal
from hub.store.changelog import Place
from subscriptions.streams import Marker, envelope_of
from subscriptions.topics import Topic
from tests.kit.changes import TERM, make_line

SEAL = Seal(b"shared")
ORDERS = Topic(tenant="acme", kind=Kind.ORDER)
PLACE = Place(term=TERM, position=7)


def test_a_cursor_goes_on_where_it_was_given() -> None:
    marker = Marker(SEAL, "rep", ORDERS)
    mark = marker.read(marker.cursor(PLACE, in_snapshot=True))
    assert (mark.place, mark.in_snapshot, mark.shard) == (PLACE, True, 0)


@pytest.mark.parametrize("topic", [Topic(tenant="beta", kind=Kind.ORDER), Topic(tenant="acme", kind=Kind.SHIPMENT)])
def test_a_cursor_of_another_filter_is_refused(topic: Topic) -> None:
    cursor = Marker(SEAL, "rep", ORDERS).cursor(PLACE)
    with pytest.raises(CursorInvalid):
        Marker(SEAL, "rep", topic).read(cursor)


def test_a_cursor_of_somebody_else_is_refused() -> None:
    cursor = Marker(SEAL, "rep", ORDERS).cursor(PLACE)
    with pytest.raises(CursorInvalid):
        Marker(SEAL, "portal", ORDERS).read(cursor)


def test_an_event_carries_what_the_log_said() -> None:
    line = make_line(9, version=4, changed_fields=("status", "lines"))
    event = envelope_of(line, ORDERS, "cursor")
    assert (event.entity_id, event.version, event.changed_fields) == ("order-1", 4, ("status", "lines"))
    assert (event.event, event.merged, event.correlation_id) == ("order.updated", 0, "correlation-1")
    assert (event.cursor, event.kind) == ("cursor", ChangeKind.UPDATED)


def test_what_leaves_a_filter_is_deleted_for_who_asked_by_it() -> None:
    open_ones = Topic(tenant="acme", kind=Kind.ORDER, statuses=frozenset({"ACCEPTED"}))
    line = make_line(9, status="SHIPPED", was=Traits(status="ACCEPTED"))
    assert envelope_of(line, open_ones, "cursor").kind is ChangeKind.DELETED
    assert envelope_of(line, ORDERS, "cursor").kind is ChangeKind.UPDATED


def test_a_cursor_is_bound_to_the_filter_as_it_was_asked_not_to_what_it_means_today() -> None:
    asked = replace(ORDERS, asked="customer ACME", customer_id="before the merge")
    cursor = Marker(SEAL, "rep", asked).cursor(PLACE)
    assert Marker(SEAL, "rep", replace(asked, customer_id="after it")).read(cursor).place == PLACE
    for other in (replace(asked, asked="customer BETA"), replace(asked, account="acme"), ORDERS):
        with pytest.raises(CursorInvalid):
            Marker(SEAL, "rep", other).read(cursor)

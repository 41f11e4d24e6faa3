"""What waits for one reader: bounded, in order, nothing twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hub.model.changes import ChangeKind
from hub.model.vocabulary import Kind
from hub.store.changelog import Place
from subscriptions.event import MARK, Event, Painted
from subscriptions.member import SEQUENCED, WAITING, WAITING_BYTES, Member
from subscriptions.streams import Envelope, envelope_of
from subscriptions.topics import Topic
from tests.kit.changes import TERM, THEN, make_line
from tests.kit.reading import Reader, member_of

TOPIC = Topic(tenant="acme", kind=Kind.ORDER)


def change(position: int, size: int = 1, **said: Any) -> Event:
    line = make_line(position, **({"version": position} | said))
    return Event(envelope_of(line, TOPIC, MARK), line.place, Painted(pieces=(b"x" * size,)), line)


def said(kind: ChangeKind, position: int) -> Event:
    place = Place(term=TERM, position=position)
    return Event(Envelope(cursor=MARK, kind=kind, occurred_at=THEN), place, Painted())


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def member(reader: Reader) -> Member:
    return member_of(TOPIC, reader)


def test_what_was_told_is_not_told_again(member: Member, reader: Reader) -> None:
    for position in (1, 2, 2, 1, 3):
        member.take(change(position))
    assert (reader.versions, member.pushed, member.told.position) == ([1, 2, 3], 3, 3)


@pytest.mark.parametrize(("count", "size"), [(WAITING, 1), (4, WAITING_BYTES // 4)])
def test_more_than_may_wait_is_said_once_too_many_came(member: Member, reader: Reader, count: int, size: int) -> None:
    full: list[Member] = []
    member.on_full = full.append
    reader.is_ready = False
    for position in range(1, count + 1):
        member.take(change(position, size))
    assert (full, member.waiting, member.is_behind) == ([], count, True)
    member.take(change(count + 1, size))
    assert (full, reader.versions) == ([member], [])


def test_one_event_larger_than_all_that_may_wait_waits(member: Member, reader: Reader) -> None:
    reader.is_ready = False
    member.take(change(1, 2 * WAITING_BYTES))
    assert member.waiting == 1


def test_what_a_snapshot_held_is_left_out_until_it_is_long_past(member: Member, reader: Reader) -> None:
    member.hold({"order-1": 7}, THEN)
    member.take(change(1, version=7))
    member.take(change(2, version=1, entity_id="order-2"))
    member.take(change(3, version=8))
    member.take(change(4, version=6, recorded_at=THEN + 2 * SEQUENCED))
    assert reader.versions == [1, 8, 6]
    assert timedelta() < SEQUENCED


def test_a_checkpoint_says_at_least_what_was_told_and_only_the_newest_waits(member: Member, reader: Reader) -> None:
    member.take(change(5))
    member.assure(said(ChangeKind.CHECKPOINT, 4))
    assert reader.kinds == ["UPDATED"]
    reader.is_ready = False
    for position in (5, 6):
        member.assure(said(ChangeKind.CHECKPOINT, position))
    assert member.waiting == 1
    reader.is_ready = True
    member.flush()
    assert (reader.kinds, member.told.position) == (["UPDATED", "CHECKPOINT"], 6)


def test_the_last_word_tells_where_the_reader_is_and_whether_its_snapshot_was_cut(
    member: Member, reader: Reader
) -> None:
    member.in_snapshot = True
    member.tell(said(ChangeKind.SNAPSHOT, 0))
    reader.is_ready = False
    member.tell(said(ChangeKind.SNAPSHOT_END, 0))
    member.last_word(said(ChangeKind.CHECKPOINT, 0))
    assert reader.events[-1].in_snapshot is True
    reader.is_ready = True
    member.flush()
    member.last_word(said(ChangeKind.CHECKPOINT, 0))
    assert reader.events[-1].in_snapshot is False


def test_who_has_left_is_told_nothing_after_what_was_left_out(member: Member, reader: Reader) -> None:
    member.on_full = lambda one: one.leave()
    reader.is_ready = False
    for position in range(1, WAITING + 6):
        member.take(change(position))
    reader.is_ready = True
    member.flush()
    member.take(change(WAITING + 9))
    assert (reader.versions, member.told.position) == ([], 0)

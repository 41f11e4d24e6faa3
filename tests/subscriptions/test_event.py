from __future__ import annotations

from hub.model.vocabulary import Kind
from hub.store.changelog import Place
from subscriptions.event import MARK, Event, Painted, cut
from subscriptions.streams import Marker, envelope_of
from subscriptions.topics import Topic
from tests.kit.changes import TERM, make_line
from tests.kit.reading import SEAL

TOPIC = Topic(tenant="acme", kind=Kind.ORDER)
REP, CLERK = Marker(SEAL, "rep", TOPIC), Marker(SEAL, "clerk", TOPIC)


def made(body: bytes = b"") -> Event:
    line = make_line(9)
    return Event(envelope_of(line, TOPIC, MARK), line.place, Painted(pieces=cut(body)), line)


def test_each_principal_gets_its_own_cursor_wherever_it_belongs() -> None:
    event = made(f'{{"a":"{MARK}","b":"{MARK}"}}'.encode())
    for marker in (REP, CLERK):
        cursor = event.cursor(marker)
        assert event.body(marker) == f'{{"a":"{cursor}","b":"{cursor}"}}'.encode()
        assert marker.read(cursor).place == Place(term=TERM, position=9)
    assert event.cursor(REP) != event.cursor(CLERK)


def test_a_body_without_a_cursor_is_the_same_for_all() -> None:
    event = made(b"{}")
    assert (event.body(REP), event.body(CLERK), event.size) == (b"{}", b"{}", 2)


def test_the_bytes_are_joined_once_and_forgotten_when_they_were_handed_out() -> None:
    event = made(MARK.encode())
    first = event.body(REP)
    assert event.body(Marker(SEAL, "rep", TOPIC)) is first
    event.forget()
    assert event.body(REP) is not first
    assert event.body(REP) == first


def test_the_same_event_may_be_told_to_who_stands_elsewhere() -> None:
    elsewhere = made(MARK.encode()).at(Place(term=TERM, position=3), in_snapshot=True)
    mark = REP.read(elsewhere.cursor(REP))
    assert (mark.position, mark.in_snapshot) == (3, True)

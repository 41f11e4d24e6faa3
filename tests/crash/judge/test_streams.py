"""What rules I6, I7 and I13 let pass, and what they do not."""

from dataclasses import replace

from tests.crash.judge.evidence import EntityRow, Evidence, Heard, LogRow, Pushed, Segment
from tests.crash.judge.streams import delivered, expected, resumed, scoped


def line(position: int, version: int, *, entity: str = "e", tenant: str = "acme", kind: str = "ORDER") -> LogRow:
    return LogRow(
        position=position,
        tenant=tenant,
        event_id=str(position),
        kind=kind,
        entity_id=entity,
        version=version,
        event="order.updated",
        live=True,
    )


def pushed(version: int, entity: str = "e") -> Pushed:
    return Pushed(cursor=str(version), order_id=entity, version=version, event="order.updated")


def segment(*events: Pushed, codes: tuple[str, ...] = ()) -> Segment:
    return Segment(tenant="acme", subscriber="acme/feed", after=None, events=events, codes=codes)


LOG = (line(1, 1), line(2, 2), line(3, 1, tenant="beta"), line(4, 3), line(5, 1, kind="CUSTOMER", entity="c"))
ROWS = (
    EntityRow(tenant="acme", kind="ORDER", id="e", version=3),
    EntityRow(tenant="beta", kind="ORDER", id="e", version=1),
    EntityRow(tenant="acme", kind="CUSTOMER", id="c", version=1),
)
GOOD = Evidence(log=LOG, entities=ROWS, segments=(segment(pushed(1)), segment(pushed(2), pushed(3))))
BETA = Segment(tenant="beta", subscriber="beta/feed", after=None, events=(pushed(1),))


def test_a_subscriber_that_heard_all_over_two_connections_breaks_nothing() -> None:
    assert (list(delivered(GOOD)), list(resumed(GOOD))) == ([], [])


def test_a_subscriber_expects_the_live_order_events_of_its_tenant_alone() -> None:
    first_load = replace(LOG[0], live=False)
    assert expected(replace(GOOD, log=(first_load, *LOG[1:])), "acme") == [
        ("e", 2, "order.updated"),
        ("e", 3, "order.updated"),
    ]


def test_a_version_that_is_not_in_the_log_was_never_told() -> None:
    log = (line(1, 1), line(2, 3), *(replace(one, position=one.position - 1) for one in LOG[2:] if one.version == 1))
    assert "ORDER e is at v3, the log tells [1, 3]" in list(delivered(replace(GOOD, log=log, segments=())))


def test_versions_out_of_order_and_gaps_between_positions_are_seen() -> None:
    swapped = (replace(LOG[0], version=2), replace(LOG[1], version=1), *LOG[2:])
    assert list(delivered(replace(GOOD, log=swapped, segments=()))) == ["ORDER e is at v3, the log tells [2, 1, 3]"]
    assert list(delivered(Evidence(log=(line(1, 1), line(3, 2))))) == ["positions of the log have gaps or repeat"]


def test_facts_in_the_outbox_at_the_end_were_not_delivered() -> None:
    assert list(delivered(replace(GOOD, waiting={"outbox": 2}))) == ["2 facts never left the outbox"]


def test_one_connection_must_neither_skip_nor_repeat_nor_turn_round() -> None:
    for events in ((1, 3), (1, 1), (2, 1)):
        seen = replace(GOOD, segments=(segment(*(pushed(version) for version in events)),))
        assert len(list(delivered(seen))) == 1, events


def test_going_on_from_a_cursor_must_neither_skip_nor_repeat() -> None:
    skipped = replace(GOOD, segments=(segment(pushed(1)), segment(pushed(3))))
    assert list(resumed(skipped)) == ["acme/feed: went on at event 2 of the log, not at 1"]
    repeated = replace(GOOD, segments=(segment(pushed(1), pushed(2)), segment(pushed(2), pushed(3))))
    assert list(resumed(repeated)) == ["acme/feed: went on at event 1 of the log, not at 2"]


def test_who_stays_to_the_end_hears_of_everything() -> None:
    assert list(resumed(replace(GOOD, segments=(segment(pushed(1)),)))) == ["acme/feed: heard 1 of 3 events"]


def test_a_stream_may_end_only_by_asking_to_come_again() -> None:
    whole = (pushed(1), pushed(2), pushed(3))
    assert list(resumed(replace(GOOD, segments=(segment(*whole, codes=("SHUTTING_DOWN",)),)))) == []
    assert list(resumed(replace(GOOD, segments=(segment(*whole, codes=("CURSOR_EXPIRED",)),)))) == [
        "acme/feed: the hub ended a stream with CURSOR_EXPIRED"
    ]


def test_an_event_of_another_tenant_is_not_judged_as_a_gap() -> None:
    seen = replace(GOOD, segments=(segment(pushed(1), pushed(1, "foreign"), pushed(2), pushed(3)), BETA))
    assert (list(delivered(seen)), list(resumed(seen))) == ([], [])


def test_a_word_of_another_tenant_is_a_leak() -> None:
    canaries = {"acme": ("canary-acme",), "beta": ("canary-beta",)}
    own = Evidence(heard=(Heard(tenant="acme", text="canary-acme"),), canaries=canaries)
    assert list(scoped(own)) == []
    leaked = replace(own, heard=(Heard(tenant="beta", text="canary-acme"),))
    assert list(scoped(leaked)) == ["beta was told canary-acme of acme: canary-acme"]


def test_a_change_that_concerns_two_orders_is_told_under_each_and_under_none_twice() -> None:
    row = EntityRow(tenant="acme", kind="SHIPMENT", id="s", version=2)
    told = [replace(line(at, v, entity="s"), root_id=root) for at, v, root in ((1, 1, "a"), (2, 2, "a"), (3, 2, "b"))]
    assert list(delivered(Evidence(log=tuple(told), entities=(row,)))) == []
    twice = (*told, replace(told[2], position=4))
    assert list(delivered(Evidence(log=twice, entities=(row,)))) == ["SHIPMENT s is at v2, the log tells [1, 2, 2]"]


def test_a_merge_may_leave_versions_out_and_never_goes_back() -> None:
    rows = (
        EntityRow(tenant="acme", kind="ORDER", id="a", version=6),
        EntityRow(tenant="acme", kind="ORDER", id="b", version=6, redirect_to="a"),
    )
    log = (line(1, 1, entity="a"), line(2, 1, entity="b"), line(3, 6, entity="b"), line(4, 6, entity="a"))
    assert list(delivered(Evidence(log=log, entities=rows))) == []
    back = (line(1, 1, entity="a"), line(2, 6, entity="a"), line(3, 5, entity="a"))
    assert list(delivered(Evidence(log=back, entities=rows[:1] + rows[1:]))) != []

from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.facts import KeptMilestone
from hub.merge.milestones import (
    RANKS,
    Voice,
    history,
    lowest,
    mapped,
    roles_for,
    standing,
    stands_at,
    tracking_stale_at,
)
from hub.model.manifest import Tells
from hub.model.observation import Content, MilestoneClaim
from hub.model.shipment import Package, ShipmentMilestone
from hub.model.vocabulary import SystemKind
from tests.kit.facts import CARRIER, SHOP, WMS, at, event, shipment_record

M = ShipmentMilestone
SYSTEMS = {SHOP: SystemKind.COMMERCE, WMS: SystemKind.WMS, CARRIER: SystemKind.CARRIER}


def state(source: str, status: M | None, *packages: Package, lives: bool = True) -> Voice:
    said = Content(status=None if status is None else status.value, packages=packages)
    return Voice(record=shipment_record(source, said, lives=lives), system=SYSTEMS[source], tells=Tells.STATE)


def events(*told: KeptMilestone) -> Voice:
    return Voice(record=shipment_record(CARRIER, Content()), system=SystemKind.CARRIER, tells=Tells.EVENTS, events=told)


def test_the_ladder_is_that_of_the_domain() -> None:
    """domain.md 2.5.1."""
    assert [(milestone.value, rank) for milestone, rank in RANKS.items()] == [
        ("CREATED", 0),
        ("PICK_STARTED", 10),
        ("PICKED", 20),
        ("PACKED", 30),
        ("LABELED", 40),
        ("MANIFESTED", 50),
        ("READY_FOR_PICKUP", 55),
        ("SHIPPED", 60),
        ("IN_TRANSIT", 70),
        ("OUT_FOR_DELIVERY", 80),
        ("AVAILABLE_FOR_COLLECTION", 85),
        ("DELIVERED", 90),
    ]


@pytest.mark.parametrize(
    ("rank", "first"), [(0, SystemKind.WMS), (55, SystemKind.WMS), (60, SystemKind.WMS), (70, SystemKind.CARRIER)]
)
def test_the_warehouse_speaks_until_it_left_and_the_carrier_from_then_on(rank: int, first: SystemKind) -> None:
    assert roles_for(rank)[0] is first


def test_rule_1_a_late_event_never_lowers_the_status() -> None:
    """Story `late_scan`: DELIVERED at 14:00, then a depot scan of 09:00 uploaded late."""
    told = [event(M.DELIVERED, 14), event(M.IN_TRANSIT, 9)]
    for order in permutations(told):
        assert stands_at([state(WMS, M.SHIPPED), events(*order)]) is M.DELIVERED


@pytest.mark.parametrize("turn", [M.RETURNING, M.RETURNED_TO_SENDER, M.LOST])
def test_rule_1_only_a_turn_or_a_void_leaves_a_higher_rank(turn: M) -> None:
    told = [event(M.OUT_FOR_DELIVERY, 10), event(turn, 12), event(M.IN_TRANSIT, 13)]
    for order in permutations(told):
        assert stands_at([state(WMS, M.SHIPPED), events(*order)]) is turn


@pytest.mark.parametrize("void", [M.VOIDED, M.CANCELLED])
def test_rule_1_a_void_by_the_warehouse_ends_it_whatever_the_carrier_scanned(void: M) -> None:
    assert stands_at([state(WMS, void), events(event(M.IN_TRANSIT, 10))]) is void


def test_rule_1_a_typed_reversal_takes_back_what_it_names_and_what_that_implied() -> None:
    told = (event(M.SHIPPED, 8), event(M.DELIVERED, 10), event(M.OUT_FOR_DELIVERY, 9))
    assert standing(told) is M.DELIVERED
    assert standing((*told, event(M.DELIVERED, 12, reverses=True))) is M.OUT_FOR_DELIVERY
    assert standing((*told, event(M.OUT_FOR_DELIVERY, 12, reverses=True))) is M.SHIPPED
    assert standing((*told, event(M.DELIVERED, 9.5, reverses=True))) is M.DELIVERED
    assert standing((*told, event(M.CREATED, 12, reverses=True))) is M.CREATED


def test_a_reversed_turn_gives_the_parcel_back_to_the_ladder() -> None:
    told = (event(M.OUT_FOR_DELIVERY, 9), event(M.RETURNING, 10), event(M.RETURNING, 11, reverses=True))
    assert standing(told) is M.OUT_FOR_DELIVERY


def test_the_owner_who_tells_how_things_stand_is_believed_downwards_too() -> None:
    """Mark-1: PICKED was told and un-picked; what the record says now holds, history notwithstanding."""
    voice = Voice(
        record=shipment_record(WMS, Content(status="CREATED")),
        system=SystemKind.WMS,
        tells=Tells.STATE,
        events=(event(M.PICKED, 5, source=WMS),),
    )
    assert stands_at([voice]) is M.CREATED


def test_another_source_counts_only_while_the_owner_is_silent() -> None:
    """Story `mirror_outlives_the_owner`: the shop still says SHIPPED, the warehouse voided the pick."""
    assert stands_at([state(SHOP, M.SHIPPED), state(WMS, M.PICKED)]) is M.PICKED
    assert stands_at([state(SHOP, M.SHIPPED)]) is M.SHIPPED
    assert stands_at([state(SHOP, M.SHIPPED), state(WMS, None)]) is M.SHIPPED


def test_a_scan_without_ship_confirm_means_it_left() -> None:
    assert stands_at([state(WMS, M.PACKED), events(event(M.IN_TRANSIT, 10))]) is M.IN_TRANSIT


def test_a_record_that_is_gone_speaks_after_those_that_live() -> None:
    assert stands_at([state(WMS, M.SHIPPED, lives=False), state(SHOP, M.PACKED)]) is M.PACKED
    assert stands_at([state(WMS, M.SHIPPED, lives=False)]) is M.SHIPPED


def test_a_status_that_nobody_could_map_is_unknown() -> None:
    assert stands_at([state(WMS, M.UNKNOWN)]) is M.UNKNOWN
    assert stands_at([]) is M.UNKNOWN
    assert mapped("beamed up") is None
    assert mapped("UNKNOWN") is None
    assert mapped("SHIPPED") is M.SHIPPED


def test_a_source_that_tells_milestones_without_a_status_stands_at_the_highest() -> None:
    claims = (MilestoneClaim(milestone=M.PICKED), MilestoneClaim(milestone=M.PACKED))
    voice = Voice(record=shipment_record(WMS, Content(milestones=claims)), system=SystemKind.WMS, tells=Tells.STATE)
    assert stands_at([voice]) is M.PACKED


def test_a_package_of_its_own_is_judged_by_its_own_word() -> None:
    voice = state(WMS, M.PACKED, Package(id="p1", status=M.SHIPPED), Package(id="p2"))
    assert stands_at([voice], ("p1",)) is M.SHIPPED
    assert stands_at([voice], ("p2",)) is M.PACKED


@pytest.mark.parametrize(
    ("packages", "status"),
    [
        ((M.DELIVERED, M.SHIPPED), M.SHIPPED),
        ((M.DELIVERED, M.VOIDED), M.DELIVERED),
        ((M.DELIVERED, M.LOST), M.DELIVERED),
        ((M.VOIDED, M.VOIDED), M.VOIDED),
        ((M.UNKNOWN,), M.UNKNOWN),
        ((), M.UNKNOWN),
    ],
)
def test_a_shipment_stands_at_the_lowest_of_its_packages(packages: tuple[M, ...], status: M) -> None:
    assert lowest(packages) is status


def test_rule_2_gaps_are_filled_as_inferred_without_a_time() -> None:
    found = history([event(M.SHIPPED, 10, source=WMS)], M.SHIPPED, WMS)
    assert [(one.milestone, one.is_inferred, one.occurred_at) for one in found] == [
        (M.PICKED, True, None),
        (M.PACKED, True, None),
        (M.SHIPPED, False, at(10)),
    ]


def test_rule_2_nothing_is_inferred_above_where_it_stands() -> None:
    assert [one.milestone for one in history([event(M.PICKED, 1)], M.PICKED, WMS)] == [M.PICKED]


def test_a_status_that_was_told_without_an_event_is_in_the_history_with_its_source() -> None:
    found = history([], M.PACKED, WMS)
    assert [(one.milestone, one.source, one.is_inferred) for one in found] == [
        (M.PICKED, None, True),
        (M.PACKED, WMS, False),
    ]


def test_rule_3_the_same_fact_told_again_is_one_milestone() -> None:
    told = [event(M.IN_TRANSIT, 10), event(M.IN_TRANSIT, 10), event(M.IN_TRANSIT, 30)]
    found = [one for one in history(told, M.IN_TRANSIT, CARRIER) if not one.is_inferred]
    assert [(one.milestone, one.occurred_at) for one in found] == [(M.IN_TRANSIT, at(10))]


def test_rule_3_packages_have_milestones_of_their_own() -> None:
    told = [event(M.SHIPPED, 10, part="p1"), event(M.SHIPPED, 12, part="p2")]
    found = [one for one in history(told, M.SHIPPED, CARRIER) if not one.is_inferred]
    assert [(one.part, one.occurred_at) for one in found] == [("p1", at(10)), ("p2", at(12))]


def test_rule_5_of_two_feeds_the_earliest_time_is_kept_and_both_are_remembered() -> None:
    told = [event(M.DELIVERED, 20, source="aggregator"), event(M.DELIVERED, 10)]
    delivered = next(one for one in history(told, M.DELIVERED, CARRIER) if one.milestone is M.DELIVERED)
    assert (delivered.occurred_at, delivered.source, delivered.also) == (at(10), CARRIER, ("aggregator",))


def test_rule_6_a_time_from_the_future_is_kept_and_marked() -> None:
    late = event(M.DELIVERED, 3600, first_seen_at=at(100))
    found = [one for one in history([late], M.DELIVERED, CARRIER) if one.milestone is M.DELIVERED]
    assert [(one.occurred_at, one.is_suspect) for one in found] == [(at(3600), True)]
    soon = event(M.DELIVERED, 700, first_seen_at=at(100))
    assert not history([soon], M.DELIVERED, CARRIER)[-1].is_suspect


def test_rule_6_a_sane_clock_is_preferred_to_a_suspect_one() -> None:
    told = [event(M.DELIVERED, 3600, first_seen_at=at(100)), event(M.DELIVERED, 5000, source="b")]
    assert history(told, M.DELIVERED, CARRIER)[-1].occurred_at == at(5000)


def test_rule_7_silence_becomes_stale_after_48_hours_at_home_and_120_abroad() -> None:
    assert tracking_stale_at(at(0)) == at(48 * 3600)
    assert tracking_stale_at(at(0), abroad=True) == at(120 * 3600)


EVENTS = st.lists(
    st.builds(
        event,
        st.sampled_from(list(M)[:-1]),
        st.integers(0, 50),
        reverses=st.booleans(),
    ),
    max_size=8,
)


@given(told=EVENTS, seed=st.randoms())
def test_the_order_in_which_events_come_never_matters(told: list[KeptMilestone], seed: Random) -> None:
    shuffled = list(told)
    seed.shuffle(shuffled)
    assert standing(told) is standing(shuffled)
    assert history(told, M.SHIPPED, WMS) == history(shuffled, M.SHIPPED, WMS)
    assert stands_at([state(WMS, M.SHIPPED), events(*told)]) is stands_at([events(*shuffled), state(WMS, M.SHIPPED)])


@given(told=EVENTS, more=EVENTS)
def test_without_reversals_and_turns_more_events_never_lower_the_rank(
    told: list[KeptMilestone], more: list[KeptMilestone]
) -> None:
    plain = [one for one in [*told, *more] if not one.reverses and one.milestone in RANKS]
    before = [one for one in told if not one.reverses and one.milestone in RANKS]
    was, now = standing(before), standing(plain)
    assert was is None or (now is not None and RANKS[now] >= RANKS[was])

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.manifest import Landscape
from hub.model.vocabulary import FieldGroup, Freshness, Kind
from hub.read.age import as_of, clock_time, freshness_of, how_long, is_stale, seconds
from tests.kit.orders import NOON, landscape, make_record
from tests.kit.wholes import make_whole

MINUTES = st.integers(min_value=-1000, max_value=1000).map(lambda n: timedelta(minutes=n))


@given(MINUTES, MINUTES)
def test_as_of_is_the_later_of_the_read_and_coverage(read: timedelta, covered: timedelta) -> None:
    record = make_record(started=NOON + read)
    whole = make_whole(None, record, coverage={("shop", Kind.ORDER): NOON + covered})
    assert as_of(whole, record) == NOON + max(read, covered)


@given(MINUTES)
def test_coverage_of_another_source_or_kind_says_nothing(covered: timedelta) -> None:
    record = make_record()
    whole = make_whole(None, record, coverage={("erp", Kind.ORDER): NOON + covered, ("shop", Kind.SHIPMENT): NOON})
    assert as_of(whole, record) == NOON


@given(MINUTES)
def test_what_comes_with_another_kind_was_seen_whenever_that_was(covered: timedelta) -> None:
    shop = landscape().sources["shop"]
    carrying = replace(shop, manifest=replace(shop.manifest, carried={Kind.SHIPMENT: Kind.ORDER}))
    there = Landscape(tenant="acme", sources={"shop": carrying})
    record = make_record(kind=Kind.SHIPMENT, started=NOON)
    whole = make_whole(None, record, landscape=there, coverage={("shop", Kind.ORDER): NOON + covered})
    assert as_of(whole, record) == max(NOON, NOON + covered)


def test_what_was_only_pushed_counts_from_its_arrival() -> None:
    record = make_record(started=None, finished=NOON)
    assert as_of(make_whole(None, record), record) == NOON


@given(MINUTES)
def test_a_group_is_stale_exactly_when_older_than_its_target(age: timedelta) -> None:
    record = make_record()
    whole = make_whole(None, record, now=NOON + age)
    assert is_stale(whole, record, FieldGroup.FULFILLMENT) is (age > timedelta(minutes=10))


@given(MINUTES)
def test_doubt_is_stale_whatever_coverage_says(age: timedelta) -> None:
    record = make_record(in_doubt=True)
    whole = make_whole(None, record, now=NOON + age, coverage={("shop", Kind.ORDER): NOON + age})
    assert is_stale(whole, record)


def test_a_source_that_is_retired_or_gone_is_stale() -> None:
    record = make_record()
    retired = replace(landscape().sources["shop"], is_retired=True)
    for sources in ({"shop": retired}, {}):
        there = Landscape(tenant="acme", sources=sources)
        assert is_stale(make_whole(None, record, landscape=there), record)


def test_the_hubs_own_record_is_never_stale() -> None:
    record = make_record("hub")
    assert not is_stale(make_whole(None, record, now=NOON + timedelta(days=9)), record)


def test_one_stale_record_makes_a_derived_group_stale() -> None:
    fresh, old = make_record(), make_record(started=NOON - timedelta(hours=1))
    whole = make_whole(None, fresh, old)
    assert freshness_of(whole, [fresh]) is Freshness.FRESH
    assert freshness_of(whole, [fresh, old]) is Freshness.STALE
    assert freshness_of(whole, []) is Freshness.UNAVAILABLE


@pytest.mark.parametrize(
    ("span", "said"),
    [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (172799, "47 h"), (172800, "2 days")],
)
def test_lengths_of_time_are_said_short(span: int, said: str) -> None:
    assert how_long(timedelta(seconds=span)) == said


def test_times_of_another_day_have_a_date() -> None:
    assert clock_time(NOON, NOON) == "12:00 UTC"
    assert clock_time(NOON, NOON + timedelta(days=1)) == "21 Nov 12:00 UTC"


def test_ages_are_never_negative() -> None:
    assert seconds(NOON + timedelta(seconds=5), NOON) == 0

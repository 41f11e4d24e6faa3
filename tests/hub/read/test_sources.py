from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.codec import encode
from hub.model.manifest import Delta, Landscape, Sweep, WebhookTrust
from hub.model.vocabulary import Kind
from hub.read.sources import (
    BreakerState,
    Capability,
    Health,
    Source,
    SourceState,
    capabilities,
    health_of,
    is_behind,
    is_read,
    sources_of,
    unread_of,
)
from tests.kit.orders import NOON, SHOP, landscape

NOW = NOON + timedelta(minutes=2)
SEEN = {"source": "shop", "kind": "ORDER", "through": NOON}
RUN = {"source": "shop", "kind": "ORDER", "sweep": "changed", "is_loaded": True, "seen": 5, "updated_at": NOON}


def health(**said: Any) -> Health:  # Any: parts of what the store answers
    return health_of(encode({"now": NOW, **said}).decode())


def shop(there: Landscape | None = None, **said: Any) -> Source:  # Any: parts of what the store answers
    (source,) = sources_of(health(**said), there or landscape())
    return source


def words(**said: Any) -> list[dict[str, Any]]:  # Any: fields of source_state
    return [{"source": "shop", **said}]


def test_a_source_that_was_just_seen_is_up() -> None:
    source = shop(coverage=[SEEN], sweeps=[RUN], states=words(last_success_at=NOW))
    assert (source.state, source.state_text, source.breaker) == (SourceState.UP, "Up to date.", BreakerState.CLOSED)
    assert (source.lag_seconds, source.last_success_at, source.name) == (120, NOW, "The shop")
    assert [(one.kind, one.lag_seconds, one.initial_load_percent) for one in source.sweeps] == [(Kind.ORDER, 120, 100)]
    assert not is_behind(source)


@pytest.mark.parametrize(
    ("said", "state", "text"),
    [
        ({}, SourceState.NEVER_SYNCED, "The first load is under way. Wait, or see that `opshub work` runs."),
        (
            {"sweeps": [RUN | {"is_loaded": False, "seen": 430, "total": 1000}]},
            SourceState.NEVER_SYNCED,
            "The first load is under way: order 43 %. Wait, or see that `opshub work` runs.",
        ),
        (
            {"states": words(last_error="503")},
            SourceState.NEVER_SYNCED,
            "The first load is under way. Last error: 503.",
        ),
        (
            {"coverage": [SEEN], "states": words(breaker="OPEN", last_success_at=NOON, last_error="timed out")},
            SourceState.DOWN,
            "No answer since 12:00 UTC (timed out). What it said last is shown as stale; calls resume by themselves. "
            "Check that it runs and can be reached.",
        ),
        (
            {"coverage": [SEEN], "states": words(is_paused=True, last_error="401")},
            SourceState.PAUSED,
            "Paused (401): correct its settings or credentials, then restart `opshub work`.",
        ),
        (
            {"coverage": [SEEN], "states": words(breaker="HALF_OPEN", last_error="503")},
            SourceState.DEGRADED,
            "Being tried again after failures: 503.",
        ),
        (
            {"coverage": [SEEN | {"through": NOON - timedelta(minutes=18)}]},
            SourceState.DEGRADED,
            "20 min behind, at most 5 min is expected.",
        ),
        (
            {"coverage": [SEEN], "waiting": [{"source": "shop", "pending": 3, "dead": 2}],
             "posts": [{"source": "shop", "pending": 0, "dead": 1}]},
            SourceState.DEGRADED,
            "3 failed for good: see exceptionCases, correct the cause, then replay.",
        ),
        (
            {"coverage": [SEEN], "hints": [{"source": "shop", "open": 9, "unread": 1, "such": "ORDER 17: $.total"}]},
            SourceState.DEGRADED,
            "Cannot be read: ORDER 17: $.total: correct it there, or the adapter; until then it is asked for again by "
            "itself.",
        ),
    ],
)  # fmt: skip
def test_each_state_says_what_to_do(said: dict[str, Any], state: SourceState, text: str) -> None:
    source = shop(**said)
    assert (source.state, source.state_text) == (state, text)
    assert is_behind(source)


def posting(*, listens: bool = True, pushes: frozenset[Kind] = frozenset({Kind.ORDER})) -> Landscape:
    known = landscape()
    manifest = replace(SHOP, webhook=WebhookTrust.HINT, pushes=pushes)
    binding = replace(known.sources["shop"], manifest=manifest, listens=listens)
    return replace(known, sources={"shop": binding})


SILENT = (
    "It has posted nothing though it changes since 11:50 UTC: see that its webhook points to its address under /hooks"
    " and signs with the secret that is set; until then sweeps find what changed."
)


@pytest.mark.parametrize(
    ("untold", "posted", "text"),
    [
        (12, None, SILENT),
        (12, 18, SILENT),  # the last one came six minutes before the change
        (12, 16, "Up to date."),  # it came first: the hint that it raised was not served yet
        (12, 3, "Up to date."),  # what was lost was one, not all
        (4, None, "Up to date."),  # it may still come
        (None, None, "Up to date."),
    ],
)
def test_a_source_that_changes_and_posts_nothing_says_so(untold: int | None, posted: int | None, text: str) -> None:
    def ago(minutes: int | None) -> str | None:
        return None if minutes is None else (NOW - timedelta(minutes=minutes)).isoformat()

    told = {"coverage": [SEEN], "states": words(untold_at=ago(untold)), "posted": {"shop": ago(posted)}}
    source = shop(posting(), **told)
    assert source.state_text == text
    assert source.state is (SourceState.UP if text == "Up to date." else SourceState.DEGRADED)
    assert shop(posting(listens=False), **told).state is SourceState.UP
    assert shop(posting(pushes=frozenset()), **told).state is SourceState.UP


def test_a_retired_source_is_paused() -> None:
    retired = replace(landscape().sources["shop"], is_retired=True)
    source = shop(Landscape(tenant="acme", sources={"shop": retired}), coverage=[SEEN])
    assert (source.state, source.state_text) == (SourceState.PAUSED, "Retired: it is neither read nor called.")


TWO = replace(
    SHOP,
    sweeps={
        Kind.ORDER: (
            Sweep(name="open", strategy=Delta.SNAPSHOT, every=timedelta(minutes=1)),
            Sweep(name="changed", strategy=Delta.TIMESTAMP, every=timedelta(minutes=1)),
            Sweep(name="told", strategy=Delta.HINT, every=timedelta(minutes=1)),
        )
    },
)
OPEN = RUN | {"sweep": "open", "total": 5}


@pytest.mark.parametrize(
    ("runs", "percent"),
    [
        ([], None),
        ([OPEN], None),
        ([OPEN, RUN | {"is_loaded": False, "seen": 7, "total": 50}], 14),
        ([OPEN, RUN | {"is_loaded": False, "seen": 700, "total": 500}], 99),
        ([OPEN, RUN | {"is_loaded": False, "seen": 7}], None),
        ([OPEN, RUN], 100),
    ],
)
def test_a_kind_is_loaded_when_the_last_of_its_sweeps_is(runs: list[dict[str, Any]], percent: int | None) -> None:
    there = landscape()
    binding = replace(there.sources["shop"], manifest=TWO)
    source = shop(replace(there, sources={"shop": binding}), sweeps=runs)
    assert [one.initial_load_percent for one in source.sweeps] == [percent]


def test_each_kind_may_lag_as_long_as_its_own_rhythm_lets_it_and_the_worst_is_named_first() -> None:
    there = landscape()
    slow = Sweep(name="all", strategy=Delta.SNAPSHOT, every=timedelta(hours=1))
    manifest = replace(SHOP, sweeps={**SHOP.sweeps, Kind.PRODUCT: (slow,), Kind.PRICE_REFERENCE: (slow,)})
    there = replace(there, sources={"shop": replace(there.sources["shop"], manifest=manifest)})

    def seen(**minutes: int) -> list[dict[str, Any]]:
        return [
            {"source": "shop", "kind": kind.upper(), "through": NOW - timedelta(minutes=ago)}
            for kind, ago in minutes.items()
        ]

    assert shop(there, coverage=seen(order=4, product=119, price_reference=1)).state is SourceState.UP
    late = shop(there, coverage=seen(order=6, product=300, price_reference=1))
    assert (late.state, late.state_text) == (
        SourceState.DEGRADED,
        "Product 5 h behind, at most 2 h is expected; order 6 min behind, at most 5 min is expected.",
    )


def test_a_source_that_only_pushes_is_up_once_something_came() -> None:
    there = landscape()
    pushing = replace(SHOP, sweeps={}, reads={}, pushes_only=True)
    there = replace(there, sources={"shop": replace(there.sources["shop"], manifest=pushing)})
    before = shop(there)
    assert (before.state, before.state_text) == (
        SourceState.NEVER_SYNCED,
        "Nothing has come from it yet: let it post to its address under /hooks.",
    )
    assert shop(there, heard=["shop"]).state is SourceState.UP


def test_objects_to_be_read_again_are_counted() -> None:
    source = shop(coverage=[SEEN], hints=[{"source": "shop", "open": 7}, {"source": "erp", "open": 2}])
    assert source.open_hints == 7


@pytest.mark.parametrize(("unread", "words"), [(0, None), (1, "ORDER 17: odd"), (3, "ORDER 17: odd and 2 more")])
def test_what_cannot_be_read_is_said_by_one_and_how_many_more(unread: int, words: str | None) -> None:
    hints = [{"source": "erp", "open": 1, "unread": 1, "such": "ORDER 1: odd"},
             {"source": "shop", "open": 5, "unread": unread, "such": "ORDER 17: odd"}]  # fmt: skip
    assert unread_of(health(hints=hints), "shop") == words


def test_a_source_can_be_asked_again_unless_it_is_retired_pushes_only_or_is_gone() -> None:
    there = landscape(erp=True)
    binding = there.sources["shop"]
    assert is_read(there, "shop")
    assert not is_read(there, "wms")
    for changed in (replace(binding, is_retired=True), replace(binding, manifest=replace(SHOP, pushes_only=True))):
        assert not is_read(replace(there, sources={"shop": changed}), "shop")


def test_work_for_other_sources_is_not_counted() -> None:
    source = shop(coverage=[SEEN], waiting=[{"source": "erp", "pending": 3, "dead": 2}])
    assert (source.pending_deliveries, source.open_dead_letters, source.state) == (0, 0, SourceState.UP)


def test_capabilities_say_what_is_offered_and_why_something_is_not() -> None:
    assert list(capabilities(replace(SHOP, webhook=WebhookTrust.HINT))) == [
        Capability(name="read ORDER", supported=True),
        Capability(name="read SHIPMENT", supported=True),
        Capability(name="order.cancel", supported=True, reason="resolved by LOOKUP"),
        Capability(name="ask order.find", supported=True),
        Capability(name="webhook", supported=True, reason="taken as hint"),
        Capability(name="order.amend", supported=False, reason="the shop cannot change an order"),
    ]

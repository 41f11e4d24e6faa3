"""Wanted intents beside their rows (Flow-1)."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from hub.codec import digest, plain
from hub.merge.intents import NO_LONGER, Ground, differing
from hub.model.effects import CancelOrder, CancelReason
from hub.model.intents import DeliveryState, Intent, IntentOf, Mode
from hub.model.vocabulary import Kind
from hub.store.deliveries import DeliveryRow
from tests.kit.deliveries import CONTENT, delivery
from tests.kit.merging import at

GROUND = Ground(root_id="a", correlation_id="correlation-1", now=at(9), mint=lambda: "new")
OTHER = CancelOrder(lines=(), reason=CancelReason.FRAUD)
FINAL = (DeliveryState.DONE, DeliveryState.REFUSED)
CLAIMED = (DeliveryState.CLAIMED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED, DeliveryState.REVIEW)


def intent(content: CancelOrder = CONTENT, mode: Mode = Mode.ONCE, key: str = "shop/cancel:d1") -> Intent:
    return IntentOf(
        source="shop", kind=Kind.ORDER, source_id="s0", action="order.cancel", key=key, content=content, mode=mode,
        command_id="c1",
    )  # fmt: skip


def test_what_is_missing_is_inserted() -> None:
    (row,) = differing([intent()], [], {}, GROUND)
    assert (row.id, row.root_id, row.key, row.state, row.content) == (
        "new", "a", "shop/cancel:d1", DeliveryState.PENDING, plain(CONTENT),
    )  # fmt: skip
    assert (row.hash, row.command_id, row.correlation_id) == (digest(CONTENT), "c1", "correlation-1")


def test_a_row_keeps_the_trace_of_who_asked_for_it() -> None:
    (row,) = differing([intent()], [], {}, replace(GROUND, traceparent="of the caller"))
    assert row.traceparent == "of the caller"


def test_what_is_there_and_wanted_is_left() -> None:
    assert differing([intent()], [delivery()], {}, GROUND) == []


@pytest.mark.parametrize("state", [DeliveryState.PENDING, DeliveryState.DEAD])
def test_what_is_unclaimed_and_no_longer_wanted_is_withdrawn(state: DeliveryState) -> None:
    (row,) = differing([], [delivery(state=state)], {"shop/cancel:d1": "the order is gone"}, GROUND)
    assert (row.state, row.withdrawn_because, row.settled_at) == (DeliveryState.WITHDRAWN, "the order is gone", at(9))
    assert differing([], [delivery(state=state)], {}, GROUND)[0].withdrawn_because == NO_LONGER


@pytest.mark.parametrize(("attempts", "why"), [(0, "it was never sent"), (2, "what became of it is not known")])
def test_what_waits_at_a_retired_source_is_left_to_a_person(attempts: int, why: str) -> None:
    ground = replace(GROUND, retired=frozenset({"shop"}))
    (row,) = differing([], [delivery(attempts=attempts)], {}, ground)
    assert (row.state, row.error, row.withdrawn_because, row.settled_at) == (
        DeliveryState.REVIEW, f"shop is retired: {why}", None, None,
    )  # fmt: skip
    assert differing([], [row], {}, ground) == []
    (dead,) = differing([], [delivery(state=DeliveryState.DEAD)], {}, ground)
    assert dead.state is DeliveryState.WITHDRAWN
    (elsewhere,) = differing([], [delivery()], {}, replace(GROUND, retired=frozenset({"erp"})))
    assert elsewhere.state is DeliveryState.WITHDRAWN


@pytest.mark.parametrize("state", [*CLAIMED, *FINAL, DeliveryState.WITHDRAWN])
def test_what_is_claimed_or_finished_stays_though_unwanted(state: DeliveryState) -> None:
    assert differing([], [delivery(state=state)], {}, GROUND) == []


def test_what_has_begun_is_never_withdrawn() -> None:
    assert differing([], [delivery(has_begun=True)], {}, GROUND) == []


def test_a_withdrawn_key_that_is_wanted_again_is_pending_again() -> None:
    withdrawn = delivery(state=DeliveryState.WITHDRAWN, withdrawn_because="x", settled_at=at(1), attempts=2)
    (row,) = differing([intent()], [withdrawn], {}, GROUND)
    assert (row.id, row.state, row.withdrawn_because, row.settled_at) == ("d1", DeliveryState.PENDING, None, None)
    assert row.next_attempt_at == at(9)


def test_new_content_replaces_that_of_an_unclaimed_row_only() -> None:
    (row,) = differing([intent(OTHER)], [delivery()], {}, GROUND)
    assert (row.hash, row.state) == (digest(OTHER), DeliveryState.PENDING)
    for state in (*CLAIMED, *FINAL):
        assert differing([intent(OTHER)], [delivery(state=state)], {}, GROUND) == []


@pytest.mark.parametrize("state", [*FINAL, DeliveryState.DEAD])
def test_new_content_opens_a_latest_row_again(state: DeliveryState) -> None:
    latest = delivery(state=state, mode=Mode.LATEST)
    (row,) = differing([intent(OTHER, Mode.LATEST)], [latest], {}, GROUND)
    assert (row.state, row.hash) == (DeliveryState.PENDING, digest(OTHER))
    assert differing([intent(CONTENT, Mode.LATEST)], [latest], {}, GROUND) == []


def test_what_opens_again_has_all_its_attempts_before_it() -> None:
    latest = delivery(state=DeliveryState.DEAD, mode=Mode.LATEST, attempts=8, attempts_before=1, has_begun=True)
    (row,) = differing([intent(OTHER, Mode.LATEST)], [latest], {}, GROUND)
    assert (row.attempts, row.attempts_before, row.has_begun) == (8, 8, False)
    waiting = replace(latest, state=DeliveryState.PENDING, has_begun=False)
    (row,) = differing([intent(OTHER, Mode.LATEST)], [waiting], {}, GROUND)
    assert (row.attempts, row.attempts_before, row.next_attempt_at) == (8, 1, waiting.next_attempt_at)


@pytest.mark.parametrize("state", CLAIMED)
def test_a_latest_row_in_flight_waits_for_its_new_content(state: DeliveryState) -> None:
    assert differing([intent(OTHER, Mode.LATEST)], [delivery(state=state, mode=Mode.LATEST)], {}, GROUND) == []


def test_running_it_again_on_what_it_made_changes_nothing() -> None:
    numbers = count()
    ground = replace(GROUND, mint=lambda: f"new-{next(numbers)}")
    wanted = [intent(), intent(key="shop/cancel:other")]
    rows: dict[str, DeliveryRow] = {"old": delivery("old")}
    rows |= {row.id: row for row in differing(wanted, rows.values(), {}, ground)}
    assert len(rows) == 3
    assert differing(wanted, rows.values(), {}, ground) == []

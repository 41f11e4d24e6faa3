"""Which sweeps are due, and in what order (D8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.intake.plan import due_sweeps
from hub.model.vocabulary import Kind
from hub.store.cursors import SweepStand
from tests.kit.scripted_shop import CHANGED, OPEN, scripted_manifest

NOW = datetime(2026, 11, 2, tzinfo=UTC)
MANIFEST = scripted_manifest()  # `changed` and `open`, each every minute; only `open` covers


def stand(*, ago: float, loaded: bool = True, running: bool = False) -> SweepStand:
    return SweepStand(
        cursor={"after": 1},
        is_loaded=loaded,
        seen=0,
        total=None,
        run_started_at=NOW - timedelta(seconds=ago) if running else None,
        updated_at=NOW - timedelta(seconds=ago),
        now=NOW,
    )


def names(**stands: SweepStand) -> list[str]:
    by_key = {(Kind.ORDER, name): one for name, one in stands.items()}
    return [one.sweep.name for one in due_sweeps(MANIFEST, by_key, NOW)]


def test_the_first_load_begins_with_what_is_open() -> None:
    assert names() == [OPEN, CHANGED]


def test_a_regular_sweep_goes_before_a_first_load() -> None:
    assert names(changed=stand(ago=120)) == [CHANGED, OPEN]


def test_a_sweep_rests_between_its_runs() -> None:
    assert names(changed=stand(ago=59), open=stand(ago=60)) == [OPEN]


def test_a_run_left_in_the_middle_is_resumed_at_once() -> None:
    assert names(changed=stand(ago=0.1, running=True), open=stand(ago=0.1)) == [CHANGED]


def test_a_load_is_one_until_a_run_has_ended() -> None:
    due = {one.sweep.name: one for one in due_sweeps(MANIFEST, {(Kind.ORDER, OPEN): stand(ago=120, loaded=False)}, NOW)}
    assert (due[OPEN].is_load, due[CHANGED].is_load) == (True, True)
    assert (due[OPEN].resumes, due[CHANGED].resumes) == (False, False)

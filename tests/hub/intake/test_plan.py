"""Which sweeps are due, and in what order (D8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.errors import HubFault
from hub.intake.plan import due_sweeps, read_sweeps
from hub.model.manifest import Delta, Sweep
from hub.model.vocabulary import Kind
from hub.store.cursors import SweepStand
from tests.kit.scripted_shop import CHANGED, OPEN, scripted_manifest

NOW = datetime(2026, 11, 2, tzinfo=UTC)
MANIFEST = scripted_manifest()  # `changed` and `open`, each every minute; only `open` covers


def stand(*, ago: float, loaded: bool = True, running: bool = False, covered: bool = True) -> SweepStand:
    return SweepStand(
        cursor={"after": 1},
        is_loaded=loaded,
        seen=0,
        total=None,
        run_started_at=NOW - timedelta(seconds=ago) if running else None,
        updated_at=NOW - timedelta(seconds=ago),
        has_covered=covered,
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


def test_of_regular_sweeps_the_one_that_waits_longest_goes_first() -> None:
    assert names(changed=stand(ago=70), open=stand(ago=80)) == [OPEN, CHANGED]
    assert names(changed=stand(ago=80), open=stand(ago=70)) == [CHANGED, OPEN]


def test_a_run_left_in_the_middle_is_resumed_at_once() -> None:
    assert names(changed=stand(ago=0.1, running=True), open=stand(ago=0.1)) == [CHANGED]


def test_what_covers_runs_again_at_once_when_the_last_load_of_its_kind_has_ended() -> None:
    assert names(changed=stand(ago=1, loaded=False, running=True), open=stand(ago=1, covered=False)) == [CHANGED]
    assert names(changed=stand(ago=1), open=stand(ago=1, covered=False)) == [OPEN]
    assert names(changed=stand(ago=1, covered=False), open=stand(ago=1)) == []


def test_only_a_run_that_knows_all_others_of_its_kind_loaded_completes_the_kind() -> None:
    loaded, loading = stand(ago=120), stand(ago=120, loaded=False)
    for changed, completes in ((loaded, True), (loading, False), (None, False)):
        known = {(Kind.ORDER, OPEN): loaded} | ({(Kind.ORDER, CHANGED): changed} if changed else {})
        due = {one.sweep.name: one.completes for one in due_sweeps(MANIFEST, known, NOW)}
        assert due[OPEN] is completes


ERP = replace(
    MANIFEST,
    sweeps={
        Kind.PRODUCT: (Sweep(name="all", strategy=Delta.TIMESTAMP, every=timedelta(minutes=1)),),
        Kind.ORDER: MANIFEST.sweeps[Kind.ORDER],
        Kind.WAREHOUSE: (Sweep(name="all", strategy=Delta.SNAPSHOT, every=timedelta(hours=1)),),
        Kind.SHIPMENT: (Sweep(name="open", strategy=Delta.SNAPSHOT, every=timedelta(minutes=1), lists_open=True),),
        Kind.INVOICE: (Sweep(name="told", strategy=Delta.HINT, every=timedelta(minutes=1)),),
    },
)


def test_a_first_load_goes_from_warehouses_over_what_is_open_to_history() -> None:
    assert [one.name for one in due_sweeps(ERP, {}, NOW)] == [
        "WAREHOUSE all", "ORDER open", "SHIPMENT open", "PRODUCT all", "ORDER changed",
    ]  # fmt: skip


def test_in_history_the_kind_that_was_loaded_last_lets_the_others_have_their_turn() -> None:
    done = {(kind, name): stand(ago=1) for kind, name in
            ((Kind.WAREHOUSE, "all"), (Kind.ORDER, OPEN), (Kind.SHIPMENT, "open"))}  # fmt: skip
    products = stand(ago=1, loaded=False, running=True)
    orders = stand(ago=6, loaded=False, running=True)
    assert [one.name for one in due_sweeps(ERP, {**done, (Kind.PRODUCT, "all"): products}, NOW)] == [
        "ORDER changed", "PRODUCT all",
    ]  # fmt: skip
    both = {(Kind.PRODUCT, "all"): products, (Kind.ORDER, CHANGED): orders}
    assert [one.name for one in due_sweeps(ERP, done | both, NOW)] == ["ORDER changed", "PRODUCT all"]


def test_of_history_goes_next_what_the_smallest_part_was_seen_of() -> None:
    def loading(seen: int, total: int | None) -> SweepStand:
        return replace(stand(ago=1, loaded=False, running=True), seen=seen, total=total)

    done = {(kind, name): stand(ago=1) for kind, name in
            ((Kind.WAREHOUSE, "all"), (Kind.ORDER, OPEN), (Kind.SHIPMENT, "open"))}  # fmt: skip
    orders = {(Kind.ORDER, CHANGED): loading(300, 1000)}
    for seen, total, first in (
        (29, 100, "PRODUCT all"),
        (31, 100, "ORDER changed"),
        (120, 100, "ORDER changed"),
        (0, 0, "PRODUCT all"),
        (400, None, "PRODUCT all"),
        (500, None, "ORDER changed"),
    ):
        known = done | orders | {(Kind.PRODUCT, "all"): loading(seen, total)}
        assert due_sweeps(ERP, known, NOW)[0].name == first, (seen, total)


def test_a_load_is_one_until_a_run_has_ended() -> None:
    due = {one.sweep.name: one for one in due_sweeps(MANIFEST, {(Kind.ORDER, OPEN): stand(ago=120, loaded=False)}, NOW)}
    assert (due[OPEN].is_load, due[CHANGED].is_load) == (True, True)
    assert (due[OPEN].resumes, due[CHANGED].resumes) == (False, False)


def test_a_run_that_was_read_to_its_end_is_not_due_until_it_ends() -> None:
    read = replace(stand(ago=600, loaded=False, running=True), is_read=True)
    assert names(changed=read, open=stand(ago=1)) == []
    (planned,) = read_sweeps(MANIFEST, {(Kind.ORDER, CHANGED): read, (Kind.ORDER, OPEN): stand(ago=1)})
    mark = planned.ending("shop")
    assert (mark.sweep, mark.ends, mark.seen, mark.cursor, mark.covered_through) == (
        CHANGED,
        True,
        0,
        {"after": 1},
        None,
    )


def test_the_end_of_a_run_covers_through_its_start_where_its_kind_is_loaded() -> None:
    read = replace(stand(ago=600, loaded=False, running=True), is_read=True)
    (planned,) = read_sweeps(MANIFEST, {(Kind.ORDER, OPEN): read, (Kind.ORDER, CHANGED): stand(ago=1)})
    assert planned.ending("shop").covered_through == read.run_started_at
    with pytest.raises(HubFault, match="only what was read ends"):
        replace(planned, stand=None).ending("shop")


def test_customers_and_products_are_looked_at_before_what_names_them() -> None:
    sweep = Sweep(name=CHANGED, strategy=Delta.TIMESTAMP, every=timedelta(minutes=1))
    kinds = (Kind.ORDER, Kind.INVOICE, Kind.PRODUCT, Kind.CUSTOMER, Kind.WAREHOUSE)
    manifest = replace(MANIFEST, sweeps=dict.fromkeys(kinds, (sweep,)))
    found = [one.kind for one in due_sweeps(manifest, {}, NOW)]
    assert found == [Kind.WAREHOUSE, Kind.PRODUCT, Kind.CUSTOMER, Kind.ORDER, Kind.INVOICE]

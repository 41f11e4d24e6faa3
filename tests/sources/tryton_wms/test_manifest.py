"""What is declared is complete, and agrees with itself."""

from datetime import timedelta

from hub.model.effects import CANCEL_ORDER, CREATE_RETURN, INSPECT_RETURN, RECEIVE_RETURN, REQUEST_FULFILMENT
from hub.model.manifest import Delta, Idempotency
from hub.model.schemes import KIND_OF
from sources.tryton_wms.manifest import MANIFEST, OVERLAP


def test_every_delta_sweep_reaches_back_a_minute() -> None:
    by_date = [one for sweeps in MANIFEST.sweeps.values() for one in sweeps if one.strategy is Delta.TIMESTAMP]
    assert len(by_date) == 4
    assert {one.overlap for one in by_date} == {OVERLAP} == {timedelta(seconds=60)}
    assert all(one.covers for one in by_date)


def test_only_what_is_open_comes_first_and_never_covers() -> None:
    first = [one for sweeps in MANIFEST.sweeps.values() for one in sweeps if one.lists_open]
    assert [(one.name, one.covers, one.detects_deletes) for one in first] == [("open", False, True)]


def test_every_scheme_is_one_that_systems_share_and_none_is_borne_and_referred_to() -> None:
    assert {*MANIFEST.unique_schemes, *MANIFEST.back_references} <= set(KIND_OF)
    assert not set(MANIFEST.unique_schemes) & set(MANIFEST.back_references)


def test_every_kind_that_is_read_is_swept_or_comes_with_one_that_is() -> None:
    assert set(MANIFEST.reads) - set(MANIFEST.sweeps) == set(MANIFEST.carried)
    assert set(MANIFEST.carried.values()) <= set(MANIFEST.sweeps)


def test_what_is_written_is_looked_up_because_the_source_keeps_no_second_one_out() -> None:
    assert {name: write.idempotency for name, write in MANIFEST.writes.items()} == dict.fromkeys(
        (REQUEST_FULFILMENT, CANCEL_ORDER, CREATE_RETURN, RECEIVE_RETURN, INSPECT_RETURN), Idempotency.LOOKUP
    )
    assert {write.longest_call for write in MANIFEST.writes.values()} == {timedelta(seconds=30)}
    assert {"order.cancel.lines", "webhook"} <= set(MANIFEST.absent)

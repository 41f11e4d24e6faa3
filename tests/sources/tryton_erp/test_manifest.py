"""The manifest."""

from hub.model.manifest import Delta
from hub.model.vocabulary import Kind
from sources.tryton_erp.manifest import CHANGED, MANIFEST, OVERLAP


def test_whatever_is_swept_by_time_reaches_back_a_minute() -> None:
    by_time = [one for sweeps in MANIFEST.sweeps.values() for one in sweeps if one.strategy is Delta.TIMESTAMP]
    assert {one.overlap for one in by_time} == {OVERLAP}
    assert len(by_time) == len(MANIFEST.sweeps)


def test_open_orders_are_loaded_first_and_prove_nothing() -> None:
    (open_,) = [sweep for sweep in MANIFEST.sweeps[Kind.ORDER] if sweep.name != CHANGED]
    assert (open_.lists_open, open_.covers) == (True, False)


def test_no_kind_is_swept_without_saying_what_becomes_of_deletes() -> None:
    assert all(f"{kind.value.lower()}.deletes" in MANIFEST.absent for kind in MANIFEST.sweeps)

"""Schemes of shared keys."""

from __future__ import annotations

from hub.model import schemes
from hub.model.schemes import KIND_OF, POINTING, SHARED, tracking_key


def test_every_scheme_names_the_kind_that_bears_it() -> None:
    named = {value for name, value in vars(schemes).items() if name.isupper() and isinstance(value, str)}
    assert named == set(KIND_OF)
    assert named >= SHARED | POINTING
    assert not SHARED & POINTING


def test_a_tracking_number_is_one_however_it_is_spaced() -> None:
    assert tracking_key("1z 999") == tracking_key(" 1Z999 ")

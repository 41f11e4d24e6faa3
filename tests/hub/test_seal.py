"""A sealed token opens for whom and for what it was made, and for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import CursorInvalid
from hub.seal import Seal

SEAL = Seal(b"a secret that every process shares")


@given(st.text(), st.tuples(st.text(), st.integers(0, 2**53)))
def test_what_was_sealed_comes_back(binding: str, value: tuple[str, int]) -> None:
    assert SEAL.open(binding, SEAL.close(binding, value), tuple[str, int]) == value


def test_a_token_is_refused_for_somebody_else() -> None:
    token = SEAL.close("acme", (1, 2))
    with pytest.raises(CursorInvalid):
        SEAL.open("beta", token, tuple[int, int])


def test_a_token_of_another_secret_is_refused() -> None:
    token = Seal(b"other").close("acme", (1, 2))
    with pytest.raises(CursorInvalid):
        SEAL.open("acme", token, tuple[int, int])


@given(st.text(max_size=80))
def test_a_forged_token_is_refused(token: str) -> None:
    with pytest.raises(CursorInvalid):
        SEAL.open("acme", token, tuple[int, int])


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_changed_byte_is_noticed(at: int, by: int) -> None:
    token = SEAL.close("acme", (1, 2))
    changed = bytearray(token, "ascii")
    spot = at % len(changed)
    changed[spot] = ord("A") + (changed[spot] + by) % 26
    if changed.decode() != token:
        with pytest.raises(CursorInvalid):
            SEAL.open("acme", changed.decode(), tuple[int, int])

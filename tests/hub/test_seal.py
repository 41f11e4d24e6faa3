"""A sealed token opens only for whom and for what it was given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import CursorInvalid
from hub.seal import Seal

SEAL = Seal(b"one secret for all processes")


@given(st.text(), st.dictionaries(st.text(), st.integers(-(2**53), 2**53)))
def test_a_token_gives_back_what_was_sealed(binding: str, value: dict[str, int]) -> None:
    assert SEAL.open(binding, SEAL.close(binding, value), dict[str, int]) == value


@given(st.text(), st.text())
def test_another_binding_is_refused(mine: str, yours: str) -> None:
    token = SEAL.close(mine, [1])
    if mine != yours:
        with pytest.raises(CursorInvalid):
            SEAL.open(yours, token, list[int])


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_token_is_refused_or_changes_nothing(at: int, other: int) -> None:
    token = SEAL.close("me", [1, 2, 3])
    spot = at % len(token)
    changed = token[:spot] + chr((ord(token[spot]) ^ other) % 128) + token[spot + 1 :]
    try:
        opened = SEAL.open("me", changed, list[int])
    except CursorInvalid:
        return
    assert opened == [1, 2, 3]  # the last character bears bits that mean nothing


@given(st.text(max_size=80))
def test_any_text_is_refused_and_never_breaks(token: str) -> None:
    with pytest.raises(CursorInvalid):
        SEAL.open("me", token, list[int])


def test_another_secret_or_another_shape_is_refused() -> None:
    token = SEAL.close("me", [1])
    with pytest.raises(CursorInvalid):
        Seal(b"another").open("me", token, list[int])
    with pytest.raises(CursorInvalid):
        SEAL.open("me", token, dict[str, int])

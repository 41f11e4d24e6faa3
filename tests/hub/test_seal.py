"""A sealed token opens for whom and for what it was made, and for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import CursorInvalid, Misconfigured
from hub.seal import Seal, Vault
from hub.settings import Secret

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


def test_a_vault_gives_back_what_it_keeps_and_shows_nothing_of_it() -> None:
    secret = Secret("whsec_abc")
    kept = Vault(b"one").close(secret)
    assert Vault(b"one").open(kept) == secret
    assert "abc" not in kept
    assert Vault(b"one").close(secret) != kept


@pytest.mark.parametrize("kept", ["", "a.b.c.d.e", "nonsense"])
def test_a_vault_opens_nothing_that_it_did_not_close(kept: str) -> None:
    with pytest.raises(Misconfigured, match=r"webhooks\.key"):
        Vault(b"one").open(kept)


def test_another_vault_does_not_open_it() -> None:
    with pytest.raises(Misconfigured):
        Vault(b"two").open(Vault(b"one").close(Secret("x")))

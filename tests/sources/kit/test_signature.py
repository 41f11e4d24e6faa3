"""Signatures over raw bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Denied
from sources.kit.signature import BODY_LIMIT, check, sign


@given(st.binary(max_size=200), st.text(min_size=1, max_size=20))
def test_what_was_signed_with_an_active_secret_is_accepted(body: bytes, secret: str) -> None:
    check(body, f"sha256={sign(body, secret)}", ["another", secret], prefix="sha256=")


@given(st.binary(min_size=1, max_size=200), st.data())
def test_one_changed_bit_is_refused(body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) * 8 - 1))
    changed = bytearray(body)
    changed[place // 8] ^= 1 << place % 8
    with pytest.raises(Denied):
        check(bytes(changed), sign(body, "s"), ["s"])


def test_the_published_vector_of_rfc_4231_holds() -> None:
    assert sign(b"what do ya want for nothing?", "Jefe") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


@pytest.mark.parametrize("given_", [None, "", "sha256=", "sha1=00", "sha256=é", "00" * 32])
def test_what_is_no_signature_of_ours_is_refused(given_: str | None) -> None:
    with pytest.raises(Denied):
        check(b"{}", given_, ["s"], prefix="sha256=")


def test_no_secret_accepts_nothing_and_an_empty_one_counts_as_none() -> None:
    for secrets in ([], [""], ["", ""]):
        with pytest.raises(Denied):
            check(b"{}", sign(b"{}", ""), secrets)


def test_a_third_secret_is_not_active() -> None:
    with pytest.raises(Denied):
        check(b"{}", sign(b"{}", "three"), ["one", "two", "three"])


def test_a_large_body_is_refused_before_it_is_hashed() -> None:
    body = b" " * (BODY_LIMIT + 1)
    with pytest.raises(Denied, match="too large"):
        check(body, sign(body, "s"), ["s"])

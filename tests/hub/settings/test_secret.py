"""A secret never shows itself."""

import pickle
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.settings import Secret


@dataclass(frozen=True)
class Holder:
    password: Secret


@given(st.text(alphabet="abcdefgh", min_size=3))
def test_no_way_of_printing_shows_the_text(text: str) -> None:
    secret = Secret(text)
    shown = f"{secret} {secret!r} {secret:>40} {Holder(secret)}" + str(secret) + "%s" % secret  # noqa: UP031  # one more way
    assert text not in shown.replace("Holder(password", "")
    assert secret.reveal() == text


def test_equal_texts_are_equal_secrets_and_nothing_else_is() -> None:
    assert {Secret("a"), Secret("a")} == {Secret("a")}
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_a_secret_is_neither_pickled_nor_encoded() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret("a"))
    with pytest.raises(TypeError):
        msgspec.json.encode(Holder(Secret("a")))

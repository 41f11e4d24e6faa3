"""What does not fit is said with its path, and without its value."""

import msgspec
import pytest

from hub.errors import SourceGarbled
from sources.kit.decoding import brief, decoded


class Order(msgspec.Struct):
    id: int
    lines: list[int] = []


def test_what_fits_is_decoded() -> None:
    assert decoded(b'{"id":7,"lines":[1]}', Order, source="wms", at="$.result[0]") == Order(7, [1])


@pytest.mark.parametrize(
    ("body", "message", "path"),
    [
        (b'{"id":"7"}', "$.result[0].id: Expected `int`, got `str`", "$.result[0].id"),
        (b'{"id":7,"lines":["secret"]}', "$.result[0].lines[0]: Expected `int`, got `str`", "$.result[0].lines[0]"),
        (b"{}", "$.result[0]: Object missing required field `id`", "$.result[0]"),
    ],
)
def test_what_does_not_fit_is_said_with_its_path(body: bytes, message: str, path: str) -> None:
    with pytest.raises(SourceGarbled) as raised:
        decoded(body, Order, source="wms", at="$.result[0]")
    assert (raised.value.message, raised.value.facts) == (message, {"source": "wms", "path": path})


def test_what_is_no_json_or_too_deep_is_garbled() -> None:
    for body in (b"{", b'{"id":' * 100_000, b'{"id":7,"lines":[' + b"[" * 100_000):
        with pytest.raises(SourceGarbled):
            decoded(body, Order, source="wms", at="$")


def test_words_are_cut() -> None:
    assert brief(ValueError("x" * 500)) == "x" * 200

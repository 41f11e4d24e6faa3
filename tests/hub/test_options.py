"""Options of a command as one dataclass."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import Parameter, signature

from hub.options import packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    name: str
    size: int = 3


def test_each_field_is_an_option_and_what_has_no_default_is_asked_for() -> None:
    said: list[Wish] = []
    command = packed(said.append, Wish)
    name, size = signature(command).parameters.values()
    assert (name.name, name.default, name.annotation) == ("name", Parameter.empty, str)
    assert (size.default, size.annotation) == (3, int)
    command(name="a", size=4)
    assert said == [Wish(name="a", size=4)]

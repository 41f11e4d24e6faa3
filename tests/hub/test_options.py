"""Options of a command as one dataclass."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import Parameter, signature

import pytest
import typer
from typer.testing import CliRunner

from hub.options import TextFirst, packed


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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["317"], "found 317\n"),
        (["--", "-317"], "found -317\n"),
        (["find", "rebuild"], "found rebuild\n"),
        (["rebuild"], "rebuilt\n"),
    ],
)
def test_what_names_no_command_is_what_is_to_be_found(arguments: list[str], said: str) -> None:
    app = typer.Typer(cls=TextFirst)

    @app.command()
    def find(text: str) -> None:
        typer.echo(f"found {text}")

    @app.command()
    def rebuild() -> None:
        typer.echo("rebuilt")

    assert CliRunner().invoke(app, arguments).output == said

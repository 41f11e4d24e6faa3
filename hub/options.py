"""Options of a command as one dataclass; a group of commands that is first of all a command itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from inspect import Parameter, Signature
from typing import Any, ClassVar, get_type_hints

from typer.core import TyperGroup


def packed(command: Callable[[Any], None], pack: type) -> Callable[..., None]:
    """*command* as typer reads it: with the fields of the dataclass *pack* as options of their own."""

    def call(**given: Any) -> None:  # Any: values of options
        command(pack(**given))

    hints = get_type_hints(pack, include_extras=True)
    call.__signature__ = Signature(  # type: ignore[attr-defined]  # what typer reads
        [
            Parameter(
                one.name,
                Parameter.KEYWORD_ONLY,
                default=Parameter.empty if one.default is MISSING else one.default,
                annotation=hints[one.name],
            )
            for one in fields(pack)
        ]
    )
    call.__annotations__, call.__name__, call.__doc__ = hints, command.__name__, command.__doc__
    return call


class TextFirst(TyperGroup):
    """A group whose command `find` is meant wherever no other one of it is named first."""

    usual: ClassVar[str] = "find"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # Any: of the click that typer bears inside
        """As typer calls it."""
        if not args or args[0] not in {*self.commands, "--help"}:
            args = [self.usual, *args]
        return super().parse_args(ctx, args)

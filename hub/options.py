"""Options that commands share, and options of a command as one dataclass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from inspect import Parameter, Signature
from typing import Annotated, Any, get_type_hints

import typer

UrlOption = Annotated[str | None, typer.Option("--url", help="The hub to ask; the one that runs here by default.")]
KeyOption = Annotated[str | None, typer.Option("--key", envvar="OPSHUB_KEY", help="API key for the hub.")]


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

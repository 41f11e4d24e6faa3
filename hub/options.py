"""Options that commands share, options of a command as one dataclass, groups that are first a command themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any, ClassVar, get_type_hints

import typer
from typer.core import TyperGroup

from hub.model.cases import CaseQueue, Severity
from hub.model.vocabulary import Kind

ConfigOption = Annotated[Path | None, typer.Option("--config", help="Settings; opshub.toml where it exists.")]
UrlOption = Annotated[str | None, typer.Option("--url", help="The hub to ask; the one that runs here by default.")]
KeyOption = Annotated[str | None, typer.Option("--key", envvar="OPSHUB_KEY", help="API key for the hub.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOptions:
    """Options of `opshub cases`."""

    context: typer.Context
    queue: Annotated[list[CaseQueue] | None, typer.Option(case_sensitive=False, help="may be repeated")] = None
    severity: Annotated[list[Severity] | None, typer.Option(case_sensitive=False, help="may be repeated")] = None
    mine: Annotated[bool, typer.Option("--mine", help="only those that the key's bearer has")] = False
    key: KeyOption = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOptions:
    """Options of `opshub replay`."""

    group: Annotated[str | None, typer.Option(help="all of it; without any choice the groups are listed")] = None
    source: Annotated[str | None, typer.Option(help="all of this source")] = None
    ids: Annotated[list[str] | None, typer.Option("--id", help="this one; may be repeated")] = None
    reason: Annotated[str, typer.Option(help="why it will go better; kept")] = "sent again from the command line"
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would happen")] = False
    key: KeyOption = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOptions:
    """Options of `opshub events`."""

    after: Annotated[str | None, typer.Option(help="behind this position, or this cursor of any stream")] = None
    since: Annotated[str | None, typer.Option(help="from this instant on, or from so long ago: 15m 2h 3d")] = None
    kind: Annotated[list[Kind] | None, typer.Option(case_sensitive=False, help="may be repeated")] = None
    order: Annotated[str | None, typer.Option(help="of this order and all below it, whatever it is called")] = None
    baseline: Annotated[bool, typer.Option("--baseline", help="with what first loads told")] = False
    json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False
    follow: Annotated[bool, typer.Option(help="go on as they come; Ctrl-C ends it")] = True
    config: ConfigOption = None


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

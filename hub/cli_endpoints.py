"""`opshub endpoints` and its commands."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console

from hub.options import KeyOption, UrlOption, packed

endpoints_app = typer.Typer(invoke_without_command=True, help="Partners that are called when something changes.")
Name = Annotated[str, typer.Argument(help="of the endpoint")]
out = Console()


@endpoints_app.callback()
def endpoints_all(context: typer.Context, url: UrlOption = None, key: KeyOption = None) -> None:
    """Which endpoints there are, and what is the matter; needs a key with the scope webhooks:manage."""
    if context.invoked_subcommand is None:
        from hub import asking, partnerbook

        asyncio.run(partnerbook.endpoints(asking.where(url, key), out))


@endpoints_app.command("rotate")
def endpoints_rotate(
    name: Name,
    keep_hours: Annotated[int, typer.Option(min=0, help="how long the former secret signs too")] = 24,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Sign with a fresh secret: shown once, kept nowhere in the clear."""
    from hub import asking, partnerbook

    asyncio.run(partnerbook.rotate(asking.where(url, key), name, keep_hours, out))


@endpoints_app.command("disable")
def endpoints_disable(
    name: Name, reason: Annotated[str, typer.Option(help="why; shown")], url: UrlOption = None, key: KeyOption = None
) -> None:
    """Call it no more; what it asked for waits for it, as long as deliveries are kept."""
    from hub import asking, partnerbook

    asyncio.run(partnerbook.disable(asking.where(url, key), name, reason, out))


@endpoints_app.command("enable")
def endpoints_enable(name: Name, url: UrlOption = None, key: KeyOption = None) -> None:
    """Call it again, beginning with what waits for it."""
    from hub import asking, partnerbook

    asyncio.run(partnerbook.enable(asking.where(url, key), name, out))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOptions:
    """Options of `opshub endpoints replay`."""

    name: Name
    ids: Annotated[list[str] | None, typer.Option("--id", help="this delivery; may be repeated")] = None
    since: Annotated[str | None, typer.Option(help="all queued from this instant on")] = None
    dead: Annotated[bool, typer.Option("--dead", help="all that are dead")] = False
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say how many")] = False
    key: KeyOption = None


def endpoints_replay(asked: ReplayOptions) -> None:
    """Deliver again what has ended, in its order: partners drop repeats by webhook-id."""
    from hub import asking, partnerbook

    again = partnerbook.Again(ids=asked.ids, since=asked.since, dead=asked.dead, dry_run=asked.dry_run)
    asyncio.run(partnerbook.replay(asking.where(None, asked.key), asked.name, again, out))


endpoints_app.command("replay")(packed(endpoints_replay, ReplayOptions))

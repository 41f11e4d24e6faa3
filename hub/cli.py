"""`opshub`: commands of an operator, an integrator and a rep. Exit codes: 0, 1 refused or failed, 2 usage."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from hub.cli_endpoints import endpoints_app
from hub.clock import SystemClock
from hub.errors import HubError
from hub.loading import loading
from hub.model.vocabulary import Kind
from hub.options import (
    CaseOptions,
    ConfigOption,
    EventOptions,
    KeyOption,
    ReplayOptions,
    TextFirst,
    UrlOption,
    packed,
)
from hub.scopes import Scope
from hub.settings import Settings, load
from hub.telemetry import configure

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="One live graph over the systems of distribution.",
)
sources_app = typer.Typer(invoke_without_command=True, help="The configured sources, and how they do.")
search_app = typer.Typer(
    cls=TextFirst,
    help="`opshub search TEXT` finds anything by any identifier, in the hub that runs here (--url, --key).",
)
topics_app = typer.Typer(invoke_without_command=True, help="The Kafka topics that changes are published to.")
cases_app = typer.Typer(invoke_without_command=True)
keys_app = typer.Typer(no_args_is_help=True, help="API keys.")
app.add_typer(sources_app, name="sources")
app.add_typer(search_app, name="search")
app.add_typer(topics_app, name="topics")
app.add_typer(keys_app, name="keys")
app.add_typer(cases_app, name="cases")
app.add_typer(endpoints_app, name="endpoints")

FILE = Path("opshub.toml")
BARE = re.compile(r"[A-Za-z0-9_-]+")
"""Names that TOML takes without quotes."""

out = Console()
err = Console(stderr=True)


class DemoAct(StrEnum):
    """What to do to a source of the running demo."""

    BREAK = "break"
    HEAL = "heal"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command: *arguments*, or the process's own.

    What the hub refuses, and a file that cannot be read or written, is said in words.
    """
    try:
        app(args=arguments, prog_name="opshub")
    except HubError as wrong:
        _complain(wrong.message)
    except OSError as wrong:
        _complain(f"{wrong.filename or 'the system'}: {wrong.strerror or wrong}")
    sys.exit(1)


def _complain(message: str) -> None:
    err.print(message, style="red", markup=False, highlight=False, soft_wrap=True)


@app.command()
def up(config: ConfigOption = None) -> None:
    """Run everything on this machine: PostgreSQL (embedded unless HUB__STORE__URL is set), workers, the graph."""
    settings = _settings(config)
    with loading():
        from hub.processes import up as run_everything

    _run(run_everything(settings))


@app.command()
def serve(config: ConfigOption = None) -> None:
    """Serve the graph, webhooks and streams; the database runs already."""
    settings = _settings(config)
    with loading():
        from hub.processes import serve as run_serving

    _run(run_serving(settings))


@app.command()
def work(config: ConfigOption = None) -> None:
    """Run the background loops; several of these share the sources among them."""
    settings = _settings(config)
    with loading():
        from hub.processes import work as run_working

    _run(run_working(settings))


@app.command()
def demo(
    act: Annotated[DemoAct | None, typer.Argument(help="break or heal a source of the running demo")] = None,
    source: Annotated[str, typer.Argument(help="which source: shop, erp or wms")] = "shop",
    *,
    orders: Annotated[int, typer.Option(min=50, help="how many there are when the hub connects")] = 1000,
    port: Annotated[int, typer.Option(help="where the hub listens; another one if it is taken")] = 8000,
) -> None:
    """Show the hub from nothing: a rehearsed shop, ERP and warehouse full of orders, live traffic, the graph."""
    with loading():
        from hub.demo.control import tell
        from hub.demo.stage import run

    if act is None:
        asyncio.run(run(port, orders, out))
    else:
        out.print(asyncio.run(tell(act.value, source)), markup=False)


@app.command()
def migrate(config: ConfigOption = None) -> None:
    """Make roles and tables where missing and bring them up to date. Repeating it changes nothing."""
    settings = _settings_of_a_command(config)
    from hub.store.access import prepare

    asyncio.run(prepare(settings.store))
    out.print("The tables are up to date.")


@app.command()
def reassemble(
    kind: Annotated[Kind | None, typer.Option(help="only what stands under things of this kind")] = None,
    source: Annotated[str | None, typer.Option(help="only what this source tells of")] = None,
    config: ConfigOption = None,
) -> None:
    """Assemble what is kept anew, as after an upgrade. What comes out the same is not written and not told."""
    settings = _settings_of_a_command(config)
    from hub.upkeep import reassemble as assemble_anew

    asyncio.run(assemble_anew(settings, kind, source, out))


@app.command()
def metrics(
    *,
    rules: Annotated[bool, typer.Option("--rules", help="alert rules for Prometheus")] = False,
    dashboard: Annotated[bool, typer.Option("--dashboard", help="a dashboard for Grafana to import")] = False,
) -> None:
    """Print what /metrics tells, a line each; or files that make use of it."""
    from hub.measures.catalogue import DASHBOARD, RULES, catalogue

    for wanted, file in ((rules, RULES), (dashboard, DASHBOARD)):
        if wanted:
            typer.echo(file.read_text(encoding="utf-8"), nl=False)
    if not rules and not dashboard:
        typer.echo("\n".join(catalogue()))


@app.command()
def schema(
    *, write: Annotated[bool, typer.Option("--write", help="write schema.graphql instead of printing")] = False
) -> None:
    """Print the graph's SDL."""
    from resolvers.schema import sdl

    if write:
        Path("schema.graphql").write_text(sdl(), encoding="utf-8")
    else:
        typer.echo(sdl(), nl=False)


@search_app.command("rebuild")
def search_rebuild(
    *,
    restart: Annotated[bool, typer.Option("--restart", help="drop what a broken-off rebuild has made")] = False,
    config: ConfigOption = None,
) -> None:
    """Make the index of the search engine anew, beside the one that readers see; then compare it with the store."""
    settings = _settings_of_a_command(config)
    from hub.reindexing import rebuild

    raise typer.Exit(0 if asyncio.run(rebuild(settings, out, restart=restart)) else 1)


@search_app.command(TextFirst.usual)
def search_text(text: str, url: UrlOption = None, key: KeyOption = None) -> None:
    """Find anything by any identifier, in the hub that runs here: the same as `opshub search TEXT`."""
    from hub import asking

    asyncio.run(asking.search(asking.where(url, key), text, out))


@app.command()
def trace(
    identifier: str,
    picture: Annotated[Path | None, typer.Option("--out", help="draw it into this .svg or .html")] = None,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Follow any identifier through every system: a waterfall, what it waits for, the slowest crossing named."""
    from hub import asking, waterfall

    asyncio.run(waterfall.trace(asking.where(url, key), identifier, out, picture))


def cases_all(asked: CaseOptions) -> None:
    """List what people must look at, the worst first; `show`, `assign` and `resolve` work on one."""
    if asked.context.invoked_subcommand is None:
        from hub import asking, casebook

        narrowed = casebook.Narrowed(queues=asked.queue or (), severities=asked.severity or (), mine=asked.mine)
        asyncio.run(casebook.cases(asking.where(None, asked.key), narrowed, out))


@cases_app.command("show")
def cases_show(case_id: str, key: KeyOption = None) -> None:
    """Show one case: its orders, and what would help."""
    from hub import asking, casebook

    asyncio.run(casebook.show(asking.where(None, key), case_id, out))


@cases_app.command("assign")
def cases_assign(
    case_id: list[str], to: Annotated[str, typer.Option(help="who")], note: str | None = None, key: KeyOption = None
) -> None:
    """Give cases to somebody."""
    from hub import asking, casebook

    asyncio.run(casebook.assign(asking.where(None, key), case_id, to, note, out))


@cases_app.command("resolve")
def cases_resolve(case_id: list[str], note: str | None = None, key: KeyOption = None) -> None:
    """Settle cases; one opens again only when its facts change."""
    from hub import asking, casebook

    asyncio.run(casebook.resolve(asking.where(None, key), case_id, note, out))


def replay(asked: ReplayOptions) -> None:
    """Send dead letters again, under the keys they had: nothing happens twice."""
    from hub import asking, casebook

    given = {one.name: getattr(asked, one.name) for one in fields(asked) if one.name != "key"}
    asyncio.run(casebook.replay(asking.where(None, asked.key), casebook.Again(**given), out))


def events(asked: EventOptions) -> None:
    """Show what changed, of every tenant: as it comes, or from some time on. Reads the hub's store."""
    settings = _settings_of_a_command(asked.config)
    from hub.tailing import Wish, show

    wish = Wish(
        after=asked.after,
        since=asked.since,
        kinds=asked.kind or (),
        order=asked.order,
        baseline=asked.baseline,
        follow=asked.follow,
    )
    _run(show(settings, wish, typer.echo, as_json=asked.json))


app.command()(packed(events, EventOptions))
cases_app.callback()(packed(cases_all, CaseOptions))
app.command()(packed(replay, ReplayOptions))


@app.command()
def doctor(config: ConfigOption = None) -> None:
    """Check settings, database, roles and sources, and say what to do."""
    settings = _settings_of_a_command(config)
    from hub.checking import doctor as look

    passed = asyncio.run(look(settings, out))
    raise typer.Exit(0 if passed else 1)


@sources_app.command("check")
def sources_check(
    name: Annotated[str, typer.Argument(help="a configured source, or an adapter to be checked on its rehearsal")],
    only: Annotated[list[str] | None, typer.Option(help="a check's number, such as C13; may be repeated")] = None,
    config: ConfigOption = None,
) -> None:
    """Say in words what an adapter lacks: the contract suite on its rehearsal, a look-only check on a real one."""
    settings = _settings_of_a_command(config)
    from hub.checking import check

    passed = asyncio.run(check(settings, name, out, only or ()))
    raise typer.Exit(0 if passed else 1)


@sources_app.callback()
def sources_all(context: typer.Context, url: UrlOption = None, key: KeyOption = None) -> None:
    """How each source does: lag, breaker, backlog, first load, and in words what is the matter."""
    if context.invoked_subcommand is None:
        sources_list(url, key)


@sources_app.command("list")
def sources_list(url: UrlOption = None, key: KeyOption = None) -> None:
    """The same as `opshub sources` alone."""
    from hub import asking, overview

    asyncio.run(overview.sources(asking.where(url, key), out))


@sources_app.command("adapters")
def sources_adapters() -> None:
    """The adapters there are."""
    from sources.registry import adapters

    for name in adapters():
        out.print(name, markup=False)


@sources_app.command("new")
def sources_new(name: Annotated[str, typer.Argument(help="small letters, digits and _, such as acme_wms")]) -> None:
    """Write the folder of a new adapter from a template: in a checkout under sources/, elsewhere as a project."""
    from sources.kit.starting import start
    from sources.registry import adapters

    made = start(name, adapters(), Path())
    for path in made.files:
        out.print(str(path), markup=False, highlight=False, soft_wrap=True)
    install = "" if made.project is None else f"pip install -e {made.project}   # then it is found by its entry point\n"
    said = f"{install}opshub sources check {name}   # says in words what is missing"
    out.print(said, markup=False, highlight=False, soft_wrap=True)


@topics_app.callback()
def topics_all(context: typer.Context, config: ConfigOption = None) -> None:
    """The hub's topics, how far the publisher is, and what it could not publish."""
    if context.invoked_subcommand is None:
        settings = _settings_of_a_command(config)
        from hub import publishing

        asyncio.run(publishing.show(settings, out))


@topics_app.command("apply")
def topics_apply(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be done")] = False,
    config: ConfigOption = None,
) -> None:
    """Create and check the topics: documented partitions and retention. Partitions that exist are never changed."""
    settings = _settings_of_a_command(config)
    from hub import publishing

    applied = asyncio.run(publishing.apply(settings, out, dry_run=dry_run))
    raise typer.Exit(0 if applied else 1)


@topics_app.command("republish")
def topics_republish(
    position: Annotated[int | None, typer.Argument(min=1, help="where to begin; the first change kept")] = None,
    config: ConfigOption = None,
) -> None:
    """Publish again from a position of the log, parked changes included; consumers drop repeats by ce_id."""
    settings = _settings_of_a_command(config)
    from hub import publishing

    asyncio.run(publishing.republish(settings, out, position))


@sources_app.command("purge")
def sources_purge(
    name: Annotated[str, typer.Argument(help="a source that is retired in opshub.toml")],
    reason: Annotated[str, typer.Option(help="why; kept in its trace")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be forgotten")] = False,
    config: ConfigOption = None,
) -> None:
    """Forget for good everything that a retired source said. Stopped in the middle, it goes on when run again."""
    settings = _settings_of_a_command(config)
    from hub.upkeep import purge

    asyncio.run(purge(settings, name, reason, out, dry_run=dry_run))


@keys_app.command("new")
def keys_new(
    name: str,
    tenant: Annotated[str, typer.Option(help="the tenant it belongs to")],
    scope: Annotated[list[Scope] | None, typer.Option(help="may be repeated; without it orders:read")] = None,
) -> None:
    """Make an API key: shown once, kept nowhere; put the lines that follow it into opshub.toml."""
    from hub.guard.keys import new_key

    key, hashed = new_key()
    scopes = ", ".join(_quoted(one) for one in scope or [Scope.READ_ORDERS])
    err.print(f"The key, shown once: {key}", markup=False, highlight=False, soft_wrap=True)
    section = name if BARE.fullmatch(name) else _quoted(name)
    typer.echo(f"[keys.{section}]\nhash = {_quoted(hashed)}\ntenant = {_quoted(tenant)}\nscopes = [{scopes}]")


def _quoted(text: str) -> str:
    """As TOML writes a string, which is as JSON does."""
    return json.dumps(text, ensure_ascii=False)


def _settings(config: Path | None) -> Settings:
    """For a process, which logs as it is told."""
    settings = _loaded(config)
    configure(settings.log, SystemClock(), sys.stderr)
    return settings


def _settings_of_a_command(config: Path | None) -> Settings:
    """For a command that speaks to a person: beside it only what is wrong is logged."""
    settings = _loaded(config)
    configure(replace(settings.log, level="warning"), SystemClock(), sys.stderr)
    return settings


def _loaded(config: Path | None) -> Settings:
    return load(os.environ, config if config is not None else FILE if FILE.exists() else None)


def _run(process: Coroutine[None, None, None]) -> None:
    try:
        asyncio.run(process)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


__all__: Sequence[str] = ("main",)

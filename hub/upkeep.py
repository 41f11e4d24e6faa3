"""What an operator does to everything that is kept: forget a retired source, assemble anew. Both show how far."""

from __future__ import annotations

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from rich.console import Console
from rich.progress import Progress

from hub.call import Call, worker_call
from hub.clock import SystemClock
from hub.errors import Misconfigured
from hub.landscape import connect_all, landscapes
from hub.merge.writer import Writer
from hub.model.vocabulary import Kind
from hub.settings import Settings
from hub.store.access import found_shard
from hub.store.holdings import Held
from hub.store.roles import Role
from hub.store.store import Store, open_store
from hub.write.purge import Purge
from hub.write.reassemble import Reassembly


async def purge(settings: Settings, name: str, reason: str, out: Console, *, dry_run: bool) -> None:
    """Forget everything that the retired source *name* said; with *dry_run* only say what that is.

    Raises Misconfigured for a source that is not configured, InvalidInput for one that may not be purged now.
    """
    if name not in settings.sources:
        message = f"{name} is no configured source; there are: {', '.join(settings.sources)}"
        raise Misconfigured(message)
    tenant = settings.sources[name].tenant
    async with _writing(settings) as (store, writer):
        binding = writer.landscapes[tenant].sources[name]
        work = Purge(store=store, writer=writer, call=_call(tenant), binding=binding)
        held = await work.look()
        _say(out, f"{name}: {_told(held)}.")
        if dry_run:
            _say(out, "Nothing was changed: this was a dry run.")
            return
        with Progress(console=out) as bar:
            task = bar.add_task(f"forgetting {name}", total=sum(held.records.values()))
            async for count in work.run(reason):
                bar.advance(task, count)
    _say(out, f"{name} is forgotten. Its section may go from opshub.toml.")


async def reassemble(settings: Settings, kind: Kind | None, source: str | None, out: Console) -> None:
    """Assemble what is kept of every tenant anew; where given, only roots of *kind*, or of which *source* tells.

    Raises Misconfigured for a source that is not configured.
    """
    if source is not None and source not in settings.sources:
        message = f"{source} is no configured source; there are: {', '.join(settings.sources)}"
        raise Misconfigured(message)
    async with _writing(settings) as (store, writer):
        tenants = sorted(writer.landscapes) if source is None else [settings.sources[source].tenant]
        for tenant in tenants:
            work = Reassembly(store=store, writer=writer, call=_call(tenant), kind=kind, source=source)
            looked = moved = 0
            with Progress(console=out) as bar:
                task = bar.add_task(f"assembling {tenant}", total=await work.count())
                async for roots, changed in work.run():
                    looked, moved = looked + roots, moved + changed
                    bar.advance(task, roots)
            _say(out, f"{tenant}: {looked} looked at, {moved} came out otherwise.")


@asynccontextmanager
async def _writing(settings: Settings) -> AsyncIterator[tuple[Store, Writer]]:
    adapters = connect_all(settings, SystemClock())
    try:
        async with open_store(found_shard(settings.store), Role.WORK, size=2) as store:
            yield store, Writer(store, landscapes(settings, adapters))
    finally:
        for adapter in adapters.values():
            await adapter.close()


def _call(tenant: str) -> Call:
    return replace(worker_call(tenant), actor=getpass.getuser())


def _told(held: Held) -> str:
    """Such as `120 records (100 order, 20 shipment); nobody else tells of 3 order; 40 figures of stock`."""
    records = sum(held.records.values())
    if not records:
        return "nothing of it is kept but how far it was read"
    kinds = ", ".join(f"{count} {_word(kind)}" for kind, count in held.records.items())
    alone = ", ".join(f"{count} {_word(kind)}" for kind, count in held.alone.items())
    withdrawn = f"; told of by nobody else, so withdrawn: {alone}" if alone else ""
    return f"{records} records ({kinds}){withdrawn}; {held.figures} figures of stock"


def _word(kind: Kind) -> str:
    return kind.value.lower().replace("_", " ")


def _say(out: Console, line: str) -> None:
    out.print(line, markup=False, highlight=False, soft_wrap=True)

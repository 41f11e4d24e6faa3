"""An operator forgets a retired source and assembles anew, and is told what that came to."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from hub.errors import InvalidInput, Misconfigured
from hub.model.vocabulary import Kind
from hub.settings import Settings, SourceSettings, StoreSettings
from hub.store.roles import RoleUrls
from hub.store.store import Store
from hub.upkeep import purge, reassemble
from tests.kit.commands import Folder
from tests.kit.merging import SHOP, TENANT, Looking, order, seen
from tests.kit.stock import counted, lately, stock_of

WELL = {"user": "hub", "password": "secret", "webhook_secret": "signs"}
OLD = SourceSettings(
    tenant=TENANT, adapter="vendure", system="COMMERCE", url="http://127.0.0.1:9", retired=True, options=WELL
)


@pytest.fixture
async def settings(tmp_path: Path, database: RoleUrls, store: Store) -> Settings:
    """A hub that knows two orders and some stock of a retired shop."""
    Folder(path=tmp_path, environ={}).finds(database)
    hub = Looking(store)
    await hub.write(seen((SHOP, Kind.ORDER, "1"), order("C1")), seen((SHOP, Kind.ORDER, "2"), order("C2")))
    await hub.write(lately(counted(SHOP, stock_of(on_hand=7), source_id="1")))
    return Settings(store=StoreSettings(data_dir=tmp_path / ".opshub"), sources={SHOP: OLD})


def paper() -> Console:
    return Console(file=io.StringIO(), width=200)


def said(out: Console) -> str:
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


async def test_a_dry_run_says_what_would_go_and_the_real_run_forgets_just_that(settings: Settings) -> None:
    words = "shop: 3 records (1 inventory, 2 order); told of by nobody else, so withdrawn: 2 order; 1 figures of stock."
    out = paper()
    await purge(settings, SHOP, "closed", out, dry_run=True)
    assert said(out).splitlines() == [words, "Nothing was changed: this was a dry run."]
    out = paper()
    await purge(settings, SHOP, "closed", out, dry_run=False)
    assert said(out).splitlines()[0] == words
    assert said(out).splitlines()[-1] == "shop is forgotten. Its section may go from opshub.toml."
    out = paper()
    await purge(settings, SHOP, "closed", out, dry_run=True)
    assert said(out).splitlines()[0] == "shop: nothing of it is kept but how far it was read."


async def test_what_may_not_be_purged_is_refused_with_what_to_do(settings: Settings) -> None:
    with pytest.raises(Misconfigured, match="web is no configured source; there are: shop"):
        await purge(settings, "web", "closed", paper(), dry_run=True)
    used = replace(settings, sources={SHOP: replace(OLD, retired=False)})
    with pytest.raises(InvalidInput, match=r"set sources.shop.retired = true and restart the hub; then purge it"):
        await purge(used, SHOP, "closed", paper(), dry_run=True)


async def test_what_is_kept_is_assembled_anew_tenant_by_tenant(settings: Settings) -> None:
    out = paper()
    await reassemble(settings, None, None, out)
    assert said(out).splitlines()[-1] == f"{TENANT}: 2 looked at, 0 came out otherwise."
    with pytest.raises(Misconfigured, match="web is no configured source; there are: shop"):
        await reassemble(settings, None, "web", out)

"""From settings to a shard: embedded, or an operator's own server (design D14)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from sqlalchemy import text

from hub.call import worker_call
from hub.errors import Misconfigured, StoreBusy
from hub.settings import Secret, StoreSettings
from hub.store import postmaster
from hub.store.access import found_shard, own_urls, prepare, running_shard
from hub.store.cluster import SUPERUSER, Cluster, open_cluster
from hub.store.cluster import prepare as make_folder
from hub.store.roles import Role
from hub.store.store import open_store
from tests.kit.pg import start

ACME = worker_call("acme")
OPERATOR = "postgresql://operator:a%2Fsecret@db.example:6432/shop?sslmode=require"


@pytest.fixture
def own_server(home: Path) -> Iterator[Cluster]:
    """Somebody's own PostgreSQL: nothing of the hub in it."""
    cluster = open_cluster(home)
    make_folder(cluster)
    run = start(cluster)
    yield cluster
    postmaster.end(run)


async def operator_of(cluster: Cluster, attributes: str) -> StoreSettings:
    """Settings with the URL of an account that is no superuser and owns an empty database."""
    above = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    await above.execute(f"create role operator login password 'a/secret' {attributes}")
    await above.execute("create database shop owner operator")
    await above.close()
    where = cluster.dsn(SUPERUSER, "shop").partition("@")[2]
    return StoreSettings(url=Secret(f"postgresql://operator:a%2Fsecret@{where}"))


async def test_an_account_that_may_create_roles_is_all_the_hub_needs(own_server: Cluster) -> None:
    settings = await operator_of(own_server, "createrole")
    await prepare(settings)
    await prepare(settings)
    for role in (Role.SERVE, Role.WORK, Role.TAIL):
        async with open_store(own_urls(settings), role, size=1) as store, store.glance(ACME) as tx:
            assert await tx.scalar(text("select current_user::text")) == role.value
            assert await tx.scalar(text("select count(*) from change_log")) == 0


async def test_an_account_that_may_not_is_told_what_to_do(own_server: Cluster) -> None:
    settings = await operator_of(own_server, "nocreaterole")
    with pytest.raises(Misconfigured, match="give it CREATEROLE, or make them yourself and say HUB__STORE__SERVE_URL"):
        await prepare(settings)


async def test_up_owns_the_embedded_server_and_others_find_it_migrated(home: Path) -> None:
    settings = StoreSettings(data_dir=home)
    async with running_shard(settings) as urls:
        assert found_shard(settings) == urls
        async with open_store(found_shard(settings), Role.WORK, size=1) as store, store.glance(ACME) as tx:
            assert await tx.scalar(text("select last from sequencer")) == 0
    with pytest.raises(StoreBusy):
        await prepare(settings)


async def test_a_server_that_is_away_is_busy() -> None:
    with pytest.raises(StoreBusy):
        await prepare(StoreSettings(url=Secret("postgresql://operator:secret@/shop?host=/nowhere")))


def test_passwords_of_the_roles_come_one_way_from_the_operators() -> None:
    urls = own_urls(StoreSettings(url=Secret(OPERATOR), pooled=True))
    assert urls == own_urls(StoreSettings(url=Secret(OPERATOR), pooled=True))
    assert urls.owner == OPERATOR
    assert urls.pooled
    parts = [urlsplit(url) for url in (urls.serve, urls.work, urls.tail)]
    assert [part.username for part in parts] == ["hub_serve", "hub_work", "hub_tail"]
    assert {(part.hostname, part.port, part.path, part.query) for part in parts} == {
        ("db.example", 6432, "/shop", "sslmode=require")
    }
    passwords = {part.password for part in parts}
    assert len(passwords) == 3
    assert all(password is not None and len(password) >= 40 and "secret" not in password for password in passwords)


def test_urls_that_are_given_are_taken_as_they_are() -> None:
    given = StoreSettings(
        url=Secret("postgresql://owner@db/shop"), direct_url=Secret("postgresql://owner@direct/shop"),
        serve_url=Secret("postgresql://s@db/shop"), work_url=Secret("postgresql://w@db/shop"),
        tail_url=Secret("postgresql://t@db/shop"),
    )  # fmt: skip
    urls = own_urls(given)
    assert (urls.owner, urls.serve) == ("postgresql://owner@direct/shop", "postgresql://s@db/shop")
    assert (urls.work, urls.tail) == ("postgresql://w@db/shop", "postgresql://t@db/shop")


def test_without_a_password_the_other_urls_must_be_given() -> None:
    with pytest.raises(Misconfigured, match="has no password to derive those of the roles from"):
        own_urls(StoreSettings(url=Secret("postgresql://owner@db/shop")))
    with pytest.raises(Misconfigured, match="HUB__STORE__URL is not set"):
        own_urls(StoreSettings())


@pytest.mark.parametrize(
    "url", ["nonsense", "http://o:p@db/shop", "postgresql://o:p@db:five/shop", "postgresql://o:p@[/x"]
)
def test_what_is_no_url_of_postgresql_is_refused_unshown(url: str) -> None:
    with pytest.raises(Misconfigured, match="a URL of the store is malformed: postgresql") as caught:
        own_urls(StoreSettings(url=Secret(url)))
    assert url not in caught.value.message


def test_several_hosts_and_sockets_are_urls() -> None:
    for where in ("db1:5432,db2:5433/shop", "/shop?host=/run&port=5432", "[::1]:5432/shop", "[::1]/shop"):
        own_urls(StoreSettings(url=Secret(f"postgresql://owner:p@{where}")))

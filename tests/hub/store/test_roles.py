"""The hub refuses to start as a role for which row security would not hold (threats S8, S21)."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest

from hub.errors import Misconfigured
from hub.store.cluster import Cluster
from hub.store.embedded import role_urls
from hub.store.roles import Role, RoleUrls, refuse_misgrants, refuse_old
from tests.kit.pg import Superuser


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A login role that may what `hub_serve` may, to be given too much."""

    name: str
    url: str
    above: Superuser

    async def given(self, *statements: str) -> None:
        for statement in statements:
            await self.above.execute(statement.format(suspect=self.name))

    async def faults(self) -> str:
        """What the start-up check says, empty where it has nothing to say."""
        connection = await asyncpg.connect(self.url)
        try:
            await refuse_misgrants(connection, Role.SERVE)
        except Misconfigured as refused:
            return refused.message
        finally:
            await connection.close()
        return ""


@pytest.fixture
async def suspect(cluster: Cluster, database: RoleUrls, superuser: Superuser) -> AsyncIterator[Suspect]:
    name = f"suspect_{secrets.token_hex(4)}"
    made = Suspect(name=name, url=database.serve.replace(f"://{Role.SERVE.value}:", f"://{name}:"), above=superuser)
    await made.given(
        f"create role {{suspect}} login password '{cluster.passwords[Role.SERVE.value]}'",
        f'grant connect on database "{await superuser.fetchval("select current_database()")}" to {{suspect}}',
        "grant usage on schema hub to {suspect}",
        "grant select on all tables in schema hub to {suspect}",
    )
    yield made
    await made.given("reassign owned by {suspect} to hub_owner", "drop owned by {suspect}", "drop role {suspect}")


async def test_a_role_with_what_it_needs_and_no_more_may_start(suspect: Suspect) -> None:
    assert await suspect.faults() == ""


@pytest.mark.parametrize(
    ("grants", "words"),
    [
        (["alter role {suspect} superuser"], "is a superuser"),
        (["alter role {suspect} bypassrls"], "has BYPASSRLS"),
        (["alter role {suspect} createrole"], "may create roles"),
        (["alter table hub.record owner to {suspect}"], "owns the table record"),
        (["alter schema hub owner to {suspect}"], "owns the schema hub"),
        (["grant create on schema hub to {suspect}"], "may create objects in hub"),
        (["grant hub_owner to {suspect}"], "is a member of hub_owner, which has other rights"),
        (["grant hub_work to {suspect}"], "is a member of hub_work, which has other rights"),
        (["grant postgres to {suspect}"], "is a member of postgres, which is a superuser"),
        (["alter table hub.record disable row level security"], "may read record, whose row security is off"),
    ],
)
async def test_each_misgrant_is_refused_in_clear_words(suspect: Suspect, grants: list[str], words: str) -> None:
    await suspect.given(*grants)
    assert words in await suspect.faults()


async def test_a_misgrant_through_another_role_is_found_too(suspect: Suspect) -> None:
    between = f"{suspect.name}_between"
    await suspect.given(f"create role {between}", f"grant {between} to {{suspect}}", f"grant pg_monitor to {between}")
    assert await suspect.faults() == ""
    await suspect.given(f"alter role {between} bypassrls")
    try:
        assert f"is a member of {between}, which has BYPASSRLS" in await suspect.faults()
    finally:
        await suspect.given(f"drop role {between}")


async def test_all_misgrants_are_named_at_once(suspect: Suspect) -> None:
    await suspect.given("alter role {suspect} bypassrls", "alter table hub.root owner to {suspect}")
    said = await suspect.faults()
    assert said.startswith(f"the role {suspect.name} must not run `hub_serve`, for row security would not hold: it ")
    assert "has BYPASSRLS; owns the table root" in said


@pytest.mark.parametrize("role", [Role.SERVE, Role.WORK, Role.TAIL])
async def test_the_roles_that_the_hub_makes_pass(database: RoleUrls, role: Role) -> None:
    connection = await asyncpg.connect(database.of(role))
    try:
        await refuse_misgrants(connection, role)
    finally:
        await connection.close()


async def test_the_owner_may_not_serve(database: RoleUrls) -> None:
    connection = await asyncpg.connect(database.owner)
    try:
        with pytest.raises(Misconfigured, match="owns the table record"):
            await refuse_misgrants(connection, Role.SERVE)
    finally:
        await connection.close()


def test_urls_never_show_their_passwords(cluster: Cluster) -> None:
    shown = repr(role_urls(cluster, "any")) + repr(cluster)
    assert not [secret for secret in cluster.passwords.values() if secret in shown]


def test_a_server_older_than_fifteen_is_refused() -> None:
    with pytest.raises(Misconfigured, match="PostgreSQL 14 is too old: the store needs 15 or later"):
        refuse_old(14)
    refuse_old(15)

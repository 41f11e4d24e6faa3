"""Roles, database and schema, made where the given account may (design D11)."""

from __future__ import annotations

import base64
import hashlib
import hmac

from hub.store.cluster import Cluster
from hub.store.provision import make_database, make_roles, make_schema, verifier
from hub.store.roles import Role
from tests.kit.pg import Superuser


def test_the_verifier_is_scrams_and_never_the_same_twice() -> None:
    """RFC 5802: whoever knows the password can compute both keys from the salt, nobody the other way round."""
    made = verifier("a-password")
    assert made != verifier("a-password")
    assert "a-password" not in made
    head, keys = made.removeprefix("SCRAM-SHA-256$").split("$")
    rounds, salt = head.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", b"a-password", base64.b64decode(salt), int(rounds))
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored, server = (base64.b64decode(key) for key in keys.split(":"))
    assert stored == hashlib.sha256(client).digest()
    assert server == hmac.digest(salted, b"Server Key", "sha256")


async def test_the_four_roles_may_log_in_and_no_more(superuser: Superuser) -> None:
    rows = await superuser.fetch(
        "select rolname, rolcanlogin, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication"
        " from pg_roles where rolname like 'hub\\_%' order by 1"
    )
    assert [tuple(row) for row in rows] == [(name, True, False) for name in sorted(role.value for role in Role)]


async def test_nobody_but_the_four_roles_may_connect(superuser: Superuser) -> None:
    await superuser.execute("create role stranger")
    try:
        for database in ("current_database()", "'postgres'", "'template1'"):
            question = f"select has_database_privilege('stranger', {database}, 'connect')"
            assert not await superuser.fetchval(question)
        for role in Role:
            assert await superuser.fetchval("select has_database_privilege($1, current_database(), 'connect')", role)
    finally:
        await superuser.execute("drop role stranger")


async def test_making_everything_again_changes_nothing(superuser: Superuser, cluster: Cluster) -> None:
    name = await superuser.fetchval("select current_database()")
    look = "select array_agg(distinct nspacl::text) from pg_namespace where nspname = 'hub'"
    before = await superuser.fetchval(look)
    await make_roles(superuser, cluster.passwords)
    await make_database(superuser, name)
    await make_schema(superuser)
    assert await superuser.fetchval(look) == before

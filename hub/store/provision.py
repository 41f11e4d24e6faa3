"""Makes roles, database and schema where the given account may; repeating it changes only passwords (D11, D14)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping

import asyncpg

from hub.errors import Misconfigured
from hub.store.roles import RUNTIME, SCHEMA, Role

ITERATIONS = 4096  # what PostgreSQL uses itself; the passwords are 256 random bits
_ATTRIBUTES = "login nosuperuser nobypassrls nocreaterole nocreatedb noreplication"


def verifier(password: str) -> str:
    """What PostgreSQL stores for *password* under scram-sha-256, so that no log ever holds the password itself."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    s, k, v = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${ITERATIONS}:{s}${k}:{v}"


async def make_roles(connection: asyncpg.Connection, passwords: Mapping[str, str]) -> None:
    """Create the four roles where missing and set their passwords; *passwords* is by role name.

    Raises Misconfigured where the account of *connection* may not.
    """
    known = {row[0] for row in await connection.fetch("select rolname from pg_roles")}
    try:
        for role in Role:
            verb = "alter" if role.value in known else "create"
            attributes = _ATTRIBUTES if verb == "create" else "login"
            # a role's name and password cannot be parameters; both are made of safe characters only
            await connection.execute(
                f"{verb} role {role.value} {attributes} password '{verifier(passwords[role.value])}'"
            )
    except asyncpg.InsufficientPrivilegeError as refused:
        message = (
            f"this account may not make the roles {', '.join(Role)}: give it CREATEROLE, or make them yourself and say "
            "HUB__STORE__SERVE_URL, HUB__STORE__WORK_URL and HUB__STORE__TAIL_URL"
        )
        raise Misconfigured(message) from refused


async def make_database(connection: asyncpg.Connection, name: str, template: str = "template0") -> None:
    """Create the database *name*, owned by the owner role, closed to everybody but the four roles."""
    if await connection.fetchval("select count(*) from pg_database where datname = $1", name) == 0:
        await connection.execute(f'create database "{name}" owner {Role.OWNER.value} template "{template}"')
    await connection.execute(f'revoke all on database "{name}" from public')
    await connection.execute(f'grant connect on database "{name}" to {", ".join(RUNTIME)}')


async def make_schema(connection: asyncpg.Connection) -> None:
    """Create the schema of the shard in the database of *connection*, and let the runtime roles use it."""
    if not await connection.fetchval("select to_regnamespace($1) is not null", SCHEMA):
        if not await connection.fetchval("select rolsuper from pg_roles where rolname = current_user"):
            await connection.execute(f"grant {Role.OWNER.value} to current_user")
        await connection.execute(f"create schema {SCHEMA} authorization {Role.OWNER.value}")
    await connection.execute(f"set role {Role.OWNER.value}")
    try:
        await connection.execute(f"grant usage on schema {SCHEMA} to {', '.join(RUNTIME)}")
    finally:
        await connection.execute("reset role")
    await _find_tables_there(connection)


async def _find_tables_there(connection: asyncpg.Connection) -> None:
    """Make the schema the search path of each role here: a pooler in transaction mode cannot pass it at connect."""
    database = await connection.fetchval("select quote_ident(current_database())")
    for role in Role:
        await connection.execute(f"alter role {role.value} in database {database} set search_path = {SCHEMA}")

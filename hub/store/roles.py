"""Four roles, who may do what, and the refusal to start when that is not so (design D11, threats S8 and S21)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import asyncpg

from hub.errors import Misconfigured

SCHEMA = "hub"
"""Every table of a shard lies in this schema (design section 11)."""
OLDEST = 15  # major version of PostgreSQL


class Role(StrEnum):
    """Whom a connection is; the value is the role's name in PostgreSQL."""

    OWNER = "hub_owner"
    """Owns the tables and migrates; nothing else connects as it."""
    SERVE = "hub_serve"
    """Answers callers: row security on, only the tenant that the connection says."""
    WORK = "hub_work"
    """Background loops: crosses tenants by policies of its own."""
    TAIL = "hub_tail"
    """Reads the change log and the sequencer of every tenant, and nothing else."""


RUNTIME = (Role.SERVE, Role.WORK, Role.TAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleUrls:
    """How each role of one shard connects. Never shown: the URLs bear passwords."""

    owner: str = field(repr=False)
    serve: str = field(repr=False)
    work: str = field(repr=False)
    tail: str = field(repr=False)
    pooled: bool = False
    """The runtime URLs lead through PgBouncer in transaction mode; `owner` never does."""

    def of(self, role: Role) -> str:
        """The URL of *role*."""
        return {Role.OWNER: self.owner, Role.SERVE: self.serve, Role.WORK: self.work, Role.TAIL: self.tail}[role]


_MISGRANTS = """
with me as (select * from pg_roles where rolname = current_user),
shard as (select oid, nspname, nspowner from pg_namespace where nspname = $1),
tables as (
  select c.oid, c.relname, c.relowner, c.relrowsecurity from pg_class c, shard
  where c.relnamespace = shard.oid and c.relkind in ('r', 'p')
),
granted as (
  select r.rolname, case
    when r.rolsuper then 'is a superuser' when r.rolbypassrls then 'has BYPASSRLS'
    when r.rolcreaterole then 'may create roles' when r.rolname = any($2) then 'has other rights'
    when r.oid in (select relowner from tables union select nspowner from shard) then 'owns tables'
    end as fault
  from pg_roles r, me where r.oid <> me.oid and pg_has_role(me.oid, r.oid, 'MEMBER')
)
select 'is a superuser' from me where rolsuper
union all select 'has BYPASSRLS' from me where rolbypassrls
union all select 'may create roles' from me where rolcreaterole
union all select 'owns the table ' || relname from tables, me where relowner = me.oid
union all select 'owns the schema ' || nspname from shard, me where nspowner = me.oid
union all select 'may create objects in ' || nspname from shard where has_schema_privilege(shard.oid, 'CREATE')
union all select 'is a member of ' || rolname || ', which ' || fault from granted where fault is not null
union all select 'may read ' || relname || ', whose row security is off' from tables
  where not relrowsecurity and has_table_privilege(tables.oid, 'SELECT')
    and exists (select from pg_attribute where attrelid = tables.oid and attname = 'tenant' and not attisdropped)
"""


async def refuse_misgrants(connection: asyncpg.Connection, role: Role) -> None:
    """Raise Misconfigured, naming every mistake, if *connection* could see or do more than *role* may.

    That is: superuser, BYPASSRLS, owner of tables or of the schema, able to create roles or objects, member of a role
    that is, or a readable tenant table without row security. Also where the server is older than PostgreSQL 15.
    """
    refuse_old(connection.get_server_version().major)
    above = [other.value for other in Role if other is not role]
    rows = await connection.fetch(_MISGRANTS, SCHEMA, above)
    who = await connection.fetchval("select current_user")
    if rows:
        faults = "; ".join(str(row[0]) for row in rows)
        message = f"the role {who} must not run `{role.value}`, for row security would not hold: it {faults}"
        raise Misconfigured(message)


def refuse_old(major: int) -> None:
    """Raise Misconfigured unless the server's *major* version is 15 or later."""
    if major < OLDEST:
        message = f"PostgreSQL {major} is too old: the store needs {OLDEST} or later"
        raise Misconfigured(message)

"""A database that goes from one test to the next is as good as fresh."""

from collections.abc import Iterator

import asyncpg
import pytest

from hub.store.cluster import Cluster
from hub.store.roles import RoleUrls
from tests.kit.pg import TEMPLATE
from tests.kit.spares import MOST_ROWS, Spares, spares

HELD = """
select (select count(*) from hub.root), (select last from hub.sequencer), (select count(*) from hub.sequencer),
  (select count(*) from pg_sequences where schemaname = 'hub' and last_value is not null)"""
FRESH = (0, 0, 1, 0)
SOME = """insert into hub.root (tenant, id, kind) select 'acme', n::text, 'ORDER' from generate_series(1, 20) n;
  update hub.sequencer set last = 7; select setval('hub.outbox_id_seq', 100)"""
MORE = {
    "a policy": "create policy more on hub.root using (true)",
    "a column": "alter table hub.root add column more text",
    "a default": "alter table hub.root alter column kind set default 'ORDER'",
    "a table": "create table hub.more (one int)",
    "an index": "create index more on hub.root (kind)",
    "a grant": "grant select on hub.root to public",
    "a setting": "do $$ begin execute format('alter database %I set jit = on', current_database()); end $$",
    "what the planner knows": "insert into hub.root (tenant, id, kind) values ('a', 'b', 'c'); analyze hub.root",
    "too many rows": """insert into hub.root (tenant, id, kind)
      select 'acme', n::text, 'ORDER' from generate_series(0, $most) n""".replace("$most", str(MOST_ROWS)),
}  # fmt: skip


@pytest.fixture
def lending(cluster: Cluster) -> Iterator[Spares]:
    with spares(cluster, TEMPLATE) as found:
        yield found


async def done(urls: RoleUrls, sql: str) -> tuple[object, ...]:
    """What is there before *sql* is done."""
    connection = await asyncpg.connect(urls.owner)
    try:
        held = tuple(await connection.fetchrow(HELD) or ())
        await connection.execute(sql)
    finally:
        await connection.close()
    return held


async def test_rows_and_numbers_are_gone_and_what_migrations_put_there_is_back(lending: Spares) -> None:
    seen = []
    for _ in range(3):
        async with lending.lent() as urls:
            seen.append(urls.owner)
            assert await done(urls, SOME) == FRESH
    assert len(set(seen)) == 1


async def test_who_is_still_connected_is_sent_away(lending: Spares) -> None:
    async with lending.lent() as urls:
        left = await asyncpg.connect(urls.owner)
        await left.execute("begin; insert into hub.root (tenant, id, kind) values ('acme', '1', 'ORDER')")
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await left.execute("commit")
    async with lending.lent() as again:
        assert await done(again, "select 1") == FRESH
        assert again.owner == urls.owner


@pytest.mark.parametrize("sql", MORE.values(), ids=MORE)
async def test_whoever_changed_more_than_rows_is_the_last(lending: Spares, sql: str) -> None:
    async with lending.lent() as first:
        await done(first, sql)
    async with lending.lent() as second:
        assert second.owner != first.owner

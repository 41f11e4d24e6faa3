"""Decisions: one effect for one key, a dry run that leaves no trace, texts that can be shown."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from hub.call import Call
from hub.model.command import UserError, UserErrorCode
from hub.scopes import Scope
from hub.store.console import CONSOLE
from hub.store.store import Store
from hub.store.tx import Tx
from hub.write.console import Decided, Effect, decide, wrong_text
from hub.write.desk import Asking

OPS = Call(actor="ops", tenant="acme", scopes=frozenset({Scope.OPERATE}), correlation_id="correlation-ops")
COUNT = "select count(*) from root where tenant = 'acme'"


async def act(tx: Tx) -> Effect:
    await tx.execute(text("insert into root (tenant, id, kind) values ('acme', gen_random_uuid()::text, 'ORDER')"))
    return Effect(outcome={"made": 1})


async def refuse(tx: Tx) -> Effect:
    await act(tx)
    return Effect(user_errors=(UserError(code=UserErrorCode.INVALID, message="no"),))


async def made(store: Store) -> tuple[int, int]:
    async with store.glance(OPS) as tx:
        return await tx.scalar(text(COUNT)), await tx.scalar(text("select count(*) from command"))


async def test_ten_at_once_with_one_key_have_one_effect(store: Store) -> None:
    asked = (decide(store, OPS, ("tryIt", {"a": 1}, CONSOLE), Asking(key="k"), act) for _ in range(10))
    found: list[Decided] = await asyncio.gather(*asked)
    assert await made(store) == (1, 1)
    assert sorted(one.replayed for one in found) == [False] + [True] * 9
    assert len({one.command_id for one in found}) == 1


async def test_a_dry_run_and_a_refusal_leave_no_trace(store: Store) -> None:
    dry = await decide(store, OPS, ("tryIt", {"a": 1}, CONSOLE), Asking(key="k", dry_run=True), act)
    no = await decide(store, OPS, ("tryIt", {"a": 1}, CONSOLE), Asking(key="k"), refuse)
    assert (dry.effect.outcome, dry.command_id, no.command_id) == ({"made": 1}, None, None)
    assert await made(store) == (0, 0)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, UserErrorCode.REQUIRED),
        ("  ", UserErrorCode.REQUIRED),
        ("a\0b", UserErrorCode.INVALID),
        ("a\x1b[31m", UserErrorCode.INVALID),
        ("x" * 1001, UserErrorCode.LIMIT_EXCEEDED),
    ],
)
def test_a_text_that_cannot_be_taken_says_why(value: str | None, code: UserErrorCode) -> None:
    wrong = wrong_text("reason", value)
    assert wrong is not None
    assert (wrong.code, wrong.field) == (code, ("reason",))


def test_a_text_of_several_lines_is_fine() -> None:
    assert wrong_text("reason", "the ERP is back\nsince noon") is None

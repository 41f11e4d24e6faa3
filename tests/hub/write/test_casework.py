"""Cases worked on by people: taken and settled with everything that has the same key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.errors import Denied
from hub.merge.work import Work
from hub.model.command import UserErrorCode
from hub.store.store import Store
from hub.write.casework import CaseCommand
from hub.write.console import Decided
from hub.write.desk import Asking
from hub.write.operators import Operators
from tests.hub.write.test_mapping import BLOCKED, OPS
from tests.hub.write.test_mapping import looking as blocked
from tests.kit.merging import Looking

looking = blocked
"""37 orders with one unknown item."""


async def move(looking: Looking, *, key: str | None = "k", **said: Any) -> Decided:
    ((one,),) = await looking.rows("select min(id) from exception_case")
    command = replace(CaseCommand(ids=(one,)), **said)
    operators = Operators(looking.store, looking.writer)
    return await operators.move_cases(OPS, command, Asking(key=key, dry_run=key is None))


async def states(looking: Looking) -> list[tuple[str, str | None, int]]:
    return [
        tuple(row)
        for row in await looking.rows(
            "select status, assignee, count(*) from exception_case group by 1, 2 order by 1, 2"
        )
    ]


async def test_all_that_have_it_are_taken_together_once(looking: Looking) -> None:
    dry = await move(looking, key=None, assignee="kim", note="asks the baker")
    assert await states(looking) == [("NEW", None, BLOCKED)]
    real = await move(looking, assignee="kim", note="asks the baker")
    assert len(real.effect.outcome["cases"]) == len(dry.effect.outcome["cases"]) == BLOCKED
    assert await states(looking) == [("ASSIGNED", "kim", BLOCKED)]
    again = await move(looking, assignee="kim", note="asks the baker")
    assert (again.replayed, again.command_id, again.effect) == (True, real.command_id, real.effect)
    assert await looking.rows("select distinct evidence #>> '{notes,0,text}' from exception_case") == [
        ("asks the baker",)
    ]
    ((told,),) = await looking.rows("select count(*) from outbox where lower(aggregatetype) like 'exception%case'")
    assert told == 2 * BLOCKED


async def test_what_is_settled_by_hand_stays_so_until_its_facts_change(looking: Looking) -> None:
    await move(looking, note="we do not sell it any more")
    assert await states(looking) == [("CLOSED", None, BLOCKED)]
    roots = tuple(root for (root,) in await looking.rows("select id from root where kind = 'ORDER'"))
    await looking.writer.write(OPS, Work(wake=roots))
    assert await states(looking) == [("CLOSED", None, BLOCKED)]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"ids": ("nothing",), "assignee": "kim"}, UserErrorCode.NOT_FOUND),
        ({"ids": ()}, UserErrorCode.LIMIT_EXCEEDED),
        ({"assignee": " "}, UserErrorCode.REQUIRED),
        ({"assignee": "k\0m"}, UserErrorCode.INVALID),
        ({"note": "x" * 1001}, UserErrorCode.LIMIT_EXCEEDED),
    ],
)
async def test_what_cannot_be_is_said_and_writes_nothing(
    looking: Looking, said: dict[str, Any], code: UserErrorCode
) -> None:
    decided = await move(looking, **said)
    assert [one.code for one in decided.effect.user_errors] == [code]
    assert await states(looking) == [("NEW", None, BLOCKED)]
    assert await looking.count("command") == 0


async def test_a_settled_case_cannot_be_taken(looking: Looking) -> None:
    await move(looking)
    decided = await move(looking, key="k2", assignee="kim")
    assert [one.code for one in decided.effect.user_errors] == [UserErrorCode.NOT_ALLOWED_IN_STATUS]


async def test_it_is_for_operators(store: Store, looking: Looking) -> None:
    operators = Operators(store, looking.writer)
    with pytest.raises(Denied):
        await operators.move_cases(replace(OPS, scopes=frozenset()), CaseCommand(ids=("x",)), Asking(key="k"))

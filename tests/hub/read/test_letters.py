"""Dead letters for one caller."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import CursorInvalid
from hub.model.letters import DeadLetterStatus, ReplayPolicy
from hub.read.letters import Letters, LettersWanted
from hub.seal import Seal
from hub.store.store import Store
from tests.hub.store.test_letters import CALL, arrive
from tests.kit.merging import landscape


async def test_they_come_page_by_page_and_a_confined_caller_sees_none(store: Store, serving: Store) -> None:
    await arrive(store, "a", "bb", "ccc")
    read = Letters(serving, {"acme": landscape()}, Seal(b"secret"))
    first = await read.page(CALL, LettersWanted(size=2))
    last = await read.page(CALL, LettersWanted(size=2, after=first.rows[-1][1]))
    assert [one.id for one, _ in (*first.rows, *last.rows)] == ["a", "bb", "ccc"]
    assert (first.has_more, last.has_more, await read.count(CALL, LettersWanted())) == (True, False, 3)
    (group,) = await read.groups(CALL, None, DeadLetterStatus.OPEN)
    assert (group.count, group.replay_policy) == (3, ReplayPolicy.SAFE)
    with pytest.raises(CursorInvalid):
        await read.page(replace(CALL, actor="other"), LettersWanted(after=first.rows[0][1]))
    confined = replace(CALL, account="acme")
    assert (await read.page(confined, LettersWanted())).rows == ()
    assert await read.groups(confined, None, DeadLetterStatus.OPEN) == ()

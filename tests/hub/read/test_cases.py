"""The queue for one caller."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import CursorInvalid
from hub.read.cases import Cases, CasesWanted
from hub.seal import Seal
from hub.store.store import Store
from hub.store.tables import exception_case
from tests.hub.store.test_open_cases import CALL, case
from tests.kit.orders import keep_rows


async def test_they_come_page_by_page_and_a_confined_caller_sees_none(store: Store, serving: Store) -> None:
    await keep_rows(store, exception_case, *(case(n, "a") | {"dedup_key": n} for n in ("1", "2", "3")))
    read = Cases(serving, Seal(b"secret"))
    first = await read.page(CALL, CasesWanted(size=2))
    last = await read.page(CALL, CasesWanted(size=2, after=first.rows[-1][1]))
    assert [one.id for one, _ in (*first.rows, *last.rows)] == ["1", "2", "3"]
    assert (first.has_more, last.has_more, await read.count(CALL, CasesWanted())) == (True, False, 3)
    assert list(await read.by_id(CALL, ["2", "none"])) == ["2"]
    with pytest.raises(CursorInvalid):
        await read.page(replace(CALL, actor="other"), CasesWanted(after=first.rows[0][1]))
    confined = replace(CALL, account="acme")
    assert (await read.page(confined, CasesWanted())).rows == ()
    assert await read.by_id(confined, ["2"]) == {}

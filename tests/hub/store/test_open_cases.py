"""Cases that several roots have."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hub.call import worker_call
from hub.store.open_cases import (
    CasesChosen,
    cases_by_id,
    count_cases,
    list_cases,
    members_of_cases,
    roots_of_case,
)
from hub.store.store import Store
from hub.store.tables import exception_case
from tests.kit.orders import keep_rows

CALL = worker_call("acme")


def case(name: str, root: str, **said: object) -> dict[str, object]:
    known = {"code": "SKU_MAPPING_MISSING", "severity": "S2", "queue": "MASTER_DATA", "title": name}
    return {"id": name, "root_id": root, "dedup_key": "KEY", **known, **said}


async def test_only_roots_that_have_it_open_are_named_each_once(store: Store) -> None:
    await keep_rows(store, exception_case, case("1", "b"), case("2", "a"))
    await keep_rows(store, exception_case, case("3", "c") | {"dedup_key": "OTHER"})
    async with store.glance(CALL) as tx:
        assert await roots_of_case(tx, "acme", "KEY") == ["a", "b"]
        assert await roots_of_case(tx, "beta", "KEY") == []


async def test_equal_keys_are_one_case_under_the_id_of_the_first(store: Store) -> None:
    await keep_rows(
        store,
        exception_case,
        case("2", "a"),
        case("1", "b"),
        case("4", "d") | {"dedup_key": "WORSE", "severity": "S1", "queue": "CS"},
    )
    async with store.glance(CALL) as tx:
        first, second = await list_cases(tx, "acme", CasesChosen(), 5, None)
        assert [one.place.id for one in (first, second)] == ["4", "1"]
        said = json.loads(second.said)
        assert (said["root_ids"], said["occurrences"], said["version"]) == (["a", "b"], 2, 2)
        (left,) = await list_cases(tx, "acme", CasesChosen(), 5, first.place)
        assert left == second
        assert await list_cases(tx, "acme", CasesChosen(), 5, second.place) == []
        assert await count_cases(tx, "acme", CasesChosen(queue=["MASTER_DATA"])) == 1
        assert await count_cases(tx, "acme", CasesChosen(is_open=False)) == 0
        assert await count_cases(tx, "beta", CasesChosen()) == 0
        found = await cases_by_id(tx, "acme", ["2", "none"])
        assert [json.loads(one)["id"] for one in found.values()] == ["1"]
        members = await members_of_cases(tx, "acme", ["2"])
        assert [(one.asked, one.id, one.root_id, one.is_open) for one in members] == [
            ("2", "1", "b", True),
            ("2", "2", "a", True),
        ]


async def test_what_is_open_speaks_for_a_case_and_a_settled_one_is_listed_apart(store: Store) -> None:
    ended = {"status": "RESOLVED", "closed_at": datetime(2026, 11, 1, tzinfo=UTC)}
    await keep_rows(store, exception_case, case("1", "a", **ended))
    await keep_rows(store, exception_case, case("2", "b"))
    await keep_rows(store, exception_case, case("3", "c", **ended) | {"dedup_key": "OTHER"})
    async with store.glance(CALL) as tx:
        (one,) = await list_cases(tx, "acme", CasesChosen(), 5, None)
        assert (one.place.id, json.loads(one.said)["status"], json.loads(one.said)["root_ids"]) == ("1", "NEW", ["b"])
        (settled,) = await list_cases(tx, "acme", CasesChosen(is_open=False), 5, None)
        assert (settled.place.id, await count_cases(tx, "acme", CasesChosen(is_open=None))) == ("3", 2)
        assert json.loads((await cases_by_id(tx, "acme", ["3"]))["3"])["status"] == "RESOLVED"

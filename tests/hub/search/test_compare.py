"""A comparison sees what is missing, what is too much and what is otherwise."""

from __future__ import annotations

import pytest

from hub.search.compare import Reservoir, Sample, compare
from hub.search.ids import floor_of
from hub.search.rebuild import Rebuild
from hub.store.indexing import START, entities_after
from hub.store.store import Store
from tests.kit.engine import ListEngine
from tests.kit.indexing import PREFIX, means_over
from tests.kit.searched import keep_things


@pytest.mark.parametrize(
    ("spoil", "counts", "differing"),
    [
        ("missing", True, 1),
        ("other", False, 1),
        ("foreign", True, 0),
    ],
)
async def test_it_says_what_differs(store: Store, spoil: str, counts: bool, differing: int) -> None:  # noqa: FBT001  # a table
    engine = ListEngine()
    await keep_things(store)
    means = means_over(engine, store)
    await Rebuild(means).run(restart=False)
    (index,) = engine.aliases[f"{PREFIX}entity"]
    documents, key = engine.indices[index], "acme:ORDER:order-SO-10051"
    if spoil == "missing":
        del documents[key]
    elif spoil == "other":
        documents[key] = {**documents[key], "status": "CANCELLED"}
    else:
        documents["acme:ORDER:nobody"] = {**documents[key], "id": "nobody"}
    sample = Sample()
    async with store.survey() as tx:
        for row in await entities_after(tx, START, 100):
            sample.entity(row)
    found = await compare(means, sample, floor_of(0), looks=0)
    assert not found.is_equal
    assert (found.stored != found.indexed, len(found.differing)) == (counts, differing)


def test_a_reservoir_keeps_some_of_many() -> None:
    reservoir = Reservoir[int](10)
    for number in range(1_000):
        reservoir.add(number)
    assert len(set(reservoir.kept)) == 10

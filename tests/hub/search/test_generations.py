"""Indices are made once, found by alias, swapped whole."""

from __future__ import annotations

import pytest

from hub.errors import SearchAway
from hub.search.generations import Generations
from hub.search.layout import MONTH, Layout, generation_at
from tests.kit.engine import ListEngine
from tests.kit.indexing import NOW, PREFIX

OLD, NEW = "20260101t000000000000", generation_at(NOW)


async def test_before_the_first_there_is_none() -> None:
    generations = Generations(ListEngine(), Layout(prefix=PREFIX))
    assert await generations.current() is None
    with pytest.raises(SearchAway, match="no index"):
        await generations.expected()
    assert await generations.indices() == []


async def test_readers_find_a_generation_only_once_it_is_published() -> None:
    engine = ListEngine()
    generations = Generations(engine, Layout(prefix=PREFIX))
    for name in (OLD, NEW):
        await generations.prepare()
        await generations.begin(name)
        await generations.month(NOW, name, is_read=False)
        assert await generations.current() == (None if name == OLD else OLD)
        await generations.publish(name)
        assert await generations.expected() == name
    assert len(await generations.indices()) == 4
    await generations.tidy()
    month = NOW.strftime(MONTH)
    assert await generations.indices() == [f"{PREFIX}entity-{NEW}", f"{PREFIX}hop-{month}-{NEW}"]
    assert engine.aliases == {
        f"{PREFIX}entity": {f"{PREFIX}entity-{NEW}"},
        f"{PREFIX}hop": {f"{PREFIX}hop-{month}-{NEW}"},
        f"{PREFIX}hop-{month}": {f"{PREFIX}hop-{month}-{NEW}"},
    }


async def test_a_month_is_made_once_whoever_comes_first() -> None:
    engine = ListEngine()
    generations = Generations(engine, Layout(prefix=PREFIX))
    index = await generations.month(NOW, NEW, is_read=True)
    assert await generations.month(NOW, NEW, is_read=True) == index
    assert list(engine.indices) == [index]
    await generations.drop([index, index])
    assert engine.indices == {}


async def test_a_place_is_kept_by_generation() -> None:
    generations = Generations(ListEngine(), Layout(prefix=PREFIX))
    await generations.prepare()
    assert await generations.place(NEW) == 0
    await generations.keep_place(NEW, 17)
    assert (await generations.place(NEW), await generations.place(OLD)) == (17, 0)

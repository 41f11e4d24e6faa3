"""What an operator is told of a rebuild."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from hub.errors import Misconfigured
from hub.reindexing import rebuild, said
from hub.search.compare import Comparison
from hub.search.rebuild import Report
from hub.settings import Settings

EQUAL = Comparison(stored={"acme ORDER": 2}, indexed={"acme ORDER": 2}, sampled=2, differing=())
OTHER = Comparison(
    stored={"acme ORDER": 2, "acme hops": 3}, indexed={"acme ORDER": 2}, sampled=2, differing=["acme:ORDER:o-1"]
)


async def test_without_an_engine_it_is_said_what_to_set() -> None:
    with pytest.raises(Misconfigured, match="HUB__SEARCH__URL"):
        await rebuild(Settings(), Console(file=io.StringIO()), restart=False)


def test_an_equal_index_is_said_to_be_so() -> None:
    assert said(Report(entities=2, hops=0, set_aside=0, comparison=EQUAL), 0.5) == [
        "2 entities and 0 hops in 0.5 s: 4 documents/s. Readers now find these.",
        "Equal to the store: 2 documents counted, the digests of 2 sampled ones compared.",
    ]


def test_what_differs_is_named() -> None:
    assert said(Report(entities=2, hops=3, set_aside=1, comparison=OTHER), 1)[1:] == [
        "1 documents were refused as they are; they bear a `problem`.",
        "The index is not what the store holds:",
        "acme hops: the store has 3, the index 0",
        "acme:ORDER:o-1: the document differs",
    ]

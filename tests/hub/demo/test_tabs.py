"""The demo's tabs: every document of the surface that the graph takes today, letter by letter."""

from __future__ import annotations

from graphql import parse, validate
from graphql.utilities import separate_operations

from hub.demo.tabs import documents
from tests.kit.graph import CORE
from tests.kit.surface import TEXT, document

SURFACE = separate_operations(parse(TEXT))


def test_the_tabs_are_the_documents_that_the_graph_takes_in_their_order() -> None:
    taken = [name for name, asked in SURFACE.items() if validate(CORE, asked) == []]
    assert list(separate_operations(parse(documents()))) == taken
    assert len(taken) == 21


def test_they_stand_there_word_for_word() -> None:
    text = documents()
    for name in separate_operations(parse(text)):
        assert all(part in text for part in document(name).split("\n\n"))

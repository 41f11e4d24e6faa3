"""The demo's tabs: the documents of the surface on identifiers that the demo's shop gave out."""

from __future__ import annotations

import re

from graphql import parse, print_ast, validate
from graphql.utilities import separate_operations

from hub.demo.scene import Scenery
from hub.demo.tabs import documents, replacements
from tests.kit.graph import CORE, OPERATIONS

THERE = Scenery(shipped="SHIPPED1", tracking="TRACK2", cancellable="OPEN3")
TEXT = documents(THERE)


def test_the_graph_takes_every_tab() -> None:
    parsed = separate_operations(parse(TEXT))
    assert sorted(parsed) == [
        "CancelOrder", "Find", "Order360", "OrderByAnything", "OrderFeed", "OrdersToChase", "SourcesHealth",
        "UntilDone", "WhyIsItStuck",
    ]  # fmt: skip
    for document in parsed.values():
        assert validate(CORE, document) == []


def test_no_literal_of_the_surface_is_left_but_in_comments() -> None:
    said = re.sub(r"#.*", "", TEXT)
    for literal, meant in replacements(THERE).items():
        assert f'"{literal}"' not in said
        assert meant
    assert '"SHIPPED1"' in said
    assert '"OPEN3"' in said


def test_the_tabs_are_the_surfaces_documents_word_for_word_but_for_the_literals() -> None:
    surface = separate_operations(parse(_meant(OPERATIONS.read_text(encoding="utf-8"))))
    for name, document in separate_operations(parse(TEXT)).items():
        assert print_ast(document) == print_ast(surface[name])


def _meant(text: str) -> str:
    for literal, meant in replacements(THERE).items():
        text = text.replace(f'"{literal}"', f'"{meant}"')
    return text

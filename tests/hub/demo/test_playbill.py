"""What the demo prints can be typed as it stands."""

from __future__ import annotations

import json
import re

from graphql import parse, validate

from hub.cli import app
from hub.demo.playbill import playbill
from tests.kit.graph import CORE

URL = "http://127.0.0.1:8000"
TEXT = playbill(URL, 12.4)


def test_it_names_the_url_the_seconds_and_the_pinned_stories() -> None:
    assert TEXT.startswith(f"\nopshub is up: 12 s from the start. The graph: {URL}/graphql (GraphiQL, offline;")
    for words in ("opshub search PO-ACME-7781 ", "opshub search 317 ", "37 orders", "opshub trace INV-20017 "):
        assert words in TEXT
    assert "{" not in re.sub(r"-d '.*'", "", TEXT)


def test_every_command_it_names_is_one() -> None:
    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    known |= {group.name for group in app.registered_groups if group.name}
    assert {line for line in re.findall(r"opshub ([a-z]+) ", TEXT) if line != "is"} <= known


def test_every_body_it_posts_is_json_with_a_document_that_the_graph_takes() -> None:
    bodies = [json.loads(body) for body in re.findall(r"-d '(.*)'", TEXT)]
    assert [validate(CORE, parse(body["query"])) for body in bodies] == [[], []]

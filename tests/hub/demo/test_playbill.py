"""What the demo prints can be typed as it stands."""

from __future__ import annotations

import json
import re

from graphql import parse, validate

from hub.cli import app
from hub.demo.playbill import playbill
from hub.demo.scene import Scenery
from tests.kit.graph import CORE

THERE = Scenery(shipped="SHIPPED1", tracking="TRACK2", cancellable="OPEN3")
URL = "http://127.0.0.1:8000"
TEXT = playbill(URL, THERE, 12.4)


def test_it_names_the_url_the_seconds_and_the_identifiers_of_the_scene() -> None:
    assert TEXT.startswith(f"\nopshub is up: 12 s from the start. The graph: {URL}/graphql (GraphiQL, offline;")
    for line in (
        "opshub search SHIPPED1 ",
        "opshub search TRACK2\n",
        "still cancellable: OPEN3 ",
        "opshub trace OPEN3 ",
    ):
        assert line in TEXT
    assert "{" not in re.sub(r"-d '.*'", "", TEXT)


def test_every_command_it_names_is_one() -> None:
    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    known |= {group.name for group in app.registered_groups if group.name}
    assert {line for line in re.findall(r"opshub ([a-z]+) ", TEXT) if line != "is"} <= known


def test_every_body_it_posts_is_json_with_a_document_that_the_graph_takes() -> None:
    bodies = [json.loads(body) for body in re.findall(r"-d '(.*)'", TEXT)]
    assert [validate(CORE, parse(body["query"])) for body in bodies] == [[], []]

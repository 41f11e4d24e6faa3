"""Every boundary leaves a hop, and only the edges do: the table of edges is whole, and nothing crosses beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from hub.model.trace import HopKind
from tests.house.tree import code_files, module, parsed

EDGES: Mapping[str, HopKind] = {
    "hub.edge": HopKind.API_IN,
    "hub.intake.door": HopKind.WEBHOOK_IN,
    "hub.intake.entrance": HopKind.WEBHOOK_IN,
    "hub.intake.sweep": HopKind.SWEEP,
    "hub.changes.relay": HopKind.CHANGE,
    "hub.write.purge": HopKind.CHANGE,
    "hub.write.carry": HopKind.DELIVERY,
    "hub.gate.hops": HopKind.SOURCE_CALL,
    "hub.changes.publisher": HopKind.PUBLISH,
    "subscriptions.feed": HopKind.PUSH,
    "hub.partners.attempts": HopKind.PUSH,
    "hub.notices.teller": HopKind.NOTIFICATION,
}
"""Who records which hop."""
CROSSINGS: Mapping[str, str | None] = {
    "resolvers.endpoint.http": "hub.edge",
    "resolvers.endpoint.edge": "hub.edge",
    "resolvers.endpoint.direct": "hub.edge",
    "resolvers.endpoint.wire": "hub.edge",
    "resolvers.endpoint.ws": "hub.edge",
    "resolvers.endpoint.sse": "subscriptions.feed",
    "hub.intake.door": "hub.intake.door",
    "hub.changes.kafka": "hub.changes.publisher",  # in: hub.intake.entrance
    "sources.kit.http": "hub.gate.hops",
    "hub.partners.posting": "hub.partners.attempts",  # of notices: hub.notices.teller
    "hub.notices.mail": "hub.notices.teller",
    "hub.app": None,  # says how the process is
    "resolvers.endpoint.explorer": None,  # a page for people
    "hub.processes": None,  # listens
    "hub.asking": None,  # the command line: it asks the graph, whose edge records
    "hub.changes.kafka_topics": None,  # an operator makes topics
    "hub.search.client": None,  # an index of what the store has
}
"""What speaks to a network, and which edge tells of it; None: what is said there belongs to no story."""
WIRES = frozenset({"httpx", "smtplib", "aiokafka", "starlette", "websockets", "opensearchpy", "uvicorn"})
TOOLS = ("hub.demo", "sources.kit.chaos", "sources.kit.serve", "sources.kit.rehearsal")


def hops_made(tree: ast.Module) -> Iterator[str]:
    """The kinds of the hops that a module makes, by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Hop":
            kinds = [word.value for word in node.keywords if word.arg == "kind"]
            yield from (kind.attr for kind in kinds if isinstance(kind, ast.Attribute))


def speaks(tree: ast.Module) -> bool:
    """Whether a module imports what speaks to a network."""
    for node in ast.walk(tree):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.split(".")[0] in WIRES for name in names):
            return True
    return False


def is_a_tool(path: Path) -> bool:
    """Whether it plays a system, for tests and the demo."""
    name = module(path)
    return name.startswith(TOOLS) or ".rehearsal" in name


def test_each_edge_records_its_hop_and_nobody_else_records_any() -> None:
    found = {module(path): set(hops_made(parsed(path))) for path in code_files()}
    assert {name: kinds for name, kinds in found.items() if kinds} == {name: {one.name} for name, one in EDGES.items()}


def test_every_sort_of_crossing_has_an_edge() -> None:
    assert set(EDGES.values()) == set(HopKind)


def test_whatever_speaks_to_a_network_is_told_of_by_an_edge() -> None:
    speaking = {module(path) for path in code_files() if not is_a_tool(path) and speaks(parsed(path))}
    assert speaking == set(CROSSINGS)
    assert {one for one in CROSSINGS.values() if one is not None} <= set(EDGES)

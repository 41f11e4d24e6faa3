"""GraphiQL offline: a page, its tabs and a box for the key. Nothing comes from another host (extra `explorer`)."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec

import orjson
from graphql import FragmentDefinitionNode, FragmentSpreadNode, Node, OperationDefinitionNode, Visitor, parse, visit
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from hub.errors import Misconfigured

_ASSETS = "graphene_django_graphiql_static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One document that the page opens with."""

    query: str
    variables: str = ""
    """JSON, as a person would type it."""


def tabs_of(text: str) -> tuple[Tab, ...]:
    """One tab for each operation of document *text*, with the fragments it needs and nothing else."""
    document = parse(text)
    fragments = {part.name.value: part for part in document.definitions if isinstance(part, FragmentDefinitionNode)}
    tabs = []
    for part in document.definitions:
        if isinstance(part, OperationDefinitionNode):
            needed = _needed(part, fragments)
            tabs.append(Tab(query="\n\n".join(_source(text, node) for node in (part, *needed)) + "\n"))
    return tuple(tabs)


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>opshub</title>
<link rel="stylesheet" href="{path}/graphiql.min.css">
<link rel="stylesheet" href="{path}/start.css">
</head>
<body>
<form id="key-form">
<label for="key">API key</label>
<input id="key" type="password" autocomplete="off" spellcheck="false" placeholder="Bearer credential of this tab">
<button type="submit">Use</button>
<span id="key-state" role="status"></span>
</form>
<div id="graphiql"></div>
<script type="application/json" id="settings">{settings}</script>
<script src="{path}/react.production.min.js"></script>
<script src="{path}/react-dom.production.min.js"></script>
<script src="{path}/graphiql.min.js"></script>
<script src="{path}/graphql-ws.min.js"></script>
<script src="{path}/start.js"></script>
</body>
</html>
"""


def is_installed() -> bool:
    """Whether the extra `explorer` is there."""
    return find_spec(_ASSETS) is not None


class Explorer:
    """The page and its files. Raises Misconfigured where the extra is not installed."""

    def __init__(self, *, graph: str = "/graphql", path: str = "/explorer", tabs: Sequence[Tab] = ()) -> None:
        if not is_installed():
            message = "GraphiQL needs the extra `explorer`: pip install 'opshub[explorer]'"
            raise Misconfigured(message)
        self._path = path
        self._settings = orjson.dumps(
            {
                "graph": graph,
                "tabs": [{"query": tab.query, "variables": tab.variables} for tab in tabs],
                "store": hashlib.sha256(repr(tabs).encode()).hexdigest()[:12],
            }
        ).decode()
        self._script = files("resolvers.endpoint").joinpath("explorer.js").read_bytes()
        self._style = files("resolvers.endpoint").joinpath("explorer.css").read_bytes()

    def page(self) -> Response:
        """The HTML page."""
        html = _PAGE.replace("{path}", self._path).replace("{settings}", self._settings.replace("<", "\\u003c"))
        return Response(
            html,
            media_type="text/html",
            headers={
                "content-security-policy": _POLICY,
                "referrer-policy": "no-referrer",
                "x-content-type-options": "nosniff",
                "cache-control": "no-store",
                "vary": "accept",
            },
        )

    def routes(self) -> list[BaseRoute]:
        """Where the page finds its scripts and styles."""
        assets = StaticFiles(packages=[(_ASSETS, f"static/{_ASSETS}")])
        script = _resource(self._script, "text/javascript")
        style = _resource(self._style, "text/css")
        return [
            Route(f"{self._path}/start.js", script, name="explorer script"),
            Route(f"{self._path}/start.css", style, name="explorer style"),
            Mount(self._path, assets, name="explorer"),
        ]


def _resource(content: bytes, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def handler(_: Request) -> Response:
        return Response(content, media_type=media_type, headers={"cache-control": "max-age=300"})

    return handler


def _source(text: str, node: Node) -> str:
    return text[node.loc.start : node.loc.end] if node.loc else ""


def _needed(
    operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> list[FragmentDefinitionNode]:
    """Fragments that *operation* spreads, directly or not, in the order met."""
    found: dict[str, FragmentDefinitionNode] = {}

    class Spreads(Visitor):
        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
            name = node.name.value
            if name in fragments and name not in found:
                found[name] = fragments[name]
                visit(fragments[name], Spreads())

    visit(operation, Spreads())
    return list(found.values())

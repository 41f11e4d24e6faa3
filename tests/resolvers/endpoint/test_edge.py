from __future__ import annotations

from resolvers.endpoint.edge import Endpoint
from tests.resolvers.endpoint.drive import ask, query
from tests.resolvers.endpoint.sample import World, app_of, ports_of


def test_both_doors_share_one_path_and_the_explorer_has_its_own() -> None:
    assert [getattr(route, "path", None) for route in Endpoint(ports_of(World()), path="/graph").routes()] == [
        "/graph"
    ] * 2
    _, endpoint = app_of(World())
    paths = {getattr(route, "path", None) for route in endpoint.routes()}
    assert paths == {"/graphql", "/explorer", "/explorer/start.js", "/explorer/start.css"}


async def test_an_endpoint_that_drains_still_answers_queries() -> None:
    app, endpoint = app_of(World())
    assert (endpoint.open_streams, await endpoint.drain()) == (0, 0)
    assert (await query(app, "{ hello }")).status == 200
    assert (await ask(app, b"{}")).status == 400

"""The endpoint as one object: what `hub.app` mounts, and drains before the process ends."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route, WebSocketRoute

from resolvers.endpoint.explorer import Explorer
from resolvers.endpoint.http import HttpDoor
from resolvers.endpoint.open import OpenStreams
from resolvers.endpoint.ports import Ports
from resolvers.endpoint.run import Runner
from resolvers.endpoint.ws import SocketDoor


class Endpoint:
    """GraphQL at one path, over HTTP, event streams and sockets. GraphiQL is served only with an *explorer*."""

    def __init__(self, ports: Ports, *, path: str = "/graphql", explorer: Explorer | None = None) -> None:
        self._open_streams = OpenStreams(ports.limits.streams)
        self._path = path
        self._explorer = explorer
        runner = Runner(ports)
        self._http = HttpDoor(ports, runner, self._open_streams, explorer)
        self._sockets = SocketDoor(ports, runner, self._open_streams)

    @property
    def open_streams(self) -> int:
        """Sockets and event streams that are open now."""
        return self._open_streams.count

    def routes(self) -> list[BaseRoute]:
        """Routes for the application. Both doors share one path."""
        own: list[BaseRoute] = [
            Route(self._path, self._http, methods=None, name="graphql"),
            WebSocketRoute(self._path, self._sockets, name="graphql socket"),
        ]
        return own + (self._explorer.routes() if self._explorer is not None else [])

    async def drain(self, patience: float = 5.0) -> int:
        """Close sockets with 1012 and cut event streams, so that clients resume elsewhere; returns how many stayed.

        To be awaited when the process is told to end, before the server stops: a server waits for open responses.
        """
        return await self._open_streams.drain(patience)

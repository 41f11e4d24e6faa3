"""The endpoint as one object: what `hub.app` mounts, and drains before the process ends."""

from __future__ import annotations

import asyncio

from starlette.routing import BaseRoute, Route, WebSocketRoute

from hub.errors import HubError
from hub.telemetry import logger
from resolvers.endpoint.explorer import Explorer
from resolvers.endpoint.frames import CloseSocketError
from resolvers.endpoint.http import HttpDoor
from resolvers.endpoint.open import OpenStreams
from resolvers.endpoint.ports import Ports
from resolvers.endpoint.pulse import Pulse
from resolvers.endpoint.run import Runner
from resolvers.endpoint.session import Shared
from resolvers.endpoint.ws import SocketDoor

_log = logger(__name__)

LEAVING = (1012, "SHUTTING_DOWN: connect again and resume with the last cursor")


class Endpoint:
    """GraphQL at one path, over HTTP, event streams and sockets. GraphiQL is served only with an *explorer*."""

    def __init__(self, ports: Ports, *, path: str = "/graphql", explorer: Explorer | None = None) -> None:
        self._open_streams = OpenStreams(ports.limits.streams)
        self._path = path
        self._explorer = explorer
        runner = Runner(ports)
        self._http = HttpDoor(ports, runner, self._open_streams, explorer)
        self._pulse = Pulse(ports.limits)
        self._farewell = ports.farewell
        self._sockets = SocketDoor(Shared(ports=ports, runner=runner, streams=self._open_streams, pulse=self._pulse))

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
        """Give streams their last cursor, close sockets with 1012, cut event streams: clients resume elsewhere.

        Returns how many stayed. To be awaited when the process is told to end, before the server stops: a server waits
        for open responses.
        """
        try:
            async with asyncio.timeout(patience / 2):
                await self._farewell()
        except (TimeoutError, HubError) as failed:
            _log.warning("endpoint.no_farewell", error=str(failed))
        self._pulse.end_all(CloseSocketError(*LEAVING))
        return await self._open_streams.drain(patience)

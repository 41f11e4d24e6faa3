"""The Starlette application: the graph, deliveries, health, measures."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from hub.errors import HubError
from hub.wiring import Hub
from resolvers.schema import sdl


def create(hub: Hub) -> Starlette:
    """The application of one process that serves."""
    return Starlette(routes=[*hub.endpoint.routes(), *_own_routes(hub)])


def _own_routes(hub: Hub) -> list[BaseRoute]:
    async def healthz(_: Request) -> Response:
        """The process runs."""
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        """What the process needs is there; else why not. Notes: what lags behind, which keeps nobody from answering."""
        reasons = await not_ready(hub)
        notes = await hub.lags.notes()
        said = {"ready": not reasons, "reasons": reasons} | ({"notes": notes} if notes else {})
        return JSONResponse(said, status_code=503 if reasons else 200)

    async def metrics(_: Request) -> Response:
        """Prometheus: this process, then the store, which every process sees alike."""
        held = await hub.snapshot.text()
        return Response(generate_latest() + held, media_type=CONTENT_TYPE_LATEST)

    async def schema(_: Request) -> Response:
        """The SDL."""
        return PlainTextResponse(sdl())

    return [
        Route("/hooks/{name}", hub.door.take, methods=["POST"]),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        Route("/schema.graphql", schema),
    ]


async def not_ready(hub: Hub) -> list[str]:
    """Why the process cannot answer now, in words; empty where it can."""
    reasons: list[str] = []
    for name, check in hub.checks.items():
        try:
            await check()
        except HubError as wrong:
            reasons.append(f"{name}: {wrong.message}")
    return reasons

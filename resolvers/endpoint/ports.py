"""What the endpoint is given: the schema, who may ask, what resolvers see, its limits. Wiring fills it in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import strawberry

from hub.call import Call
from hub.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one document, request, answer and socket (reliability.md 2.6). Times in seconds, sizes in bytes."""

    tokens: int = 2_000
    document: int = 64 * 1024
    """Characters of one document: comments and long names are not tokens, yet cost time."""
    depth: int = 10
    introspection_depth: int = 16
    """Depth below `__schema` and `__type`, which the standard introspection query needs."""
    nesting: int = 40
    """Levels of fields, inline fragments and fragment spreads together."""
    selections: int = 1_000
    """Fields, inline fragments and spreads of one operation, fragments written out."""
    aliases: int = 30
    directives: int = 50
    root_fields: int = 20
    mutations: int = 5
    operations: int = 30
    fragments: int = 60
    overlaps: int = 2_000
    """Pairs of fields or fragments that validation has to compare for one response name."""
    cost: int = 10_000
    """Objects that one operation may ask for, by page sizes."""
    page: int = 20
    """Page size assumed where a field takes `first` or `last` and neither is known."""
    listed: int = 3
    """Length assumed of a list of objects that takes no page size."""
    input_list: int = 250
    digits: int = 64
    """Of one number, in a document or a body."""

    body: int = 256 * 1024
    json_nesting: int = 32
    response: int = 8 * 1024 * 1024
    execution: float = 10.0
    reading: float = 30.0
    """How long a caller may take to send its body."""
    cached_tokens: int = 30_000
    """Tokens of all documents kept parsed and validated, some 400 bytes each."""

    frame: int = 64 * 1024
    subscriptions: int = 20
    """Operations running at once on one socket."""
    streams: int = 50
    """Sockets and event streams open at once per principal."""
    init_wait: float = 3.0
    ping: float = 20.0
    """Between pings of the server; a socket silent for a whole further period is closed."""
    queued_messages: int = 256
    queued_bytes: int = 1024 * 1024
    patience: float = 10.0
    """How long a full outgoing queue, or one write, waits for its reader before the socket is closed."""
    keep_alive: float = 12.0
    """Between comments on a quiet event stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A caller let in, and until when."""

    call: Call
    expires_at: datetime | None = None
    """When the credential ends; subscriptions are closed then. None: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the edge knows of one operation beside its call."""

    transport: str
    """`http`, `sse` or `ws`."""
    kind: str
    """`query`, `mutation` or `subscription`."""
    name: str | None = None
    fields: tuple[str, ...] = ()
    """Names of the root fields, in order, fragments written out."""
    idempotency_key: str | None = None
    """The header `Idempotency-Key`; only on documents with one mutation field."""
    concerned: list[str] = field(default_factory=list, compare=False)
    """Roots that the operation turned out to concern: resolvers add to it while it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One operation answered: what a hop tells. Never the document or its variables."""

    call: Call
    asked: Asked
    started_at: datetime
    seconds: float
    codes: tuple[str, ...] = ()
    """`extensions.code` of each error of the answer; none means it went well."""
    events: int = 0
    """Events pushed, where it was a subscription."""


Authenticate = Callable[[Mapping[str, str]], Awaitable[Admission]]
"""Takes headers in lower case; on a socket the strings of the `connection_init` payload lie over them.
Raises Unauthenticated (401, 4401) or Denied (403, 4403)."""

ContextFor = Callable[[Call, Asked], object]
"""Makes what resolvers see as `info.context`: anew for each operation and for each event (fault F8)."""


def _always(_: Call) -> bool:
    return True


def _untold(_: Served) -> None:
    return None


async def _nobody() -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything the endpoint stands on."""

    schema: strawberry.Schema
    authenticate: Authenticate
    context_for: ContextFor
    clock: Clock
    limits: Limits = field(default_factory=Limits)
    origins: frozenset[str] = frozenset()
    """Origins beside our own that may open sockets, such as `https://portal.example`."""
    introspection_scope: str | None = None
    """The scope that `__schema` and `__type` need; None: everyone who is let in."""
    still_admitted: Callable[[Call], bool] = _always
    """Asked before each event: whether the credential still stands (threat S7). Must be quick."""
    farewell: Callable[[], Awaitable[None]] = _nobody
    """Gives every shared stream its last cursor, before the process ends."""
    served: Callable[[Served], None] = _untold
    """Told of every operation that was answered. Must be quick and not raise."""

"""Frames of graphql-transport-ws, checked in every member before anything uses them (threat S16, fault F13)."""

from __future__ import annotations

from dataclasses import dataclass

from resolvers.endpoint.body import JsonObject, Request, read_json, request_of
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import RefusedError

PROTOCOL = "graphql-transport-ws"
_LONGEST_ID = 128
_LONGEST_REASON = 123  # bytes that a close frame has room for


class CloseSocketError(Exception):
    """The socket is to be closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_LONGEST_REASON].decode("utf-8", "ignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Init:
    """`connection_init`: the strings of its payload are read as headers."""

    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """`subscribe`: any operation. `fault` says why its request cannot be read; the socket lives on."""

    id: str
    request: Request | None = None
    fault: RefusedError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """`complete`: the client wants no more of this operation."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """`ping`, to be answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """`pong`: the client lives."""


Frame = Init | Subscribe | Complete | Ping | Pong


def frame_of(text: str | None, limits: Limits) -> Frame:
    """The frame in a text message; None stands for a binary one. Raises CloseSocketError(4400)."""
    if text is None:
        raise CloseSocketError(4400, "only text messages are taken")
    body = text.encode("utf-8", "surrogatepass")
    if len(body) > limits.frame:
        raise CloseSocketError(4400, f"a message is larger than {limits.frame} bytes")
    try:
        message = read_json(body, limits)
    except RefusedError as refused:
        raise CloseSocketError(4400, f"invalid message: {refused}") from None
    if not isinstance(message, dict):
        raise CloseSocketError(4400, "a message must be a JSON object")
    return _typed(message)


def _typed(message: JsonObject) -> Frame:
    kind = message.get("type")
    if kind == "subscribe":
        return _subscribe(message)
    if kind == "complete":
        return Complete(id=_id(message))
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise CloseSocketError(4400, "the member `payload` must be an object")
    if kind == "connection_init":
        return Init(headers=_headers(payload or {}))
    if kind == "ping":
        return Ping()
    if kind == "pong":
        return Pong()
    raise CloseSocketError(4400, "the member `type` names no message of a client")


def _subscribe(message: JsonObject) -> Subscribe:
    name = _id(message)
    payload = message.get("payload")
    if not isinstance(payload, dict):
        raise CloseSocketError(4400, "the member `payload` must be an object")
    try:
        return Subscribe(id=name, request=request_of(payload))
    except RefusedError as refused:
        return Subscribe(id=name, fault=refused)


def _id(message: JsonObject) -> str:
    name = message.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_ID:
        raise CloseSocketError(4400, f"the member `id` must be a string of 1-{_LONGEST_ID} characters")
    return name


def _headers(payload: JsonObject) -> dict[str, str]:
    """`{"Authorization": ...}`, and the same one level down in `headers`, where some clients put it."""
    inner = payload.get("headers")
    members = {**payload, **(inner if isinstance(inner, dict) else {})}
    return {name.lower(): value for name, value in members.items() if isinstance(value, str)}

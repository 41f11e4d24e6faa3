"""Results and refusals as bytes: errors typed, internals masked and logged once, size capped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from graphql import ExecutionResult, FieldNode, GraphQLError

from hub.call import Call
from hub.errors import HubError
from hub.telemetry import logger
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import Fault, Refusal
from resolvers.errors import INTERNAL, INTERNAL_MESSAGE, Shown, clipped, shown

_log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One GraphQL response, encoded."""

    body: bytes
    codes: tuple[str, ...] = ()
    """`extensions.code` of each of its errors."""
    refusal: Refusal | None = None
    """Set when nothing ran."""
    is_last: bool = False
    """On a subscription: the stream ended with this error."""
    cursor: str | None = None
    """Of the event it tells, where the caller selected `cursor`."""


def refusal_answer(refusal: Refusal, correlation_id: str) -> Answer:
    """A refusal as a response without `data`."""
    errors = [_entry(fault.shown, correlation_id, locations=fault.locations) for fault in refusal.faults]
    return Answer(
        body=orjson.dumps({"errors": errors}),
        codes=tuple(fault.shown.code for fault in refusal.faults),
        refusal=refusal,
        is_last=True,
    )


def result_answer(result: ExecutionResult, call: Call, operation: str, limits: Limits) -> Answer:
    """What ran, as a response of at most `limits.response` bytes."""
    entries = [_execution_entry(error, call, operation) for error in result.errors or ()]
    response: dict[str, object] = {"data": result.data}
    if entries:
        response["errors"] = entries
    try:
        body = orjson.dumps(response)
    except TypeError as error:
        return failure_answer(error, call, operation)
    if len(body) > limits.response:
        return _instead(_too_large(limits), call)
    return Answer(body=body, codes=tuple(_code(entry) for entry in entries), cursor=_cursor(result.data))


def failure_answer(error: BaseException, call: Call, operation: str) -> Answer:
    """An error in place of any data: what stopped an operation or a stream as a whole."""
    said = shown(error)
    if said.is_internal:
        _told(error, call, operation)
    return _instead(said, call)


def late_answer(call: Call, limits: Limits) -> Answer:
    """The operation did not end within its deadline."""
    message = (
        f"no answer within {limits.execution:g} s; ask for less, or send a mutation again with the same idempotency key"
    )
    return _instead(Shown(code="COST_LIMIT_EXCEEDED", message=message, retryable=True), call)


def expired_answer(call: Call) -> Answer:
    """The credential ended while a subscription ran."""
    message = "the credential is no longer valid; subscribe again with a fresh one and the last cursor"
    return _instead(Shown(code="SUBSCRIPTION_AUTH_EXPIRED", message=message, retryable=True), call)


def fault_of(error: BaseException) -> Fault:
    """An error met before anything ran, as one fault of a refusal."""
    return Fault(shown=shown(error))


def _instead(said: Shown, call: Call) -> Answer:
    body = orjson.dumps({"data": None, "errors": [_entry(said, call.correlation_id)]})
    return Answer(body=body, codes=(said.code,), is_last=True)


def _too_large(limits: Limits) -> Shown:
    return Shown(
        code="COST_LIMIT_EXCEEDED", message=f"the answer is larger than {limits.response} bytes; ask for smaller pages"
    )


def _execution_entry(error: GraphQLError, call: Call, operation: str) -> dict[str, object]:
    said = _execution_error(error)
    if said.is_internal:
        _told(error.original_error or error, call, operation)
    places = tuple((place.line, place.column) for place in error.locations or ())
    entry = _entry(said, call.correlation_id, locations=places)
    if error.path is not None:
        entry["path"] = error.path
    return entry


def _execution_error(error: GraphQLError) -> Shown:
    original: BaseException | None = error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if isinstance(original, HubError):
        return shown(original)
    if isinstance(original, GraphQLError) and _is_callers(original):
        return Shown(code="BAD_USER_INPUT", message=clipped(original.message))
    return Shown(code=INTERNAL, message=INTERNAL_MESSAGE)


def _is_callers(error: GraphQLError) -> bool:
    """An argument that could not be read points at the value; what a resolver gave back points at nothing."""
    return bool(error.nodes) and not isinstance(error.nodes[0], FieldNode) if error.nodes else False


def _entry(said: Shown, correlation_id: str, *, locations: tuple[tuple[int, int], ...] = ()) -> dict[str, object]:
    extensions: dict[str, object] = {
        **said.extra,
        "code": said.code,
        "retryable": said.retryable,
        "correlationId": correlation_id,
    }
    entry: dict[str, object] = {"message": said.message, "extensions": extensions}
    if locations:
        entry["locations"] = [{"line": line, "column": column} for line, column in locations]
    return entry


def _code(entry: Mapping[str, object]) -> str:
    extensions = entry["extensions"]
    return str(extensions["code"]) if isinstance(extensions, dict) else INTERNAL


def _cursor(data: Mapping[str, object] | None) -> str | None:
    """The member `cursor` of the only root field, if it is an event envelope."""
    if data is None or len(data) != 1:
        return None
    (event,) = data.values()
    cursor = event.get("cursor") if isinstance(event, dict) else None
    return cursor if isinstance(cursor, str) else None


def _told(error: BaseException, call: Call, operation: str) -> None:
    _log.error(
        "endpoint.failed",
        correlation_id=call.correlation_id,
        tenant=call.tenant,
        actor=call.actor,
        operation=operation,
        exc_info=error,
    )

"""Bodies and frames: strict JSON of bounded size, depth and numbers, and the request it holds (threat S17)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import refuse

_CONTAINERS = 5_000  # arrays and objects in one body
_BRACKETS = bytes.maketrans(b"{}", b"[]")
# Possessive, and an unclosed string ends with the body: anything else takes quadratic time on a body of quotes.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]"))

JsonObject = dict[str, Any]  # Any: whatever the caller sent, judged by the schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a caller asks to run."""

    query: str
    variables: JsonObject = field(default_factory=dict)
    operation_name: str | None = None
    extensions: JsonObject = field(default_factory=dict)


async def read_body(chunks: AsyncIterator[bytes], limits: Limits) -> bytes:
    """The whole body. Raises RefusedError (413) as soon as it grows past the cap, whatever Content-Length said."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limits.body:
            refuse(f"the body is larger than {limits.body} bytes", code="COST_LIMIT_EXCEEDED", status=413)
    return bytes(body)


def read_json(body: bytes, limits: Limits) -> object:
    """The JSON value of *body*. Raises RefusedError (400) on anything that strict JSON or the limits forbid."""
    _check_nesting(body, limits)
    try:
        value: object = _reader(limits).decode(body.decode("utf-8"))
    except UnicodeDecodeError:
        _malformed("it is not UTF-8")
    except (ValueError, RecursionError):
        _malformed("it is not JSON")
    _check_values(value, limits, escaped=b"\\u" in body)
    return value


def request_of(value: object) -> Request:
    """The request in a decoded body. Raises RefusedError (400) where it has another shape."""
    if isinstance(value, list):
        refuse("batches are not taken: the body must be one object, not a list")
    if not isinstance(value, dict):
        refuse("the body must be a JSON object with the member `query`")
    query = value.get("query")
    if not isinstance(query, str) or not query:
        refuse("the member `query` must be a non-empty string")
    name = value.get("operationName")
    if name is not None and not isinstance(name, str):
        refuse("the member `operationName` must be a string or null")
    return Request(
        query=query,
        variables=_object(value, "variables"),
        operation_name=name or None,
        extensions=_object(value, "extensions"),
    )


def request_in_url(parameters: Mapping[str, str], limits: Limits) -> Request:
    """The request in a GET's query string: `variables` and `extensions` are JSON. Raises RefusedError (400)."""
    value: JsonObject = {
        "query": parameters.get("query"),
        "operationName": parameters.get("operationName"),
    }
    for member in ("variables", "extensions"):
        text = parameters.get(member)
        value[member] = read_json(text.encode("utf-8", "surrogatepass"), limits) if text else None
    return request_of(value)


def _object(value: JsonObject, member: str) -> JsonObject:
    inner = value.get(member)
    if inner is None:
        return {}
    if not isinstance(inner, dict):
        refuse(f"the member `{member}` must be an object or null")
    return inner


def _malformed(why: str) -> NoReturn:
    refuse(f"the body cannot be read: {why}")


def _check_nesting(body: bytes, limits: Limits) -> None:
    """Refuse deep or crowded JSON before a recursive decoder sees it: each round erases the innermost pairs."""
    brackets = _STRING.sub(b"", body).translate(_BRACKETS).translate(None, _NOT_BRACKETS)
    if brackets.count(b"[") > _CONTAINERS:
        _malformed(f"more than {_CONTAINERS} arrays and objects")
    for _ in range(limits.json_nesting):
        if not brackets:
            return
        brackets = brackets.replace(b"[]", b"")
    if b"[" in brackets:
        _malformed(f"nested deeper than {limits.json_nesting}, or not closed")


def _reader(limits: Limits) -> json.JSONDecoder:
    def whole(digits: str) -> int:
        _check_digits(digits)
        return int(digits)

    def broken(number: str) -> float:
        _check_digits(number)
        value = float(number)
        if not math.isfinite(value):
            _malformed("a number out of range")
        return value

    def _check_digits(number: str) -> None:
        if len(number) > limits.digits:
            _malformed(f"a number of more than {limits.digits} characters")

    return json.JSONDecoder(
        object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=whole, parse_float=broken, strict=True
    )


def _unique(pairs: list[tuple[str, object]]) -> JsonObject:
    made = dict(pairs)
    if len(made) != len(pairs):
        _malformed("an object names a member twice")
    return made


def _no_constant(_: str) -> NoReturn:
    _malformed("NaN and Infinity are not JSON")


def _check_values(value: object, limits: Limits, *, escaped: bool) -> None:
    """Refuse crowded lists and objects; where strings were *escaped*, also U+0000 and half characters."""
    if isinstance(value, list | dict):
        if len(value) > limits.input_list:
            _malformed(f"a list or object has more than {limits.input_list} members")
        for member in value:
            _check_values(member, limits, escaped=escaped)
        if isinstance(value, dict):
            for member in value.values():
                _check_values(member, limits, escaped=escaped)
    elif escaped and isinstance(value, str):
        _check_characters(value)


def _check_characters(text: str) -> None:
    """No store holds these, and no encoder writes them."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        _malformed("a string holds half a character")
    if "\x00" in text:
        _malformed("a string holds the character U+0000")

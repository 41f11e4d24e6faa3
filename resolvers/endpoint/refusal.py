"""A request answered without running anything, as a value that every transport can say in its own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from graphql import GraphQLError

from hub.errors import CallerError, HubError, PolicyError, Unauthenticated
from resolvers.errors import Shown, clipped, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One entry of `errors`, before the correlation id is known."""

    shown: Shown
    locations: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why nothing ran."""

    faults: tuple[Fault, ...]
    status: int = 400
    lenient: bool = False
    """GraphQL's own request errors: a caller that names `application/json` gets them with status 200 (the audit)."""
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """Carries a refusal to the edge."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.faults[0].shown.message)
        self.refusal = refusal


def refuse(
    message: str, *, code: str = "BAD_USER_INPUT", status: int = 400, headers: Mapping[str, str] | None = None
) -> NoReturn:
    """Raise a refusal with one fault."""
    fault = Fault(shown=Shown(code=code, message=clipped(message)))
    raise RefusedError(Refusal(faults=(fault,), status=status, headers=headers or {}))


def refuse_size(message: str) -> NoReturn:
    """Raise for a limit that is exceeded: status 400 whatever the caller accepts."""
    refuse(message, code="COST_LIMIT_EXCEEDED")


def not_admitted(error: HubError) -> RefusedError:
    """What `authenticate` raised, as a refusal: 401, 403, or 503 while credentials cannot be looked up."""
    status = admission_status(error)
    headers = {401: {"www-authenticate": "Bearer"}, 503: {"retry-after": "1"}}.get(status, {})
    return RefusedError(Refusal(faults=(Fault(shown=shown(error)),), status=status, headers=headers))


def admission_status(error: HubError) -> int:
    """401 who are you, 403 not allowed, 503 cannot tell now."""
    if isinstance(error, Unauthenticated | CallerError):
        return 401
    return 403 if isinstance(error, PolicyError) else 503


def graphql_refusal(errors: list[GraphQLError], code: str) -> Refusal:
    """Parse, validation and coercion errors: the caller's own words are safe to repeat."""
    return Refusal(faults=tuple(_fault(error, code) for error in errors), lenient=True)


def _fault(error: GraphQLError, code: str) -> Fault:
    locations = tuple((place.line, place.column) for place in error.locations or ())
    return Fault(shown=Shown(code=code, message=clipped(error.message)), locations=locations[:5])

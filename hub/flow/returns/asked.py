"""What every command about a return is judged by, and how it is refused. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hub.flow.facts import Document, RootFacts
from hub.model.command import Consequence, UserError, UserErrorCode
from hub.model.manifest import SourceBinding
from hub.model.order import Order
from hub.model.policy import NamedReturns
from hub.model.returning import AnyReturnCommand, ReturnCommand
from hub.model.returns import Return, ReturnStatus
from hub.model.vocabulary import SystemKind

C_co = TypeVar("C_co", bound=AnyReturnCommand, covariant=True)

S = ReturnStatus
BEFORE = frozenset({S.REQUESTED, S.IN_REVIEW})
"""Nobody has allowed it."""
COMING = frozenset({S.AUTHORIZED, S.IN_TRANSIT, S.PARTIALLY_RECEIVED, S.RECEIVED})
"""It is allowed, and not all of it has been looked at."""
OVER = frozenset({S.CLOSED, S.DECLINED, S.CANCELLED, S.EXPIRED})
"""Nothing more comes of it."""
OPEN = frozenset(S) - OVER - {S.UNKNOWN}
"""Something may still come of it."""
MOST_LINES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[C_co]):
    """A command about a return beside everything that it is judged by."""

    order: Order
    found: Return
    facts: RootFacts
    command: C_co
    command_id: str = ""
    documents: Mapping[str, Document] = field(default_factory=dict)
    policy: NamedReturns = field(default_factory=NamedReturns)

    def offering(self, role: SystemKind, action: str) -> tuple[SourceBinding, ...]:
        """The sources of a role that take an action from the hub, by name."""
        return offering(self.facts, role, action)


def offering(facts: RootFacts, role: SystemKind, action: str) -> tuple[SourceBinding, ...]:
    """The sources of a role that take an action from the hub, by name."""
    return tuple(one for one in facts.landscape.of(role) if not one.is_retired and action in one.manifest.writes)


def refusal(code: UserErrorCode, message: str, *field_: str) -> UserError:
    """Why a command about a return is refused."""
    return UserError(code=code, message=message, field=field_ or ("return",))


def refused_by_status(asked: Asked[ReturnCommand], allowed: frozenset[ReturnStatus]) -> UserError | None:
    """Why a return that stands where it does is not for such a command, or was not as the caller saw it."""
    found, expected = asked.found, asked.command.expected_version
    if expected is not None and expected != found.version:
        message = f"the return is at version {found.version}, not {expected}: look again"
        return UserError(code=UserErrorCode.CONFLICT, message=message, field=("expectedVersion",), retryable=True)
    return out_of_place(found, allowed)


def out_of_place(found: Return, allowed: frozenset[ReturnStatus]) -> UserError | None:
    """Why a return that stands where it does is not for what is only done in *allowed*."""
    if found.status in allowed:
        return None
    return refusal(UserErrorCode.NOT_ALLOWED_IN_STATUS, f"the return is {words(found.status)}")


def lines_errors(lines: Sequence[object], name: str = "lines") -> Iterator[UserError]:
    """Whether there are lines, and no more than one command may have."""
    if not lines:
        yield refusal(UserErrorCode.REQUIRED, "name at least one line", name)
    if len(lines) > MOST_LINES:
        yield refusal(UserErrorCode.LIMIT_EXCEEDED, f"at most {MOST_LINES} lines, not {len(lines)}", name)


def consequence(binding: SourceBinding, action: str, text: str) -> Consequence:
    """What a command does at one source."""
    write = binding.manifest.writes.get(action)
    return Consequence(
        system=binding.system, source=binding.source, text=text, reversible=write is not None and write.reversible
    )


def words(status: ReturnStatus) -> str:
    """A status as people say it."""
    return status.value.lower().replace("_", " ")

"""What people decide at the console: who may, the idempotency claim, a dry run that is the real run undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.call import Call
from hub.codec import digest, plain
from hub.errors import Denied, KeyReused
from hub.model.command import Consequence, UserError, UserErrorCode
from hub.model.ids import mint
from hub.scopes import Scope
from hub.store.console import Claim, earlier, put_claim
from hub.store.faults import StoreTaken
from hub.store.store import Store
from hub.store.tx import Tx
from hub.write.desk import Asking, checked_key
from hub.write.policy import require

LONGEST_TEXT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a decision did, or why it may not be."""

    outcome: Mapping[str, Any] = field(default_factory=dict)  # Any: JSON; kept with the claim
    user_errors: tuple[UserError, ...] = ()
    consequences: tuple[Consequence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision as its caller is told of it."""

    effect: Effect
    command_id: str | None = None
    """None on a dry run, and where it was refused."""
    replayed: bool = False
    """The same key had been used before: this is what it led to."""


class _Undone(Exception):
    """Carries an effect out of a transaction that must leave no trace."""

    def __init__(self, effect: Effect) -> None:
        super().__init__("nothing is written")
        self.effect = effect


def operator(call: Call) -> None:
    """Return if the caller may act as an operator. Raises Denied, also for who is confined to an account."""
    staff(call, Scope.OPERATE)


def staff(call: Call, scope: Scope) -> None:
    """Return if the caller holds *scope* for the whole tenant. Raises Denied."""
    require(call, scope)
    if call.account is not None:
        message = "this is for staff: your key is confined to an account"
        raise Denied(message, scope=scope)


def claim_of(call: Call, operation: str, command: object, key: str | None) -> Claim:
    """The idempotency claim of a decision. Raises KeyRequired and InvalidInput."""
    return Claim(
        id=mint(),
        client=call.actor,
        operation=operation,
        key=checked_key(key),
        hash=digest(command),
        input=plain(command),
        correlation_id=call.correlation_id,
    )


async def decide(
    store: Store, call: Call, named: tuple[str, object, str], asking: Asking, act: Callable[[Tx], Awaitable[Effect]]
) -> Decided:
    """Let *act* take effect once under the key of *asking*; *named*: (mutation, its command, the order it is
    about or CONSOLE). `store` is of role WORK.

    Who may is asked before. A dry run, and one that is refused, does everything and undoes it. Raises KeyRequired,
    KeyReused, StoreBusy.
    """
    operation, command, about = named
    if asking.dry_run:
        return await _once(store, call, None, act)
    claim = claim_of(call, operation, command, asking.key).about(about)
    try:
        return await _once(store, call, claim, act)
    except StoreTaken:  # the same key, at the same moment: the other request was first
        return await _once(store, call, claim, act)


async def _once(store: Store, call: Call, claim: Claim | None, act: Callable[[Tx], Awaitable[Effect]]) -> Decided:
    try:
        async with store.shard(call) as tx:
            if claim is not None and (known := await earlier(tx, call.tenant, claim)) is not None:
                return replayed(claim, known.id, known.hash, known.outcome)
            effect = await act(tx)
            if claim is None or effect.user_errors:
                raise _Undone(effect)
            await put_claim(tx, call.tenant, claim, kept(effect))
    except _Undone as undone:
        return Decided(effect=undone.effect)
    return Decided(effect=effect, command_id=claim.id)


def kept(effect: Effect) -> Any:  # Any: JSON
    """What is kept of an effect with its claim."""
    return plain({"outcome": effect.outcome, "consequences": effect.consequences})


def replayed(claim: Claim, command_id: str, hashed: str, outcome: Any) -> Decided:  # Any: what `kept` made
    """What an earlier request with this key led to. Raises KeyReused where its input was another."""
    if hashed != claim.hash:
        message = "this idempotency key was used before with another input"
        raise KeyReused(message, key=claim.key)
    told = tuple(Consequence(**one) for one in outcome["consequences"])
    effect = Effect(outcome=outcome["outcome"], consequences=told)
    return Decided(effect=effect, command_id=command_id, replayed=True)


def wrong_text(name: str, value: str | None, *, longest: int = LONGEST_TEXT) -> UserError | None:
    """Why a text that must be there cannot be taken; None where it can."""
    code, why = UserErrorCode.INVALID, None
    if value is None or not value.strip():
        code, why = UserErrorCode.REQUIRED, "must not be empty"
    elif len(value) > longest:
        code, why = UserErrorCode.LIMIT_EXCEEDED, f"has at most {longest} characters"
    elif any(not letter.isprintable() and letter not in "\n\t" for letter in value):
        why = "has characters that cannot be shown"
    return None if why is None else UserError(code=code, message=f"{name} {why}", field=(name,))

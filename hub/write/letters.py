"""Dead letters, settled by people: sent again, said to be done, given up (design D7, domain.md 4.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from hub.call import Call
from hub.flow.replay import replay_policy
from hub.merge.work import BodiesByHand, ByHand, Work
from hub.merge.writer import Writer
from hub.model.command import UserError, UserErrorCode
from hub.model.intents import DeliveryState
from hub.model.letters import LetterSort, ReplayPolicy
from hub.model.manifest import Landscape
from hub.store.console import Claim, Kept, earlier
from hub.store.letters import Chosen, LetterRow, count_letters, letters
from hub.store.store import Store
from hub.write.console import Decided, Effect, claim_of, operator, replayed, wrong_text
from hub.write.desk import Asking
from hub.write.editing import edit_of

MOST = 500
"""Letters that one decision settles; the rest are said to be left."""
LONGEST_KEY = 500
DISCARDED = "DISCARDED"
LEFT = f"more than {MOST} at once: decide again, with another key"
RETIRED = "the source is retired, or not configured any more"
BLIND = "nobody can find out whether it happened: settle it by hand with deadLetterResolve"
MOVED = "it moved in the meantime"
UNWANTED = "it is no longer wanted"
KNOWN = "it is known not to have happened: send it again, or discard it"


class LetterMove(StrEnum):
    """What is decided about dead letters."""

    REPLAY = "deadLetterReplay"
    """Send again what is still wanted."""
    DISCARD = "deadLetterDiscard"
    """Give up."""
    DONE = "DONE"
    """It did happen."""
    NOT_DONE = "NOT_DONE"
    """It did not, and is given up."""

    @property
    def mutation(self) -> str:
        """The mutation that decides so."""
        return "deadLetterResolve" if self in (LetterMove.DONE, LetterMove.NOT_DONE) else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCommand:
    """A decision about dead letters."""

    move: LetterMove
    reason: str
    """For the people who read it later."""
    ids: tuple[str, ...] | None = None
    group_key: str | None = None
    source: str | None = None
    edit: Mapping[str, Any] | None = None  # Any: JSON
    """What the one letter named shall carry instead, by the content's own names; `skus` by line."""

    @property
    def chosen(self) -> Chosen:
        """Which letters."""
        return Chosen(ids=self.ids, group_key=self.group_key, source=self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What a decision does to each letter, and which it leaves out."""

    moves: tuple[ByHand, ...] = ()
    bodies: BodiesByHand | None = None
    skipped: Mapping[str, int] = field(default_factory=dict)
    matched: int = 0


async def settle_letters(store: Store, writer: Writer, call: Call, command: LetterCommand, asking: Asking) -> Decided:
    """Settle the chosen letters, all in one transaction; the outcome tells `matched`, `scheduled` and `skipped`.

    A dry run is the real run undone, so it counts the same. Raises Denied, KeyRequired, KeyReused, StoreBusy.
    """
    operator(call)
    if mistakes := tuple(_mistakes(command)):
        return Decided(effect=Effect(user_errors=mistakes))
    claim = None if asking.dry_run else claim_of(call, command.move.mutation, command, asking.key)
    async with store.glance(call) as tx:
        if claim is not None and (known := await earlier(tx, call.tenant, claim)) is not None:
            return _again(claim, known)
        rows = await letters(tx, call.tenant, command.chosen, (MOST, None))
        matched = await count_letters(tx, call.tenant, command.chosen)
        edit, wrong = await edit_of(tx, call, (command.edit, command.reason), rows)
    if refused := (*_missing(command, matched), *wrong):
        return Decided(effect=Effect(user_errors=refused))
    plan = _planned(command, rows, writer.landscapes[call.tenant], matched, f"{call.actor}: {command.reason}")
    said = {"matched": plan.matched, "skipped": dict(plan.skipped)}
    work = Work(
        by_hand=tuple(replace(one, edit=edit) for one in plan.moves),
        bodies=plan.bodies,
        claim=None if claim is None else claim.saying(said),
    )
    applied = await (writer.rehearse(call, work) if claim is None else writer.write(call, work))
    if claim is not None and applied.earlier is not None:
        return _again(claim, applied.earlier)
    outcome = _told({"said": said, "letters": applied.letters})
    return Decided(effect=Effect(outcome=outcome), command_id=applied.command_id)


def _planned(
    command: LetterCommand, rows: Sequence[LetterRow], landscape: Landscape, matched: int, words: str
) -> _Plan:
    why = {row.id: _obstacle(command.move, row, landscape) for row in rows}
    skipped = Counter(reason for reason in why.values() if reason is not None)
    if matched > len(rows):
        skipped[LEFT] = matched - len(rows)
    taken = [row for row in rows if why[row.id] is None]
    bodies = tuple(row.id for row in taken if row.sort == LetterSort.INBOX)
    return _Plan(
        moves=tuple(_move(command.move, row, words) for row in taken if row.sort == LetterSort.DELIVERY),
        bodies=_bodies(command.move, bodies, words),
        skipped=skipped,
        matched=matched,
    )


def _obstacle(move: LetterMove, row: LetterRow, landscape: Landscape) -> str | None:
    """Why a letter cannot be settled so; None where it can."""
    if move in (LetterMove.DONE, LetterMove.NOT_DONE):
        return None if row.state == DeliveryState.REVIEW else KNOWN
    if move is LetterMove.DISCARD:
        return None
    binding = landscape.sources.get(row.source)
    if binding is None or binding.is_retired:
        return RETIRED
    policy = replay_policy(landscape, row.source, row.operation, row.state)
    return BLIND if policy is ReplayPolicy.FORBIDDEN else None


def _bodies(move: LetterMove, ids: tuple[str, ...], words: str) -> BodiesByHand | None:
    if not ids:
        return None
    if move is LetterMove.REPLAY:
        return BodiesByHand(ids=ids, state=DeliveryState.PENDING)
    return BodiesByHand(ids=ids, state=DISCARDED, words=f"discarded by {words}")


def _again(claim: Claim, known: Kept) -> Decided:
    """What an earlier request with this key led to. Raises KeyReused where its input was another."""
    decided = replayed(claim, known.id, known.hash, known.outcome)
    return replace(decided, effect=Effect(outcome=_told(decided.effect.outcome)))


def _move(move: LetterMove, row: LetterRow, words: str) -> ByHand:
    """DEAD: nothing happened, so it is sent again. REVIEW: the source is looked at first, never told blindly."""
    state, letter = {
        LetterMove.REPLAY: (DeliveryState.PENDING, "REPLAYED"),
        LetterMove.DISCARD: (DeliveryState.REFUSED, "DISCARDED"),
        LetterMove.DONE: (DeliveryState.DONE, "RESOLVED"),
        LetterMove.NOT_DONE: (DeliveryState.REFUSED, "RESOLVED"),
    }[move]
    was = DeliveryState(row.state)
    if move is LetterMove.REPLAY and was is DeliveryState.REVIEW:
        state = DeliveryState.UNKNOWN
    said = {
        LetterMove.REPLAY: None,
        LetterMove.DISCARD: f"discarded by {words}",
        LetterMove.DONE: f"done, says {words}",
        LetterMove.NOT_DONE: f"not done, says {words}",
    }
    return ByHand(delivery_id=row.id, was=was, attempt=row.attempts, state=state, letter=letter, words=said[move])


def _told(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """The counts of an outcome, as they are kept."""
    said, states = outcome["said"], outcome["letters"]
    skipped = Counter(said["skipped"])
    skipped.update(_left(states.values()))
    scheduled = sum(1 for state in states.values() if _left((state,)) == [])
    tried = said["matched"] - sum(said["skipped"].values())
    if tried > len(states):
        skipped[MOVED] += tried - len(states)
    return {"matched": said["matched"], "scheduled": scheduled, "skipped": dict(sorted(skipped.items()))}


def _left(states: Iterable[str]) -> list[str]:
    """Why letters of these states were left as they were; nothing for those that were settled."""
    reasons: dict[str, str] = {
        DeliveryState.WITHDRAWN: UNWANTED,
        DeliveryState.DEAD: MOVED,
        DeliveryState.REVIEW: MOVED,
    }
    return [reasons[state] for state in states if state in reasons]


def _missing(command: LetterCommand, matched: int) -> tuple[UserError, ...]:
    if command.ids is None or matched:
        return ()
    return (UserError(code=UserErrorCode.NOT_FOUND, message="there is no such dead letter", field=("select", "ids")),)


def _mistakes(command: LetterCommand) -> Iterable[UserError]:
    wrong = [wrong_text("reason", command.reason)]
    for name, value in (("groupKey", command.group_key), ("source", command.source)):
        wrong.append(None if value is None else wrong_text(name, value, longest=LONGEST_KEY))
    yield from (one for one in wrong if one is not None)
    if command.ids is not None and not 1 <= len(command.ids) <= MOST:
        message = f"name 1 to {MOST} dead letters"
        yield UserError(code=UserErrorCode.LIMIT_EXCEEDED, message=message, field=("select", "ids"))

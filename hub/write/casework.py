"""Working on exception cases: who has one, and saying that it is settled (domain.md 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hub.call import Call
from hub.merge.work import CaseMove, Work
from hub.merge.writer import Writer
from hub.model.cases import CaseStatus
from hub.model.command import UserError, UserErrorCode
from hub.store.console import Claim, Kept, earlier
from hub.store.open_cases import Member, members_of_cases
from hub.store.store import Store
from hub.write.console import Decided, Effect, claim_of, operator, replayed, wrong_text
from hub.write.desk import Asking

MOST = 100
"""Cases that one decision moves."""
MOST_ROOTS = 1000
LONGEST_NAME = 200
_NOT_BEGUN = frozenset({CaseStatus.NEW, CaseStatus.TRIAGED, CaseStatus.REOPENED, CaseStatus.ASSIGNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCommand:
    """A decision about cases."""

    ids: tuple[str, ...]
    assignee: str | None = None
    """Who takes them; None: they are settled."""
    note: str | None = None

    @property
    def mutation(self) -> str:
        """The mutation that decides so."""
        return "exceptionCaseResolve" if self.assignee is None else "exceptionCaseAssign"


async def move_cases(store: Store, writer: Writer, call: Call, command: CaseCommand, asking: Asking) -> Decided:
    """Assign cases, or close them: closed by hand, one stays so until its facts change.

    All in one transaction; a dry run is the real run undone. Raises Denied, KeyRequired, KeyReused, StoreBusy.
    """
    operator(call)
    if wrong := tuple(_mistakes(command)):
        return Decided(effect=Effect(user_errors=wrong))
    claim = None if asking.dry_run else claim_of(call, command.mutation, command, asking.key)
    async with store.glance(call) as tx:
        known = None if claim is None else await earlier(tx, call.tenant, claim)
        members = await members_of_cases(tx, call.tenant, command.ids)
        now = await tx.now()
    if claim is not None and known is not None:
        return _again(claim, known)
    if refused := tuple(_refusals(command, members)):
        return Decided(effect=Effect(user_errors=refused))
    moves = tuple(_move(command, one, call.actor, now) for one in members if one.is_open)
    work = Work(casework=moves, claim=claim)
    applied = await (writer.rehearse(call, work) if claim is None else writer.write(call, work))
    if claim is not None and applied.earlier is not None:
        return _again(claim, applied.earlier)
    return Decided(effect=Effect(outcome={"cases": list(applied.cases)}), command_id=applied.command_id)


def _again(claim: Claim, known: Kept) -> Decided:
    """What an earlier request with this key led to. Raises KeyReused where its input was another."""
    decided = replayed(claim, known.id, known.hash, known.outcome)
    return replace(decided, effect=Effect(outcome={"cases": decided.effect.outcome["cases"]}))


def _move(command: CaseCommand, one: Member, actor: str, now: datetime) -> CaseMove:
    text = command.note.strip() if command.note else None
    note = None if not text else {"by": actor, "at": now.isoformat(), "text": text}
    if command.assignee is None:
        return CaseMove(case_id=one.id, root_id=one.root_id, status=CaseStatus.CLOSED, closed_at=now, note=note)
    begun = CaseStatus(one.status) not in _NOT_BEGUN
    return CaseMove(
        case_id=one.id,
        root_id=one.root_id,
        status=None if begun else CaseStatus.ASSIGNED,
        assignee=command.assignee.strip(),
        note=note,
    )


def _refusals(command: CaseCommand, members: Sequence[Member]) -> Iterable[UserError]:
    known, live = {one.asked for one in members}, {one.asked for one in members if one.is_open}
    for name in command.ids:
        if name not in known:
            yield _error(UserErrorCode.NOT_FOUND, "there is no such case", "ids")
        elif name not in live:
            yield _error(UserErrorCode.NOT_ALLOWED_IN_STATUS, "the case is settled already", "ids")
    if len(members) > MOST_ROOTS:
        yield _error(UserErrorCode.LIMIT_EXCEEDED, f"these concern more than {MOST_ROOTS} orders: name fewer", "ids")


def _mistakes(command: CaseCommand) -> Iterable[UserError]:
    if not 1 <= len(command.ids) <= MOST:
        yield _error(UserErrorCode.LIMIT_EXCEEDED, f"name 1 to {MOST} cases", "ids")
    for name, value in (("assignee", command.assignee), ("note", command.note or None)):
        wrong = None if value is None else wrong_text(name, value, longest=LONGEST_NAME if name == "assignee" else 1000)
        if wrong is not None:
            yield wrong


def _error(code: UserErrorCode, message: str, name: str) -> UserError:
    return UserError(code=code, message=message, field=(name,))

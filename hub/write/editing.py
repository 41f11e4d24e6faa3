"""Writing differently what one dead delivery carries: judged before, kept with who did it and why (domain.md 4.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.call import Call
from hub.codec import typed
from hub.errors import HubFault
from hub.model.command import UserError, UserErrorCode
from hub.model.editing import EDITABLE, SKUS, Edit, applied, changes_of
from hub.model.effects import EFFECT_OF
from hub.model.intents import DeliveryState
from hub.model.letters import LetterSort
from hub.store.deliveries import content_of
from hub.store.letters import LetterRow
from hub.store.tx import Tx
from hub.write.console import wrong_text

LONGEST = 200
Judged = tuple[Edit | None, tuple[UserError, ...]]


async def edit_of(tx: Tx, call: Call, asked: tuple[Mapping[str, Any] | None, str], rows: Sequence[LetterRow]) -> Judged:
    """The edit of the one letter in *rows*, or what is wrong with it; *asked*: (new values, why)."""
    wanted, why = asked
    if not wanted:
        return None, ()
    if len(rows) != 1 or rows[0].sort != LetterSort.DELIVERY or rows[0].state != DeliveryState.DEAD:
        message = "edit one delivery that stopped, by its id: what may have happened is not written differently"
        return None, (_error(message),)
    (row,) = rows
    wrong = tuple(_mistakes(row.operation, wanted))
    content = None if wrong else await content_of(tx, call.tenant, row.id)
    if content is None:
        return None, wrong or (_error("the delivery is gone"),)
    edit = Edit(changes=tuple(changes_of(content, wanted)), by=call.actor, at=await tx.now(), why=why)
    wrong = tuple(_misfits(row.operation, content, edit))
    return (None, wrong) if wrong else (edit, ())


def _misfits(action: str, content: Mapping[str, Any], edit: Edit) -> Iterator[UserError]:
    """Lines that are not there, and values that such a delivery cannot carry."""
    missing = [one.name for one in edit.changes if one.name.isdecimal() and one.was is None]
    yield from (_error(f"it has no line {number}", SKUS) for number in missing)
    try:
        typed(applied(content, edit), EFFECT_OF[action])
    except HubFault as wrong:
        yield _error(f"it could not carry this: {wrong.message}")


def _mistakes(action: str, wanted: Mapping[str, Any]) -> Iterator[UserError]:
    may = EDITABLE.get(action, frozenset())
    for name in sorted(wanted.keys() - may):
        allowed = ", ".join(_camel(one) for one in sorted(may)) or "nothing"
        yield _error(f"{action} has no {_camel(name)} that may be edited, only {allowed}", name)
    for name in sorted(wanted.keys() & may):
        for text in _texts(wanted[name]):
            if (wrong := wrong_text(_camel(name), text, longest=LONGEST)) is not None:
                yield UserError(code=wrong.code, message=wrong.message, field=("edit", _camel(name)))


def _texts(value: Any) -> Iterator[str]:
    """Every text that somebody wrote, wherever it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for one in value.values() for text in _texts(one))
    elif isinstance(value, Sequence):
        yield from (text for one in value for text in _texts(one))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _error(message: str, name: str | None = None) -> UserError:
    field = ("edit",) if name is None else ("edit", _camel(name))
    return UserError(code=UserErrorCode.INVALID, message=message, field=field)

"""The operators' queue: `exceptionCases`, `exceptionCaseAssign`, `exceptionCaseResolve`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import strawberry

from hub.model.cases import CaseQueue, CaseStatus, ExceptionCase, ExceptionCode, Severity
from hub.read.cases import CasesWanted
from hub.store.open_cases import CasesChosen
from hub.write.casework import CaseCommand
from resolvers.console.answer import asking_of, local_ids, told
from resolvers.context import Info
from resolvers.derive import hidden, input_type
from resolvers.inputs import StringFilterInput, texts_of
from resolvers.lists import USUAL_PAGE
from resolvers.pages import PageInfo, checked, given, info_of
from resolvers.writes import MutationPayload


@input_type
class ExceptionCaseFilterInput:
    """Which cases; everything given must hold."""

    code: list[ExceptionCode] | None = None
    """One of these codes."""
    severity: list[Severity] | None = None
    """One of these."""
    queue: list[CaseQueue] | None = None
    """That one of these works on."""
    open: bool | None = True
    """Open ones, or settled ones; null for both."""
    source: StringFilterInput | None = None
    """That concern one of these sources."""
    assignee: StringFilterInput | None = None
    """That one of these has taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCasesArguments:
    """Arguments of `exceptionCases`."""

    filter: ExceptionCaseFilterInput | None = None
    """Which cases; else all that are open."""
    first: int | None = USUAL_PAGE
    """At most so many, up to 100."""
    after: str | None = None
    """Only what follows this cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCaseEdge:
    """A case and its place in the list."""

    cursor: str
    """Its place; only good for the same caller and filter."""
    node: ExceptionCase
    """The case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCaseConnection:
    """A page of cases: the worst first, then what is due first."""

    nodes: tuple[ExceptionCase, ...]
    """The cases."""
    edges: tuple[ExceptionCaseEdge, ...]
    """The cases with their places."""
    page_info: PageInfo
    """Where the page lies."""
    wanted: CasesWanted = hidden()
    """What was asked for."""


async def exception_cases(info: Info, asked: ExceptionCasesArguments) -> ExceptionCaseConnection | None:
    """What people must look at, the worst first; what several orders have of one cause is one case."""
    context, narrowed = info.context, asked.filter or ExceptionCaseFilterInput()
    chosen = CasesChosen(
        code=narrowed.code,
        severity=narrowed.severity,
        queue=narrowed.queue,
        source=texts_of(narrowed.source),
        assignee=texts_of(narrowed.assignee),
        is_open=narrowed.open,
    )
    wanted = CasesWanted(chosen=chosen, size=checked(given(asked.first, USUAL_PAGE)), after=asked.after)
    page = await context.reader.queue.page(context.call, wanted)
    cursors = [cursor for _, cursor in page.rows]
    return ExceptionCaseConnection(
        nodes=tuple(case for case, _ in page.rows),
        edges=tuple(ExceptionCaseEdge(node=case, cursor=cursor) for case, cursor in page.rows),
        page_info=info_of(cursors, has_more=page.has_more, has_before=asked.after is not None),
        wanted=wanted,
    )


async def count_of_cases(parent: strawberry.Parent[ExceptionCaseConnection], info: Info) -> int | None:
    """How many fit in all; counted only where it is selected."""
    return await info.context.reader.queue.count(info.context.call, parent.wanted)


@input_type
class ExceptionCaseAssignInput:
    """Give cases to somebody."""

    ids: list[strawberry.ID]
    """Which cases, at most 100."""
    assignee: str
    """Who works on them from now on."""
    note: str | None = None
    """For the people who read it later."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class ExceptionCaseResolveInput:
    """Say that cases are settled."""

    ids: list[strawberry.ID]
    """Which cases, at most 100."""
    note: str | None = None
    """What was done; for the people who read it later."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCaseAssignArguments:
    """Arguments of `exceptionCaseAssign`."""

    input: ExceptionCaseAssignInput
    """Which, and to whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCaseResolveArguments:
    """Arguments of `exceptionCaseResolve`."""

    input: ExceptionCaseResolveInput
    """Which, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCaseAssignPayload(MutationPayload):
    """Whose the cases are."""

    exception_cases: tuple[ExceptionCase, ...] = ()
    """The cases as they stand now; as they would, on a dry run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCaseResolvePayload(MutationPayload):
    """What became of the cases."""

    exception_cases: tuple[ExceptionCase, ...] = ()
    """The cases as they stand now; as they would, on a dry run."""


async def exception_case_assign(info: Info, asked: ExceptionCaseAssignArguments) -> ExceptionCaseAssignPayload | None:
    """Give cases to somebody; what several orders have of one cause is taken together."""
    command = CaseCommand(
        ids=local_ids(asked.input.ids, "ExceptionCase"), assignee=asked.input.assignee, note=asked.input.note
    )
    would = {"assignee": asked.input.assignee.strip(), "status": CaseStatus.ASSIGNED}
    return ExceptionCaseAssignPayload(**await _moved(info, command, asked.input.dry_run, would))


async def exception_case_resolve(
    info: Info, asked: ExceptionCaseResolveArguments
) -> ExceptionCaseResolvePayload | None:
    """Say that cases are settled: they open again only when their facts change, or come back."""
    command = CaseCommand(ids=local_ids(asked.input.ids, "ExceptionCase"), note=asked.input.note)
    return ExceptionCaseResolvePayload(
        **await _moved(info, command, asked.input.dry_run, {"status": CaseStatus.CLOSED})
    )


async def _moved(info: Info, command: CaseCommand, dry: bool | None, would: dict[str, Any]) -> dict[str, Any]:  # noqa: FBT001 (as it is given)
    context, asking = info.context, asking_of(info, dry_run=dry)
    decided = await context.doors.operators.move_cases(context.call, command, asking)
    payload = told(context, command.mutation, asking, decided)
    if decided.effect.user_errors:
        return payload
    found = await context.reader.queue.by_id(context.call, command.ids)
    cases = tuple({found[one].id: found[one] for one in command.ids if one in found}.values())
    if asking.dry_run:
        cases = tuple(replace(one, **would) for one in cases)
    return payload | {"exception_cases": cases}

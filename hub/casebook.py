"""`opshub cases` and `opshub replay`: the operators' queue on a terminal, over the hub's own graph."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from hub.asking import INDENT, Where, ask, paragraph
from hub.errors import InvalidInput

FEW_ORDERS = 5
"""Orders of a case that a line names."""
_CASES = """
query Cases($queue: [CaseQueue!], $severity: [Severity!], $assignee: StringFilterInput) {
  viewer { actor }
  exceptionCases(filter: {queue: $queue, severity: $severity, assignee: $assignee}, first: 100) {
    nodes { id code severity status queue title occurrences slaDueAt assignee }
    totalCount
  }
}
"""
_SHOW = """
query Case($id: ID!) {
  node(id: $id) {
    ... on ExceptionCase {
      code severity status queue title rootCause occurrences firstSeenAt slaDueAt assignee
      orders { number statusText }
      suggestedActions { action enabled reasonText }
    }
  }
}
"""
_ASSIGN = """
mutation Assign($ids: [ID!]!, $assignee: String!, $note: String, $key: String!) {
  done: exceptionCaseAssign(input: {ids: $ids, assignee: $assignee, note: $note}) @idempotent(key: $key) {
    exceptionCases { title status assignee } userErrors { message }
  }
}
"""
_RESOLVE = """
mutation Resolve($ids: [ID!]!, $note: String, $key: String!) {
  done: exceptionCaseResolve(input: {ids: $ids, note: $note}) @idempotent(key: $key) {
    exceptionCases { title status assignee } userErrors { message }
  }
}
"""
_REPLAY = """
mutation Replay($select: DeadLetterSelectInput!, $reason: String!, $dry: Boolean!, $key: String!) {
  done: deadLetterReplay(input: {select: $select, reason: $reason, dryRun: $dry}) @idempotent(key: $key) {
    matched scheduled skipped { reason count } dryRun userErrors { message }
  }
}
"""
_GROUPS = """
{ deadLetterGroups { groupKey errorClass cause source operation count oldestAt replayPolicy } }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Which cases to list."""

    queues: Sequence[str] = ()
    severities: Sequence[str] = ()
    mine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What to send again."""

    group: str | None = None
    source: str | None = None
    ids: Sequence[str] | None = None
    reason: str = "sent again from the command line"
    dry_run: bool = False


async def cases(hub: Where, narrowed: Narrowed, out: Console) -> None:
    """Print the open cases, the worst first."""
    asked: dict[str, Any] = {"queue": list(narrowed.queues) or None, "severity": list(narrowed.severities) or None}
    if narrowed.mine:
        asked["assignee"] = {"eq": (await ask(hub, "{ viewer { actor } }", {}))["viewer"]["actor"]}
    found = (await ask(hub, _CASES, asked))["exceptionCases"]
    for one in found["nodes"]:
        _case(one, out)
    if not found["nodes"]:
        out.print("No case is open.", markup=False)
    if found["totalCount"] > len(found["nodes"]):
        out.print(f"{found['totalCount']} in all: narrow them by --queue and --severity.", markup=False)


def _case(one: Mapping[str, Any], out: Console) -> None:
    who = f"with {one['assignee']}" if one["assignee"] else ""
    facts = (one["severity"], one["code"], one["queue"], _seen(one), _due(one), who)
    _named(facts, one["title"], one["id"], out)


def _named(facts: Sequence[str], words: str, name: str, out: Console) -> None:
    """A paragraph, and on a line of its own, whole in any terminal, what to call it by."""
    paragraph(facts, words, out)
    out.print(f"{INDENT}{name}", markup=False, highlight=False, soft_wrap=True)


def _seen(one: Mapping[str, Any]) -> str:
    return "seen once" if one["occurrences"] == 1 else f"seen {one['occurrences']} times"


def _due(one: Mapping[str, Any]) -> str:
    return f"due {one['slaDueAt'][:16].replace('T', ' ')} UTC" if one["slaDueAt"] else ""


async def show(hub: Where, case_id: str, out: Console) -> None:
    """Print one case: what it is about, its orders, and what would help."""
    one = (await ask(hub, _SHOW, {"id": case_id}))["node"]
    if not one:
        message = "there is no such case"
        raise InvalidInput(message)
    out.print(f"{one['severity']} {one['code']} ({one['queue']}, {one['status']}): {one['title']}", markup=False)
    when = filter(None, (f"{_seen(one).capitalize()} since {one['firstSeenAt']}", _due(one)))
    out.print(f"{'; '.join(when)}.", markup=False)
    for order in (one["orders"] or [])[:FEW_ORDERS]:
        out.print(f"  {order['number']}: {order['statusText']}", markup=False)
    more = len(one["orders"] or []) - FEW_ORDERS
    if more > 0:
        out.print(f"  and {more} more orders", markup=False)
    for action in one["suggestedActions"]:
        out.print(f"Helps: {action['action']}" + (f" ({action['reasonText']})" if not action["enabled"] else ""))


async def assign(hub: Where, ids: Sequence[str], assignee: str, note: str | None, out: Console) -> None:
    """Give cases to somebody, and print them."""
    _moved(await decided(hub, _ASSIGN, {"ids": list(ids), "assignee": assignee, "note": note}), out)


async def resolve(hub: Where, ids: Sequence[str], note: str | None, out: Console) -> None:
    """Settle cases, and print them."""
    _moved(await decided(hub, _RESOLVE, {"ids": list(ids), "note": note}), out)


async def replay(hub: Where, again: Again, out: Console) -> None:
    """Send dead letters again, or say what would be; without any choice, print the groups there are."""
    given = {"groupKey": again.group, "source": again.source, "ids": again.ids}
    chosen = {name: one for name, one in given.items() if one is not None}
    if not chosen:
        return _groups((await ask(hub, _GROUPS, {}))["deadLetterGroups"], out)
    if len(chosen) > 1:
        message = "say one of --group, --source and --id"
        raise InvalidInput(message)
    done = await decided(hub, _REPLAY, {"select": chosen, "reason": again.reason, "dry": again.dry_run})
    verb = "would be sent again" if done["dryRun"] else "are sent again"
    out.print(f"{done['scheduled']} of {done['matched']} {verb}.", markup=False)
    for one in done["skipped"]:
        out.print(f"{one['count']} not: {one['reason']}", markup=False)
    return None


def _groups(found: Sequence[Mapping[str, Any]], out: Console) -> None:
    for one in found:
        facts = (str(one["count"]), one["source"], one["operation"], one["errorClass"], f"replay {one['replayPolicy']}")
        _named(facts, one["cause"], one["groupKey"], out)
    if not found:
        out.print("No dead letter waits.", markup=False)


async def decided(hub: Where, document: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a mutation did. Raises InvalidInput in the hub's words where it was refused."""
    done: Mapping[str, Any] = (await ask(hub, document, {**given, "key": f"cli-{uuid.uuid4().hex}"}))["done"]
    if done["userErrors"]:
        raise InvalidInput("; ".join(error["message"] for error in done["userErrors"]))
    return done


def _moved(done: Mapping[str, Any], out: Console) -> None:
    for one in done["exceptionCases"]:
        who = f", {one['assignee']}" if one["assignee"] else ""
        out.print(f"{one['status']}{who}: {one['title']}", markup=False)

"""Why a story stands still: blockers classified by rule (domain.md 4.2). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hub.codec import typed
from hub.errors import OutcomeCause
from hub.model.cases import ExceptionCase, ExceptionCode, HoldType, RootCause
from hub.model.effects import CREATE_ORDER, POST_INVOICE, REQUEST_FULFILMENT, SHIP_GOODS
from hub.model.intents import DeliveryState
from hub.model.trace import TraceBlocker
from hub.model.vocabulary import SystemKind
from hub.store.stories import StoryRows

Row = Mapping[str, Any]  # Any: a row as JSON

BY_CLASS: Mapping[str, RootCause] = {
    "THROTTLED": RootCause.API_THROTTLING,
    "TRANSIENT": RootCause.SOURCE_OUTAGE,
    "AUTH": RootCause.SOURCE_OUTAGE,
    "MAPPING": RootCause.MAPPING,
    "VALIDATION": RootCause.DATA_QUALITY,
    "CONFLICT": RootCause.CONCURRENCY,
    "REJECTED_BY_TARGET": RootCause.PARTNER_ERROR,
    "BUG": RootCause.CODE_DEFECT,
    **dict.fromkeys(OutcomeCause, RootCause.DATA_QUALITY),
}
"""What the class of a failure says."""
BY_CODE: Mapping[ExceptionCode, RootCause] = {
    ExceptionCode.SKU_MAPPING_MISSING: RootCause.MAPPING,
    ExceptionCode.STATUS_UNMAPPED: RootCause.MAPPING,
    ExceptionCode.SCHEMA_DRIFT: RootCause.DATA_QUALITY,
    ExceptionCode.WMS_ACK_TIMEOUT: RootCause.WMS_ACK,
    ExceptionCode.ERP_REJECTED: RootCause.DATA_QUALITY,
    ExceptionCode.DUPLICATE_ORDER: RootCause.CONCURRENCY,
    ExceptionCode.ADAPTER_BREAKER_OPEN: RootCause.SOURCE_OUTAGE,
}
"""What the code of a case says, where the case itself says UNKNOWN."""
BY_ANSWER: Mapping[tuple[SystemKind, str], RootCause] = {
    (SystemKind.WMS, REQUEST_FULFILMENT): RootCause.WMS_ACK,
    (SystemKind.ERP, CREATE_ORDER): RootCause.ERP_POSTING_LATENCY,
    (SystemKind.ERP, POST_INVOICE): RootCause.ERP_POSTING_LATENCY,
    (SystemKind.ERP, SHIP_GOODS): RootCause.ERP_POSTING_LATENCY,
}
"""What it means that a system was asked for this and the answer, or the effect, does not come."""
THROTTLED = "fewer calls"
"""What the gate says while a source throttles."""
HUMAN_HOLDS = frozenset({HoldType.APPROVAL, HoldType.MANUAL_CS, HoldType.CUSTOMER_REQUEST, HoldType.FRAUD_REVIEW})

FOR_PEOPLE = frozenset({DeliveryState.DEAD, DeliveryState.REVIEW})
UNDER_WAY = frozenset({DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED})
ASKED = frozenset({DeliveryState.CLAIMED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED})
"""The source has it: what is missing is its answer, or that it shows."""
STANDS = timedelta(seconds=30)
"""What has waited for so long without a failure blocks all the same: the line is long, or the answer is."""


def blocker_of(rows: StoryRows, systems: Mapping[str, SystemKind]) -> TraceBlocker | None:
    """What everything waits for: a case for people first, then what stands still on its way, then a hold."""
    rooms = {row["source"]: row for row in rows.sources}
    stuck = [row for row in rows.deliveries if _stands_still(row, rooms.get(row["source"]), rows.now)]
    stuck.sort(key=lambda row: (not row["error"], row["created_at"]))
    causes = {row["id"]: cause_of(row, rooms.get(row["source"]), systems.get(row["source"])) for row in stuck}
    if rows.cases:
        return _of_case(rows.cases, stuck, causes)
    if stuck:
        return _of_delivery(stuck[0], rooms.get(stuck[0]["source"]), causes[stuck[0]["id"]])
    return _of_hold(rows.holds[0]) if rows.holds else None


def cause_of(row: Row, room: Row | None, system: SystemKind | None) -> RootCause:
    """Why a delivery stands still. *room*: how its source does."""
    state, failed = DeliveryState(row["state"]), row["error_class"] or ""
    silent = BY_ANSWER.get((system, row["action"])) if system is not None and _answers(room, state) else None
    if failed and failed != "TRANSIENT":  # its own last word, before what others of its source suggest
        return BY_CLASS.get(failed, RootCause.UNKNOWN)
    if state in ASKED and silent is not None:
        return silent
    if _is_throttled(room) and not _is_away(room):
        return RootCause.API_THROTTLING
    if silent is not None and room is not None and row["action"] in (*room["unanswered"], *room["unseen"]):
        return silent  # the line is long because nobody answers
    if failed or _is_away(room):
        return RootCause.SOURCE_OUTAGE
    return RootCause.UNKNOWN if state in ASKED else _before_it(room, system)


def _before_it(room: Row | None, system: SystemKind | None) -> RootCause:
    """Why what has not been sent stands in line: something before it is not answered, else the line is just long."""
    if room is None or system is None:
        return RootCause.BACKLOG
    return next((BY_ANSWER[system, one] for one in room["unanswered"] if (system, one) in BY_ANSWER), RootCause.BACKLOG)


def cause_of_case(row: Row, stuck: Sequence[Row], causes: Mapping[str, RootCause]) -> RootCause:
    """What a case says, else what its code means, else what stands still at the source that it names."""
    told, code = RootCause(row["root_cause"]), ExceptionCode(row["code"])
    if told is not RootCause.UNKNOWN:
        return told
    if code in BY_CODE:
        return BY_CODE[code]
    there = [one for one in stuck if row["source"] in (None, one["source"])]
    return next((causes[one["id"]] for one in there), RootCause.UNKNOWN)


def _is_away(room: Row | None) -> bool:
    return room is not None and (room["breaker"] != "CLOSED" or bool(room["is_paused"]))


def _answers(room: Row | None, state: DeliveryState) -> bool:
    """Whether the source is there for everything else: then it is this that it does not answer."""
    return state is DeliveryState.ACCEPTED or room is None or (not _is_away(room) and room["last_error"] is None)


def _is_throttled(room: Row | None) -> bool:
    return room is not None and (bool(room.get("throttled")) or THROTTLED in (room["last_error"] or ""))


def _stands_still(row: Row, room: Row | None, now: datetime | None) -> bool:
    state = DeliveryState(row["state"])
    if state in FOR_PEOPLE:
        return True
    if state not in UNDER_WAY:
        return False
    return bool(row["error"]) or _is_away(room) or _is_throttled(room) or (now is not None and _is_late(row, now))


def _is_late(row: Row, now: datetime) -> bool:
    """Whether it has been due for longer than anybody's turn takes."""
    since = row["created_at"]
    if DeliveryState(row["state"]) is DeliveryState.PENDING:
        since = max(since, row["next_attempt_at"] or since, key=datetime.fromisoformat)
    return now - datetime.fromisoformat(since) > STANDS


def _of_case(cases: Sequence[Row], stuck: Sequence[Row], causes: Mapping[str, RootCause]) -> TraceBlocker:
    """The worst of the cases whose cause is known, the oldest of those; what it is tried again for, where it is."""
    said = [(cause_of_case(row, stuck, causes), row) for row in cases]
    cause, row = min(said, key=lambda one: (one[0] is RootCause.UNKNOWN, one[1]["severity"], one[1]["first_seen_at"]))
    case = typed(row, ExceptionCase)
    sent = next((one for one in stuck if row["source"] in (None, one["source"])), None)
    return TraceBlocker(
        root_cause=cause,
        source=row["source"],
        since=case.first_seen_at,
        text=case.title,
        attempt=sent["attempts"] if sent else None,
        next_attempt_at=_next_attempt(sent) if sent else None,
        exception_case=case,
    )


def _of_delivery(row: Row, room: Row | None, cause: RootCause) -> TraceBlocker:
    what = f"{row['action']} at {row['source']}"
    if row["error"]:
        text = f"{what}: {row['error']} (attempt {row['attempts']})"
    elif DeliveryState(row["state"]) in ASKED:
        text = f"{what}: sent, no answer shows it yet (attempt {row['attempts']})"
    elif cause is RootCause.BACKLOG:
        text = f"{what}: stands in line" + _others(room)
    else:
        text = f"{what}: not sent, {(room or {}).get('last_error') or 'the source is left alone'}"
    return TraceBlocker(
        root_cause=cause,
        source=row["source"],
        since=datetime.fromisoformat(row["created_at"]),
        text=text,
        attempt=row["attempts"],
        next_attempt_at=_next_attempt(row),
    )


def _others(room: Row | None) -> str:
    line = (room or {}).get("line") or 0
    return f" with {line - 1} others" if line > 1 else ""


def _next_attempt(row: Row) -> datetime | None:
    is_planned = DeliveryState(row["state"]) is DeliveryState.PENDING
    return datetime.fromisoformat(row["next_attempt_at"]) if is_planned and row["next_attempt_at"] else None


def _of_hold(hold: Row) -> TraceBlocker:
    kind = HoldType(hold["type"])
    return TraceBlocker(
        root_cause=RootCause.HUMAN if kind in HUMAN_HOLDS else RootCause.DATA_QUALITY,
        since=datetime.fromisoformat(hold["placed_at"]),
        text=f"held: {hold.get('reason') or kind.value}",
    )

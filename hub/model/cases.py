"""Work for people: exception cases and holds (domain.md 2.2.9, 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hub.model.order import OrderStatus
from hub.model.values import internal


class HoldType(StrEnum):
    """Why something is held (domain.md 2.4.2)."""

    CREDIT = "CREDIT"
    PAYMENT_PENDING = "PAYMENT_PENDING"
    FRAUD_REVIEW = "FRAUD_REVIEW"
    ADDRESS = "ADDRESS"
    PRICE_VARIANCE = "PRICE_VARIANCE"
    INVENTORY_OUT_OF_STOCK = "INVENTORY_OUT_OF_STOCK"
    CUSTOMER_REQUEST = "CUSTOMER_REQUEST"
    APPROVAL = "APPROVAL"
    MANUAL_CS = "MANUAL_CS"
    WAREHOUSE = "WAREHOUSE"
    DATA_MISSING = "DATA_MISSING"
    OTHER = "OTHER"


class Severity(StrEnum):
    """S1: a customer's promise is broken now. S4: housekeeping."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


class CaseStatus(StrEnum):
    """Life of a case."""

    NEW = "NEW"
    TRIAGED = "TRIAGED"
    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    WAITING_EXTERNAL = "WAITING_EXTERNAL"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"
    SUPPRESSED = "SUPPRESSED"
    REOPENED = "REOPENED"


class CaseQueue(StrEnum):
    """Who works on it."""

    CS = "CS"
    WAREHOUSE = "WAREHOUSE"
    FINANCE = "FINANCE"
    MASTER_DATA = "MASTER_DATA"
    CARRIER = "CARRIER"
    INTEGRATION = "INTEGRATION"
    PARTNER = "PARTNER"


class RootCause(StrEnum):
    """Why it went wrong."""

    API_THROTTLING = "API_THROTTLING"
    BACKLOG = "BACKLOG"
    MAPPING = "MAPPING"
    WMS_ACK = "WMS_ACK"
    ERP_POSTING_LATENCY = "ERP_POSTING_LATENCY"
    SOURCE_OUTAGE = "SOURCE_OUTAGE"
    DATA_QUALITY = "DATA_QUALITY"
    PARTNER_ERROR = "PARTNER_ERROR"
    CONCURRENCY = "CONCURRENCY"
    HUMAN = "HUMAN"
    CODE_DEFECT = "CODE_DEFECT"
    UNKNOWN = "UNKNOWN"


class ExceptionCode(StrEnum):
    """What went wrong (domain.md 4.2)."""

    STOCKOUT = "STOCKOUT"
    PARTIAL_PICK = "PARTIAL_PICK"
    FO_REJECTED = "FO_REJECTED"
    WMS_ACK_TIMEOUT = "WMS_ACK_TIMEOUT"
    ERP_REJECTED = "ERP_REJECTED"
    SKU_MAPPING_MISSING = "SKU_MAPPING_MISSING"
    CREDIT_HOLD = "CREDIT_HOLD"
    DUPLICATE_ORDER = "DUPLICATE_ORDER"
    ORDER_CONFLICT = "ORDER_CONFLICT"
    CANCEL_TOO_LATE = "CANCEL_TOO_LATE"
    RETURN_DISCREPANCY = "RETURN_DISCREPANCY"
    RETURN_NOT_CLOSED_FINANCIALLY = "RETURN_NOT_CLOSED_FINANCIALLY"
    STATUS_UNMAPPED = "STATUS_UNMAPPED"
    SCHEMA_DRIFT = "SCHEMA_DRIFT"
    ADAPTER_BREAKER_OPEN = "ADAPTER_BREAKER_OPEN"
    DEAD_LETTER = "DEAD_LETTER"
    ORDER_STUCK = "ORDER_STUCK"
    OVERSOLD = "OVERSOLD"
    SOURCE_WENT_BACK = "SOURCE_WENT_BACK"
    VERSION_REPEATED = "VERSION_REPEATED"
    RETURN_UNIDENTIFIED = "RETURN_UNIDENTIFIED"
    REFUND_FAILED = "REFUND_FAILED"
    RETURN_OVERDUE = "RETURN_OVERDUE"
    OTHER = "OTHER"


_HOURS: dict[ExceptionCode, float] = {
    ExceptionCode.FO_REJECTED: 2,
    ExceptionCode.WMS_ACK_TIMEOUT: 0.5,
    ExceptionCode.ERP_REJECTED: 1,
    ExceptionCode.SKU_MAPPING_MISSING: 1,
    ExceptionCode.DUPLICATE_ORDER: 1,
    ExceptionCode.ORDER_CONFLICT: 2,
    ExceptionCode.RETURN_DISCREPANCY: 24,
    ExceptionCode.RETURN_NOT_CLOSED_FINANCIALLY: 24,
    ExceptionCode.RETURN_OVERDUE: 24,
    ExceptionCode.STATUS_UNMAPPED: 24,
    ExceptionCode.SCHEMA_DRIFT: 24,
    ExceptionCode.ADAPTER_BREAKER_OPEN: 0.25,
    ExceptionCode.DEAD_LETTER: 1,
    ExceptionCode.OVERSOLD: 1,
}
_USUAL_HOURS = 4.0


def patience_of(code: ExceptionCode) -> timedelta:
    """How long resolving a case may take (domain.md 4.2)."""
    return timedelta(hours=_HOURS.get(code, _USUAL_HOURS))


_HELPS: dict[ExceptionCode, tuple[str, ...]] = {
    ExceptionCode.SKU_MAPPING_MISSING: ("skuMappingSet",),
    ExceptionCode.CREDIT_HOLD: ("orderHoldRelease", "orderCancel"),
    ExceptionCode.DUPLICATE_ORDER: ("orderCancel", "exceptionCaseResolve"),
    ExceptionCode.ORDER_CONFLICT: ("orderNoteAdd", "exceptionCaseResolve"),
    ExceptionCode.CANCEL_TOO_LATE: ("returnRequest",),
    ExceptionCode.RETURN_DISCREPANCY: ("returnClose", "returnReceive"),
    ExceptionCode.RETURN_NOT_CLOSED_FINANCIALLY: ("returnRefund", "returnClose"),
    ExceptionCode.RETURN_OVERDUE: ("returnClose", "returnReceive"),
    ExceptionCode.REFUND_FAILED: ("returnRefund",),
    ExceptionCode.STATUS_UNMAPPED: ("exceptionCaseAssign",),
    ExceptionCode.ADAPTER_BREAKER_OPEN: ("exceptionCaseAssign", "deadLetterReplay"),
    ExceptionCode.DEAD_LETTER: ("deadLetterReplay", "deadLetterDiscard"),
    ExceptionCode.ORDER_STUCK: ("orderReleaseToWarehouse", "orderCancel", "orderNoteAdd"),
}


def helping(code: ExceptionCode) -> tuple[str, ...]:
    """What usually helps, best first (domain.md 4.2): where a detector knows nothing better."""
    return _HELPS.get(code, ("exceptionCaseAssign",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Something that must not go on until a person or a rule lets it."""

    id: str
    """Stable, opaque."""
    type: HoldType
    """Why it is held."""
    placed_by: str
    """Actor or rule."""
    placed_at: datetime
    """Since when."""
    reason: str | None = None
    """In words."""
    blocks: tuple[OrderStatus, ...] = ()
    """The statuses it keeps the order from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCase:
    """Something that a person must look at."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the case moves."""
    code: ExceptionCode
    """What went wrong."""
    severity: Severity
    """How bad it is."""
    status: CaseStatus
    """Where the work on it stands."""
    queue: CaseQueue
    """Who works on it."""
    title: str
    """One sentence: what, where, since when."""
    root_cause: RootCause
    """Why it went wrong."""
    occurrences: int
    """How often it was seen."""
    first_seen_at: datetime
    """When it was seen first."""
    sla_due_at: datetime | None = None
    """When it should be resolved."""
    assignee: str | None = None
    """Who has taken it."""
    suggested: tuple[str, ...] = internal(())
    """Names of the actions that help, first first."""
    root_id: str = internal("")
    """The root it concerns."""
    root_ids: tuple[str, ...] = internal(())
    """The roots it concerns, where they are several."""

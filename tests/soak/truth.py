"""What happened, straight from the change log, and what of it a subscriber must hear: the filter written once more.

Knows nothing of `subscriptions`: it reads the columns and the payload as they lie there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.crash.admin import Admin
from tests.soak.wishes import Known, Sought

LINES = """
select position, tenant, account, payload, extract(epoch from logged_at) as at from hub.change_log order by position
"""
KNOWN = "select tenant, kind, account, id from hub.entity where kind in ('ORDER', 'CUSTOMER') order by id"
WAITING = "select count(*) from hub.outbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the log."""

    position: int
    at: float
    tenant: str
    account: str | None
    said: Mapping[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """One change that a subscriber must hear of, as it is told it."""

    position: int
    entity: str
    version: int
    kind: str
    at: float
    """When it got into the log, as seconds of the epoch."""

    @property
    def key(self) -> tuple[int, str, int, str]:
        """How it is compared."""
        return self.position, self.entity, self.version, self.kind


def sees(sought: Sought, line: Line) -> str | None:
    """What *line* is to a subscriber: DELETED where it takes something out of what he asked for; None: nothing."""
    said = line.said
    if (line.tenant, said["kind"]) != (sought.tenant, sought.kind) or said["origin"] != "LIVE":
        return None
    if sought.ids is not None and said["entity_id"] not in sought.ids:
        return None
    if _fits(sought, {**said, "account": line.account}):
        return str(said["change"])
    return "DELETED" if said.get("was") is not None and _fits(sought, said["was"]) else None


def _fits(sought: Sought, stands: Mapping[str, Any]) -> bool:  # Any: JSON
    return (
        _below(stands["account"], sought.account)
        and (sought.customer is None or stands["customer_id"] == sought.customer)
        and (sought.statuses is None or stands["status"] in sought.statuses)
        and (sought.skus is None or stands["sku"] in sought.skus)
    )


def _below(account: str | None, confined_to: str | None) -> bool:
    if confined_to is None:
        return True
    return account is not None and (account + "/").startswith(confined_to + "/")


def expected(sought: Sought, lines: Iterable[Line]) -> list[Want]:
    """Everything that a subscriber of it must hear, in order."""
    told = ((line, sees(sought, line)) for line in lines)
    return [
        Want(
            position=line.position, entity=line.said["entity_id"], version=line.said["version"], kind=kind, at=line.at
        )
        for line, kind in told
        if kind is not None
    ]  # fmt: skip


async def read(admin: Admin) -> Sequence[Line]:
    """The whole log."""
    rows = await admin.rows(LINES)
    assert rows is not None, "the database is away"
    return [
        Line(
            position=row["position"], tenant=row["tenant"], account=row["account"], said=json.loads(row["payload"]),
            at=float(row["at"]),
        )
        for row in rows
    ]  # fmt: skip


async def known(admin: Admin) -> dict[str, Known]:
    """Orders and customers of each tenant by account."""
    found: dict[str, dict[str, dict[str, list[str]]]] = {}
    for row in await admin.rows(KNOWN) or ():
        by_account = found.setdefault(row["tenant"], {"ORDER": {}, "CUSTOMER": {}})[row["kind"]]
        by_account.setdefault(row["account"] or "", []).append(row["id"])
    return {tenant: Known(orders=several["ORDER"], customers=several["CUSTOMER"]) for tenant, several in found.items()}

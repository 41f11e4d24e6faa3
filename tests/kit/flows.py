"""A root's life in values: commands accepted, flow carried into deliveries, sources answering. No store, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hub.flow.cancel import judge
from hub.flow.facts import HUB, FlowResult, KeptDelivery, KeptRecord, RootFacts
from hub.flow.order import flow
from hub.merge.assemble import assemble
from hub.model.command import CancelCommand, UserErrorCode
from hub.model.effects import cancel_in
from hub.model.intents import DeliveryState, Intent, LineGrant
from hub.model.observation import Content
from hub.model.order import Order
from hub.model.vocabulary import Kind
from tests.kit.facts import d, kept_command, order_record

_UNCLAIMED = (DeliveryState.PENDING, DeliveryState.DEAD)


def pictured(known: RootFacts) -> RootFacts:
    """The facts with the documents that follow from them, as they stand in the store."""
    picture = assemble(known)
    return replace(known, documents=picture.documents, line_numbers=picture.line_numbers)


def order_of(known: RootFacts) -> Order:
    """The order as it stands."""
    found = assemble(known).documents["o1"]
    assert isinstance(found, Order)
    return found


def flowing(known: RootFacts) -> FlowResult:
    """What should exist now."""
    return flow(known, assemble(known))


def accept(known: RootFacts, command: CancelCommand, name: str = "k1") -> RootFacts:
    """The facts once a command was accepted and flow has run."""
    known = pictured(known)
    verdict = judge(order_of(known), known, command, name)
    assert verdict.user_errors == ()
    assert verdict.hub_content is not None
    commands = (*known.commands, kept_command(command, name, 100 + len(known.commands)))
    return apply(replace(with_hub(known, verdict.hub_content), commands=commands))


def refusal(known: RootFacts, command: CancelCommand) -> UserErrorCode | None:
    """The first reason why a command would be refused."""
    known = pictured(known)
    errors = judge(order_of(known), known, command).user_errors
    return errors[0].code if errors else None


def apply(known: RootFacts) -> RootFacts:
    """What the one writer does with flow's result: insert, refresh the unclaimed, withdraw, settle what is shown."""
    result = flowing(known)
    rows = {row.key: row for row in known.deliveries}
    for intent in result.intents:
        rows[intent.key] = _beside(intent, rows.get(intent.key))
    wanted = {intent.key for intent in result.intents}
    for key, row in rows.items():
        if key not in wanted and row.state in _UNCLAIMED and not row.has_begun:
            why = result.unwanted.get(key, "no longer wanted")
            rows[key] = replace(row, state=DeliveryState.WITHDRAWN, withdrawn_because=why, settled_at=known.now)
        if row.id in result.shown:
            rows[key] = replace(row, state=DeliveryState.DONE, settled_at=known.now)
    known = replace(known, deliveries=tuple(rows.values()))
    return pictured(with_hub(known, result.hub_record) if result.hub_record is not None else known)


def moved(
    known: RootFacts, key: str, state: DeliveryState, grants: Mapping[int, int] | None = None, **more: Any
) -> RootFacts:
    """The facts once a delivery has entered a state, flow run."""
    assert key in {row.key for row in known.deliveries}, f"{key} is none of {[row.key for row in known.deliveries]}"
    told = tuple(LineGrant(line_no=number, cancelled=d(units)) for number, units in (grants or {}).items())
    settled = known.now if state in (DeliveryState.DONE, DeliveryState.REFUSED) else None
    rows = [
        replace(row, state=state, grants=told, settled_at=settled, **more) if row.key == key else row
        for row in known.deliveries
    ]
    return apply(replace(known, deliveries=tuple(rows)))


def seen(known: RootFacts, record: KeptRecord) -> RootFacts:
    """The facts once a record was replaced, flow run."""
    named = (record.source, record.kind, record.source_id)
    others = [one for one in known.records if (one.source, one.kind, one.source_id) != named]
    return apply(replace(known, records=(*others, record)))


def delivery_of(known: RootFacts, key: str) -> KeptDelivery:
    """One delivery by its natural key."""
    return next(row for row in known.deliveries if row.key == key)


def states(known: RootFacts) -> dict[str, str]:
    """Key -> state of every delivery."""
    return {row.key: row.state.value for row in known.deliveries}


def totals(known: RootFacts, key: str) -> dict[str, int]:
    """Source line -> cancelled total that a delivery wants."""
    return {target.line: int(target.cancelled) for target in cancel_in(delivery_of(known, key).content).lines}


def with_hub(known: RootFacts, said: Content) -> RootFacts:
    """The facts with another record of the hub."""
    others = [one for one in known.records if not (one.source == HUB and one.kind is Kind.ORDER)]
    return replace(known, records=(*others, order_record(HUB, said, source_id="o1")))


def _beside(intent: Intent, row: KeptDelivery | None) -> KeptDelivery:
    if row is not None and row.state is not DeliveryState.WITHDRAWN:
        anew = row.state in _UNCLAIMED and not row.has_begun
        return replace(row, content=intent.content) if anew else row
    return KeptDelivery(
        id=f"d:{intent.key}",
        source=intent.source,
        kind=intent.kind,
        source_id=intent.source_id,
        action=intent.action,
        key=intent.key,
        state=DeliveryState.PENDING,
        content=intent.content,
        attempts=0,
        has_begun=False,
        command_id=intent.command_id,
        claimed_at=None,
        settled_at=None,
        grants=(),
        error=None,
        confirm_by=intent.confirm_by,
    )

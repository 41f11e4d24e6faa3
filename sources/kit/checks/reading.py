"""C3, C14, C15: read answers for every id, knows every status, and keeps values exact."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from hub import codec
from hub.model.observation import Content
from hub.model.order import OrderStatus
from hub.model.shipment import FulfillmentRequestStatus, ShipmentMilestone
from hub.model.vocabulary import Kind
from hub.ports import Failed, Found, Missing
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench, expect
from sources.kit.stage import Truth

STATUSES: Mapping[Kind, type[StrEnum]] = {
    Kind.ORDER: OrderStatus,
    Kind.SHIPMENT: ShipmentMilestone,
    Kind.FULFILLMENT_ORDER: FulfillmentRequestStatus,
}
"""What a source's status may mean, by what the suite acts on."""
UNKNOWN = OrderStatus.UNKNOWN.value
"""Spelt the same in every list."""


async def a_batch_is_many_single_reads(bench: Bench) -> None:
    """`read` of n ids equals n single reads, keeps their order, takes at most ceil(n / batch) calls."""
    stage = bench.stage
    real = [await stage.place(3), await stage.place(1, 2), await stage.place(2)]
    await stage.ship(real[1])
    cart = await stage.unfinished()
    batch = 0
    async with bench.adapter() as adapter:
        batch = adapter.describe().reads[bench.kind].batch
        strangers = [*(str(9_000_000 + n) for n in range(2 * batch)), "no-id-at-all", *([cart] if cart else [])]
        ids = [real[2], *strangers[:-1], real[0], strangers[-1], real[1]]
        stage.proxy.forget()
        answers = await adapter.read(bench.call, bench.kind, ids)
        calls = bench.requests(stage.reading)
        singles = {
            one: (await adapter.read(bench.call, bench.kind, [one]))[one] for one in (*real, *strangers[-2:], ids[1])
        }
        nothing = await adapter.read(bench.call, bench.kind, [])
    expect(calls <= math.ceil(len(ids) / batch), f"{len(ids)} ids took {calls} calls of at most {batch}")
    expect(list(answers) == ids, "the answers do not keep the order of the ids")
    expect(not nothing, "reading nothing answers something")
    for one, single in singles.items():
        expect(_same(answers[one], single), f"id {one} reads differently in a batch and by itself")
    expect(all(isinstance(answers[one], Found) for one in real), "an existing order is not found")
    expect(
        all(isinstance(answers[one], Missing) for one in strangers),
        "a missing order, or a cart, is not said to be missing",
    )


async def one_broken_object_fails_alone(bench: Bench) -> None:
    """An object whose answer breaks the wire type is Failed; the others of its batch are found."""
    stage = bench.stage
    ids = [await stage.place(1), await stage.place(1), await stage.place(1)]
    number = (await stage.truth(ids[1])).number.encode()
    spoil = Order(
        trouble=Trouble.SPOIL, holding=stage.reading, change=lambda body: body.replace(b'"' + number + b'"', b"7")
    )
    async with bench.adapter() as adapter:
        stage.proxy.order(spoil)
        answers = await adapter.read(bench.call, bench.kind, ids)
    expect(isinstance(answers[ids[1]], Failed), f"a broken object reads as {type(answers[ids[1]]).__name__}")
    expect(isinstance(answers[ids[0]], Found), "a broken object hides the one before it")
    expect(isinstance(answers[ids[2]], Found), "a broken object hides the one after it")


async def every_status_is_mapped(bench: Bench) -> None:
    """Every status of the source's own list is declared and mapped; an unknown one is UNKNOWN and keeps its words."""
    stage = bench.stage
    order = await stage.place(1)
    async with bench.adapter() as adapter:
        declared = adapter.describe().statuses
        unmapped = [status for status in await stage.statuses() if status not in declared]
        expect(not unmapped, f"statuses of the source that the manifest does not map: {', '.join(unmapped)}")
        meant = STATUSES[bench.kind]
        known = {status.value for status in meant} - {UNKNOWN}
        strange = [status for status, mapped in declared.items() if mapped not in known]
        expect(not strange, f"statuses mapped to what is no {meant.__name__}: {', '.join(strange)}")
        before = (await stage.truth(order)).status
        spelling = Order(
            trouble=Trouble.SPOIL,
            holding=stage.reading,
            change=lambda body: stage.respelled(body, before, "Quarantined"),
        )
        stage.proxy.order(spelling)
        content = await bench.content(adapter, order)
    expect(content.status == UNKNOWN, f"an unknown status is taken for {content.status}")
    expect(content.raw_status == "Quarantined", "the source's own word for an unknown status is lost")


async def values_are_exact(bench: Bench) -> None:
    """Money, quantities and instants equal the source's, without a float or a naive instant; mapping is pure."""
    stage = bench.stage
    order = await stage.place(7, 3)
    truth = await stage.truth(order)
    async with bench.adapter() as adapter:
        content = await bench.content(adapter, order)
        again = await bench.content(adapter, order)
    expect(content == again, "the same order reads differently the second time")
    expect(codec.decode(codec.encode(content), Content) == content, "the content does not survive the codec")
    if truth.gross is not None:
        _priced(content, truth, truth.gross)
    ordered = {line.id: line.quantities.ordered for line in content.lines}
    right = {line: Decimal(stands.ordered) for line, stands in truth.lines.items()}
    expect(ordered == right, f"ordered quantities read {ordered}, the source says {right}")
    wrong = list(inexact(content, "content"))
    expect(not wrong, f"inexact values at {', '.join(wrong)}")


def _priced(content: Content, truth: Truth, gross: Decimal) -> None:
    head = content.order.commercial if content.order else None
    if head is None or head.total is None or head.placed_at is None:
        message = "an order has no total or no placed instant"
        raise AssertionError(message)
    expect(head.total.amount == gross, f"the total is {head.total.amount}, the source says {gross}")
    expect(head.total.currency_code == truth.currency, "the currency is not the source's")
    placed_at = datetime.fromisoformat(truth.placed_at or "")
    expect(head.placed_at == placed_at, "the instant it was placed is not the source's")


def _same(one: object, other: object) -> bool:
    if isinstance(one, Found) and isinstance(other, Found):
        return [seen.content for seen in one.seen] == [seen.content for seen in other.seen]
    return type(one) is type(other)


def inexact(value: object, path: str) -> list[str]:
    """Where in *value* a float or an instant without zone stands."""
    if isinstance(value, float):
        return [f"{path} (a float)"]
    if isinstance(value, datetime) and value.tzinfo is None:
        return [f"{path} (without a zone)"]
    if is_dataclass(value):
        return [found for one in fields(value) for found in inexact(getattr(value, one.name), f"{path}.{one.name}")]
    if isinstance(value, tuple):
        return [found for place, one in enumerate(value) for found in inexact(one, f"{path}[{place}]")]
    return []

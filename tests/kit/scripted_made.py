"""Documents that a scripted source makes when it is asked to create one, as its idempotency class has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from hub.model.effects import CreateOrder, GoodsLine, RequestFulfilment, ShipGoods
from hub.model.intents import Intent, Outcome, OutcomeState
from hub.model.manifest import Idempotency
from hub.model.observation import Content, NaturalKey, Seen, SourceLine, SourceQuantities
from hub.model.order import OrderCommercial, OrderGroups, OrderStatus
from hub.model.vocabulary import Kind

_GUARDED = (Idempotency.KEY, Idempotency.UNIQUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One document as the source keeps it."""

    id: str
    reference: str
    lines: tuple[GoodsLine, ...]


@dataclass(slots=True, kw_only=True)
class Documents:
    """All that were made. A source of class LOOKUP or NONE makes another each time it is asked."""

    idempotency: Idempotency = Idempotency.LOOKUP
    made: list[Made] = field(default_factory=list)
    on_made: Callable[[Intent], None] = field(default=lambda _: None)
    """Told of each intent that made one."""

    def of(self, reference: str) -> list[Made]:
        """What bears a reference."""
        return [one for one in self.made if one.reference == reference]

    def by_id(self, name: str) -> Made | None:
        """One document."""
        return next((one for one in self.made if one.id == name), None)

    def doubled(self) -> list[str]:
        """References that more than one document bears."""
        counts = Counter(one.reference for one in self.made)
        return sorted(reference for reference, count in counts.items() if count > 1)

    def make(self, intent: Intent) -> Made:
        """What stands after a request to create: the first one where the source refuses or recognises the second."""
        reference = reference_of(intent)
        known = self.of(reference)
        if known and self.idempotency in _GUARDED:
            return known[0]
        made = Made(id=f"made-{len(self.made) + 1}", reference=reference, lines=_lines(intent))
        self.made.append(made)
        self.on_made(intent)
        return made

    def first(self, intent: Intent) -> Made:
        """The one that stands for an intent that was carried out."""
        return self.of(reference_of(intent))[0]

    def found(self, intent: Intent) -> Outcome:
        """What looking for it says."""
        known = self.of(reference_of(intent))
        return done(known[0]) if known else Outcome(state=OutcomeState.ABSENT)


def is_create(intent: Intent) -> bool:
    """Whether it makes a document."""
    return isinstance(intent.content, CreateOrder | RequestFulfilment | ShipGoods)


def reference_of(intent: Intent) -> str:
    """What the document is recognised by."""
    content = intent.content
    return content.reference if isinstance(content, CreateOrder | RequestFulfilment | ShipGoods) else intent.key


def done(made: Made) -> Outcome:
    """The answer that it stands."""
    return Outcome(state=OutcomeState.DONE, reference=made.reference, source_id=made.id)


def seen_of_made(made: Made) -> Seen:
    """What the adapter makes of a document: an order that bears an id of its own."""
    lines = tuple(
        SourceLine(id=f"{made.id}-{line.line_no}", sku=line.sku, quantities=SourceQuantities(ordered=line.quantity))
        for line in made.lines
    )
    return Seen(
        kind=Kind.ORDER,
        source_id=made.id,
        content=Content(
            order=OrderGroups(commercial=OrderCommercial(currency_code="EUR")),
            number=made.id,
            raw_status="Open",
            status=OrderStatus.ACCEPTED.value,
            bears=(NaturalKey(scheme="shop.order.id", value=made.id),),
            lines=lines,
        ),
        raw={"id": made.id, "reference": made.reference},
    )


def create(reference: str, *, quantity: int = 3) -> CreateOrder:
    """An order of one line."""
    line = GoodsLine(line_no=1, sku="SKU", quantity=Decimal(quantity), unit="C62")
    return CreateOrder(reference=reference, lines=(line,), currency_code="EUR")


def _lines(intent: Intent) -> tuple[GoodsLine, ...]:
    content = intent.content
    return content.lines if isinstance(content, CreateOrder | RequestFulfilment | ShipGoods) else ()

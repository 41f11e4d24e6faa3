"""Scripted sources with a true history (the one writer's properties): what each said from when on, read at any instant.

Ported from the executable model of the rules: orders in a shop, an ERP and a warehouse that name each other by code,
number or id, or fail to; shipments for one order or two; a carrier that only pushes events; objects that go away, ids
that come back, references typed over, contents that return (A-B-A), answers that overlap.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random

from hub.codec import digest
from hub.model.manifest import Manifest, Tells, WebhookTrust
from hub.model.observation import Content, MilestoneClaim, NaturalKey, Observation, SourceLine, line_key
from hub.model.order import OrderStatus
from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import Kind
from tests.kit.merging import CARRIER, ERP, SHOP, WMS, at, key, line, manifest, order, own, seen, shipment

END = 30
"""After this instant nothing changes any more."""
REST = 60
"""From this instant on everything is read at rest."""

Slot = tuple[str, Kind, str]
RELEASED, PICKED, SHIPPED = ShipmentMilestone.CREATED, ShipmentMilestone.PICKED, ShipmentMilestone.SHIPPED
ON_THE_WAY = (ShipmentMilestone.IN_TRANSIT, ShipmentMilestone.OUT_FOR_DELIVERY, ShipmentMilestone.DELIVERED)


@dataclass
class Thing:
    """One object of one source: what it truly said from which instant on, and the orders it truly belongs to."""

    slot: Slot
    birth: int
    history: list[tuple[int, Content | None]]
    orders: frozenset[str]

    def at(self, instant: int) -> tuple[int, Content | None]:
        """(version, content): the version moves on every change."""
        past = [(i + 1, content) for i, (moment, content) in enumerate(self.history) if moment <= instant]
        return past[-1] if past else (0, None)


@dataclass
class World:
    """All sources, their manifests and what is true when."""

    manifests: dict[str, Manifest]
    things: list[Thing] = field(default_factory=list)

    def slots(self) -> list[Slot]:
        """Every object there ever is."""
        return sorted({thing.slot for thing in self.things})

    def readable(self) -> list[Slot]:
        """Those that can be asked for."""
        return [slot for slot in self.slots() if not self.manifests[slot[0]].pushes_only]

    def truth(self, slot: Slot, instant: int) -> tuple[int, int, Content | None]:
        """(birth, version, content) that a read at this instant finds; an id is held by one birth at a time."""
        for thing in self.things:
            version, content = thing.at(instant)
            if thing.slot == slot and content is not None:
                return thing.birth, version, content
        return 0, 0, None

    def read(self, slot: Slot, started: int, instant: int, finished: int) -> Observation:
        """The answer to a read of [started, finished] that saw the state at *instant*."""
        birth, version, content = self.truth(slot, instant)
        known = self.manifests[slot[0]].versions and content is not None
        return seen(slot, content, started, finished, birth=stamp(birth, content), version=version if known else None)

    def messages(self) -> list[tuple[int, Observation]]:
        """What the sources push, when: bodies, some without a version."""
        out: list[tuple[int, Observation]] = []
        for thing in self.things:
            made = self.manifests[thing.slot[0]]
            for i, (instant, content) in enumerate(thing.history):
                counted = made.pushes_only or made.versions
                if content is not None and (made.pushes_only or made.webhook is not WebhookTrust.NONE):
                    version = i + 1 if counted else None
                    body = seen(thing.slot, content, instant, instant, birth=stamp(thing.birth, content), pushed=True,
                                version=version)  # fmt: skip
                    out.append((instant, body))
        return sorted(out, key=lambda message: message[0])


def stamp(birth: int, content: Content | None) -> str:
    """A birth as sources write it; what is not found has none."""
    return "" if content is None else f"{birth:04}"


@dataclass(frozen=True)
class Wish:
    """What a world may contain."""

    edits: bool = True
    gone: bool = False
    reuse: bool = False


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A world that is being drawn."""

    rnd: Random
    world: World
    wish: Wish


WISHES = (Wish(), Wish(edits=False), Wish(gone=True), Wish(edits=False, gone=True, reuse=True))


def make_world(rnd: Random, wish: Wish) -> World:
    """One to three orders in shop, ERP and warehouse that name each other, or fail to."""
    hint, body, quiet = WebhookTrust.HINT, WebhookTrust.BODY, WebhookTrust.NONE
    plain = [manifest("x", webhook=hint), manifest("x", versions=True, webhook=body)]
    warehouses = [*plain, *[manifest("x", pushes_only=True, webhook=body)] * (not wish.gone)]
    world = World(
        {
            SHOP: rnd.choice([*plain, manifest("x", webhook=quiet)]),
            ERP: rnd.choice([*plain, manifest("x", webhook=quiet), manifest("x", versions=True, webhook=quiet)]),
            WMS: rnd.choice(warehouses),
            CARRIER: manifest("x", pushes_only=True, webhook=body, tells=Tells.EVENTS),
        }
    )
    count = rnd.choice([1, 2, 2, 3])
    for i in range(count):
        _add_order(Drawing(rnd=rnd, world=world, wish=wish), i, count)
    if wish.reuse:
        _reuse_an_id(rnd, world)
    return world


def _add_order(drawing: Drawing, i: int, count: int) -> None:
    """Shop first, ERP first with the shop's code to come, or ERP alone with a PO typed by hand."""
    rnd = drawing.rnd
    style = rnd.choice(["shop", "shop", "erp named by shop", "po"])
    number = key("erp.number", f"N{i}")
    ghost = frozenset({f"order {i}"})
    if style != "po":
        refers = (number,) if style == "erp named by shop" else ()
        states = [order(f"C{i}", *lines, refers=refers) for lines in _line_sets(rnd, f"s{i}")]
        add_thing(drawing, (SHOP, Kind.ORDER, f"s{i}"), states, ghost)
    twins = rnd.choice([1, 1, 2]) if style == "shop" else 1
    for twin in range(twins):
        _add_mirror(drawing, (i, twin, count), style)
    _add_shipments(drawing, (i, count), style)
    if rnd.random() < 0.4:
        back = shipment(own(ERP, Kind.ORDER, f"e{i}0"), milestone=RELEASED)
        add_thing(drawing, (ERP, Kind.SHIPMENT, f"r{i}"), [back], ghost, END - 1)


def _add_mirror(drawing: Drawing, which: tuple[int, int, int], style: str) -> None:
    rnd, (i, twin, count) = drawing.rnd, which
    final = {"shop": (key("shop.code", f"C{i}"),), "po": (key("shop.code", "PO7"),)}.get(style, ())
    states = [
        order(f"E{i}{twin}", *lines, bears=(), refers=final, repeats=rnd.choice([None, OrderStatus.SHIPPED]))
        for lines in _line_sets(rnd, f"e{i}{twin}", f"s{i}")
    ]
    if drawing.wish.edits and rnd.random() < 0.4:
        wrong = (key("shop.code", rnd.choice(["PO7", f"C{(i + 1) % count}"])),)
        states = [replace(said, refers=wrong) for said in states] + states[-1:]
    if style == "erp named by shop":
        states = [*states[:-1], replace(states[-1], bears=(key("erp.number", f"N{i}"),))]
    add_thing(drawing, (ERP, Kind.ORDER, f"e{i}{twin}"), states, frozenset({f"order {i}"}))


def _add_shipments(drawing: Drawing, which: tuple[int, int], style: str) -> None:
    """Shipments of one order, or one for two orders whose lines name their document; parcels with events."""
    rnd, (i, count) = drawing.rnd, which
    for n in range(rnd.choice([0, 1, 1, 2])):
        refers = [own(ERP, Kind.ORDER, f"e{i}0") if style == "po" else key("shop.code", f"C{i}")]
        orders = {f"order {i}"}
        shared = count > 1 and rnd.random() < 0.3 and style != "po"
        if shared:
            refers.append(key("shop.code", f"C{(i + 1) % count}"))
            orders.add(f"order {(i + 1) % count}")
        lines = tuple(
            replace(line(f"w{at_}", 1), document=ref if shared and rnd.random() < 0.8 else None)
            for at_, ref in enumerate(refers)
        )
        parcel = key("wms.parcel", f"p{i}{n}")
        states = [
            shipment(*refers, milestone=rnd.choice([RELEASED, PICKED, SHIPPED]), lines=lines, bears=(parcel,))
            for _ in range(rnd.choice([1, 2, 3, 4]))
        ]
        born = END - 8 if style == "po" else None
        add_thing(drawing, (WMS, Kind.SHIPMENT, f"w{i}{n}"), states, frozenset(orders), born)
        if rnd.random() < 0.4:
            _add_parcel(drawing, parcel, frozenset(orders))


def _add_parcel(drawing: Drawing, parcel: NaturalKey, orders: frozenset[str]) -> None:
    """Events by sequence; a late scan tells of an earlier time; sometimes a typed reversal."""
    rnd, states = drawing.rnd, []
    for moment in rnd.sample(range(1, 20), rnd.choice([1, 2, 3])):
        reached = rnd.choice(ON_THE_WAY)
        claim = MilestoneClaim(milestone=reached, occurred_at=at(moment), reverses=rnd.random() < 0.2)
        states.append(shipment(parcel, milestone=reached, milestones=(claim,), lines=()))
    history: list[tuple[int, Content | None]] = [(20 + i, said) for i, said in enumerate(states)]
    drawing.world.things.append(Thing((CARRIER, Kind.SHIPMENT, parcel.value), 20, history, orders))


def _line_sets(rnd: Random, name: str, other: str | None = None) -> list[tuple[SourceLine, ...]]:
    """One to four states of a document's lines; equal items are common, contents come back."""
    pool = []
    for _ in range(2):
        ids = rnd.sample(range(3), rnd.choice([1, 1, 2, 3]))
        pool.append(
            tuple(
                replace(
                    line(f"{name}.{k}", rnd.choice([1, 2]), rnd.choice("AAB")),
                    target=line_key(SHOP, Kind.ORDER, f"{other}.{k}") if other and rnd.random() < 0.3 else None,
                )
                for k in ids
            )
        )
    return [pool[k] for k in rnd.choice([[0], [0, 1], [0, 1, 0], [0, 1, 0, 1]])]


def add_thing(
    drawing: Drawing, slot: Slot, states: list[Content], orders: frozenset[str], born: int | None = None
) -> None:
    """Spread the states over time; sometimes the object goes away, for good or for a while."""
    rnd, world, wish = drawing.rnd, drawing.world, drawing.wish
    said: list[Content | None] = list(states)
    if wish.gone and not world.manifests[slot[0]].pushes_only and rnd.random() < 0.35:
        said.insert(rnd.randrange(1, len(said) + 1), None)
    first = born if born is not None else rnd.randrange(0, 12)
    later = rnd.sample(range(first + 1, first + 2 + max(END - first, len(said))), len(said) - 1)
    world.things.append(Thing(slot, first, list(zip([first, *sorted(later)], said, strict=True)), orders))


def _reuse_an_id(rnd: Random, world: World) -> None:
    """An ERP order goes away and its id comes back for another order, each with a paper that names the id."""
    old = next((thing for thing in world.things if thing.slot[:2] == (ERP, Kind.ORDER)), None)
    if old is None:
        return
    sid = own(ERP, Kind.ORDER, old.slot[2])
    world.things = [
        thing
        for thing in world.things
        if thing.slot[:2] != (ERP, Kind.SHIPMENT)
        and not any(content is not None and sid in content.refers for _, content in thing.history)
    ]
    old.history = [(moment, content) for moment, content in old.history if moment < 14] + [(14, None)]
    born = rnd.choice([15, 18, 22])
    fresh = order("x", line("x.0", 3, "B"), bears=())
    world.things.append(Thing(old.slot, born, [(born, fresh)], frozenset({"order new"})))
    back = shipment(sid, milestone=RELEASED)
    world.things.append(Thing((ERP, Kind.SHIPMENT, "r-old"), 13, [(13, back)], old.orders))
    world.things.append(Thing((ERP, Kind.SHIPMENT, "r-new"), born + 1, [(born + 1, back)], frozenset({"order new"})))


def fixed_set(rnd: Random, world: World) -> list[Observation]:
    """Reads that overlap, a read of each object after its last change, and what was pushed, in no particular order."""
    found = []
    for slot in world.readable():
        for _ in range(rnd.choice([1, 2, 3])):
            started = rnd.randrange(0, END)
            finished = started + rnd.choice([0, 6, 15, 25])
            found.append(world.read(slot, started, rnd.randint(started, finished), finished))
        started = END + 12 + rnd.randrange(0, 5)
        found.append(world.read(slot, started, started, started + rnd.choice([0, 9])))
    for instant, message in world.messages():
        came = at(instant + rnd.choice([0, 3, 30]))
        found.append(replace(message, started=came, finished=came))
    return found


@dataclass
class Shares:
    """How many of the objects had answers that overlap and differ, and contents that came back."""

    objects: int = 0
    overlaps: int = 0
    returns: int = 0

    def count(self, world: World, answers: list[Observation]) -> None:
        """Add one run."""
        for slot in world.readable():
            mine = [one for one in answers if not one.pushed and slot == _slot(one)]
            self.objects += 1
            self.overlaps += any(_differ(a, b) for a in mine for b in mine)
            self.returns += any(_returns(thing) for thing in world.things if thing.slot == slot)

    def __str__(self) -> str:
        share = [round(100 * part / max(1, self.objects)) for part in (self.overlaps, self.returns)]
        return f"{self.objects} objects, {share[0]} % with overlapping different answers, {share[1]} % with A-B-A"


def _slot(one: Observation) -> Slot:
    return one.source, one.seen.kind, one.seen.source_id


def _differ(a: Observation, b: Observation) -> bool:
    meet = a.started <= b.finished and b.started <= a.finished
    return meet and digest(a.seen.content) != digest(b.seen.content)


def _returns(thing: Thing) -> bool:
    hashes = [digest(content) for _, content in thing.history]
    return any(h in hashes[: i - 1] for i, h in enumerate(hashes) if i > 1) and any(a != b for a, b in pairwise(hashes))

"""Stories with names of their own, the same at each start: traffic never touches them, so documents may name them."""

from __future__ import annotations

from datetime import timedelta

from hub.demo.director import Director, Play
from hub.demo.masters import COMPANIES, Buyer, Masters
from hub.demo.plot import LADDER, Cue, Plot, Stage, Step, carry
from sources.tryton_wms.rehearsal.state import OUT, PACKAGE, RETURN

PO, TRACKING = "PO-ACME-7781", "1Z999AA10123456784"
RETURNED, RMA = "SO-10051", "RMA-0007"
RELEASED, CANCELLABLE = "SO-10063", "SO-10064"
INVOICED, INVOICE = "SO-10058", "INV-20017"
NUMBER = "317"
"""A shipment of the warehouse, a party of the ERP and a package, none of which has to do with another."""
STORIES = 6
"""Orders that have numbers of their own."""
BLOCKED = 37
"""Orders of what nobody has mapped."""

PINNED = Stage(name="pinned", share=0, steps=(), hours=(0, 0))


OWN = {"sale": "SO-10001", "invoice": "INV-20001", "shipment": "DN-30001", "shipment_return": "RN-50001"}
CROWD = {"sale": "SO-10101", "invoice": "INV-20101", "shipment": "DN-30101", "shipment_return": "RN-50101"}
"""The ERP's first numbers of the stories, and of everybody else."""
BARE = {OUT: (317, 401), PACKAGE: (316, 401), RETURN: (71, 101)}
"""The warehouse's."""
PARCELS = 100
"""Tracking numbers that are the stories' own."""


def make_room(director: Director) -> None:
    """Leave the numbers of the stories to them: the crowd comes first, and what is newest is loaded first."""
    _numbered(director, **CROWD)
    for model, (_, crowd) in BARE.items():
        director.trio.wms.work.number_from(model, crowd)
    director.parcels = PARCELS


def pin(director: Director, masters: Masters, plot: Plot) -> list[Cue]:
    """Make them. Called once, after all else that is ordered; the numbers of the others then go on."""
    sequences = director.trio.erp.erp.books.sequences
    left = {name: getattr(sequences, name).next for name in OWN}
    numbers = {model: director.trio.wms.work.number_from(model, own) for model, (own, _) in BARE.items()}
    parcels, director.parcels = director.parcels, 0
    _numbered(director, **OWN)
    cues = _stories(director, masters, plot)
    for name, number in left.items():
        getattr(sequences, name).next = number
    for model, number in numbers.items():
        director.trio.wms.work.number_from(model, number)
    director.parcels = parcels
    return cues


def _stories(director: Director, masters: Masters, plot: Plot) -> list[Cue]:
    buyers = masters.of("ACME")
    named = [
        _split(director, buyers[0]),
        _returned(director, buyers[1]),
        _invoiced(director, masters.of("GAMMA")[0]),
        _released(director, buyers[2]),
        _cancellable(director, buyers[3]),
        _typed(director),
    ]
    blocked = plot.blocked(BLOCKED)
    for cue in blocked:
        carry(director, cue)
    return [*named, *blocked]


def _split(director: Director, buyer: Buyer) -> Cue:
    """Typed into the ERP, filled from two warehouses: one parcel has left, of the laptops three are missing."""
    play = Play(buyer=buyer, lines=(("MUG", 24), ("TSHIRT-M", 10), ("LAPTOP", 5)), po=PO)
    _numbered(director, sale="SO-10042")

    def pack(director: Director, play: Play) -> None:
        play.legs[0].tracking = TRACKING
        director.work(play, "packed")

    return _lived(
        director,
        play,
        (52.0, Director.enter),
        (51.5, lambda director, play: director.split(play, ("LAPTOP",), "WH-EAST")),
        (50.0, Director.release),
        (30.0, lambda director, play: director.work(play, "assigned")),
        (28.0, pack),
        (26.0, Director.leave),
    )


def _returned(director: Director, buyer: Buyer) -> Cue:
    """Delivered and paid; three mugs may come back and have not."""
    play = Play(buyer=buyer, lines=(("MUG", 12), ("TSHIRT-M", 4)))
    _numbered(director, sale=RETURNED, invoice="INV-20011")
    whole = [(240.0 - 12 * place, step) for place, step in enumerate(LADDER.values())]
    return _lived(
        director, play, *whole, (20.0, lambda director, play: director.allow_return(play, RMA, (("MUG", 3),)))
    )


def _invoiced(director: Director, buyer: Buyer) -> Cue:
    """Shipped, and its invoice was posted long after."""
    play = Play(buyer=buyer, lines=(("TSHIRT-M", 6), ("CABLE-2M", 20)))
    _numbered(director, sale=INVOICED, invoice=INVOICE)
    steps = list(LADDER.values())[:8]
    return _lived(
        director, play, *((90.0 - 2 * place, step) for place, step in enumerate(steps[:-1])), (8.0, steps[-1])
    )


def _released(director: Director, buyer: Buyer) -> Cue:
    """Asked of the warehouse, which has not begun."""
    play = Play(buyer=buyer, lines=(("MUG", 6), ("CABLE-2M", 10)))
    _numbered(director, sale=RELEASED)
    return _lived(director, play, (3.0, Director.place), (2.8, Director.enter), (2.5, Director.release))


def _cancellable(director: Director, buyer: Buyer) -> Cue:
    """Paid, and no more than quoted in the ERP: both can still cancel it."""
    play = Play(buyer=buyer, lines=(("MUG", 3), ("TSHIRT-M", 2)))
    _numbered(director, sale=CANCELLABLE)
    return _lived(director, play, (2.0, Director.place), (1.9, Director.quote))


def _typed(director: Director) -> Cue:
    """Of a company whose number in the ERP is bare, typed in there and finished."""
    name = next(name for code, name, _ in COMPANIES if code == NUMBER)
    buyer = Buyer(email="", first_name="", last_name="", party=NUMBER, company=name)
    play = Play(buyer=buyer, lines=(("MUG", 48),), po="PO-METRO-12")
    _numbered(director, sale="SO-10031", invoice="INV-20003")
    steps = list(LADDER.values())[1:]
    return _lived(director, play, *((400.0 - 10 * place, step) for place, step in enumerate(steps)))


def _numbered(director: Director, **wanted: str) -> None:
    """Let the ERP's next documents have these numbers."""
    sequences = director.trio.erp.erp.books.sequences
    for name, number in wanted.items():
        sequence = getattr(sequences, name)
        sequence.next = int(number.removeprefix(sequence.prefix))


def _lived(director: Director, play: Play, *steps: tuple[float, Step]) -> Cue:
    """Each step so many hours ago."""
    now = director.trio.clock.now()
    for hours, step in steps:
        with director.trio.at(now - timedelta(hours=hours)):
            step(director, play)
    return Cue(at=now - timedelta(hours=steps[0][0]), stage=PINNED, play=play)

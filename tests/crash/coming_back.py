"""Seeds whose goods come back: the same faults as of the seed that they are made of, later, and on other calls."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tests.crash.judge.evidence import Units
from tests.crash.plan import (
    ERP,
    SHOP,
    WMS,
    Drop,
    Fault,
    FeedKill,
    HookFault,
    Journey,
    Kill,
    OrderPlan,
    Outage,
    Pause,
    PaybackPlan,
    Plan,
    PointKill,
    PointPause,
    Reach,
    ReturnPlan,
    SourceFault,
    SourceKill,
    StoreKill,
    Trouble,
    Verb,
)
from tests.crash.tempo import LONGEST_CALL

SKUS = ("TSHIRT-M", "MUG", "CHAIR-OAK", "LAMP-DESK", "CABLE-2M")
DISPOSITIONS = ("RESTOCK", "RESTOCK", "SCRAP", "QUARANTINE")
DONE_FIRST = (Trouble.ERROR_AFTER, Trouble.LOST, Trouble.HALF, Trouble.HTML)
BEGIN, STRETCH = 0.8, 3.0
"""What comes by the clock comes so many seconds later, and so many times as slowly: returns last longer."""
CALLS = {SHOP: (Verb.BACK, 5), ERP: (Verb.CREATE, 14), WMS: (Verb.CREATE, 8)}
"""What steps of a return are for each system, and how many of them there are."""
UNTOLD = 550_000  # seeds from here on: one step after another is done and not confirmed
UNTOLD_STEPS = (
    *((SHOP, nth, Trouble.BUSY if nth % 2 else Trouble.LOST) for nth in range(1, 5)),
    *((WMS, nth, Trouble.LOST) for nth in range(4, 9)),
)
"""At the shop each step fails first, at the warehouse goods have come before anything goes wrong."""
STEPS = 6
"""Accepts and deliveries of a return: a strike at one of them falls on any of so many."""


def coming_back(whole: Plan, number: int) -> Plan:
    """*whole* as seed *number*: orders that have left come back, and hardly anything else happens."""
    dice = random.Random(f"returns {number}")
    journeys = tuple(_journey(dice, at) for at in range(dice.choice((1, 1, 2))))
    first, returns = len(journeys) + 1, list[ReturnPlan]()
    for journey in journeys:
        for lines in _shares(dice, journey.lines):
            returns.append(_return(dice, first + len(returns), journey.number, lines))
    apart = next(order for order in whole.orders if order.tenant != whole.joined)
    return replace(
        whole,
        seed=number,
        orders=(_plain(apart, len(journeys)),),
        journeys=journeys,
        typed=(),
        submits=(),
        returns=tuple(returns),
        faults=(
            *(_untold(whole.joined) if number >= UNTOLD else ()),  # first: of two of one request the first happens
            *_later(whole.faults, dice),
            *_on_returns(dice, whole),
        ),
    )


def _journey(dice: random.Random, number: int) -> Journey:
    skus = dice.sample(SKUS, dice.randint(1, 2))
    return Journey(
        number=number,
        at=dice.uniform(0.0, 0.3),
        lines=tuple(sorted((sku, dice.randint(2, 6)) for sku in skus)),
        reach=Reach.LEFT,
        pace=0.0,
        erp_first=dice.random() < 0.3,
        billed=dice.random() < 0.5,
    )


def _plain(order: OrderPlan, number: int) -> OrderPlan:
    """An order of the other tenant, of which nobody wants anything: what it holds is nobody else's to see."""
    return replace(order, number=number, cancels=(), impossible=False, only_asks=False)


def _shares(dice: random.Random, lines: Units) -> Sequence[Units]:
    """What comes back of an order: on one return, or each line on its own, at once."""
    wanted = tuple((sku, dice.randint(1, units)) for sku, units in lines)
    return [(line,) for line in wanted] if len(wanted) > 1 and dice.random() < 0.5 else [wanted]


def _return(dice: random.Random, number: int, journey: int, lines: Units) -> ReturnPlan:
    came = _came(dice, lines)
    return ReturnPlan(
        number=number,
        journey=journey,
        client=dice.choice(("rep", "bot")),
        lines=lines,
        at_once=dice.random() < 0.5,
        comes=tuple(_parcels(dice, came)),
        judged=tuple(_judged(dice, came)),
        paybacks=_paybacks(dice, number),
        pace=dice.choice((0.0, 0.1, 0.5)),
        copies=dice.choice((1, 1, 2)),
        again=dice.random() < 0.3,
        closes=dice.random() < 0.4,
    )


def _came(dice: random.Random, lines: Units) -> Units:
    """All of it half of the times; else of one line fewer or more, but never nothing at all."""
    sort = dice.choice(("all", "all", "less", "more"))
    (sku, units), *others = lines
    if sort == "less":
        left = ((sku, dice.randint(1, units - 1)),) if units > 1 else ()
        return (*left, *others) or lines
    return ((sku, units + 1), *others) if sort == "more" else lines


def _parcels(dice: random.Random, came: Units) -> Iterator[Units]:
    """One, or one and the rest."""
    (sku, units), *others = came
    if units > 1 and dice.random() < 0.4:
        part = dice.randint(1, units - 1)
        yield ((sku, part),)
        yield ((sku, units - part), *others)
    else:
        yield came


def _judged(dice: random.Random, came: Units) -> Iterator[tuple[str, str, int]]:
    for sku, units in came:
        first = dice.choice(DISPOSITIONS)
        part = dice.randint(1, units) if dice.random() < 0.5 else units
        yield sku, first, part
        if part < units:
            yield sku, dice.choice([one for one in DISPOSITIONS if one != first]), units - part


def _paybacks(dice: random.Random, number: int) -> tuple[PaybackPlan, ...]:
    """All of it, by one click or by several that do not know of each other; or more than all of it in parts."""
    percents = dice.choice(((None,), (None, None), (60, 60), (40, None), (30, 30, 30)))
    return tuple(
        PaybackPlan(key=f"payback-{number}-{index}", percent=percent, copies=dice.choice((1, 2, 3)))
        for index, percent in enumerate(percents)
    )


def _later(faults: Sequence[Fault], dice: random.Random) -> Iterator[Fault]:
    """What comes by the clock, later; strikes at accepts and deliveries at any of them; no trouble with cancels."""
    for fault in faults:
        match fault:
            case Kill() | Pause() | StoreKill() | Drop():
                yield replace(fault, at=BEGIN + STRETCH * fault.at)
            case Outage():
                yield replace(fault, at=BEGIN + STRETCH * fault.at, seconds=fault.seconds * 2)
            case PointKill() if fault.point[0] in "ad":
                yield replace(fault, nth=dice.randint(1, STEPS))
            case PointKill() | PointPause() | HookFault() | FeedKill():
                yield fault
            case SourceFault(verb=Verb.READ):
                yield fault
            case SourceKill():
                yield replace(fault, nth=dice.randint(1, 3))
            case _:
                continue


def _untold(tenant: str) -> Iterator[Fault]:
    for role, nth, trouble in UNTOLD_STEPS:
        yield SourceFault(tenant=tenant, role=role, verb=CALLS[role][0], nth=nth, trouble=trouble, seconds=0.0)


def _on_returns(dice: random.Random, whole: Plan) -> Iterator[Fault]:
    """Steps of returns fail before, or are done and never confirmed, at any system; and one or another is slow."""
    slow = any(isinstance(fault, PointKill) and fault.point in ("d3", "r2", "r3") for fault in whole.faults)
    for role, (verb, steps) in CALLS.items():
        for nth in dice.sample(range(1, steps + 1), dice.randint(1, 3)):
            trouble = dice.choice((Trouble.BUSY, Trouble.LATE, Trouble.THROTTLED, *DONE_FIRST, *DONE_FIRST))
            seconds = dice.uniform(0.1, 0.7) * LONGEST_CALL
            yield SourceFault(tenant=whole.joined, role=role, verb=verb, nth=nth, trouble=trouble, seconds=seconds)
        if slow:
            nth, seconds = dice.randint(1, steps // 2), 0.85 * LONGEST_CALL
            yield SourceFault(tenant=whole.joined, role=role, verb=verb, nth=nth, trouble=Trouble.SLOW, seconds=seconds)

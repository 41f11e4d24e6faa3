"""Seeds of certain numbers, in which one kind of mistake shows for certain: what it needs happens, and little else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from tests.crash.plan import (
    ERP,
    TENANTS,
    WMS,
    Fault,
    Journey,
    OrderPlan,
    Plan,
    Reach,
    SourceFault,
    Stall,
    SubmitPlan,
    Trouble,
    Verb,
)

THROTTLED = 100_000  # seeds from here on: the shop throttles its first cancels
HALFWAY = 150_000  # seeds from here on: the ERP confirms no step towards a sale
READERS = 200_000  # seeds from here on: orders are paid while they are read, and nothing but a webhook tells of it
TOGETHER = 300_000  # seeds from here on: what shop and ERP tell of an order is written at the same moment
OVERTAKEN = 400_000  # seeds from here on: answers of sweeps are overtaken by those of single reads

LEFT_ALONE = 3.0  # seconds for which shops that throttle want to be left alone
LINES = (("MUG", 2),)
UNCONFIRMED = 10  # steps towards sales
SUBMITTED, SUBMIT = 6, 1.2  # orders, and seconds between two of them; as below
PAID, PAY = 8, 0.25
SHARED, SHARE = 20, 0.2
STALLS, STALL = 12, 0.35  # times and seconds for which all who write wait for each other
OFTEN = 0.25  # seconds between two sweeps


def shaped(whole: Plan) -> Plan:
    """*whole* as its number wants it; one of a number that wants nothing as it is."""
    for first, shape in SHAPES:
        if whole.seed >= first:
            return shape(whole)
    return whole


def _throttled(whole: Plan) -> Plan:
    throttled = (
        SourceFault(tenant=tenant, verb=Verb.CANCEL, nth=nth, trouble=Trouble.THROTTLED, seconds=LEFT_ALONE)
        for tenant in TENANTS
        for nth in (1, 2, 3)
    )
    return _beset(whole, throttled)


def _halfway(whole: Plan) -> Plan:
    """One order after the other is submitted, so that what was not confirmed is looked at before all is healed."""
    submits = (
        SubmitPlan(number=at, at=SUBMIT * at, client="rep", key=f"key-{at}", note=f"halfway-{at}", lines=LINES)
        for at in range(SUBMITTED)
    )
    lost = (
        SourceFault(tenant=whole.joined, role=ERP, verb=Verb.CREATE, nth=nth, trouble=Trouble.LOST)
        for nth in range(1, UNCONFIRMED + 1)
    )
    return replace(_still(whole), submits=tuple(submits), faults=tuple(lost))


def _readers(whole: Plan) -> Plan:
    """At the tenant that has a shop alone: nobody else tells the hub to look there again."""
    tenant = next(one for one in TENANTS if one != whole.joined)
    paid = (
        OrderPlan(number=at, tenant=tenant, at=PAY * at, lines=LINES, settled=False, paid_while_read=True)
        for at in range(PAID)
    )
    return replace(_still(whole), orders=tuple(paid), sweeps=False)


def _together(whole: Plan) -> Plan:
    """Shop and ERP are told of an order at one moment."""
    journeys = (Journey(number=at, at=SHARE * at, lines=LINES, reach=Reach.ENTERED, pace=0.0) for at in range(SHARED))
    stalls = (Stall(at=STALL * at, seconds=STALL) for at in range(STALLS))
    return replace(_still(whole), journeys=tuple(journeys), pace={ERP: OFTEN, WMS: OFTEN}, faults=tuple(stalls))


def _still(whole: Plan) -> Plan:
    """Nobody wants anything, and nothing breaks."""
    return replace(whole, orders=(), journeys=(), typed=(), submits=(), faults=())


def _overtaken(whole: Plan) -> Plan:
    late = (
        SourceFault(tenant=tenant, verb=Verb.READ, nth=nth, trouble=Trouble.LATE, seconds=0.7)
        for tenant in TENANTS
        for nth in range(8, 100, 2)
    )
    return replace(_beset(whole, late), journeys=tuple(map(_lively, whole.journeys)))


def _lively(journey: Journey) -> Journey:
    """All the way, each step while the one before is being read."""
    return replace(journey, reach=Reach.LEFT, pace=0.25, misspelt=False)


def _beset(whole: Plan, faults: Iterable[Fault]) -> Plan:
    """With *faults* first: of two of one request the first happens."""
    return replace(whole, faults=(*faults, *whole.faults))


SHAPES: tuple[tuple[int, Callable[[Plan], Plan]], ...] = (
    (OVERTAKEN, _overtaken),
    (TOGETHER, _together),
    (READERS, _readers),
    (HALFWAY, _halfway),
    (THROTTLED, _throttled),
)

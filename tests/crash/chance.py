"""Plans from seeds: the same seed gives the same plan, and a row of seeds strikes every point in turn."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import islice

from tests.crash.coming_back import coming_back
from tests.crash.joint import FEW, SCARCE
from tests.crash.judge.evidence import Units
from tests.crash.plan import (
    ERP,
    TENANTS,
    WMS,
    CancelPlan,
    Drop,
    Fault,
    FeedKill,
    HookFault,
    HookTrouble,
    Journey,
    Kill,
    OrderPlan,
    Outage,
    Pause,
    Plan,
    PointKill,
    PointPause,
    Reach,
    SlowWish,
    SourceFault,
    SourceKill,
    StoreKill,
    SubmitPlan,
    Trouble,
    Typed,
    Verb,
)
from tests.crash.shaped import OVERTAKEN, shaped
from tests.crash.tempo import LEASE, LONGEST_CALL

SKUS = ("TSHIRT-M", "MUG", "CHAIR-OAK", "LAMP-DESK", "CABLE-2M")
SPAN = 1.8  # seconds over which things happen
POINTS = (
    *("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"),
    *("w1", "w2", "w3", "w4", "w5"),
    *("o1", "o2", "o3", "o4"),
    *("d1", "d2", "d3", "d4", "d5", "d6", "d7", "d9"),
    *("q1", "q2", "q3", "q4"),
    *("p1", "p2", "p3", "p4"),
    *("r1", "r2", "r3"),
    *("tx.commit", "tx.committed"),
)
"""Struck in turn. Not d8: nothing is released on this path."""

STRUCK = 4  # points a seed
STRIDE = 8  # neighbours in POINTS do not meet in one seed
FIRST = {"r2": 1, "r3": 1, "o1": 2, "q4": 1, "r1": 2, "o3": 1, "o4": 1, "d1": 1, "d2": 1, "d5": 1, "d7": 1, "d9": 1}
"""Points that are reached rarely: struck at the first occasion; the second, where the first is the start."""
OFTEN = {"tx.commit": 150, "tx.committed": 150, "q1": 9, "q2": 9, "o2": 9, "w4": 6, "w5": 6}
"""Points that are reached often: struck at one of so many occasions."""
AFTER_EFFECT = (Trouble.ERROR_AFTER, Trouble.LOST, Trouble.HALF, Trouble.HTML)
SLOW_READER = 0.4  # of the seeds: answers of reads are late, so that they are old when they come
RETURNS = 500_000  # seeds from here on: goods that have left come back
STEP_AFTER = 0.002  # seconds within which a COMMIT is under way


def plan(seed: int) -> Plan:
    """The plan of *seed*."""
    return shaped(_plan(seed)) if seed < RETURNS else coming_back(_plan(seed - RETURNS), seed)


def _plan(seed: int) -> Plan:
    dice = random.Random(seed)
    workers = 1 if seed % 3 == 0 else 2
    lossy = dice.random() < 0.4 or seed >= OVERTAKEN  # there sweeps must find what no webhook told of
    faults: list[Fault] = (
        [SlowWish(tenant=tenant, nth=nth) for tenant in TENANTS for nth in (1, 2)] if seed % 4 == 1 else []
    )
    faults += [*_strikes(seed, dice), *_source_faults(dice), *_hook_faults(dice, lossy=lossy)]
    faults += _slow_reads(dice) if dice.random() < SLOW_READER else []
    faults += _pauses(dice, workers)
    faults += [Drop(at=dice.uniform(0.3, SPAN), tenant=dice.choice(TENANTS)) for _ in range(dice.randint(1, 3))]
    if dice.random() < 0.5:
        faults.append(Kill(at=dice.uniform(0.3, SPAN), process=dice.choice(("serve", *_workers(workers)))))
    if seed % 5 == 4:
        faults.append(StoreKill(at=dice.uniform(0.3, SPAN - 0.3)))
    orders = tuple(_order(dice, number) for number in range(dice.randint(3, 4)))
    journeys = tuple(_journey(dice, len(orders) + at) for at in range(dice.randint(2, 4)))
    faults += _faults_beside(dice, TENANTS[seed // 2 % 2])
    typed = _typed(dice, len(orders) + len(journeys))
    submits = _with_scarce(_submits(dice, len(orders) + len(journeys) + len(typed)), seed)
    faults += _create_faults(dice, TENANTS[seed // 2 % 2])
    return Plan(
        seed=seed,
        workers=workers,
        transport=("sse", "ws") if seed % 2 else ("ws", "sse"),
        orders=orders,
        journeys=journeys,
        typed=typed,
        joined=TENANTS[seed // 2 % 2],
        pace={ERP: dice.uniform(0.5, 1.3), WMS: dice.uniform(0.5, 1.3)},
        faults=tuple(faults),
        sweeps=lossy,
        submits=submits,
    )


def struck(seed: int) -> tuple[str, ...]:
    """The points at which *seed* kills: a row of seeds goes through all of them, over and over."""
    first = seed * STRUCK
    return tuple(POINTS[(first + step) * STRIDE % len(POINTS)] for step in range(STRUCK))


def _workers(count: int) -> tuple[str, ...]:
    return tuple(f"work-{number}" for number in range(count))


def _strikes(seed: int, dice: random.Random) -> list[Fault]:
    made: list[Fault] = []
    for point in struck(seed):
        if point == "d4":
            drawn = SourceKill(tenant=dice.choice(TENANTS), nth=dice.randint(1, 2))
            made.append(drawn)  # whose tenant may have less to cancel
            made += [SourceKill(tenant=tenant, nth=1) for tenant in TENANTS if tenant != drawn.tenant]
        elif point == "p4":
            made.append(FeedKill(tenant=dice.choice(TENANTS), nth=dice.randint(1, 4)))
        else:
            made.append(_strike(point, dice))
    if {"r2", "r3"} & set(struck(seed)):  # a recovery that finds something needs an owner that was lost in a call
        made.append(PointKill(point="d3", nth=1))
    if {"d3", "r2", "r3"} & set(struck(seed)):  # and its request must be on its way when the next one looks
        made += [_slow_cancel(tenant) for tenant in TENANTS]
    if dice.random() < 0.4:
        made.append(PointPause(point=dice.choice(("o2", "d1", "d5", "d6", "q1", "w5")), nth=1, seconds=LEASE + 0.3))
    return made


def _strike(point: str, dice: random.Random) -> PointKill:
    """After `a7` comes a COMMIT: its strike falls between that and the answer."""
    usual = dice.choice((1, 1, 2, 3))
    nth = FIRST.get(point, dice.randint(1, OFTEN[point]) if point in OFTEN else usual)
    late = dice.uniform(STEP_AFTER / 8, STEP_AFTER) if point == "a7" else 0.0
    return PointKill(point=point, nth=nth, late=late)


def _slow_cancel(tenant: str) -> SourceFault:
    return SourceFault(tenant=tenant, verb=Verb.CANCEL, nth=1, trouble=Trouble.SLOW, seconds=0.85 * LONGEST_CALL)


def _pauses(dice: random.Random, workers: int) -> list[Fault]:
    """With two workers each stands still past its lease, one after the other."""
    at, made = dice.uniform(0.2, 0.6), list[Fault]()
    for name in _workers(workers) if workers > 1 else ():
        seconds = LEASE + dice.uniform(0.2, 0.3)
        made.append(Pause(at=at, process=name, seconds=seconds))
        at += seconds + dice.uniform(0.1, 0.3)
    return made


def _source_faults(dice: random.Random) -> list[Fault]:
    made: list[Fault] = []
    for tenant in TENANTS:
        for _ in range(dice.randint(1, 3)):
            trouble = dice.choice(
                (Trouble.BUSY, Trouble.THROTTLED, Trouble.THROTTLED, Trouble.SLOW, Trouble.SLOW, *AFTER_EFFECT)
            )
            made.append(
                SourceFault(
                    tenant=tenant, verb=Verb.CANCEL, nth=dice.randint(1, 3), trouble=trouble, seconds=_wait(dice)
                )
            )
        for _ in range(dice.randint(0, 3)):
            trouble = dice.choice((Trouble.BUSY, Trouble.SLOW, Trouble.LATE, Trouble.LATE, Trouble.HTML, Trouble.HALF))
            made.append(
                SourceFault(tenant=tenant, verb=Verb.READ, nth=dice.randint(2, 9), trouble=trouble, seconds=_wait(dice))
            )
    return made


def _slow_reads(dice: random.Random) -> list[Fault]:
    return [
        SourceFault(tenant=tenant, verb=Verb.READ, nth=nth, trouble=Trouble.LATE, seconds=dice.uniform(0.2, 0.5))
        for tenant in TENANTS
        for nth in dice.sample(range(7, 30), 8)
    ]


def _wait(dice: random.Random) -> float:
    return dice.uniform(0.1, 0.7) * LONGEST_CALL


def _hook_faults(dice: random.Random, *, lossy: bool) -> list[Fault]:
    kinds = (HookTrouble.TWICE, HookTrouble.LATE, HookTrouble.LATE, *((HookTrouble.LOST,) * 3 if lossy else ()))
    return [
        HookFault(tenant=tenant, nth=dice.randint(1, 12), trouble=dice.choice(kinds), seconds=dice.uniform(0.1, 0.7))
        for tenant in TENANTS
        for _ in range(dice.randint(1, 4))
    ]


def _order(dice: random.Random, number: int) -> OrderPlan:
    skus = dice.sample(SKUS, dice.randint(2, 3))
    lines = tuple(sorted((sku, dice.randint(3, 8)) for sku in skus))
    tenant = TENANTS[number % 2] if number < 2 else dice.choice(TENANTS)
    cancelled = dice.randint(1, len(lines))
    ships = tuple((sku, count) for sku, count in islice(lines, cancelled, None) if dice.random() < 0.5)
    whole = not ships and dice.random() < 0.25
    return OrderPlan(
        number=number,
        tenant=tenant,
        at=dice.uniform(0.0, SPAN / 2),
        lines=lines,
        settled=dice.random() < 0.6,
        ships=ships,
        cancels=_cancels(dice, number, lines[:cancelled], whole=whole),
        impossible=dice.random() < 0.3,
        only_asks=dice.random() < 0.3,
    )


def _journey(dice: random.Random, number: int) -> Journey:
    skus = dice.sample(SKUS, dice.randint(1, 2))
    reach = dice.choice((Reach.ENTERED, Reach.RELEASED, Reach.PACKED, Reach.LEFT, Reach.LEFT))
    return Journey(
        number=number,
        at=dice.uniform(0.0, SPAN / 3),
        lines=tuple(sorted((sku, dice.randint(1, 6)) for sku in skus)),
        reach=reach,
        pace=dice.choice((0.0, 0.05, 0.2, 0.4)),
        erp_first=dice.random() < 0.5,
        misspelt=dice.random() < 0.3,
        vanishes=dice.random() < 0.3,
        billed=dice.random() < 0.5,
    )


def _typed(dice: random.Random, first: int) -> tuple[Typed, ...]:
    """Several sales of one number that a customer gave: it is theirs, and says nothing of sameness."""
    count = dice.choice((0, 2, 2, 3))
    lines = ((dice.choice(SKUS), dice.randint(1, 3)),)
    return tuple(
        Typed(number=first + at, at=dice.uniform(0.0, SPAN / 2), po="PO-7781", lines=lines) for at in range(count)
    )


def _faults_beside(dice: random.Random, tenant: str) -> list[Fault]:
    """ERP and warehouse answer late, wrongly or not at all."""
    made: list[Fault] = []
    for role in (ERP, WMS):
        for _ in range(dice.randint(0, 4)):
            trouble = dice.choice(
                (Trouble.BUSY, Trouble.THROTTLED, Trouble.LATE, Trouble.LATE, Trouble.HTML, Trouble.HALF)
            )
            made.append(
                SourceFault(
                    tenant=tenant,
                    role=role,
                    verb=Verb.READ,
                    nth=dice.randint(12, 60),
                    trouble=trouble,
                    seconds=_wait(dice),
                )
            )
        if dice.random() < 0.3:
            seconds = dice.uniform(0.4, 1.2)
            made.append(Outage(at=dice.uniform(0.0, SPAN - 0.5), tenant=tenant, role=role, seconds=seconds))
    return made


def _submits(dice: random.Random, first: int) -> tuple[SubmitPlan, ...]:
    """Orders that enter through the hub; now and then ten clicks on one button."""
    return tuple(
        SubmitPlan(
            number=first + at,
            at=dice.uniform(0.0, SPAN / 2),
            client=dice.choice(("rep", "bot")),
            key=f"submit-{first + at}",
            note=f"submit-{first + at}",
            lines=tuple(sorted((sku, dice.randint(1, 5)) for sku in dice.sample(SKUS, dice.randint(1, 2)))),
            dry_first=dice.random() < 0.3,
            copies=dice.choice((1, 1, 2, 3)),
            again=dice.random() < 0.5,
            other_payload=dice.random() < 0.3,
            gives_up=dice.random() < 0.15,
        )
        for at in range(dice.choice((1, 1, 2)))
    )


def _with_scarce(submits: tuple[SubmitPlan, ...], seed: int) -> tuple[SubmitPlan, ...]:
    """Two of three times, some want what there is little of, and one more comes for all of it."""
    if seed % 3 == 0:
        return submits
    dice = random.Random(f"scarce {seed}")
    number = 1 + max(one.number for one in submits)
    last = SubmitPlan(
        number=number,
        at=dice.uniform(SPAN / 4, SPAN),
        client="bot",
        key=f"submit-{number}",
        note=f"submit-{number}",
        lines=((SCARCE, FEW),),
    )
    return (*(replace(one, lines=tuple(sorted((*one.lines, (SCARCE, 1))))) for one in submits), last)


def _create_faults(dice: random.Random, tenant: str) -> list[Fault]:
    """Steps towards a new document fail before, or are done and never confirmed."""
    return [
        SourceFault(
            tenant=tenant,
            role=ERP,
            verb=Verb.CREATE,
            nth=dice.randint(1, 5),
            trouble=dice.choice((Trouble.BUSY, Trouble.LATE, *AFTER_EFFECT)),
            seconds=_wait(dice),
        )
        for _ in range(dice.randint(0, 2))
    ]


def _cancels(dice: random.Random, number: int, lines: Units, *, whole: bool) -> tuple[CancelPlan, ...]:
    """Each line is cancelled under one key at most, so that who asked for which units can be told; and at most by half,
    so that the shop would carry it out twice."""
    made = []
    wishes: list[Units | None] = [None] if whole else [((sku, dice.randint(1, count // 2)),) for sku, count in lines]
    for index, units in enumerate(wishes):
        made.append(
            CancelPlan(
                client=dice.choice(("rep", "bot")),
                key=f"key-{number}-{index}",
                note=f"wish-{number}-{index}",
                units=units,
                dry_first=dice.random() < 0.4,
                copies=dice.choice((1, 1, 2, 3)),
                again=dice.random() < 0.5,
                other_payload=dice.random() < 0.3,
                gives_up=dice.random() < 0.15,
            )
        )
    return tuple(made)

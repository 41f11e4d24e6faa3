"""Random interleavings of two workers at one delivery, on PostgreSQL: one effect, an honest end (D7, D8, I2).

The same walk with a rule taken away must find what breaks without it: that is what makes the judge worth believing.
"""

from __future__ import annotations

from collections import Counter

import pytest

from hub.model.manifest import Idempotency
from hub.store.store import Store
from tests.kit.pg import Superuser
from tests.kit.rivals import CALL, SETTLE, TICK, Broken, Rivals, Weakness, free
from tests.kit.scripted_shop import ScriptedShop, scripted_manifest
from tests.kit.station import Station

SEEDS = range(16)  # of each class; the rarest of the planted faults below shows in one seed of fifteen
STEPS = 50
MUTANT_SEEDS = range(25, 95)


async def walk(
    store: Store, beside: Superuser, idempotency: Idempotency, seeds: range, weakness: Weakness | None = None
) -> Counter[str]:
    manifest = scripted_manifest(idempotency=idempotency, longest_call=CALL * TICK, settle=SETTLE * TICK)
    station = Station(store=store, shop=ScriptedShop(), manifest=manifest)
    ends: Counter[str] = Counter()
    for seed in seeds:
        number = f"o{seed}"
        station.shop.place(number)
        await free(beside)
        await station.take()
        await station.see(number)
        await station.cancel(number)
        ends[await Rivals(station, beside, number, seed, weakness or Weakness()).run(STEPS)] += 1
    return ends


@pytest.mark.parametrize("idempotency", list(Idempotency))
async def test_one_effect_and_an_honest_end_in_every_order_of_steps(
    store: Store, superuser: Superuser, idempotency: Idempotency
) -> None:
    ends = await walk(store, superuser, idempotency, SEEDS)
    print(idempotency.value, dict(ends))
    assert ends["DONE"] > 0
    assert ends["REVIEW"] == 0 or idempotency is not Idempotency.LOOKUP
    assert ends["REVIEW"] > 0 or idempotency is not Idempotency.NONE


@pytest.mark.parametrize(
    "weakness",
    [
        Weakness(gate_checks_lease=False),
        Weakness(resolve_waits=False),
        Weakness(takeover_doubts=False),
    ],
    ids=[
        "gate does not look at the lease",
        "resolve does not wait",
        "take-over leaves CLAIMED",
    ],
)
async def test_the_judge_notices_a_rule_taken_away(store: Store, superuser: Superuser, weakness: Weakness) -> None:
    with pytest.raises(Broken) as found:
        await walk(store, superuser, Idempotency.LOOKUP, MUTANT_SEEDS, weakness)
    print(found.value)

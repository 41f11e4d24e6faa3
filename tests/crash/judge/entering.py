"""Rules on orders that enter through the hub, and on what ERP and warehouse make of them: I1-I4, I10."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.crash.judge.evidence import ENDED, Entered, Evidence, Phase, Submitted
from tests.crash.judge.reserving import waits

REUSED = "IDEMPOTENCY_KEY_REUSED"
BINDING = frozenset({"confirmed", "processing", "done"})
"""States in which a sale is on the ERP's books."""
ERP = "erp"


def no_lost_order(seen: Evidence) -> Iterator[str]:
    """I1: an order that a client was told is accepted is in the store as asked, under that number, and reaches the ERP
    or says why not; one that waits for supply reaches it later."""
    rows = {(row.tenant, row.id): row for row in seen.entered}
    by_key = {(row.tenant, row.client, row.key): row for row in seen.entered}
    for asked in seen.submitted:
        if not asked.accepted:
            continue
        row = rows.get((asked.tenant, asked.operation or "")) or by_key.get((asked.tenant, asked.client, asked.key))
        if row is None:
            yield f"accepted {asked.note} ({asked.key}) is not in the store"
            continue
        if (row.note, row.units) != (asked.note, asked.units):
            yield f"accepted {asked.note} {asked.units} is stored as {row.note} {row.units}"
        if not row.order or asked.order not in (None, row.order):
            yield f"accepted {asked.note} was told the number {asked.order}, the order is {row.order or 'not there'}"
    for row in seen.entered:
        mine = [one for one in seen.creates if (one.tenant, one.command_id, one.role) == (row.tenant, row.id, ERP)]
        if not mine and not waits(seen, row.tenant, row.entity):
            yield f"{row.note} was never meant for the ERP"
        for one in mine:
            if one.state not in ENDED:
                yield f"create {one.id} of {row.note} ends in {one.state} after {one.attempts} attempts"


def no_second_document(seen: Evidence) -> Iterator[str]:
    """I2: at most one document bears a reference that the hub gave, exactly one where the hub says DONE, and that one
    is binding."""
    known = Counter((one.tenant, one.role, one.reference) for one in seen.stored)
    states = {(one.tenant, one.role, one.reference): one.state for one in seen.stored}
    for one in seen.creates:
        name = (one.tenant, one.role, one.reference)
        if known[name] > 1:
            yield f"{one.reference}: {known[name]} documents at the {one.role}"
        if one.state == "DONE" and not known[name]:
            yield f"{one.reference}: DONE, and nothing is at the {one.role}"
        if one.state == "DONE" and one.role == ERP and known[name] and states.get(name) not in BINDING:
            yield f"{one.reference}: DONE, and the sale is {states.get(name)}"


def faithful_orders(seen: Evidence) -> Iterator[str]:
    """I3: a document has the lines that were submitted, no more and no fewer."""
    wanted = {(row.tenant, row.order): row for row in seen.entered}
    for one in seen.stored:
        row = wanted.get((one.tenant, one.reference))
        if row is not None and one.role == ERP and one.units != row.units:
            yield f"{row.note} asked for {row.units}, the ERP has {one.units}"


def one_order_a_key(seen: Evidence) -> Iterator[str]:
    """I4: one (tenant, client, key), one order; another payload under it is refused as such, the same never is."""
    by_key: defaultdict[tuple[str, str, str], list[Submitted]] = defaultdict(list)
    for asked in seen.submitted:
        if not asked.dry_run:
            by_key[asked.tenant, asked.client, asked.key].append(asked)
    orders = Counter((row.tenant, row.client, row.key) for row in seen.entered)
    for name, asked_for in by_key.items():
        good = [one for one in asked_for if one.phase is Phase.OK]
        if len({one.order for one in good if one.order}) > 1 or orders[name] > 1:
            told = sorted({str(one.order) for one in good})
            yield f"{name[2]} is several orders: {told} were told, {orders[name]} are in the store"
        if len({(one.note, one.units) for one in good}) > 1:
            yield f"{name[2]} was accepted with two payloads"
        if sum(not one.replayed for one in good) > 1:
            yield f"{name[2]} was answered as new more than once"
        late = [one for one in asked_for if one.phase is Phase.FAIL and _accepted_before(one, good)]
        if late:
            yield f"{name[2]} was accepted, and then refused with {', '.join(late[0].codes)}"
        if len({(one.note, one.units) for one in asked_for}) == 1 and any(REUSED in one.codes for one in asked_for):
            yield f"{name[2]} was refused as reused, with one payload only"


def no_ghost_order(seen: Evidence) -> Iterator[str]:
    """I10: what was refused or only tried is no order, and no source has a document of an order that is not there."""
    real = [one for one in seen.submitted if not one.dry_run and one.phase is not Phase.FAIL]
    meant = {(one.tenant, one.client, one.key, one.note) for one in real}
    for row in seen.entered:
        if (row.tenant, row.client, row.key, row.note) not in meant:
            yield f"order {row.note} is in the store under the key {row.key!r} and was not accepted"
    given = {one.reference for one in seen.creates} | seen.typed
    for one in seen.stored:
        if one.reference not in given:
            yield f"the {one.role} has {one.source_id} of {one.reference}, which nobody asked for"


def _accepted_before(late: Submitted, good: list[Submitted]) -> bool:
    """The same payload had been accepted before it was sent again."""
    return any(one.ended < late.began and (one.note, one.units) == (late.note, late.units) for one in good)


def living(entered: tuple[Entered, ...]) -> set[str]:
    """Orders that are real though no system may have them yet."""
    return {row.entity for row in entered}

"""Rules on goods that come back, and on the money for them: I1, I4, I10, and R1 to R5."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from tests.crash.judge.evidence import Evidence
from tests.crash.judge.returned import Clicked, Deed, Memo, ReturnRow, Slip, Units

REUSED = "IDEMPOTENCY_KEY_REUSED"
ERP, WMS = "erp", "wms"
BINDING = frozenset({"confirmed", "processing", "done"})
POSTED = frozenset({"posted", "paid"})
GONE_BY = frozenset({"CLOSED", "DECLINED", "CANCELLED", "EXPIRED"})
NOT_SHELVED = {ERP: frozenset({"SCRAP"}), WMS: frozenset({"SCRAP", "QUARANTINE"})}
"""What lies elsewhere than on the shelf; the ERP of a seed keeps what is not for sale on the shelf as well."""
FAILED = "Failed"
CENTS = 100


def no_lost_click(seen: Evidence) -> Iterator[str]:
    """I1: what a client was told is accepted of a return is in the store, as asked."""
    rows = {(row.tenant, row.client, row.key): row for row in seen.returned.rows}
    for asked in seen.returned.clicked:
        row = rows.get((asked.tenant, asked.client, asked.key))
        if asked.accepted and (row is None or (row.deed, row.note) != (asked.deed, asked.note)):
            yield f"accepted {asked.note} ({asked.key}) is {'not in the store' if row is None else f'stored as {row}'}"


def one_deed_a_key(seen: Evidence) -> Iterator[str]:
    """I4: one (tenant, client, key), one deed: answered as new once, accepted for good, about one return."""
    by_key: defaultdict[tuple[str, str, str], list[Clicked]] = defaultdict(list)
    for asked in seen.returned.clicked:
        by_key[asked.tenant, asked.client, asked.key].append(asked)
    stored = Counter((row.tenant, row.client, row.key) for row in seen.returned.rows)
    for name, asked_for in by_key.items():
        good = [one for one in asked_for if one.accepted]
        if stored[name] > 1 or len({one.number for one in good if one.number}) > 1:
            yield f"{name[2]} was carried out more than once"
        if sum(not one.replayed for one in good) > 1:
            yield f"{name[2]} was answered as new more than once"
        if any(one.is_refused and any(each.ended < one.began for each in good) for one in asked_for):
            yield f"{name[2]} was accepted, and then refused"
        if any(REUSED in one.codes for one in asked_for):
            yield f"{name[2]} was refused as reused, with one payload only"


def no_ghost_deed(seen: Evidence) -> Iterator[str]:
    """I10: nothing is in the store that was not asked for, and no source has a return of a name that is not there."""
    meant = {(one.tenant, one.client, one.key) for one in seen.returned.clicked if not one.is_refused}
    for row in seen.returned.rows:
        if (row.tenant, row.client, row.key) not in meant:
            yield f"{row.deed} {row.note} is in the store and was not accepted"


def credited_once(seen: Evidence) -> Iterator[str]:
    """R1: a return that was allowed is one sale in the ERP, and is known by its name alone; what came of it is credited
    once, at the price it was sold for, by memos that are all posted."""
    known = {(row.tenant, row.reference): row for row in seen.returned.returns if row.reference}
    for slip in seen.returned.slips:
        if (slip.tenant, slip.reference) not in known:
            yield f"the {slip.role} has a return {slip.reference} ({slip.source_id}), which nobody asked for"
    for (tenant, reference), row in known.items():
        mine = [one for one in _slips(seen, ERP, row) if one.state != "cancelled"]
        if row.stopped and len(mine) < 2:
            continue  # R5: a person has a case
        if len(mine) != 1 or mine[0].state not in BINDING:
            yield f"{reference}: {len(mine)} returns in the ERP, {', '.join(one.state for one in mine)}"
        memos = [one for one in seen.returned.memos if (one.tenant, one.reference) == (tenant, reference)]
        yield from _credit(reference, memos, _sum(one.came for one in mine), seen.returned.price)


def _credit(reference: str, memos: list[Memo], came: Counter[str], price: Decimal) -> Iterator[str]:
    open_ = [one for one in memos if one.state not in POSTED | {"cancelled"}]
    if open_:
        yield f"{reference}: credit memo {open_[0].source_id} is {open_[0].state} at the end"
    posted = [one for one in memos if one.state in POSTED]
    if (credited := _sum(one.units for one in posted)) != came:
        yield f"{reference}: {dict(came)} came in the ERP, {len(posted)} credit memos are for {dict(credited)}"
    net = sum((one.net for one in posted), Decimal(0))
    if net != price * came.total():
        yield f"{reference}: {net} net is credited for {dict(came)} at {price}"


def paid_once(seen: Evidence) -> Iterator[str]:
    """R2: of a name there is one refund at most, by a wish that was accepted; of a return never more than is suggested,
    of an order never more than was paid."""
    known = {(row.tenant, row.reference): row for row in seen.returned.returns}
    wished = Counter((row.tenant, row.return_id) for row in seen.returned.rows if row.deed is Deed.REFUND)
    alive = [one for one in seen.returned.paybacks if one.state != FAILED]
    for (_, name), count in Counter((one.tenant, one.name) for one in alive).items():
        if count > 1:
            yield f"{name}: {count} refunds at the shop"
    for (tenant, reference), cents in _cents((one.tenant, one.reference, one.cents) for one in alive).items():
        row = known.get((tenant, reference))
        if row is None:
            yield f"{reference or 'nothing'} was refunded, and is no return"
            continue
        if row.suggested is None or cents > row.suggested * CENTS:
            yield f"{reference}: {cents} cents are refunded, {row.suggested} is suggested"
        names = {one.name for one in alive if one.reference == reference}
        if len(names) > wished[tenant, row.id]:
            yield f"{reference}: {len(names)} refunds for {wished[tenant, row.id]} wishes"
    paid = {(one.tenant, one.code): one.cents for one in seen.returned.bought}
    for order, cents in _cents((one.tenant, one.code, one.cents) for one in alive).items():
        if cents > paid.get(order, 0):
            yield f"{order[1]}: {cents} cents are refunded, {paid.get(order, 0)} were paid"


def credited_before_paid(seen: Evidence) -> Iterator[str]:
    """R3: no money goes back before the ERP has posted a credit memo of the return."""
    for one in seen.returned.paybacks:
        if not one.is_credited:
            yield f"{one.name}: refunded while the ERP had credited nothing of {one.reference}"


def back_everywhere(seen: Evidence) -> Iterator[str]:
    """R4: what people said has come is what the hub, the ERP and the warehouse have; what is not for sale lies
    elsewhere there, and the shop shows all that was allowed."""
    back: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in seen.returned.returns:
        clicks = [one for one in seen.returned.rows if (one.tenant, one.return_id) == (row.tenant, row.id)]
        said = _sum(one.units for one in clicks if one.deed is Deed.RECEIVE)
        held = _sum([tuple((line.sku, line.received) for line in row.lines)])
        places = {"the hub": held} | {role: _sum(one.came for one in _slips(seen, role, row)) for role in (ERP, WMS)}
        for place, came in places.items():
            if came != said and not row.stopped:
                yield f"{row.reference}: {dict(said)} came, {place} has {dict(came)}"
        judged = [each for one in clicks for each in one.judged]
        for role, dispositions in NOT_SHELVED.items():
            wanted = _sum([tuple((sku, units) for sku, what, units in judged if what in dispositions)])
            aside = _sum(one.aside for one in _slips(seen, role, row))
            if aside != wanted and not row.stopped:
                yield f"{row.reference}: {dict(wanted)} is not for sale, the {role} has {dict(aside)} apart"
        back[row.tenant, row.code].update({x.sku: min(x.received, x.authorized) for x in row.lines})
    stopped = {(row.tenant, row.code) for row in seen.returned.returns if row.stopped}
    for order in seen.returned.bought:
        is_judged = (order.tenant, order.code) not in stopped
        if is_judged and +back[order.tenant, order.code] != Counter(dict(order.back)):
            yield f"{order.code}: {dict(back[order.tenant, order.code])} came back, the shop shows {dict(order.back)}"


def ended(seen: Evidence) -> Iterator[str]:
    """R5: a return whose goods came as allowed, or that a person has ended, is closed without a case; any other one is
    in exactly one. Nothing of it waits."""
    closed_by_hand = {(row.tenant, row.return_id) for row in seen.returned.rows if row.deed is Deed.CLOSE}
    for row in seen.returned.returns:
        as_allowed = all(line.received == line.authorized for line in row.lines)
        is_over = row.status in GONE_BY
        if row.stopped:
            yield from () if row.cases else [f"{row.reference}: {', '.join(row.stopped)} stopped, and no case says so"]
        elif (as_allowed or (row.tenant, row.id) in closed_by_hand) and (not is_over or row.cases):
            yield f"{row.reference} should be over: it is {row.status}, with the cases {list(row.cases)}"
        elif not is_over and len(row.cases) != 1:
            yield f"{row.reference} is {row.status}, with the cases {list(row.cases)}"
        if row.waiting:
            yield f"{row.reference}: {', '.join(row.waiting)} never ended"


def _slips(seen: Evidence, role: str, row: ReturnRow) -> list[Slip]:
    return [
        one for one in seen.returned.slips if (one.tenant, one.role, one.reference) == (row.tenant, role, row.reference)
    ]


def _sum(several: Iterable[Units]) -> Counter[str]:
    found: Counter[str] = Counter()
    for units in several:
        for sku, count in units:
            found[sku] += count
    return +found


def _cents(several: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str], int]:
    found: defaultdict[tuple[str, str], int] = defaultdict(int)
    for tenant, name, cents in several:
        found[tenant, name] += cents
    return found

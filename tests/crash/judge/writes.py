"""Rules on what was asked and what sources did of it: I1-I4, I10."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.crash.judge.evidence import ENDED, Asked, Evidence, Phase

REUSED = "IDEMPOTENCY_KEY_REUSED"


def no_lost_accept(seen: Evidence) -> Iterator[str]:
    """I1: what a client was told is accepted is in the store, as asked, and comes to an end."""
    rows = {(row.tenant, row.id): row for row in seen.commands}
    by_key = {(row.tenant, row.client, row.key): row for row in seen.commands}
    for asked in seen.asked:
        if not asked.accepted:
            continue
        row = rows.get((asked.tenant, asked.operation or ""))
        if asked.operation is None:
            row = by_key.get((asked.tenant, asked.client, asked.key))
        if row is None:
            yield f"accepted {asked.note} ({asked.key}) is not in the store"
            continue
        if (row.note, row.units) != (asked.note, asked.units):
            yield f"accepted {asked.note} {asked.units} is stored as {row.note} {row.units}"
        mine = [one for one in seen.deliveries if (one.tenant, one.command_id) == (row.tenant, row.id)]
        if not mine:
            yield f"accepted {asked.note} has no delivery"
        for one in mine:
            if one.state not in ENDED:
                yield f"delivery {one.id} of {asked.note} ends in {one.state} after {one.attempts} attempts"


def no_duplicate_write(seen: Evidence) -> Iterator[str]:
    """I2: no line is cancelled beyond the highest target that was ever sent; all of it where the hub says DONE."""
    done: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for commit in seen.committed:
        done[commit.tenant, commit.code].update(dict(commit.units))
    most: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in seen.deliveries:
        order = (row.tenant, row.code)
        for sku, target in row.targets:
            most[order][sku] = max(most[order][sku], target)
            if row.state == "DONE" and done[order][sku] < target:
                yield f"{row.code} {sku}: DONE says {target} cancelled, the shop did {done[order][sku]}"
    for order in most:
        for sku, target in most[order].items():
            if done[order][sku] > target:
                yield f"{order[1]} {sku}: {target} to cancel, the shop did {done[order][sku]}"


def faithful(seen: Evidence) -> Iterator[str]:
    """I3: each commit and each delivery names the lines that were asked for, no more of them at once, and takes the
    shipping costs along only where nothing of the order is left."""
    asked = {one.note: one for one in seen.asked if not one.dry_run and one.phase is not Phase.FAIL}
    for commit in seen.committed:
        wish = asked.get(commit.note)
        if wish is None:
            continue  # a ghost: I10
        if wish.code != commit.code:
            yield f"{commit.note} was for {wish.code}, the shop cancelled of {commit.code}"
        if commit.shipping and (commit.tenant, commit.code) not in _emptied(seen):
            yield f"{commit.note} took the shipping costs of an order that goes on"
        if wish.units is not None and not _within(commit.units, dict(wish.units)):
            yield f"{commit.note} asked for {wish.units}, the shop was told {commit.units}"
    yield from _deliveries_faithful(seen)


def _deliveries_faithful(seen: Evidence) -> Iterator[str]:
    rows = {(row.tenant, row.id): row for row in seen.commands}
    for one in seen.deliveries:
        command = rows.get((one.tenant, one.command_id or ""))
        if command is None or command.units is None:
            continue
        lines = {sku for sku, _ in command.units}
        if {sku for sku, _ in one.targets} != lines:
            yield f"{command.note} names {command.units}, its delivery {one.targets}"


def _emptied(seen: Evidence) -> set[tuple[str, str]]:
    """Orders of which nothing is left."""
    return {
        (order.tenant, order.code)
        for order in seen.shop
        if all(cancelled == placed for placed, cancelled in order.lines.values())
    }


def _within(units: tuple[tuple[str, int], ...], most: dict[str, int]) -> bool:
    return all(count <= most.get(sku, 0) for sku, count in units)


def idempotent(seen: Evidence) -> Iterator[str]:
    """I4: one (tenant, client, key), one outcome; another payload under it is refused as such, the same never is."""
    by_key: defaultdict[tuple[str, str, str], list[Asked]] = defaultdict(list)
    for one in seen.asked:
        if not one.dry_run:
            by_key[one.tenant, one.client, one.key].append(one)
    for (_, client, key), asked in by_key.items():
        good = [one for one in asked if one.phase is Phase.OK]
        if len({one.operation for one in good if one.operation}) > 1:
            yield f"{client} {key} has operations {', '.join(sorted({str(one.operation) for one in good}))}"
        if len({(one.code, one.note, one.units) for one in good}) > 1:
            yield f"{client} {key} was accepted with two payloads"
        late = [one for one in asked if one.phase is Phase.FAIL and _answered_before(one, good)]
        if late:
            yield f"{client} {key} was accepted, and then refused with {', '.join(late[0].codes)}"
        if sum(not one.replayed for one in good) > 1:
            yield f"{client} {key} was answered as new more than once"
        if len({(one.code, one.note, one.units) for one in asked}) == 1 and any(REUSED in one.codes for one in asked):
            yield f"{client} {key} was refused as reused, with one payload only"


def _answered_before(late: Asked, good: list[Asked]) -> bool:
    """The same payload had been accepted before it was sent again."""
    payload = (late.code, late.note, late.units)
    return any(one.ended < late.began and (one.code, one.note, one.units) == payload for one in good)


def no_ghost(seen: Evidence) -> Iterator[str]:
    """I10: what was refused, only tried or rolled back has no effect: no command, no call, no event."""
    meant = {one.note for one in seen.asked if not one.dry_run and one.phase is not Phase.FAIL}
    for row in seen.commands:
        if row.note not in meant:
            yield f"command {row.note} is in the store and was not accepted"
    for commit in seen.committed:
        if commit.note not in meant:
            yield f"the shop carried out {commit.note}, which was not accepted"
    kept = {(row.tenant, row.id): row.version for row in seen.entities}
    for line in seen.log:
        if line.version > kept.get((line.tenant, line.entity_id), 0):
            yield f"event {line.event} {line.entity_id} v{line.version} tells what is not in the store"

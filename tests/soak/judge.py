"""Compares what each subscriber was told with what happened: an independent filter over the change log is the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise

from tests.soak.results import Got, Part, Told
from tests.soak.truth import Line, Want, expected
from tests.soak.wishes import Sought, Wish

Key = tuple[int, str, int, str]
"""Position, entity, version, kind."""

CLOSINGS = frozenset({"dropped", "open", "complete", "cut", "1000", "1006", "1012", "4008", "4408"})
"""How a connection may end here: nobody is refused."""
LET_GO = frozenset({"4008", "4408"})
OPEN = "open"
EXCUSED = frozenset({"SUBSCRIPTION_LAGGED", "SHUTTING_DOWN"})
"""Codes that say: come again with your last cursor."""
CAP = 256
"""Events that may wait for a reader inside the hub."""
BUFFERS = 300
"""Events that may lie in buffers of sockets beside them."""


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What the judge found, over all subscribers."""

    gaps: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    disorder: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    """Told of what it did not ask for, though it may see it; or of what never happened."""
    stale: list[str] = field(default_factory=list)
    """The entity that came along was older than the event."""
    refused: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Did not read, had more waiting than may, and was not let go."""
    told: int = 0
    merged: int = 0
    shown_again: int = 0
    """Changes that a snapshot had shown, told after a resume: who keeps the greater version never notices."""
    let_go: Counter[str] = field(default_factory=Counter)
    """Never-readers let go, by transport."""
    cut_by_kill: int = 0
    spared: int = 0
    """Never-readers for whom too little happened."""

    @property
    def sorts(self) -> Mapping[str, Sequence[str]]:
        """What may not be, by what it is called."""
        return {
            "gap": self.gaps, "double": self.doubles, "disorder": self.disorder, "foreign": self.foreign,
            "not asked for": self.strange, "stale entity": self.stale, "refused": self.refused, "kept": self.kept,
        }  # fmt: skip

    @property
    def failures(self) -> list[str]:
        """Everything that may not be."""
        return [f"{name}: {one}" for name, found in self.sorts.items() for one in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What happened to the hubs meanwhile."""

    kills: Sequence[tuple[str, float]]
    """URL of the hub that was killed, and when by the monotonic clock."""
    began: float
    """What the epoch's clock said when the monotonic one began."""


def judged(told: Sequence[tuple[Wish, Told]], lines: Sequence[Line], around: Surroundings) -> Verdict:
    """The verdict on everybody."""
    verdict = Verdict()
    by_sought: dict[Sought, Sequence[Want]] = {}
    by_position = {line.position: line for line in lines}
    for wish, one in told:
        if wish.sought not in by_sought:
            by_sought[wish.sought] = expected(wish.sought, lines)
        want = _wanted(wish, one, by_sought[wish.sought])
        again = _again(one, by_sought[wish.sought], verdict)
        _ends(one, verdict)
        _stale(one, verdict)
        verdict.told += len(one.changes)
        verdict.merged += sum(got.merged for got in one.changes)
        if wish.feed == "inventory":
            _stock(one, want, verdict)
        else:
            _list(one, want, verdict)
        _strangers(wish, one, {each.key for each in want} | again, by_position, verdict)
        for part in one.parts:
            if part.deaf:
                _deaf(wish, part, want, around, verdict)
    return verdict


def _wanted(wish: Wish, told: Told, lines: Sequence[Want]) -> Sequence[Want]:
    """What it must have heard: behind its snapshot, else from the first change that it heard of."""
    if not wish.initial:
        first = told.changes[0].position if told.changes else None
        return [line for line in lines if first is not None and line.position >= first]
    begins = told.begins
    if begins is None:
        return []
    held = told.held
    return [
        line
        for line in lines
        if line.version > held.get(line.entity, 0) and (line.entity in held or line.position > begins)
    ]


def _key(got: Got) -> Key:
    return (got.position, *got.what)


def _list(told: Told, want: Sequence[Want], verdict: Verdict) -> None:
    """The identical ordered set; of who left, its beginning."""
    got = [_key(one) for one in told.changes]
    must = [one.key for one in want]
    if not told.stayed:
        must = [key for key in must if got and key[0] <= got[-1][0]]
    counts = Counter(got)
    verdict.doubles += [f"{told.name}: {key} {times} times" for key, times in counts.items() if times > 1]
    verdict.gaps += [f"{told.name}: {key} {_where(told, key)}" for key in must if key not in counts]
    if any(one[0] > other[0] for one, other in pairwise(got)):
        verdict.disorder.append(f"{told.name}: positions fall {_falls(got)}")


def _stock(told: Told, want: Sequence[Want], verdict: Verdict) -> None:
    """Newest of each key, in order; what one connection left out is said by `merged`."""
    for part in told.parts:
        seen: dict[str, int] = {}
        for got in part.got:
            before = seen.get(got.entity)
            if before is not None and got.version <= before:
                verdict.doubles.append(f"{told.name}: {_key(got)} after version {before}")
            elif before is not None and got.version - before - 1 != got.merged:
                verdict.gaps.append(f"{told.name}: {_key(got)} merged {got.merged} after version {before}")
            seen[got.entity] = got.version
    newest: dict[str, int] = {}
    for got in told.changes:
        if got.version <= newest.get(got.entity, 0):
            verdict.doubles.append(f"{told.name}: {_key(got)} again")
        newest[got.entity] = got.version
    if told.stayed:
        last = {one.entity: one.version for one in want}
        verdict.gaps += [
            f"{told.name}: {name} ends at {newest.get(name)}, not {version}"
            for name, version in last.items()
            if newest.get(name) != version
        ]


def _again(told: Told, all_: Sequence[Want], verdict: Verdict) -> set[Key]:
    """Changes that lie behind the snapshot's position, and that it showed already: told again only after a resume."""
    shown = {
        one.key for one in all_ if told.begins is not None and told.begins < one.position
        and one.version <= told.held.get(one.entity, 0)
    }  # fmt: skip
    for number, part in enumerate(told.parts):
        again = [got for got in part.got if _key(got) in shown]
        verdict.shown_again += len(again)
        if number <= told.begun_in:
            verdict.doubles += [f"{told.name}: {_key(got)} was in the snapshot just before" for got in again]
    return shown


def _strangers(wish: Wish, told: Told, may: AbstractSet[Key], lines: Mapping[int, Line], verdict: Verdict) -> None:
    """Of what it was told: nothing it may not see, nothing it did not ask for, nothing that never was."""
    for got in told.changes:
        if _key(got) in may:
            continue
        line = lines.get(got.position)
        if line is None or (line.said["entity_id"], line.said["version"]) != (got.entity, got.version):
            verdict.strange.append(f"{told.name}: {_key(got)} is not in the log")
        elif line.tenant != wish.sought.tenant or not _may_see(wish.sought.account, line):
            verdict.foreign.append(f"{told.name}: {_key(got)} belongs to {line.tenant}, {line.account}")
        else:
            verdict.strange.append(f"{told.name}: {_key(got)} {line.said['event']} {line.said['status']}")


def _may_see(account: str | None, line: Line) -> bool:
    accounts = [line.account, (line.said.get("was") or {}).get("account")]
    return account is None or any(one is not None and (f"{one}/").startswith(f"{account}/") for one in accounts)


def _ends(told: Told, verdict: Verdict) -> None:
    for part in told.parts:
        codes = set(part.codes) - EXCUSED
        if codes:
            verdict.refused.append(f"{told.name}: {', '.join(sorted(codes))} after {part.after}")
        if part.how.isdigit() and part.how not in CLOSINGS:
            verdict.refused.append(f"{told.name}: closed with {part.how}")


def _stale(told: Told, verdict: Verdict) -> None:
    old = [got for got in told.changes if got.shown is not None and got.shown < got.version]
    verdict.stale += [f"{told.name}: {_key(got)} came with version {got.shown}" for got in old]


def _deaf(wish: Wish, part: Part, want: Sequence[Want], around: Surroundings, verdict: Verdict) -> None:
    """Whether a reader that never read was let go, once more waited for it than may."""
    if not part.read_at:
        return  # it never got in
    is_killed = any(hub == part.hub and part.began - 1 < at < part.ended + 1 for hub, at in around.kills)
    if part.how in LET_GO or EXCUSED & set(part.codes) or (part.how != OPEN and not is_killed):
        verdict.let_go[wish.transport] += 1
    elif is_killed:
        verdict.cut_by_kill += 1
    elif _meanwhile(part, want, around) > CAP + BUFFERS:
        verdict.kept.append(f"{wish.name}: {_meanwhile(part, want, around)} events, and still {part.how}")
    else:
        verdict.spared += 1


def _meanwhile(part: Part, want: Sequence[Want], around: Surroundings) -> int:
    return sum(part.began < one.at - around.began < part.read_at for one in want)


def _where(told: Told, key: Key) -> str:
    """Between which connections a gap lies."""
    found = [part for part in told.parts if part.got and part.got[0].position < key[0]]
    last = found[-1] if found else None
    ends = [f"#{number} {part.how} after {part.after}" for number, part in enumerate(told.parts)]
    inside = last is not None and last.got[-1].position > key[0]
    return f"{'within' if inside else 'behind'} part {told.parts.index(last) if last else None} of {ends[:12]}"


def _falls(got: Sequence[Key]) -> tuple[Key, Key]:
    return next((one, other) for one, other in pairwise(got) if one[0] > other[0])

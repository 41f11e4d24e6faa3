"""What a soak came to, as one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.soak.hubs import Sample
from tests.soak.run import Outcome

MIB = 2**20
MOST = 12
"""Failures that are printed."""


def lines(one: Outcome) -> Iterator[str]:
    """The table."""
    verdict, scale = one.verdict, one.scale
    parts = [part for told in one.told for part in told.parts]
    ends = Counter(part.how for part in parts)
    resumed = [part for part in parts if part.after is not None]
    deaf = [part for part in parts if part.deaf]
    rows = (
        ("subscribers", f"{scale.subscribers} over 2 hub processes, {scale.subscribers // 10} of them never read"),
        ("traffic", f"{one.lines} changes in {one.flow[1] - one.flow[0]:.0f} s: {one.rate:.1f}/s"),
        ("told", f"{verdict.told} events over {len(parts)} connections, {len(resumed)} of them resumed"),
        ("elsewhere", f"{_elsewhere(one)} resumed at the other hub"),
        ("ended", ", ".join(f"{how} {count}" for how, count in ends.most_common())),
        ("hubs killed (-9)", str(one.kills)),
        ("gaps", str(len(verdict.gaps))),
        ("duplicates", str(len(verdict.doubles))),
        ("out of order", str(len(verdict.disorder))),
        ("of another tenant or account", str(len(verdict.foreign))),
        ("not asked for", str(len(verdict.strange))),
        ("entity older than its event", str(len(verdict.stale))),
        ("stock events coalesced", str(verdict.merged)),
        ("told again after its snapshot was", str(verdict.shown_again)),
        ("checkpoints", str(sum(told.checkpoints for told in one.told))),
        ("refused", str(len(verdict.refused))),
        ("never-readers", f"{len(deaf)} times: let go {_counted(verdict.let_go)}; cut by a kill {verdict.cut_by_kill}; "
                          f"too little to say {verdict.spared}; kept in spite of the cap {len(verdict.kept)}"),
        ("never heard of the last change", str(len(one.late))),
        ("all settled after", f"{one.settled:.1f} s"),
        *((f"memory of {name}", _memory(one, name)) for name in sorted({sample.name for sample in one.samples})),
        ("faults in logs", str(len(one.faults))),
    )  # fmt: skip
    width = max(len(name) for name, _ in rows)
    yield from (f"{name:<{width}}  {value}" for name, value in rows)
    failures = one.failures
    yield from failures[:MOST]
    yield "HOLDS" if not failures else f"DOES NOT HOLD: {len(failures)} failures"


def _elsewhere(one: Outcome) -> int:
    return sum(
        later.after is not None and later.hub != earlier.hub
        for told in one.told
        for earlier, later in zip(told.parts, told.parts[1:], strict=False)
    )


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "0"


def _memory(one: Outcome, name: str) -> str:
    samples = [sample for sample in one.samples if sample.name == name and sample.bytes]
    began, ended = one.flow
    moments = (("start", began), ("middle", (began + ended) / 2), ("end", ended))
    said = [f"{word} {_near(samples, at).bytes / MIB:.0f} MiB" for word, at in moments]
    return f"{', '.join(said)}, most {max(sample.bytes for sample in samples) / MIB:.0f} MiB"


def _near(samples: list[Sample], at: float) -> Sample:
    return min(samples, key=lambda sample: abs(sample.at - at))

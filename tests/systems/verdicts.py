"""The contract suite on a rehearsal and on the real system, side by side, and the table of what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sources.kit.contract import Check, Verdict, judge
from sources.kit.stage import Stage

WHERE = ("rehearsal", "real")


@dataclass(slots=True)
class Verdicts:
    """Of one adapter, by check and place."""

    found: dict[tuple[str, str], Verdict] = field(default_factory=dict)

    async def of(self, check: Check, rehearsed: Stage, real: Stage) -> dict[str, str | None]:
        """Judge in both places: what failed, in words."""
        for name, where in zip(WHERE, (rehearsed, real), strict=True):
            self.found[check.number, name] = await judge(where, check)
        return {name: self.found[check.number, name].failure for name in WHERE}

    def table(self) -> str:
        """Check by check, and why what is not offered is not."""
        numbers = sorted({number for number, _ in self.found}, key=lambda one: (int(one.strip("Cabcdefgp")), one))
        lines = [f"{'check':6}{WHERE[0]:>12}{WHERE[1]:>12}"]
        for number in numbers:
            cells = [self.found[number, where] for where in WHERE if (number, where) in self.found]
            lines.append(f"{number:6}" + "".join(f"{_cell(one):>12}" for one in cells) + f"  {cells[0].absent or ''}")
        return "\n".join(line.rstrip() for line in lines)


def _cell(verdict: Verdict) -> str:
    if verdict.absent:
        return "absent"
    return f"{'ok' if verdict.passed else 'FAILED'} {verdict.seconds:.1f} s"

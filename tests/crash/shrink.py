"""Cuts a failing plan smaller while it goes on failing in the same way: fewer faults, fewer orders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tests.crash.plan import Plan

BUDGET = 24  # plans tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What is kept of a plan: faults by index, orders by number."""

    faults: tuple[int, ...]
    orders: tuple[int, ...]

    def of(self, plan: Plan) -> Plan:
        """The plan that is left."""
        return plan.cut(faults=self.faults, orders=self.orders)

    def command(self, seed: int, bug: str | None = None) -> str:
        """One line that runs it again."""
        parts = [f"python -m tests.crash one {seed}"]
        parts.append(f"--faults {','.join(map(str, self.faults)) or '-'}")
        parts.append(f"--orders {','.join(map(str, self.orders)) or '-'}")
        return " ".join([*parts, *([f"--bug {bug}"] if bug else [])])


def whole(plan: Plan) -> Cut:
    """Nothing cut."""
    return Cut(faults=tuple(range(len(plan.faults))), orders=plan.numbers)


async def shrunk(plan: Plan, still_fails: Callable[[Plan], Awaitable[bool]], budget: int = BUDGET) -> Cut:
    """The smallest cut that was found to fail: parts are left out by halves, quarters, then one by one."""
    best, left = whole(plan), budget
    for name in ("faults", "orders"):
        size = max(1, len(_part(best, name)) // 2)
        while size >= 1 and left > 0:
            smaller = None
            for tried in _without(best, name, size):
                if left <= 0:
                    break
                left -= 1
                if await still_fails(tried.of(plan)):
                    smaller = tried
                    break
            if smaller is not None:
                best = smaller
                size = min(size, max(1, len(_part(best, name))))
            elif size == 1:
                break
            else:
                size //= 2
    return best


def _part(cut: Cut, name: str) -> tuple[int, ...]:
    return cut.faults if name == "faults" else cut.orders


def _without(cut: Cut, name: str, size: int) -> Sequence[Cut]:
    """The cut without each run of *size* faults, or orders; an order is always left."""
    items = _part(cut, name)
    made = []
    for start in range(0, len(items), size):
        rest = items[:start] + items[start + size :]
        if name == "faults":
            made.append(Cut(faults=rest, orders=cut.orders))
        elif rest:
            made.append(Cut(faults=cut.faults, orders=rest))
    return made

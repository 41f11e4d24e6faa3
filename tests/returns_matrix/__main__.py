"""Print the matrix: `python -m tests.returns_matrix`; fails where a cell is wrong."""

from __future__ import annotations

import sys

from tests.returns_matrix.cells import AGAIN, GETS, Cell, cells


def told(cell: Cell) -> str:
    """One line of the table."""
    ended = ", ".join(cell.cases) or cell.status
    sent = f"{cell.orders} order" if cell.orders else ""
    mark = "" if cell.is_right else "WRONG"
    return f"{cell.what:11} {cell.taken:19} {cell.gets:20} {ended:32} {sent:8} {mark}"


def main() -> int:
    """The table, and how many cells are right."""
    wrong = 0
    for name, gets in (("the matrix", GETS), ("and replacements", AGAIN)):
        found = list(cells(gets))
        right = sum(cell.is_right for cell in found)
        sys.stdout.write("\n".join([*map(told, found), f"{name}: {right} of {len(found)}", ""]) + "\n")
        wrong += len(found) - right
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

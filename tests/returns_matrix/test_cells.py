"""Every return ends closed or in exactly one case, whatever came, becomes of it, and is given for it."""

from __future__ import annotations

from itertools import product

import pytest

from hub.model.returns import Disposition, ReturnType
from tests.returns_matrix.cells import AGAIN, CAME, GETS, TAKEN, lived

CELLS = (*product(CAME, TAKEN, GETS), *product(CAME, (Disposition.SCRAP,), AGAIN))
"""All of the proof; of replacements the command has the rest."""


@pytest.mark.parametrize(("what", "taken", "gets"), CELLS)
def test_every_cell_of_the_matrix_ends_closed_or_in_exactly_one_case(
    what: str, taken: Disposition, gets: ReturnType
) -> None:
    cell = lived(what, taken, gets)
    assert cell.is_right, cell

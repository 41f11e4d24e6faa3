"""A slice of the proof, class by class; the whole of it is `python -m tests.lost_replies`."""

from __future__ import annotations

import pytest

from hub.model.manifest import Idempotency
from hub.store.store import Store
from tests.lost_replies.__main__ import line
from tests.lost_replies.proof import lose

COUNT = 20


@pytest.mark.parametrize("idempotency", list(Idempotency))
async def test_a_lost_reply_doubles_nothing_and_has_an_honest_end(store: Store, idempotency: Idempotency) -> None:
    tally = await lose(store, idempotency, COUNT)
    print(line(tally))
    assert tally.holds, line(tally)
    assert (tally.lost, tally.documents) == (COUNT, COUNT)


async def test_a_class_that_is_not_true_is_found_out(store: Store) -> None:
    tally = await lose(store, Idempotency.KEY, 8, really=Idempotency.NONE)
    assert (tally.holds, tally.doubled) == (False, 8)

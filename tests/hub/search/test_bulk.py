"""Item by item: what is busy is sent again in smaller batches, what is refused is set aside and never in the way."""

from __future__ import annotations

import pytest

from hub.errors import SearchAway
from hub.search.bulk import LEAST, LONGEST, MOST, PATIENT, TRIES, Bulk, Written
from hub.search.documents import Action
from tests.kit.engine import ListEngine
from tests.kit.indexing import no_pause

BUSY = {"status": 429, "error": {"type": "rejected_execution_exception", "reason": "queue is full"}}
BAD = {"status": 400, "error": {"type": "strict_dynamic_mapping_exception", "reason": "[x] is not allowed"}}


def actions(count: int, *, version: int | None = None) -> list[Action]:
    return [
        Action(
            index="t-entity", id=f"{n}", document={"tenant": "acme", "id": f"{n}", "status": "OPEN"}, version=version
        )
        for n in range(count)
    ]


@pytest.fixture
def engine() -> ListEngine:
    return ListEngine(indices={"t-entity-1": {}}, aliases={"t-entity": {"t-entity-1"}})


async def test_all_arrive_and_a_repetition_changes_nothing(engine: ListEngine) -> None:
    bulk = Bulk(engine, no_pause)
    assert await bulk.write(actions(3)) == Written(done=3)
    assert await bulk.write(actions(3)) == Written(done=3)
    assert list(engine.documents("t-entity")) == ["0", "1", "2"]


async def test_an_older_version_never_overwrites_and_counts_as_done(engine: ListEngine) -> None:
    bulk = Bulk(engine, no_pause)
    await bulk.write(actions(1, version=5))
    gone = Action(index="t-entity", id="0", document=None, version=4)
    assert await bulk.write([gone]) == Written(done=1)
    assert list(engine.documents("t-entity")) == ["0"]
    assert await bulk.write([Action(index="t-entity", id="0", document=None, version=6)]) == Written(done=1)
    assert engine.documents("t-entity") == {}


async def test_only_what_was_busy_is_sent_again_in_smaller_batches(engine: ListEngine) -> None:
    engine.items = [{}, BUSY, {}]
    bulk = Bulk(engine, no_pause)
    assert await bulk.write(actions(3)) == Written(done=3)
    assert len(engine.asked) == 2
    assert MOST // 2 <= bulk.size < MOST


async def test_an_engine_that_stays_busy_is_given_up_for_now(engine: ListEngine) -> None:
    engine.failures = [SearchAway("busy", status=429)] * TRIES
    bulk = Bulk(engine, no_pause)
    with pytest.raises(SearchAway, match=r"^OpenSearch has too much to do: busy$"):
        await bulk.write(actions(1))
    assert (len(engine.asked), bulk.size) == (TRIES, LEAST)


async def test_an_engine_that_takes_no_document_says_why_when_it_is_given_up(engine: ListEngine) -> None:
    engine.items = [BUSY] * TRIES
    with pytest.raises(SearchAway, match=r": rejected_execution_exception: queue is full$"):
        await Bulk(engine, no_pause).write(actions(1))


async def test_who_would_lose_much_has_more_patience(engine: ListEngine) -> None:
    engine.failures = [SearchAway("busy", status=429)] * (PATIENT - 1)
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    assert await Bulk(engine, pause).write(actions(1), PATIENT) == Written(done=1)
    assert len(waits) == PATIENT - 1
    assert max(waits) <= 1.5 * LONGEST


async def test_one_that_does_not_answer_at_all_is_not_asked_again_here(engine: ListEngine) -> None:
    engine.failures = [SearchAway("no answer")]
    with pytest.raises(SearchAway, match="no answer"):
        await Bulk(engine, no_pause).write(actions(1))
    assert len(engine.asked) == 1


async def test_a_bad_document_is_set_aside_by_its_keys_and_blocks_nothing(engine: ListEngine) -> None:
    engine.items = [{}, BAD, {}]
    assert await Bulk(engine, no_pause).write(actions(3)) == Written(done=3, set_aside=1)
    assert engine.documents("t-entity")["1"] == {
        "tenant": "acme", "id": "1", "problem": "strict_dynamic_mapping_exception: [x] is not allowed",
    }  # fmt: skip


async def test_what_is_refused_even_bare_is_left_out_and_said(engine: ListEngine) -> None:
    engine.items = [BAD, BAD]
    assert await Bulk(engine, no_pause).write(actions(1)) == Written(done=0, set_aside=1)
    assert engine.documents("t-entity") == {}


async def test_nothing_is_written_past_an_alias_that_is_not_there() -> None:
    engine = ListEngine()
    (one,) = actions(1)
    assert await Bulk(engine, no_pause).write([one]) == Written(homeless=(one,))
    assert engine.indices == {}


async def test_an_alias_of_two_indices_is_waited_for_and_nothing_set_aside(engine: ListEngine) -> None:
    why = {"type": "illegal_argument_exception", "reason": "no write index is defined for alias [t-entity]."}
    engine.items = [{"status": 400, "error": why}]
    (one,) = actions(1)
    assert await Bulk(engine, no_pause).write([one]) == Written(homeless=(one,))


async def test_a_batch_is_no_larger_than_a_request_may_be(engine: ListEngine) -> None:
    large = [Action(index="t-entity", id=f"{n}", document={"words": "x" * 3_000_000}) for n in range(3)]
    assert await Bulk(engine, no_pause).write(large) == Written(done=3)
    assert len(engine.asked) == 3

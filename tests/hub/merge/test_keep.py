"""Obs-1 to Obs-3 by values: what is kept of one object, whatever is said and in whatever order it comes."""

from __future__ import annotations

from itertools import combinations_with_replacement, permutations, product

from hypothesis import given
from hypothesis import strategies as st

from hub.merge.keep import Answer, Habits, Held, Kept, Moved, Slot, Span, Verdict, compare, take, take_absence
from hub.model.cases import ExceptionCode
from tests.kit.merging import at

PLAIN, VERSIONED, PUSHED = Habits(), Habits(versions=True), Habits(pushes_only=True)


def span(started: float | None, finished: float) -> Span:
    return Span(started=None if started is None else at(started), finished=at(finished))


def says(content: str, started: float | None, finished: float, version: int | None = None) -> Answer:
    """An answer; the content is its own hash."""
    return Answer(content=content, hash=content, span=span(started, finished), version=version)


def after(*answers: Answer | Span, habits: Habits = PLAIN, birth: str = "") -> tuple[Slot, list[Kept]]:
    """What is held after answers about one birth; a bare span is "not found"."""
    slot, kept = Slot(), []
    for one in answers:
        found = take_absence(slot, one, habits) if isinstance(one, Span) else take(slot, birth, one, habits)
        slot = found.slot
        kept.append(found)
    return slot, kept


def holds(slot: Slot, birth: str = "") -> str:
    content: str = slot.births[birth].answer.content
    return content


def test_an_answer_asked_after_the_kept_one_ended_replaces_it() -> None:
    slot, kept = after(says("A", 0, 1), says("B", 2, 3))
    assert holds(slot) == "B"
    assert kept[-1].moved is Moved.CONTENT


def test_a_late_answer_never_replaces_what_was_asked_later() -> None:
    slot, kept = after(says("B", 2, 3), says("A", 0, 1))
    assert holds(slot) == "B"
    assert kept[-1].moved is Moved.NOTHING
    assert not kept[-1].doubt


def test_overlapping_answers_that_differ_leave_the_kept_one_in_doubt_and_ask_again() -> None:
    slot, kept = after(says("A", 0, 5), says("B", 3, 8))
    assert holds(slot) == "A"
    assert kept[-1].doubt
    assert slot.is_in_doubt("")
    assert slot.births[""].rival == says("B", 3, 8)


def test_a_later_read_ends_the_doubt_whatever_it_says() -> None:
    for last in ("A", "B", "C"):
        slot, kept = after(says("A", 0, 5), says("B", 3, 8), says(last, 9, 10))
        assert holds(slot) == last
        assert not slot.is_in_doubt("")
        assert not kept[-1].doubt


def test_the_same_content_moves_only_the_interval_each_end_to_the_later() -> None:
    slot, kept = after(says("A", 0, 9), says("A", 3, 5))
    assert kept[-1].moved is Moved.INTERVAL
    assert slot.births[""].answer.span == span(3, 9)


def test_the_very_same_answer_moves_nothing() -> None:
    slot, _ = after(says("A", 0, 1))
    assert take(slot, "", says("A", 0, 1), PLAIN).moved is Moved.NOTHING


def test_versions_decide_where_both_carry_one() -> None:
    slot, _ = after(says("new", 10, 20, version=6), says("old", 0, 50, version=5), habits=VERSIONED)
    assert holds(slot) == "new"


def test_a_version_counts_for_nothing_where_the_manifest_does_not_declare_it() -> None:
    slot, _ = after(says("A", 0, 1, version=9), says("B", 2, 3, version=5), habits=PLAIN)
    assert holds(slot) == "B"
    assert slot.births[""].answer.version is None


def test_a_source_restored_from_a_backup_is_a_case_in_either_order() -> None:
    for answers in permutations([says("nine", 0, 1, version=9), says("five", 10, 11, version=5)]):
        slot, kept = after(*answers, habits=VERSIONED)
        assert holds(slot) == "nine"
        assert kept[-1].cases == (ExceptionCode.SOURCE_WENT_BACK,)


def test_one_number_with_two_contents_keeps_the_greater_hash_and_is_a_case() -> None:
    for answers in permutations([says("A", None, 3, version=7), says("B", None, 4, version=7)]):
        slot, kept = after(*answers, habits=PUSHED)
        assert holds(slot) == "B"
        assert kept[-1].cases == (ExceptionCode.VERSION_REPEATED,)


def test_a_pushed_body_replaces_by_its_version_and_repeating_it_moves_no_interval() -> None:
    slot, _ = after(says("A", 0, 1, version=1), says("B", None, 30, version=2), habits=VERSIONED)
    assert holds(slot) == "B"
    again = take(slot, "", says("B", None, 90, version=2), VERSIONED)
    assert again.moved is Moved.NOTHING


def test_what_was_only_pushed_is_true_since_the_first_read_that_says_the_same() -> None:
    slot, _ = after(says("A", None, 5, version=1), says("A", 7, 8, version=1), habits=VERSIONED)
    assert slot.births[""].answer.span == span(7, 8)


def test_not_found_asked_later_buries_what_was_seen_in_either_order() -> None:
    seen, gone = says("A", 0, 1), span(5, 6)
    for slot, _ in (after(seen, gone), after(gone, seen)):
        assert slot.gone_at("") == at(6)


def test_found_again_after_not_found_lives() -> None:
    slot, kept = after(says("A", 0, 1), span(5, 6), says("A", 8, 9))
    assert slot.gone_at("") is None
    assert kept[-1].moved is Moved.MORE


def test_late_content_fills_a_tombstone() -> None:
    slot, kept = after(span(5, 6), says("A", 0, 1))
    assert holds(slot) == "A"
    assert slot.gone_at("") == at(6)
    assert kept[-1].moved is Moved.CONTENT


def test_found_and_not_found_at_once_asks_again() -> None:
    slot, kept = after(says("A", 0, 5), span(3, 8))
    assert kept[-1].doubt
    assert slot.is_in_doubt("")
    assert slot.gone_at("") is None


def test_a_body_sent_before_the_end_and_come_after_it_asks_again() -> None:
    _, kept = after(span(5, 6), says("A", None, 30, version=5), habits=VERSIONED)
    assert kept[-1].doubt


def test_of_overlapping_answers_about_what_is_gone_the_later_start_stands() -> None:
    ends = {
        holds(after(*answers, span(20, 21))[0])
        for answers in permutations([says("picked", 7, 9), says("shipped", 8, 10)])
    }
    assert ends == {"shipped"}


def test_with_equal_starts_the_greater_hash_stands() -> None:
    ends = {holds(after(*answers, span(20, 21))[0]) for answers in permutations([says("A", 7, 9), says("B", 7, 10)])}
    assert ends == {"B"}


def test_an_answer_for_one_birth_is_gone_for_every_other() -> None:
    for births in permutations([("01", says("old", 0, 1)), ("20", says("new", 25, 26))]):
        slot = Slot()
        for birth, answer in births:
            slot = take(slot, birth, answer, PLAIN).slot
        assert (slot.gone_at("01"), slot.gone_at("20")) == (at(26), None)


def test_a_source_that_only_pushes_is_never_asked_again() -> None:
    _, kept = after(says("A", None, 5), says("B", None, 6), habits=PUSHED)
    assert not kept[-1].doubt


def test_without_versions_a_pushed_answer_is_older_or_unclear_but_never_newer() -> None:
    assert compare(says("B", None, 9), says("A", 3, 5)) is Verdict.UNCLEAR
    assert compare(says("B", None, 2), says("A", 3, 5)) is Verdict.OLDER


def test_every_history_and_every_three_reads_end_in_something_true_since_the_last_read_began() -> None:
    """Exhaustive over four instants: one object over A, B and gone, three reads in every order, then the hint's."""
    ticks = 4
    spans = [(s, i, f) for s in range(ticks) for i in range(s, ticks) for f in range(i, ticks)]
    runs = 0
    for history in product(["A", "B", None], repeat=ticks):
        for trio in combinations_with_replacement(spans[::3], 3):
            allowed = set(history[max(s for s, _, _ in trio) :])
            for order in set(permutations(trio)):
                slot, kept = _read(history, order)
                if kept[-1].doubt or any(one.doubt for one in kept):
                    slot = _asked(slot, history[-1], 9)
                    assert _believed(slot) == history[-1], f"{history} {order}"
                assert _believed(slot) in allowed, f"{history} {order}"
                runs += 1
    assert runs > 5_000


def _read(history: tuple[str | None, ...], order: tuple[tuple[int, int, int], ...]) -> tuple[Slot, list[Kept]]:
    slot, kept = Slot(), []
    for started, instant, finished in order:
        content = history[instant]
        asked = span(started, finished)
        found = (
            take_absence(slot, asked, PLAIN)
            if content is None
            else take(slot, "", says(content, started, finished), PLAIN)
        )
        slot = found.slot
        kept.append(found)
    return slot, kept


def _asked(slot: Slot, content: str | None, when: int) -> Slot:
    if content is None:
        return take_absence(slot, span(when, when), PLAIN).slot
    return take(slot, "", says(content, when, when), PLAIN).slot


def _believed(slot: Slot) -> str | None:
    return holds(slot) if "" in slot.births and slot.gone_at("") is None else None


answers = st.builds(
    lambda content, started, length, version: says(content, started, started + length, version),
    st.sampled_from("ABC"),
    st.integers(0, 20),
    st.integers(0, 12),
    st.none(),
)


@given(st.lists(answers, min_size=1, max_size=4))
def test_after_a_last_read_at_rest_the_order_of_what_came_before_leaves_no_trace(given_: list[Answer]) -> None:
    last = says("Z", 50, 51)
    ends = set()
    for order in permutations(given_):
        slot, _ = after(*order, last)
        ends.add((holds(slot), slot.births[""].answer.span, slot.is_in_doubt(""), slot.gone_at("")))
    assert ends == {("Z", span(50, 51), False, None)}


@given(st.lists(answers, min_size=1, max_size=6))
def test_taking_an_answer_again_at_once_changes_nothing(given_: list[Answer]) -> None:
    slot, _ = after(*given_)
    assert take(slot, "", given_[-1], PLAIN).slot == slot


def test_held_answers_are_equal_by_hash_whatever_their_content_is() -> None:
    assert Held(answer=says("A", 0, 1)) == Held(answer=Answer(content=object(), hash="A", span=span(0, 1)))

"""The judge sees a gap, a double, a stranger, a reader that was kept: each alone."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tests.soak.judge import BUFFERS, CAP, Surroundings, Verdict, judged
from tests.soak.results import Got, Part, Told
from tests.soak.truth import Line
from tests.soak.wishes import Sought, Wish

AROUND = Surroundings(kills=[("killed", 5.0)], began=0.0)


def wish(feed: str = "order", *, initial: bool = True) -> Wish:
    sought = Sought(tenant="acme", kind=feed.upper(), account=None if feed == "inventory" else "acme/a1")
    return Wish(
        name="one", key="k", feed=feed, document="", variables={}, sought=sought, transport="ws", initial=initial,
        deaf=False,
    )  # fmt: skip


def line(position: int, entity: str = "o1", version: int = 0, **said: str) -> Line:
    whole = {
        "kind": "ORDER", "origin": "LIVE", "entity_id": entity, "version": version or position, "change": "UPDATED",
        "account": "acme/a1", "status": "PICKED", "event": "order.picked",
        "customer_id": None, "sku": None, "was": None,
    } | said  # fmt: skip
    account = whole["account"]
    return Line(position=position, at=float(position), tenant=said.get("tenant", "acme"), account=account, said=whole)  # type: ignore[arg-type]  # text


LOG = [line(1), line(2), line(3, "o2", 1), line(4), line(5, "o3", 1, account="acme/a2")]
STOCK = [line(number, "i1", number, kind="INVENTORY") for number in range(1, 7)]


def got(position: int, entity: str = "o1", version: int = 0, merged: int = 0) -> Got:
    return Got(entity, version or position, "UPDATED", "", merged, position, None)


def part(*events: Got, how: str = "1006", **said: float | bool) -> Part:
    made = Part(hub="h", began=0.0, after=None, got=list(events), how=how)
    return msgspec.structs.replace(made, **said)


def told(*parts: Part, begins: int | None = 0, stayed: bool = True, **held: int) -> Told:
    return Told(name="one", parts=list(parts), held=held, begins=begins, checkpoints=0, stayed=stayed)


def verdict(one: Told, log: Sequence[Line] = LOG, asked: Wish | None = None) -> Verdict:
    return judged([(asked or wish(), one)], log, AROUND)


def kinds(found: Verdict) -> list[str]:
    return [one.partition(":")[0] for one in found.failures]


ALL = (got(1), got(2), got(3, "o2", 1), got(4))


def test_the_identical_ordered_set_over_several_connections_holds() -> None:
    assert kinds(verdict(told(part(*ALL[:2]), part(*ALL[2:])))) == []


def test_one_line_that_is_missing_is_a_gap() -> None:
    assert kinds(verdict(told(part(ALL[0]), part(*ALL[2:])))) == ["gap"]


def test_one_line_that_comes_again_after_a_resume_is_a_double() -> None:
    assert kinds(verdict(told(part(*ALL[:2]), part(*ALL[1:])))) == ["double"]
    assert kinds(verdict(told(part(ALL[1], ALL[0], *ALL[2:])))) == ["disorder"]


def test_what_the_snapshot_held_must_not_be_told_and_what_it_held_older_must() -> None:
    assert kinds(verdict(told(part(*ALL[1:]), begins=3, o1=1))) == ["not asked for"]
    assert kinds(verdict(told(part(got(2), got(4)), begins=3, o1=1))) == []
    assert kinds(verdict(told(part(got(4)), begins=3, o1=1))) == ["gap"]


def test_what_the_snapshot_held_may_be_told_again_after_a_resume_and_not_before() -> None:
    whole, rest = told(part(*ALL), o1=2), told(part(), part(*ALL), o1=2)
    assert kinds(verdict(whole)) == ["double", "double"]
    assert (kinds(verdict(rest)), verdict(rest).shown_again) == ([], 2)


def test_who_asked_for_no_snapshot_must_hear_everything_from_his_first_change_on() -> None:
    assert kinds(verdict(told(part(*ALL[1:]), begins=None), asked=wish(initial=False))) == []
    assert kinds(verdict(told(part(got(2), got(4)), begins=None), asked=wish(initial=False))) == ["gap"]


def test_who_left_early_must_have_heard_the_beginning_whole() -> None:
    assert kinds(verdict(told(part(*ALL[:3]), stayed=False))) == []
    assert kinds(verdict(told(part(ALL[0], ALL[2]), stayed=False))) == ["gap"]
    assert kinds(verdict(told(part(), stayed=False))) == []


def test_a_line_of_another_account_is_foreign_and_one_that_never_was_is_strange() -> None:
    assert kinds(verdict(told(part(*ALL, got(5, "o3", 1))))) == ["foreign"]
    assert kinds(verdict(told(part(*ALL, got(9, "o9", 9))))) == ["not asked for"]


def test_an_entity_older_than_its_event_is_stale() -> None:
    old = Got("o1", 4, "UPDATED", "", 0, 4, 3)
    assert kinds(verdict(told(part(*ALL[:3], old)))) == ["stale entity"]


def test_coalesced_stock_must_say_how_many_and_end_with_the_newest() -> None:
    stock = wish("inventory")

    def of(*parts: Part) -> list[str]:
        return kinds(verdict(told(*parts), STOCK, stock))

    assert of(part(got(1, "i1"), got(4, "i1", 4, merged=2)), part(got(6, "i1", 6))) == []
    assert of(part(got(1, "i1"), got(4, "i1", 4), got(6, "i1", 6, merged=1))) == ["gap"]
    assert of(part(got(1, "i1"), got(2, "i1", 2))) == ["gap"]
    assert of(part(*(got(one, "i1", one) for one in range(1, 7))), part(got(6, "i1", 6))) == ["double"]


def test_a_reader_that_never_reads_must_be_let_go_once_more_waits_than_may() -> None:
    log = [line(number) for number in range(1, CAP + BUFFERS + 10)]
    events = [got(number) for number in range(1, CAP + BUFFERS + 10)]

    def after(how: str, hub: str = "h", seconds: float = 1e6, codes: tuple[str, ...] = ()) -> Verdict:
        deaf = part(*events, how=how, deaf=True, read_at=seconds, ended=seconds)
        return verdict(told(msgspec.structs.replace(deaf, hub=hub, codes=list(codes))), log)

    assert kinds(after("open")) == ["kept"]
    assert (after("4008").let_go, after("1006").let_go) == ({"ws": 1}, {"ws": 1})
    assert after("open", codes=("SUBSCRIPTION_LAGGED",)).let_go == {"ws": 1}
    assert (after("open", hub="killed").cut_by_kill, after("open", seconds=3.0).spared) == (1, 1)


def test_a_refusal_fails() -> None:
    refused = msgspec.structs.replace(part(*ALL), codes=["CURSOR_EXPIRED"])
    assert kinds(verdict(told(refused))) == ["refused"]
    assert kinds(verdict(told(part(*ALL, how="4429")))) == ["refused"]

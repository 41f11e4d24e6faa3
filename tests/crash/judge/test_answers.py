"""What rules I8, I11, I12 and I14 let pass, and what they do not."""

from dataclasses import replace

from tests.crash.judge.answers import AT_ONCE, CONNECTIONS, TRIES, bounded, converged, honest, traceable
from tests.crash.judge.evidence import (
    Asked,
    Called,
    CommandRow,
    Committed,
    DeliveryRow,
    EntityRow,
    Evidence,
    Looked,
    ShopOrder,
    Told,
)

WISH = (("MUG", 2),)
ASKED = Asked(number=1, tenant="acme", client="rep", key="k", code="C1", note="w", units=WISH, operation="op-1")
COMMAND = CommandRow(tenant="acme", id="op-1", client="rep", key="k", note="w", units=WISH, correlation_id="c")
DELIVERY = DeliveryRow(
    tenant="acme", id="d-1", code="C1", state="DONE", attempts=1, targets=WISH, whole=False, command_id="op-1"
)
STORY = Told(tenant="acme", correlation_id="c", hops=(("API_IN", None), ("DELIVERY", "shop"), ("CHANGE", None)))
TRACED = Evidence(asked=(ASKED,), commands=(COMMAND,), deliveries=(DELIVERY,), told=(STORY,))

ORDER = ShopOrder(tenant="acme", source_id="1", code="C1", state="Shipped", lines={"MUG": (3, 2)})
ROW = EntityRow(
    tenant="acme", kind="ORDER", id="e", version=1, number="C1", raw_status="Shipped", lines={"MUG": (3, 2)}
)
ALIKE = Evidence(shop=(ORDER,), entities=(ROW,))


def call(began: float, ended: float, *, pid: int = 1, retry_after: float | None = None, verb: str = "read") -> Called:
    return Called(tenant="acme", verb=verb, began=began, ended=ended, pid=pid, retry_after=retry_after)


def test_a_whole_story_breaks_nothing() -> None:
    assert list(traceable(TRACED)) == []


def test_a_story_without_its_delivery_is_not_whole() -> None:
    short = replace(STORY, hops=(("API_IN", None), ("CHANGE", None)))
    assert list(traceable(replace(TRACED, told=(short,)))) == ["the story of w lacks DELIVERY"]
    untried = replace(TRACED, told=(short,), deliveries=(replace(DELIVERY, attempts=0),))
    assert list(traceable(untried)) == []


def test_an_accept_that_leads_nowhere_is_not_traceable() -> None:
    assert list(traceable(replace(TRACED, told=()))) == ["the story of w lacks API_IN, CHANGE, DELIVERY"]


def test_the_hub_holds_what_the_source_holds() -> None:
    assert list(converged(ALIKE)) == []
    late = replace(ALIKE, entities=(replace(ROW, raw_status="PaymentSettled"),))
    assert len(list(converged(late))) == 1
    wrong = replace(ALIKE, entities=(replace(ROW, lines={"MUG": (3, 0)}),))
    assert len(list(converged(wrong))) == 1


def test_an_order_whose_delivery_never_ended_is_no_question_of_convergence() -> None:
    wrong = replace(ALIKE, entities=(replace(ROW, lines={"MUG": (3, 0)}),), deliveries=(DELIVERY,))
    assert len(list(converged(wrong))) == 1
    assert list(converged(replace(wrong, deliveries=(replace(DELIVERY, state="CLAIMED"),)))) == []


def test_an_order_is_in_the_hub_once() -> None:
    assert list(converged(replace(ALIKE, entities=()))) == ["C1 is in the hub 0 times"]
    assert list(converged(replace(ALIKE, entities=(ROW, replace(ROW, id="e2"))))) == ["C1 is in the hub 2 times"]
    assert list(converged(replace(ALIKE, entities=(replace(ROW, tenant="beta"),)))) == ["C1 is in the hub 0 times"]


def test_nothing_is_left_to_read_once_all_is_quiet() -> None:
    assert list(converged(Evidence(waiting={"hints": 1, "inbox": 2}))) == [
        "1 hints are open although all is quiet",
        "2 inbox are open although all is quiet",
    ]


def test_a_process_asks_no_more_at_once_than_declared() -> None:
    crowd = tuple(call(0.0, 1.0) for _ in range(AT_ONCE))
    assert list(bounded(Evidence(called=crowd))) == []
    assert list(bounded(Evidence(called=(*crowd, call(0.5, 0.6))))) == ["shop of acme: 5 calls at once by one process"]
    assert list(bounded(Evidence(called=(*crowd, call(0.5, 0.6, pid=2))))) == []
    assert list(bounded(Evidence(called=(*crowd, call(1.0, 1.1))))) == []


def test_a_source_that_asks_to_be_left_alone_is() -> None:
    told = call(0.0, 0.1, retry_after=1.0)
    patient = (told, call(1.2, 1.3))
    assert list(bounded(Evidence(called=patient))) == []
    unaware = tuple(call(0.11 + step / 100, 0.12 + step / 100) for step in range(AT_ONCE + 1))
    assert list(bounded(Evidence(called=(told, *unaware)))) == []
    eager = tuple(call(0.4 + step / 10, 0.41 + step / 10) for step in range(AT_ONCE + 1))
    assert list(bounded(Evidence(called=(told, *eager)))) == [
        "shop of acme: 5 calls within the 1.0 s that it asked for"
    ]


def test_retries_do_not_become_a_storm() -> None:
    storm = tuple(call(at, at + 0.5, verb="cancel") for at in range(TRIES + 1))
    assert list(bounded(Evidence(called=storm, commands=(COMMAND,)))) == ["acme: 13 cancels were sent for 1 commands"]
    assert list(bounded(Evidence(called=storm[1:], commands=(COMMAND,)))) == []


def test_connections_stay_under_their_cap() -> None:
    assert list(bounded(Evidence(connections=CONNECTIONS))) == []
    assert list(bounded(Evidence(connections=CONNECTIONS + 1))) == ["61 connections to the database"]


def test_success_is_told_only_after_the_source_did_it() -> None:
    done = Committed(tenant="acme", code="C1", note="w", units=WISH, shipping=False, at=5.0)
    look = Looked(tenant="acme", note="w", ended=5.1, state="APPLIED")
    told = Evidence(asked=(ASKED,), committed=(done,), looked=(look,))
    assert list(honest(told)) == []
    early = replace(told, looked=(replace(look, ended=4.9),))
    assert list(honest(early)) == ["w was told APPLIED at 4.900, the shop had done {}"]
    queued = replace(told, looked=(replace(look, ended=4.9, state="QUEUED"),))
    assert list(honest(queued)) == []


def test_success_of_a_whole_order_is_judged_by_what_was_to_be_done() -> None:
    whole = replace(ASKED, units=None)
    look = Looked(tenant="acme", note="w", ended=5.1, state="APPLIED")
    told = Evidence(asked=(whole,), looked=(look,), commands=(COMMAND,), deliveries=(DELIVERY,))
    assert list(honest(told)) == ["w was told APPLIED at 5.100, the shop had done {}"]

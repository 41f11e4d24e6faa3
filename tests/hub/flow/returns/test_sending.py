"""What the hub is told of the order that goes out for a return: enter it, or call it back."""

from __future__ import annotations

from dataclasses import replace

from hub.flow.facts import RootFacts
from hub.model.cases import ExceptionCode
from hub.model.effects import CallBack, SendOut
from hub.model.intents import DeliveryState
from hub.model.returning import ReturnCancelCommand
from hub.model.returns import ReturnType
from tests.kit.flows import delivery_of, moved, states
from tests.kit.returned import BACK, REFERENCE, after, ask, came, cases_of, close, exchange, looked

SEND, CALL = f"hub/return.send:{REFERENCE}", f"hub/return.call_back:{REFERENCE}"
OFF = ReturnCancelCommand(order_id="o1", return_id=BACK)


def ahead() -> RootFacts:
    return after(ask(3, type=ReturnType.ADVANCE_REPLACEMENT))


def told(known: RootFacts) -> dict[str, str]:
    """What the hub was told, and how that stands."""
    return {key: state for key, state in states(known).items() if key.startswith("hub/")}


def test_the_command_that_brings_it_about_is_what_it_belongs_to() -> None:
    assert delivery_of(ahead(), SEND).command_id == "k1"
    assert delivery_of(after(exchange(), came(3), looked(3)), SEND).command_id == "k3"


def test_a_return_that_is_called_off_calls_back_what_went_out_for_it() -> None:
    assert told(after(OFF, known=ahead())) == {SEND: "WITHDRAWN", CALL: "PENDING"}
    known = after(OFF, known=moved(ahead(), SEND, DeliveryState.DONE, source_id="o2"))
    assert told(known) == {SEND: "DONE", CALL: "PENDING"}
    content = delivery_of(known, CALL).content
    assert isinstance(content, CallBack)
    assert (content.number, content.note) == (f"{REFERENCE}-X", "return RMA-H1 is cancelled")
    assert told(after(OFF, known=after(exchange()))) == {}


def test_what_cannot_be_called_back_is_a_case() -> None:
    known = after(OFF, known=moved(ahead(), SEND, DeliveryState.DONE, source_id="o2"))
    assert cases_of(known) == []
    known = moved(known, CALL, DeliveryState.REFUSED, error="it has left")
    assert cases_of(known) == [ExceptionCode.CANCEL_TOO_LATE]


def test_nothing_goes_out_for_a_return_that_a_person_has_closed() -> None:
    known = moved(after(exchange(), came(3), looked(3)), SEND, DeliveryState.DEAD, error="no such customer")
    assert cases_of(known) == [ExceptionCode.DEAD_LETTER]
    known = after(close(), known=known)
    assert (told(known), cases_of(known)) == ({SEND: "WITHDRAWN"}, [])


def test_whom_it_is_for_may_have_become_unknown_and_whoever_enters_it_is_told() -> None:
    known = after(exchange(), came(3))
    lost = tuple(replace(one, links=()) if one.entity_id == "o1" else one for one in known.records)
    content = delivery_of(after(looked(3), known=replace(known, records=lost)), SEND).content
    assert isinstance(content, SendOut)
    assert content.customer == ""

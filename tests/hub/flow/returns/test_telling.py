"""What systems are told of a return, step by step, until nothing of it is open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.flow.facts import RootFacts
from hub.model.billing import PaymentKind
from hub.model.effects import CreateReturn, InspectReturn, PostInvoice, ReceiveReturn, Refund, TakeBack
from hub.model.intents import DeliveryState
from hub.model.returns import Disposition, ReturnFinancialState, ReturnStatus
from hub.model.vocabulary import Kind
from tests.kit.facts import ERP, WMS, at, d, eur
from tests.kit.flows import delivery_of, flowing, moved, seen, states
from tests.kit.returned import (
    CREDIT,
    ERP_INSPECT,
    ERP_RECEIVE,
    ERP_RETURN,
    PAID,
    REFERENCE,
    SHOP_RETURN,
    WMS_INSPECT,
    WMS_RECEIVE,
    WMS_RETURN,
    after,
    allowed,
    ask,
    at_source,
    booked,
    came,
    cases_of,
    close,
    looked,
    memo,
    pay,
    payment,
    returned,
    shipped,
)

S = DeliveryState


def test_the_erp_and_the_warehouse_get_the_return_under_its_code() -> None:
    known = after(ask(3))
    for key, order in ((ERP_RETURN, "erp-1"), (WMS_RETURN, None)):
        content = delivery_of(known, key).content
        assert isinstance(content, CreateReturn)
        assert (content.reference, content.order, content.currency_code) == (REFERENCE, order, "EUR")
        assert [(one.line_no, one.sku, one.quantity) for one in content.lines] == [(1, "MUG", d(3))]


def test_what_people_say_came_is_told_to_the_warehouse_and_once_looked_at_to_all() -> None:
    known = after(came(2), known=allowed())
    content = delivery_of(known, WMS_RECEIVE).content
    assert isinstance(content, ReceiveReturn)
    assert [(one.line, one.quantity) for one in content.lines] == [("wmsMUG", d(2))]
    assert ERP_RECEIVE not in states(known)
    known = after(looked(2), known=known)
    told = states(known)
    assert {told[key] for key in (WMS_RECEIVE, ERP_RECEIVE, SHOP_RETURN)} == {"PENDING"}
    assert not {WMS_INSPECT, ERP_INSPECT} & told.keys()
    known = moved(moved(known, WMS_RECEIVE, S.DONE), ERP_RECEIVE, S.DONE)
    assert {states(known)[key] for key in (WMS_INSPECT, ERP_INSPECT)} == {"PENDING"}
    judged, back = delivery_of(known, ERP_INSPECT).content, delivery_of(known, SHOP_RETURN).content
    assert isinstance(judged, InspectReturn)
    assert [(one.line, one.quantity, one.disposition) for one in judged.lines] == [("erpMUG", d(2), Disposition.SCRAP)]
    assert isinstance(back, TakeBack)
    assert [(one.line, one.quantity) for one in back.lines] == [("a", d(2))]


def test_no_money_goes_before_the_erp_has_credited_it() -> None:
    known = booked(after(came(3), looked(3), pay(), known=allowed()))
    assert PAID not in states(known)
    known = seen(known, memo("DRAFT"))
    posting = delivery_of(known, CREDIT)
    assert isinstance(posting.content, PostInvoice)
    assert (posting.kind, posting.content.total) == (Kind.CREDIT_MEMO, eur("36.30"))
    assert PAID not in states(known)
    known = moved(seen(known, memo("POSTED")), CREDIT, S.DONE)
    content = delivery_of(known, PAID).content
    assert isinstance(content, Refund)
    assert (content.reference, content.amount) == (f"{REFERENCE}/1", eur("36.30"))


def test_a_draft_that_credits_more_than_came_is_not_posted() -> None:
    known = seen(booked(after(came(2), looked(2), known=allowed()), 2), memo("DRAFT", 3))
    assert CREDIT not in states(known)


def test_a_return_of_which_nothing_is_open_closes_by_itself() -> None:
    known = moved(seen(booked(after(came(3), looked(3), pay(), known=allowed())), memo("POSTED")), PAID, S.DONE)
    found = returned(known)
    assert (found.status, found.financial_state) == (ReturnStatus.CLOSED, ReturnFinancialState.REFUNDED)
    assert found.groups.money is not None
    assert found.groups.money.refunded == eur("36.30")
    assert flowing(known).cases == ()


def test_a_refund_that_a_payment_shows_is_settled_and_counted_once() -> None:
    known = seen(booked(after(came(3), looked(3), pay(), known=allowed())), memo("POSTED"))
    gone = payment("p2", PaymentKind.REFUND, "36.30", psp_ref=f"{REFERENCE}/1")
    known = seen(moved(known, PAID, S.UNKNOWN, claimed_at=at(6000)), gone)
    assert states(known)[PAID] == "DONE"
    money = returned(known).groups.money
    assert money is not None
    assert (money.refunded, money.suggested_refund) == (eur("36.30"), eur("36.30"))


@pytest.mark.parametrize(("source", "key"), [(ERP, ERP_RETURN), (WMS, WMS_RETURN)])
def test_a_return_that_shows_up_settles_what_asked_for_it(source: str, key: str) -> None:
    known = moved(after(ask(3)), key, S.UNKNOWN, claimed_at=at(3500))
    known = seen(known, at_source(source, "AUTHORIZED", {"MUG": (3, 0)}))
    assert states(known)[key] == "DONE"


def test_what_nobody_asked_the_hub_about_is_only_shown() -> None:
    known = seen(shipped(), at_source(ERP, "AUTHORIZED", {"MUG": (3, 0)}))
    assert flowing(known).intents == ()


def test_a_return_that_began_elsewhere_is_carried_once_people_speak_of_it() -> None:
    known = seen(shipped(), at_source(ERP, "AUTHORIZED", {"MUG": (3, 0)}))
    known = seen(known, at_source(WMS, "AUTHORIZED", {"MUG": (3, 0)}))
    known = after(came(2), looked(2), known=known)
    found = returned(known)
    assert (found.number, found.status) == ("erp-R", ReturnStatus.INSPECTED)
    assert [(one.authorized, one.received, one.missing) for one in found.lines] == [(d(3), d(2), d(1))]
    assert set(states(known)) == {WMS_RECEIVE, ERP_RECEIVE, SHOP_RETURN}


def test_more_that_comes_later_is_told_as_a_new_total() -> None:
    known = moved(after(came(2), known=allowed()), WMS_RECEIVE, S.DONE)
    known = after(came(1), known=known)
    content = delivery_of(known, f"{WMS_RECEIVE}:2").content
    assert isinstance(content, ReceiveReturn)
    assert [one.quantity for one in content.lines] == [d(3)]


def in_two_parcels() -> RootFacts:
    """People say that two came, the dock takes them in, and people say that one more came."""
    known = moved(after(came(2), known=allowed()), WMS_RECEIVE, S.DONE, claimed_at=at(4500))
    known = seen(known, at_source(WMS, "RECEIVED", {"MUG": (2, 2)}, seen=(5000, 5001)))
    assert returned(known).status is ReturnStatus.PARTIALLY_RECEIVED
    return after(came(1), known=known)


def test_a_second_parcel_is_told_to_a_dock_that_took_the_first_one_in() -> None:
    known = in_two_parcels()
    assert [(one.authorized, one.received) for one in returned(known).lines] == [(d(3), d(3))]
    assert states(known)[f"{WMS_RECEIVE}:2"] == "PENDING"
    content = delivery_of(known, f"{WMS_RECEIVE}:2").content
    assert isinstance(content, ReceiveReturn)
    assert [one.quantity for one in content.lines] == [d(3)]


def test_what_becomes_of_all_is_told_to_the_dock_once_it_has_all() -> None:
    known = after(looked(3), known=in_two_parcels())
    assert WMS_INSPECT not in states(known)
    known = moved(known, f"{WMS_RECEIVE}:2", S.DONE, claimed_at=at(5500))
    assert states(known)[WMS_INSPECT] == "PENDING"


def test_a_dock_has_taken_all_in_once_its_papers_count_as_many_whoever_pressed_the_button() -> None:
    known = moved(in_two_parcels(), f"{WMS_RECEIVE}:2", S.UNKNOWN, claimed_at=at(5500))
    known = seen(known, at_source(WMS, "RECEIVED", {"MUG": (2, 2)}, seen=(6000, 6001)))
    assert states(known)[f"{WMS_RECEIVE}:2"] == "UNKNOWN"
    known = seen(known, at_source(WMS, "RECEIVED", {"MUG": (1, 1)}, seen=(6000, 6001), number=10))
    assert states(known)[f"{WMS_RECEIVE}:2"] == "DONE"
    assert returned(known).status is ReturnStatus.RECEIVED
    assert [(one.line_no, one.sku, one.received) for one in returned(known).lines] == [(1, "MUG", d(3))]
    assert flowing(known).cases == ()
    assert cases_of(known) == []


def test_a_dock_that_counts_by_itself_is_believed_against_people() -> None:
    known = after(came(3), known=allowed())
    known = seen(known, at_source(WMS, "RECEIVED", {"MUG": (3, 2)}, seen=(5000, 5001)))
    assert [one.received for one in returned(known).lines] == [d(2)]
    assert states(known)[WMS_RECEIVE] == "WITHDRAWN"


def test_a_closed_return_begins_nothing() -> None:
    known = after(close(), known=after(ask(3)))
    assert states(known) == {ERP_RETURN: "WITHDRAWN", WMS_RETURN: "WITHDRAWN"}


def test_a_person_who_ends_a_return_takes_back_nothing_of_what_came_and_nothing_of_what_was_promised() -> None:
    known = after(ask(3), came(3), looked(3, Disposition.RESTOCK), pay(), close())
    assert returned(known).status is ReturnStatus.CLOSED
    waiting = {row.key for row in known.deliveries if row.state is DeliveryState.PENDING}
    assert waiting == {ERP_RETURN, WMS_RETURN, SHOP_RETURN}
    forgotten = replace(known, deliveries=())
    assert [intent.key for intent in flowing(forgotten).intents] == []
    nothing_came = after(ask(3), close())
    assert not [row.key for row in nothing_came.deliveries if row.state is DeliveryState.PENDING]

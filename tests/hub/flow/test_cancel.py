from dataclasses import replace

import pytest

from hub.flow.cancel import available, hub_content, judge, outcome_of
from hub.flow.facts import RootFacts
from hub.flow.holders import holders_of
from hub.model.command import CancelCommand, LineCancelOutcome, UserErrorCode
from hub.model.intents import DeliveryState
from hub.model.observation import Content
from hub.model.vocabulary import SystemKind
from tests.kit.facts import (
    ERP,
    SHOP,
    WMS,
    binding,
    cancel,
    content,
    d,
    facts,
    landscape,
    line,
    order_record,
    shipment_record,
)
from tests.kit.flows import accept, delivery_of, moved, order_of, pictured, refusal, seen

S = DeliveryState
E = UserErrorCode
KEY = "shop/cancel:k1"


def shop(cancelled: int = 0, shipped: int = 0, status: str = "ALLOCATED", **more: object) -> RootFacts:
    return facts(
        order_record(
            SHOP,
            content(
                line("a", 5, allocated=5 - cancelled, cancelled=cancelled, shipped=shipped),
                line("b", 3, sku="CUP", allocated=3),
                status=status,
            ),
            (200, 201),
        ),
        landscape=landscape(binding(SHOP, **more)),
    )


def outcomes(known: RootFacts, name: str = "k1") -> list[tuple[int, int, int, int, int]]:
    command = next(one for one in known.commands if one.id == name)
    return [
        (one.line_no, int(one.requested), int(one.cancelled), int(one.pending), int(one.refused))
        for one in outcome_of(command, order_of(known), known)
    ]


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (cancel({1: 2}), None),
        (cancel({1: 5, 2: 3}), None),
        (cancel(), None),
        (cancel({1: 6}), E.QUANTITY_INVALID),
        (cancel({1: 0}), E.QUANTITY_INVALID),
        (cancel({1: -1}), E.QUANTITY_INVALID),
        (cancel({1: "0.5"}), E.QUANTITY_INVALID),
        (cancel({1: "NaN"}), E.QUANTITY_INVALID),
        (cancel({1: "Infinity"}), E.QUANTITY_INVALID),
        (cancel({9: 1}), E.NOT_FOUND),
        (cancel({}), E.REQUIRED),
        (cancel(expected_version=7), E.CONFLICT),
        (cancel(expected_version=0), None),
    ],
)
def test_a_command_is_judged_by_what_can_still_be_cancelled(command: CancelCommand, code: E | None) -> None:
    assert refusal(shop(), command) is code


def test_one_line_named_twice_is_refused() -> None:
    twice = cancel({1: 1})
    assert twice.lines is not None
    assert refusal(shop(), replace(twice, lines=twice.lines * 2)) is E.DUPLICATE_LINE


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("CANCELLED", E.NOT_ALLOWED_IN_STATUS),
        ("REJECTED", E.NOT_ALLOWED_IN_STATUS),
        ("PENDING_ACCEPTANCE", None),
        ("UNKNOWN", None),
    ],
)
def test_an_ended_order_takes_no_cancel(status: str, code: E | None) -> None:
    assert refusal(shop(status=status), cancel()) is code


def test_a_complete_order_goes_the_way_of_a_return() -> None:
    known = facts(order_record(SHOP, content(line("a", 1), status="COMPLETED")))
    assert refusal(known, cancel()) is E.NOT_ALLOWED_IN_STATUS


def test_what_has_shipped_is_said_to_have_shipped() -> None:
    assert refusal(shop(shipped=4), cancel({1: 1})) is None
    assert refusal(shop(shipped=4), cancel({1: 2})) is E.ALREADY_SHIPPED
    assert refusal(shop(shipped=4), cancel({1: 6})) is E.QUANTITY_INVALID
    gone = facts(order_record(SHOP, content(line("a", 2, shipped=2), status="SHIPPED")))
    assert refusal(gone, cancel()) is E.ALREADY_SHIPPED


def test_nobody_who_can_cancel_is_said_by_name() -> None:
    known = pictured(shop(writes={}))
    (error,) = judge(order_of(known), known, cancel()).user_errors
    assert (error.code, error.message) == (
        E.CAPABILITY_ABSENT,
        "the hub cannot cancel it: held by shop, and none offers order.cancel",
    )


def test_units_in_a_warehouse_that_cannot_be_asked_cannot_be_cancelled() -> None:
    parcel = shipment_record(WMS, Content(status="PICKED", lines=(line("x", 5),)))
    deaf = landscape(binding(SHOP), binding(WMS, writes={}))
    known = facts(order_record(SHOP, content(line("a", 5), status="ALLOCATED")), parcel, landscape=deaf)
    assert refusal(known, cancel()) is E.CAPABILITY_ABSENT
    assert refusal(known, cancel({1: 1})) is E.QUANTITY_INVALID
    some = facts(order_record(SHOP, content(line("a", 7), status="ALLOCATED")), parcel, landscape=deaf)
    assert refusal(some, cancel({1: 2})) is None
    assert refusal(some, cancel({1: 3})) is E.QUANTITY_INVALID


def test_a_second_cancel_sees_what_the_first_has_asserted() -> None:
    known = accept(shop(), cancel({1: 3}))
    assert refusal(known, cancel({1: 3})) is E.QUANTITY_INVALID
    assert refusal(known, cancel({1: 2})) is None
    rest = accept(known, cancel(), "k2")
    assert refusal(rest, cancel()) is E.NOT_ALLOWED_IN_STATUS
    assert outcomes(rest, "k2") == [(1, 2, 0, 2, 0), (2, 3, 0, 3, 0)]


def test_kilograms_need_not_be_whole() -> None:
    known = facts(order_record(SHOP, content(line("a", "2.5", unit="KGM"), status="ALLOCATED")))
    assert refusal(known, cancel({1: "0.75"})) is None
    assert refusal(known, cancel({1: "2.51"})) is E.QUANTITY_INVALID


# ------------------------------------------------------------------ what follows


def test_a_dry_run_and_the_real_run_say_the_same() -> None:
    known = pictured(shop())
    dry, real = (judge(order_of(known), known, cancel({1: 2}), name) for name in ("", "k1"))
    assert dry.consequences == real.consequences
    assert dry.lines == real.lines
    assert real.lines == (LineCancelOutcome(line_no=1, requested=d(2), cancelled=d(0), pending=d(2), refused=d(0)),)


def test_consequences_name_every_system_that_is_told() -> None:
    known = pictured(shop(absent={"order.refund": "A cancel does not refund; it shows as CREDIT_OWED."}))
    found = judge(order_of(known), known, cancel({1: 2})).consequences
    assert [(one.system, one.source, one.text) for one in found] == [
        (SystemKind.COMMERCE, SHOP, "shop cancels 2 of line 1."),
        (SystemKind.COMMERCE, SHOP, "A cancel does not refund; it shows as CREDIT_OWED."),
    ]
    whole = judge(order_of(known), known, cancel(refund=False)).consequences
    assert [one.text for one in whole] == ["shop cancels the whole order."]


def test_consequences_say_who_is_asked_first_and_who_must_be_told_by_hand() -> None:
    known = pictured(
        facts(
            order_record(SHOP, content(line("a", 5), status="ALLOCATED")),
            order_record(ERP, content(line("1", 5), status="VALIDATED")),
            shipment_record(WMS, Content(status="PICKED", lines=(line("x", 5),))),
            landscape=landscape(binding(SHOP), binding(ERP, writes={}), binding(WMS)),
        )
    )
    assert [one.text for one in judge(order_of(known), known, cancel()).consequences] == [
        "wms is asked first to give back what it holds; the others are told what it grants.",
        "erp holds the order and takes no cancel from the hub: somebody must tell it.",
        "shop cancels the whole order.",
    ]


def test_the_hubs_record_asserts_a_total_and_keeps_what_it_said_before() -> None:
    known = accept(accept(shop(cancelled=1), cancel({1: 2})), cancel({1: 1}), "k2")
    said = hub_content(known, order_of(known), ())
    assert said == Content()
    verdict = judge(order_of(known), known, cancel({2: 1}), "k3")
    assert verdict.hub_content is not None
    assert [(one.id, int(one.quantities.cancelled or 0)) for one in verdict.hub_content.lines] == [
        ("k1:1", 3),
        ("k2:1", 4),
        ("k3:2", 1),
    ]
    assert hub_content(shop(), order_of(shop()), ()) is None


def test_what_can_be_cancelled_is_what_nobody_has_shipped_cancelled_or_asked_for() -> None:
    known = pictured(shop(cancelled=1, shipped=2))
    order = order_of(known)
    holders = holders_of(order, known, known.documents)
    assert [available(order, one, (), holders) for one in order.lines] == [d(2), d(3)]


# ------------------------------------------------------------------ what became of it


def test_a_cancel_is_pending_until_the_source_has_answered_and_cancelled_then() -> None:
    known = accept(shop(), cancel({1: 2}))
    assert outcomes(known) == [(1, 2, 0, 2, 0)]
    for state in (S.CLAIMED, S.UNKNOWN, S.ACCEPTED, S.REVIEW, S.DEAD):
        assert outcomes(moved(known, KEY, state)) == [(1, 2, 0, 2, 0)]
    assert outcomes(moved(known, KEY, S.DONE)) == [(1, 2, 2, 0, 0)]


def test_a_source_that_shows_it_before_it_answers_counts() -> None:
    known = moved(accept(shop(), cancel({1: 2})), KEY, S.CLAIMED)
    assert outcomes(seen(known, shop(cancelled=1).records[0])) == [(1, 2, 1, 1, 0)]


def test_what_was_refused_is_refused_with_the_sources_words() -> None:
    known = moved(accept(shop(), cancel({1: 2})), KEY, S.REFUSED, error="already packed")
    assert outcomes(known) == [(1, 2, 0, 0, 2)]
    (found,) = outcome_of(known.commands[0], order_of(known), known)
    assert found.refused_because == "already packed"


def test_what_was_granted_in_part_is_refused_in_part() -> None:
    known = moved(accept(shop(), cancel({1: 3})), KEY, S.DONE, {1: 1})
    assert outcomes(known) == [(1, 3, 1, 0, 2)]
    assert outcomes(moved(known, KEY, S.DONE, {1: 1})) == [(1, 3, 1, 0, 2)]


def test_what_somebody_else_cancelled_meanwhile_is_cancelled() -> None:
    known = seen(accept(shop(), cancel({1: 2})), shop(cancelled=2).records[0])
    assert delivery_of(known, KEY).state is S.WITHDRAWN
    assert outcomes(known) == [(1, 2, 2, 0, 0)]


def test_nothing_is_known_of_a_command_that_was_never_accepted() -> None:
    known = accept(shop(), cancel({1: 2}))
    assert outcome_of(replace(known.commands[0], id="other"), order_of(known), known) == ()

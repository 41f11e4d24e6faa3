import pytest

from hub.flow.cases import cases_of
from hub.flow.facts import CaseWanted, RootFacts
from hub.flow.progress import progress_of
from hub.model.cases import CaseQueue, ExceptionCode, Severity
from hub.model.intents import DeliveryState
from tests.kit.facts import SHOP, at, binding, cancel, content, facts, landscape, line, order_record
from tests.kit.flows import accept, moved, order_of

S = DeliveryState
KEY = "shop/cancel:k1"


def known(units: int = 2) -> RootFacts:
    shop = order_record(SHOP, content(line("a", 5), status="ALLOCATED", number="C0"))
    return accept(facts(shop, landscape=landscape(binding(SHOP))), cancel({1: units}))


def cases(given: RootFacts, missing: tuple[str, ...] = (), stuck: float | None = None) -> tuple[CaseWanted, ...]:
    progress, _ = progress_of(order_of(given), given, given.documents)
    return cases_of(order_of(given), given, progress, None if stuck is None else at(stuck), missing)


def test_a_refused_quantity_is_too_late_and_stays_until_a_person_has_seen_it() -> None:
    (case,) = cases(moved(known(), KEY, S.REFUSED, error="already packed"))
    assert case == CaseWanted(
        code=ExceptionCode.CANCEL_TOO_LATE,
        dedup_key="CANCEL_TOO_LATE|o1|shop/cancel:k1",
        title="shop refused to cancel 2 of line 1 of order C0: already packed",
        severity=Severity.S3,
        queue=CaseQueue.CS,
        source=SHOP,
        suggested=("returnRequest",),
        grows_only=True,
    )


def test_a_part_that_was_not_granted_is_too_late_too() -> None:
    (case,) = cases(moved(known(3), KEY, S.DONE, {1: 1}))
    assert case.title == "shop refused to cancel 2 of line 1 of order C0: no reason"
    assert cases(moved(known(3), KEY, S.DONE, {1: 3})) == ()
    assert cases(moved(known(3), KEY, S.DONE)) == ()


@pytest.mark.parametrize(("state", "words"), [(S.DEAD, "stopped"), (S.REVIEW, "has an outcome that nobody knows")])
def test_a_delivery_that_cannot_go_on_is_a_dead_letter_while_it_stands_so(state: DeliveryState, words: str) -> None:
    stopped = moved(known(), KEY, state, error="502 from the shop")
    (case,) = cases(stopped)
    assert (case.code, case.dedup_key) == (ExceptionCode.DEAD_LETTER, "DEAD_LETTER|o1|shop/cancel:k1")
    assert case.title == f"order.cancel at shop for order C0 {words}: 502 from the shop"
    assert not case.grows_only
    assert cases(moved(stopped, KEY, S.PENDING)) == ()


@pytest.mark.parametrize("state", [S.PENDING, S.CLAIMED, S.UNKNOWN, S.DONE, S.WITHDRAWN])
def test_what_goes_its_way_is_no_case(state: DeliveryState) -> None:
    assert cases(moved(known(), KEY, state)) == ()


def test_a_yes_that_never_shows_is_a_case_once_its_time_is_up() -> None:
    accepted = moved(known(), KEY, S.ACCEPTED, confirm_by=at(3600))
    (case,) = cases(accepted)
    assert (case.code, case.dedup_key) == (ExceptionCode.ORDER_STUCK, "ORDER_STUCK|o1|shop/cancel:k1")
    assert case.title == "shop accepted order.cancel for order C0 and does not show it"
    assert cases(moved(known(), KEY, S.ACCEPTED, confirm_by=at(3601))) == ()


def test_an_order_that_stands_too_long_is_stuck() -> None:
    (case,) = cases(known(), stuck=3600)
    assert (case.dedup_key, case.title) == ("ORDER_STUCK|o1|status", "order C0 stands at ALLOCATED for too long")
    assert cases(known(), stuck=3601) == ()


def test_a_system_that_should_have_it_and_has_not_is_named() -> None:
    found = cases(known(), ("ERP", "COMMERCE"))
    assert [case.dedup_key for case in found] == ["ORDER_STUCK|o1|missing|ERP", "ORDER_STUCK|o1|missing|COMMERCE"]
    assert found[0].title == "order C0 is not in the ERP, which was asked after it should have been there"
    assert found[1].title == "order C0 is not in the shop, which was asked after it should have been there"

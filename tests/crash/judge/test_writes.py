"""What rules I1-I4 and I10 let pass, and what they do not."""

from dataclasses import replace

from tests.crash.judge.evidence import (
    Asked,
    CommandRow,
    Committed,
    DeliveryRow,
    EntityRow,
    Evidence,
    LogRow,
    Phase,
    ShopOrder,
)
from tests.crash.judge.writes import faithful, idempotent, no_duplicate_write, no_ghost, no_lost_accept

WISH = (("MUG", 2),)
ASKED = Asked(
    number=1,
    tenant="acme",
    client="rep",
    key="k",
    code="C1",
    note="w",
    units=WISH,
    operation="op-1",
    correlation_id="c",
)
COMMAND = CommandRow(tenant="acme", id="op-1", client="rep", key="k", note="w", units=WISH, correlation_id="c")
DELIVERY = DeliveryRow(
    tenant="acme", id="d-1", code="C1", state="DONE", attempts=1, targets=WISH, whole=False, command_id="op-1"
)
COMMIT = Committed(tenant="acme", code="C1", note="w", units=WISH, shipping=False, at=1.0)
ORDER = ShopOrder(tenant="acme", source_id="1", code="C1", state="PaymentSettled", lines={"MUG": (3, 2)})
GOOD = Evidence(asked=(ASKED,), commands=(COMMAND,), deliveries=(DELIVERY,), committed=(COMMIT,), shop=(ORDER,))
RULES = (no_lost_accept, no_duplicate_write, faithful, idempotent, no_ghost)


def test_a_cancel_that_was_accepted_and_carried_out_once_breaks_nothing() -> None:
    assert [list(rule(GOOD)) for rule in RULES] == [[], [], [], [], []]


def test_an_accept_that_is_not_in_the_store_is_lost() -> None:
    assert list(no_lost_accept(replace(GOOD, commands=()))) == ["accepted w (k) is not in the store"]


def test_an_accept_without_a_shown_operation_is_found_by_its_key() -> None:
    shown = replace(GOOD, asked=(replace(ASKED, operation=None),))
    assert list(no_lost_accept(shown)) == []
    assert len(list(no_lost_accept(replace(shown, commands=())))) == 1


def test_an_accept_that_is_stored_otherwise_is_lost() -> None:
    stored = replace(COMMAND, units=(("MUG", 1),))
    assert list(no_lost_accept(replace(GOOD, commands=(stored,)))) == [
        "accepted w (('MUG', 2),) is stored as w (('MUG', 1),)"
    ]


def test_an_accept_must_come_to_an_end() -> None:
    stuck = replace(GOOD, deliveries=(replace(DELIVERY, state="UNKNOWN", attempts=3),))
    assert list(no_lost_accept(stuck)) == ["delivery d-1 of w ends in UNKNOWN after 3 attempts"]
    assert list(no_lost_accept(replace(GOOD, deliveries=()))) == ["accepted w has no delivery"]
    for state in ("WITHDRAWN", "DEAD", "REVIEW", "REFUSED"):
        assert list(no_lost_accept(replace(GOOD, deliveries=(replace(DELIVERY, state=state),)))) == []


def test_what_was_not_answered_or_only_tried_may_be_missing() -> None:
    unsure = replace(GOOD, asked=(replace(ASKED, phase=Phase.INFO), replace(ASKED, dry_run=True)), commands=())
    assert list(no_lost_accept(unsure)) == []


def test_a_cancel_carried_out_twice_is_a_duplicate() -> None:
    assert list(no_duplicate_write(replace(GOOD, committed=(COMMIT, COMMIT)))) == [
        "C1 MUG: 2 to cancel, the shop did 4"
    ]


def test_done_without_effect_is_wrong() -> None:
    assert list(no_duplicate_write(replace(GOOD, committed=()))) == ["C1 MUG: DONE says 2 cancelled, the shop did 0"]
    refused = replace(GOOD, committed=(), deliveries=(replace(DELIVERY, state="REFUSED"),))
    assert list(no_duplicate_write(refused)) == []


def test_the_same_number_at_another_tenant_is_another_order() -> None:
    other = replace(COMMIT, tenant="beta")
    assert list(no_duplicate_write(replace(GOOD, committed=(COMMIT, other)))) == []


def test_a_commit_on_other_lines_orders_or_with_more_units_is_not_faithful() -> None:
    assert len(list(faithful(replace(GOOD, committed=(replace(COMMIT, units=(("LAMP", 1),)),))))) == 1
    assert len(list(faithful(replace(GOOD, committed=(replace(COMMIT, units=(("MUG", 3),)),))))) == 1
    assert list(faithful(replace(GOOD, committed=(replace(COMMIT, code="C2"),)))) == [
        "w was for C1, the shop cancelled of C2"
    ]


def test_shipping_costs_go_only_with_the_last_unit() -> None:
    taken = replace(GOOD, committed=(replace(COMMIT, shipping=True),))
    assert list(faithful(taken)) == ["w took the shipping costs of an order that goes on"]
    assert list(faithful(replace(taken, shop=(replace(ORDER, lines={"MUG": (2, 2)}),)))) == []


def test_a_delivery_for_other_lines_than_its_command_is_not_faithful() -> None:
    wider = replace(DELIVERY, targets=(("LAMP", 1), ("MUG", 2)))
    assert len(list(faithful(replace(GOOD, deliveries=(wider,))))) == 1


def test_one_key_has_one_operation_one_payload_and_one_first_answer() -> None:
    again = replace(ASKED, number=2, replayed=True)
    assert list(idempotent(replace(GOOD, asked=(ASKED, again)))) == []
    assert list(idempotent(replace(GOOD, asked=(ASKED, replace(again, operation="op-2"))))) == [
        "rep k has operations op-1, op-2"
    ]
    assert list(idempotent(replace(GOOD, asked=(ASKED, replace(again, replayed=False))))) == [
        "rep k was answered as new more than once"
    ]
    assert list(idempotent(replace(GOOD, asked=(ASKED, replace(again, note="other"))))) == [
        "rep k was accepted with two payloads"
    ]


def test_a_key_may_be_refused_as_reused_only_where_it_was() -> None:
    refused = replace(ASKED, number=2, phase=Phase.FAIL, operation=None, codes=("IDEMPOTENCY_KEY_REUSED",))
    assert list(idempotent(replace(GOOD, asked=(ASKED, replace(refused, note="other"))))) == []
    assert list(idempotent(replace(GOOD, asked=(ASKED, refused)))) == [
        "rep k was refused as reused, with one payload only"
    ]


def test_what_was_accepted_is_not_refused_when_it_is_sent_again() -> None:
    first = replace(ASKED, began=1.0, ended=2.0)
    refused = replace(ASKED, began=3.0, ended=4.0, phase=Phase.FAIL, codes=("QUANTITY_INVALID",))
    assert list(idempotent(replace(GOOD, asked=(first, refused)))) == [
        "rep k was accepted, and then refused with QUANTITY_INVALID"
    ]
    meanwhile = replace(refused, began=1.5, codes=("IDEMPOTENCY_IN_PROGRESS",))
    assert list(idempotent(replace(GOOD, asked=(first, meanwhile)))) == []


def test_the_same_key_of_another_client_is_another_key() -> None:
    other = replace(ASKED, client="bot", operation="op-2")
    assert list(idempotent(replace(GOOD, asked=(ASKED, other)))) == []


def test_what_was_refused_or_only_tried_has_no_effect() -> None:
    for asked in (replace(ASKED, phase=Phase.FAIL), replace(ASKED, dry_run=True)):
        assert list(no_ghost(replace(GOOD, asked=(asked,)))) == [
            "command w is in the store and was not accepted",
            "the shop carried out w, which was not accepted",
        ]
    assert list(no_ghost(replace(GOOD, asked=(replace(ASKED, phase=Phase.INFO),)))) == []


def test_an_event_of_what_was_rolled_back_is_a_ghost() -> None:
    order = EntityRow(tenant="acme", kind="ORDER", id="e", version=2)
    line = LogRow(
        position=1,
        tenant="acme",
        event_id="1",
        kind="ORDER",
        entity_id="e",
        version=2,
        event="order.updated",
        live=True,
    )
    assert list(no_ghost(replace(GOOD, entities=(order,), log=(line,)))) == []
    assert list(no_ghost(replace(GOOD, entities=(order,), log=(replace(line, version=3),)))) == [
        "event order.updated e v3 tells what is not in the store"
    ]

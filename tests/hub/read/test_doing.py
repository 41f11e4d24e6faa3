from dataclasses import replace
from decimal import Decimal

from hub.call import Call
from hub.model.command import CancelCommand, Consequence, OperationState
from hub.model.effects import CancelReason
from hub.model.intents import DeliveryState
from hub.model.observation import SourceLine, SourceQuantities
from hub.model.order import LineOrigin
from hub.model.vocabulary import SystemKind
from hub.read.doing import (
    allowed_actions,
    cancel_outcome,
    cancel_preview,
    decided_at_once,
    operations_of,
    told_consequences,
)
from hub.read.whole import Whole
from tests.kit.orders import make_line, make_order, make_record
from tests.kit.wholes import make_accepted, make_sent, make_whole

REP = Call(actor="rep", tenant="acme", scopes=frozenset({"orders:write"}), correlation_id="correlation-1")
TOLD = Consequence(system=SystemKind.COMMERCE, source="shop", text="shop cancels it.", reversible=False)


def held(**said: object) -> Whole:
    """An order of 12 mugs that the shop holds and can cancel."""
    line = replace(make_line(), origins=(LineOrigin(source="shop", document="shop-R7K2", line="1"),))
    told = SourceLine(id="1", sku="MUG", quantities=SourceQuantities(ordered=line.quantities.ordered))
    record = make_record()
    return make_whole(
        make_order(lines=(line,)), replace(record, content=replace(record.content, lines=(told,))), **said
    )


def test_an_order_that_the_shop_holds_may_be_cancelled() -> None:
    action, *_ = allowed_actions(held(), REP)
    assert (action.action, action.enabled, action.reason_text) == ("orderCancel", True, None)


def test_a_key_without_the_scope_is_told_so() -> None:
    action, *_ = allowed_actions(held(), replace(REP, scopes=frozenset()))
    assert (action.enabled, action.reason_code) == (False, "FORBIDDEN")
    assert action.reason_text == "your key lacks the scope orders:write"


def test_the_life_of_each_command_is_an_operation() -> None:
    whole = held(commands=(make_accepted(consequences=(TOLD,)),), deliveries=(make_sent(DeliveryState.PENDING),))
    (operation,) = operations_of(whole)
    assert (operation.id, operation.state, operation.done) == ("c1", OperationState.QUEUED, False)
    assert [one.source for one in operation.per_system] == ["shop"]
    assert told_consequences(whole, "c1") == (TOLD,)
    assert told_consequences(whole, "other") == ()
    assert cancel_outcome(whole, "other") == ()


def test_a_preview_says_what_would_be_asked() -> None:
    (line,) = cancel_preview(held(), CancelCommand(order_id="order-R7K2", reason=CancelReason.CUSTOMER))
    assert (line.line_no, line.requested, line.pending) == (1, Decimal(12), Decimal(12))


def test_a_decision_is_applied_when_it_is_accepted() -> None:
    made = decided_at_once("c1", "skuMappingSet", "correlation-1")
    assert (made.state, made.done, made.per_system) == (OperationState.APPLIED, True, ())

from decimal import Decimal

import pytest

from hub.codec import plain, typed
from hub.model.effects import (
    CALL_BACK,
    CANCEL_ORDER,
    CREATE_ORDER,
    CREATE_RETURN,
    EFFECT_OF,
    INSPECT_RETURN,
    POST_INVOICE,
    PUBLISH_STOCK,
    RECEIVE_RETURN,
    REFUND,
    REQUEST_FULFILMENT,
    SEND_OUT,
    SHIP_GOODS,
    TAKE_BACK,
    CallBack,
    CancelOrder,
    CancelReason,
    CancelTarget,
    CreateOrder,
    CreateReturn,
    Disposed,
    Effect,
    GoodsLine,
    InspectReturn,
    PostInvoice,
    PublishStock,
    ReceiveReturn,
    Refund,
    RequestFulfilment,
    SendOut,
    ShipGoods,
    TakeBack,
    cancel_in,
)
from hub.model.order import OrderType
from hub.model.returns import Disposition, ExchangeLine, ReturnReason
from hub.model.values import Address, Money

EUR = Money(amount=Decimal("19.90"), currency_code="EUR")
MUGS = GoodsLine(line_no=1, sku="MUG", quantity=Decimal(3), unit="C62", unit_price=EUR)
EFFECTS: dict[str, Effect] = {
    CANCEL_ORDER: CancelOrder(
        lines=(CancelTarget(line="a", line_no=1, cancelled=Decimal(2)),), reason=CancelReason.OTHER
    ),
    CREATE_ORDER: CreateOrder(reference="T4D7", lines=(MUGS,), currency_code="EUR", ship_to=Address(city="Brussels")),
    REQUEST_FULFILMENT: RequestFulfilment(reference="T4D7/317", warehouse="WH", lines=(MUGS,)),
    SHIP_GOODS: ShipGoods(lines=(MUGS,), reference="T4D7/317", tracking=("1Z1",)),
    POST_INVOICE: PostInvoice(total=EUR),
    PUBLISH_STOCK: PublishStock(sku="MUG", location="WH", quantity=Decimal(7)),
    CREATE_RETURN: CreateReturn(
        reference="T4D7-R1", order="12", lines=(MUGS,), currency_code="EUR", reason=ReturnReason.DEFECTIVE
    ),
    RECEIVE_RETURN: ReceiveReturn(reference="T4D7-R1", lines=(MUGS,), warehouse="WH"),
    INSPECT_RETURN: InspectReturn(
        reference="T4D7-R1",
        lines=(Disposed(line_no=1, sku="MUG", quantity=Decimal(1), disposition=Disposition.SCRAP),),
    ),
    TAKE_BACK: TakeBack(reference="T4D7-R1", lines=(MUGS,)),
    REFUND: Refund(reference="T4D7-R1/1", amount=EUR),
    SEND_OUT: SendOut(
        reference="T4D7-R1",
        number="T4D7-R1-X",
        return_id="r1",
        order_id="o1",
        type=OrderType.EXCHANGE,
        channel="web",
        currency_code="EUR",
        lines=(ExchangeLine(sku="CUP", quantity=Decimal(1), unit_price=EUR),),
        customer="c1",
        ship_to=Address(city="Brussels"),
    ),
    CALL_BACK: CallBack(reference="T4D7-R1", number="T4D7-R1-X"),
}


def test_every_action_has_one_type_of_content() -> None:
    assert EFFECTS.keys() == EFFECT_OF.keys()


@pytest.mark.parametrize("action", EFFECTS)
def test_what_a_delivery_carries_is_read_back_as_it_was_written(action: str) -> None:
    assert typed(plain(EFFECTS[action]), EFFECT_OF[action]) == EFFECTS[action]


def test_only_a_cancel_is_taken_for_a_cancel() -> None:
    assert cancel_in(EFFECTS[CANCEL_ORDER]) is EFFECTS[CANCEL_ORDER]
    with pytest.raises(TypeError, match="a CreateOrder is no cancel"):
        cancel_in(EFFECTS[CREATE_ORDER])

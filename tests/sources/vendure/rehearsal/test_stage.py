"""The stage tells the truth by other means than the adapter's."""

from sources.kit.stage import Stage


async def test_truth_follows_what_the_hands_do(shop: Stage) -> None:
    order = await shop.place(4)
    before = await shop.truth(order)
    (line,) = before.lines
    await shop.take_off(order, line, 1)
    await shop.ship(order)
    after = await shop.truth(order)
    assert (before.status, before.lines[line].left, before.parcels) == ("PaymentSettled", 4, {})
    assert (after.status, after.lines[line].left, after.lines[line].ordered) == ("Shipped", 3, 4)
    assert set(after.parcels.values()) == {"Shipped"}
    assert after.gross is not None
    assert before.gross is not None
    assert after.gross < before.gross


async def test_the_judge_knows_a_fault_in_document_and_variables(shop: Stage) -> None:
    assert await shop.fault_of(b'{"query":"{orders{totalItems}}"}') is None
    assert "nope" in str(await shop.fault_of(b'{"query":"{nope}"}'))
    assert "Syntax Error" in str(await shop.fault_of(b'{"query":"{"}'))
    wrong = b'{"query":"query($o:OrderListOptions){orders(options:$o){totalItems}}","variables":{"o":{"take":"x"}}}'
    assert "take" in str(await shop.fault_of(wrong))
    assert await shop.send(b'{"query":"{orders{totalItems}}"}')
    assert not await shop.send(wrong)


async def test_a_letter_is_about_the_order_and_signed(shop: Stage) -> None:
    order = await shop.place(1)
    letter = await shop.letter(order, "s")
    assert letter.headers["x-vendure-signature"].startswith("sha256=")
    assert order.encode() in letter.body


def test_a_status_is_respelled_however_the_json_is_spaced(shop: Stage) -> None:
    for body in (b'{"state":"Shipped"}', b'{"state": "Shipped"}'):
        assert b"Lost" in shop.respelled(body, "Shipped", "Lost")

"""Work as the one writer is given it."""

from __future__ import annotations

from dataclasses import replace

from hub.merge.work import AcceptedCommand, Work, together
from hub.model.command import SubmitCommand
from hub.model.observation import Content, Observation, Seen
from hub.model.vocabulary import Kind
from tests.kit.entering import HOME, REP
from tests.kit.merging import at


def submitted(name: str) -> Work:
    command = SubmitCommand(order_id=name, channel="CS", customer_id="c", currency_code="EUR", lines=(), ship_to=HOME)
    told = Seen(kind=Kind.ORDER, source_id=name, content=Content())
    return Work(
        command=AcceptedCommand(
            id=f"command-{name}", client="rep", operation="orderSubmit", key=name, hash=name, command=command
        ),
        observations=(Observation(source="hub", seen=told, started=at(0), finished=at(0)),),
    )


def test_orders_that_go_together_keep_their_callers_commands_and_words() -> None:
    other = replace(REP, actor="other")
    one, two = submitted("a"), submitted("b")
    work = together([(REP, one), (other, two)])
    assert [each.call.actor for each in work.entering] == ["rep", "other"]
    assert work.observations == (*one.observations, *two.observations)
    assert [each.id for each in work.commands] == ["command-a", "command-b"]
    assert work.command is None


def test_a_work_of_one_command_and_one_of_none() -> None:
    one = submitted("a")
    assert [each.id for each in one.commands] == ["command-a"]
    assert Work().commands == ()

"""Step by step until it is there: what becomes of a no, of trouble, and of a yes that changes nothing."""

from collections.abc import Sequence

import pytest

from hub.errors import HubError, SourceBusy, SourceRefused
from hub.model.effects import CreateOrder, PostInvoice
from hub.model.intents import Intent, Outcome, OutcomeState
from hub.ports import SourceCall
from sources.kit.deed import PlanOf, TriedOf, carry_out, content_of
from tests.sources.tryton_erp.conftest import CALL
from tests.sources.tryton_erp.written import intent, order

FIRST, SECOND = "first", "second"


class Plan(PlanOf[str]):
    """Of deeds whose steps are words."""


DONE = Plan(outcome=Outcome(state=OutcomeState.DONE))
BUSY, NO = SourceBusy("away"), SourceRefused("no, says the ERP")


def at(step: str, *, begun: bool = False, is_last: bool = False) -> Plan:
    state = OutcomeState.PARTIAL if begun else OutcomeState.ABSENT
    return Plan(outcome=Outcome(state=state, reference="7"), step=step, is_last=is_last)


class Told:
    """A deed that looks and acts as it was told beforehand."""

    def __init__(self, looks: Sequence[Plan | HubError], acts: Sequence[HubError | None] = ()) -> None:
        self._looks, self._acts = list(looks), list(acts)
        self.taken: list[str] = []

    async def look(self, call: SourceCall, intent: Intent, tried: TriedOf[str]) -> Plan:
        told = self._looks.pop(0)
        if isinstance(told, HubError):
            raise told
        return told

    async def act(self, call: SourceCall, intent: Intent, step: str) -> None:
        self.taken.append(step)
        trouble = self._acts.pop(0) if self._acts else None
        if trouble is not None:
            raise trouble


async def outcome(deed: Told) -> Outcome:
    return await carry_out(deed, CALL, intent(order()))


async def test_what_is_there_is_left_alone_and_what_is_not_is_done_in_order() -> None:
    there, way = Told([DONE]), Told([at(FIRST), at(SECOND, begun=True), DONE])
    assert [(await outcome(deed)).state for deed in (there, way)] == [OutcomeState.DONE] * 2
    assert (there.taken, way.taken) == ([], [FIRST, SECOND])


async def test_a_no_stands_if_nothing_has_moved_and_is_passed_over_if_somebody_was_quicker() -> None:
    refused = await outcome(Told([at(FIRST), at(FIRST)], [NO]))
    assert (refused.state, refused.words, refused.reference) == (OutcomeState.REFUSED, "no, says the ERP", "7")
    assert (await outcome(Told([at(FIRST), DONE], [NO]))).state is OutcomeState.DONE
    assert (await outcome(Told([at(FIRST), BUSY], [NO]))).state is OutcomeState.REFUSED


async def test_a_yes_that_changes_nothing_is_a_no() -> None:
    refused = await outcome(Told([at(FIRST), at(FIRST)]))
    assert (refused.state, refused.words) == (OutcomeState.REFUSED, "the source said yes, and did nothing")


async def test_trouble_before_the_first_step_is_trouble_and_later_it_is_begun() -> None:
    with pytest.raises(SourceBusy):
        await outcome(Told([at(FIRST)], [BUSY]))
    begun = await outcome(Told([at(FIRST), at(SECOND, begun=True)], [None, BUSY]))
    assert begun.state is OutcomeState.PARTIAL


@pytest.mark.parametrize(("is_last", "state"), [(True, OutcomeState.ACCEPTED), (False, OutcomeState.PARTIAL)])
async def test_what_cannot_be_read_back_was_accepted_or_is_begun(*, is_last: bool, state: OutcomeState) -> None:
    assert (await outcome(Told([at(FIRST, is_last=is_last), BUSY]))).state is state


def test_a_deed_takes_only_its_own_effect() -> None:
    assert content_of(intent(order()), CreateOrder) == order()
    with pytest.raises(TypeError, match="a CreateOrder is no PostInvoice"):
        content_of(intent(order()), PostInvoice)

"""Units add up, whatever comes in whatever order: a return as a machine (domain.md 2.7.1)."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hub.flow.facts import RootFacts
from hub.model.returning import AnyReturnCommand
from hub.model.returns import Disposition, ReturnCondition
from tests.kit.facts import d, eur
from tests.kit.returned import after, ask, came, close, looked, pay, refused, returned, shipped, told

TAKEN = st.sampled_from(
    [Disposition.RESTOCK, Disposition.QUARANTINE, Disposition.SCRAP, Disposition.RETURN_TO_VENDOR,
     Disposition.KEEP_WITH_CUSTOMER, Disposition.DONATE, Disposition.REFURBISH]
)  # fmt: skip
UNITS = st.integers(min_value=0, max_value=4)


class Life(RuleBasedStateMachine):
    """Anybody may say anything at any time; what is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.known: RootFacts = after(ask(3), known=shipped())

    def _try(self, command: AnyReturnCommand) -> None:
        if not refused(self.known, command):
            self.known = told(self.known, command)

    @rule(units=UNITS)
    def comes(self, units: int) -> None:
        self._try(came(units))

    @rule(units=UNITS)
    def another_comes(self, units: int) -> None:
        self._try(came(units, ReturnCondition.WRONG_ITEM, sku="CUP"))

    @rule(units=UNITS, taken=TAKEN)
    def is_looked_at(self, units: int, taken: Disposition) -> None:
        self._try(looked(units, taken))

    @rule(amount=st.sampled_from(["12.10", "0.01", "24.20", "36.30", "1000.00"]))
    def is_paid(self, amount: str) -> None:
        self._try(pay(amount))

    @rule()
    def ends(self) -> None:
        self._try(close())

    @invariant()
    def units_add_up(self) -> None:
        for line in returned(self.known).lines:
            gone = line.restocked + line.quarantined + line.scrapped + line.returned_to_vendor + line.kept
            assert line.inspected <= line.received
            assert gone == line.inspected
            assert line.credited <= line.authorized

    @invariant()
    def money_never_exceeds_what_was_paid(self) -> None:
        found = returned(self.known)
        own = next(one for one in self.known.records if one.source == "hub")
        told_ = own.content.return_.money if own.content.return_ is not None else None
        asked = sum((one.amount.amount for one in told_.asked), Decimal(0)) if told_ is not None else Decimal(0)
        assert found.groups.money is not None
        assert found.groups.money.suggested_refund is not None
        assert asked <= Decimal("121.00")
        assert found.groups.money.suggested_refund.amount <= eur("36.30").amount


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)


def test_what_came_in_two_parcels_adds_up() -> None:
    (line,) = returned(after(ask(3), came(2), came(1))).lines
    assert (line.received, line.missing) == (d(3), d(0))


def test_what_is_looked_at_in_two_goes_ends_with_the_last() -> None:
    known = after(ask(3), came(3), looked(1, Disposition.RESTOCK))
    assert returned(known).status.value == "RECEIVED"
    found = returned(after(looked(2), known=known))
    assert (found.status.value, found.lines[0].restocked, found.lines[0].scrapped) == ("INSPECTED", d(1), d(2))
    assert found.lines[0].disposition_taken is Disposition.SCRAP

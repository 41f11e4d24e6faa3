"""Masters and balances."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hub.clock import SystemClock
from sources.kit.rehearsal.backdating import Backdating
from sources.tryton_wms.rehearsal.depot import Depot
from sources.tryton_wms.rehearsal.state import LOCATION, MOVE, PARTY, PRODUCT, Address, Location, Move, Product


@pytest.fixture
def depot() -> Depot:
    return Depot(SystemClock())


def test_a_warehouse_has_its_zones_and_bins(depot: Depot) -> None:
    made = depot.warehouse("WH-EAST", "East", bins=("E-1", "E-2"))
    zones = depot.zones[made.id]
    assert (made.input_location, made.output_location, made.storage_location) == (
        zones.input,
        zones.output,
        zones.storage,
    )
    codes = [depot.get(LOCATION, one, Location).code for one in depot.within(made.id)]
    assert codes == ["WH-EAST", "EAST-IN", "EAST-OUT", "EAST-STO", "E-1", "E-2"]
    assert depot.within(zones.storage) == (zones.storage, *zones.bins)


def test_things_are_found_by_their_code_and_strangers_are_not(depot: Depot) -> None:
    made = depot.product("MUG", "Mug", unit="kg")
    assert depot.by_code(PRODUCT, "MUG") == made.id
    assert depot.get(PRODUCT, made.id, Product) is made
    with pytest.raises(KeyError):
        depot.by_code(PRODUCT, "CUP")
    with pytest.raises(StopIteration):
        depot.product("X", "X", unit="parsec")


def test_a_customer_has_an_address(depot: Depot) -> None:
    made = depot.customer("ACME", "Acme", street="Meir 4", city="Antwerpen", postal_code="2000")
    assert depot.by_code(PARTY, "ACME") == made.id
    (address,) = [depot.get("party.address", one, Address) for one in made.addresses]
    assert (address.street, address.city, address.postal_code) == ("Meir 4", "Antwerpen", "2000")


def test_stock_goes_with_the_states_of_moves(depot: Depot) -> None:
    here = depot.zones[depot.warehouse("WH", "Main").id]
    mug = depot.product("MUG", "Mug").id
    depot.count(mug, here.storage, Decimal(10))
    move = depot.move(mug, Decimal(4), (here.storage, here.output), shipment=None)
    right = {"draft": (10, 10, 0), "assigned": (10, 6, 0), "done": (6, 6, 4)}
    for state, (there, free, staged) in right.items():
        depot.turn(move, state)
        assert depot.quantity(mug, (here.storage,)) == there
        assert depot.quantity(mug, (here.storage,), less_assigned=True) == free
        assert depot.quantity(mug, (here.output,)) == staged
    assert move.effective_date == depot.today()
    depot.drop(move)
    assert move.id not in [one.id for one in depot.all(MOVE, Move)]


def test_turning_a_move_to_where_it_is_writes_nothing(depot: Depot) -> None:
    here = depot.zones[depot.warehouse("WH", "Main").id]
    move = depot.move(depot.product("MUG", "Mug").id, Decimal(1), (here.storage, here.output), shipment=None)
    depot.turn(move, "draft")
    assert move.write_date is None


def test_a_set_clock_tells_the_past_and_only_the_wall_clock_moves() -> None:
    clock = Backdating(SystemClock())
    clock.at = datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.now() == clock.at
    assert clock.monotonic() <= clock.monotonic()
    clock.at = None
    assert clock.now() > datetime(2026, 1, 1, tzinfo=UTC)

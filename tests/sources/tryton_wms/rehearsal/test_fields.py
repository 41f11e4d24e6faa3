"""What the rehearsal says of its models, beside what a row really holds."""

import pytest

from sources.tryton_wms.rehearsal.fields import MODELS, described
from sources.tryton_wms.rehearsal.query import Query
from sources.tryton_wms.rehearsal.stand import Stand
from sources.tryton_wms.rehearsal.state import INTERNAL, LOCATION, OUT, PACKAGE, RETURN


@pytest.fixture
def query(stand: Stand) -> Query:
    scene = stand.scene
    scene.carry(scene.take_in("C/1", [("MUG", 2)]), "picked", tracking="T1")
    scene.carry(scene.find("C/1"), "packed", tracking="T1")
    scene.carry(scene.take_in("C/2", [("LAPTOP", 5)]), "assigned")
    scene.receive(scene.expect_back("C-R1", [("MUG", 1)]))
    scene.transfer("WH", "WH-EAST", [("MUG", 1)], lead_days=1)
    return Query(stand.depot)


@pytest.mark.parametrize("model", list(MODELS))
def test_every_described_field_of_every_row_can_be_read(query: Query, stand: Stand, model: str) -> None:
    ids = stand.depot.tables.of(model).ids
    rows = query.read(model, ids, list(MODELS[model]), {})
    assert [row["id"] for row in rows] == ids
    assert all(set(row) == set(MODELS[model]) for row in rows)


def test_relations_lead_to_models_there_are() -> None:
    led = {field.relation for fields in MODELS.values() for field in fields.values() if field.relation}
    assert led <= set(MODELS)


def test_a_description_names_types_relations_and_choices() -> None:
    found = described(OUT, ["state", "warehouse", "moves"])
    assert found["warehouse"] == {"name": "warehouse", "type": "many2one", "relation": LOCATION}
    assert [word for word, _ in found["state"]["selection"]] == [
        "draft", "done", "cancelled", "assigned", "picked", "packed", "waiting",
    ]  # fmt: skip
    assert set(described(OUT, None)) == set(MODELS[OUT])


def test_computed_fields_tell_sides_and_partial_assignment(query: Query, stand: Stand) -> None:
    one, two = query.read(OUT, [1, 2], ["outgoing_moves", "inventory_moves", "moves", "partially_assigned"], {})
    assert sorted(one["outgoing_moves"] + one["inventory_moves"]) == sorted(one["moves"])
    assert (one["partially_assigned"], two["partially_assigned"]) == (False, True)
    (package,) = query.read(PACKAGE, [1], ["state"], {})
    assert package["state"] == "closed"
    (back,) = query.read(RETURN, [1], ["incoming_moves", "inventory_moves"], {})
    assert (len(back["incoming_moves"]), len(back["inventory_moves"])) == (1, 1)
    (road,) = query.read(INTERNAL, [1], ["outgoing_moves", "incoming_moves"], {})
    assert set(road["outgoing_moves"]).isdisjoint(road["incoming_moves"])
    (shelf,) = query.read(LOCATION, [stand.depot.by_code(LOCATION, "BIN-A1")], ["warehouse"], {})
    assert shelf["warehouse"] == stand.depot.by_code(LOCATION, "WH")
    (nowhere,) = query.read(LOCATION, [stand.depot.by_code(LOCATION, "CUS")], ["warehouse"], {})
    assert nowhere["warehouse"] is None

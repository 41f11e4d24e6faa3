"""What a person writes differently stays as long as the facts say what they said then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hub.model.editing import EDITABLE, Edit, Edited, applied, changes_of, united
from hub.model.effects import EFFECT_OF

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CONTENT: dict[str, Any] = {
    "reference": "C0",
    "note": None,
    "ship_to": {"city": "Brusels"},
    "lines": [{"line_no": 1, "sku": "CUP"}, {"line_no": 2, "sku": "POT"}],
}


def edit(**wanted: Any) -> Edit:
    return Edit(changes=tuple(changes_of(CONTENT, wanted)), by="ops", at=NOW, why="typo")


def test_fields_and_item_codes_are_written_differently_and_the_original_is_kept() -> None:
    made = edit(ship_to={"city": "Brussels"}, skus={"2": "POT-2"})
    assert made.changes == (
        Edited(name="ship_to", was={"city": "Brusels"}, now={"city": "Brussels"}),
        Edited(name="2", was="POT", now="POT-2"),
    )
    now = applied(CONTENT, made)
    assert (now["ship_to"], [line["sku"] for line in now["lines"]]) == ({"city": "Brussels"}, ["CUP", "POT-2"])
    assert CONTENT["ship_to"] == {"city": "Brusels"}
    assert applied(CONTENT, None) == CONTENT


def test_what_the_facts_say_otherwise_by_now_stays_as_they_say() -> None:
    moved = CONTENT | {"ship_to": {"city": "Ghent"}, "lines": [{"line_no": 2, "sku": "PAN"}]}
    assert applied(moved, edit(ship_to={"city": "Brussels"}, skus={"2": "POT-2"})) == moved


def test_a_second_edit_stands_on_what_was_there_at_first() -> None:
    first = edit(note="a")
    second = Edit(
        changes=(Edited(name="note", was="a", now="b"), Edited(name="1", was="CUP", now="X")), by="kim", at=NOW, why="w"
    )
    both = united(first, second)
    assert both.changes == (Edited(name="1", was="CUP", now="X"), Edited(name="note", was=None, now="b"))
    assert (both.by, applied(CONTENT, both)["note"]) == ("kim", "b")
    assert united(None, second).changes == (both.changes[0], second.changes[0])


def test_only_fields_that_an_effect_has_can_be_edited_and_never_facts() -> None:
    for action, names in EDITABLE.items():
        has = set(EFFECT_OF[action].__dataclass_fields__)
        assert names - {"skus"} <= has
        assert "skus" not in names or "lines" in has
        assert not names & {"reference", "lines", "quantity", "total", "currency_code", "tracking"}

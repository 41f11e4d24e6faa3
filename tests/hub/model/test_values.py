"""A field says whether it holds a group and whether it is shown."""

from dataclasses import dataclass, fields

from hub.model.values import Money, group, group_fields, group_of, internal
from hub.model.vocabulary import FieldGroup

FIRST, SECOND = list(FieldGroup)[:2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An entity of two groups."""

    id: str
    second: Money | None = group(SECOND)
    first: Money | None = group(FIRST)
    note: str = internal("kept")


def test_groups_are_listed_in_order_of_declaration() -> None:
    assert list(group_fields(Box).items()) == [("second", SECOND), ("first", FIRST)]


def test_a_group_is_absent_until_a_source_tells_it() -> None:
    assert Box(id="1") == Box(id="1", first=None, second=None, note="kept")


def test_an_internal_field_is_marked_and_bears_no_group() -> None:
    note = next(spec for spec in fields(Box) if spec.name == "note")
    assert note.metadata["internal"] is True
    assert group_of(note) is None

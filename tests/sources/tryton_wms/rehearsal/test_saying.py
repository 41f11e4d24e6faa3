"""Errors as Tryton tells them."""

from sources.tryton_wms.rehearsal.saying import Refused, modified, user_error


def test_a_refusal_is_a_class_and_words() -> None:
    assert user_error("You cannot.").told == ["UserError", ["You cannot.", "", None]]
    assert Refused("UserWarning", "name", "Sure?", "").told == ["UserWarning", ["name", "Sure?", ""]]


def test_what_broke_has_no_words_and_what_was_overtaken_has_no_list_of_them() -> None:
    assert Refused("'nope'").told == ["'nope'", ""]
    assert modified().told == ["ConcurrencyException", "Records were modified in the meanwhile"]

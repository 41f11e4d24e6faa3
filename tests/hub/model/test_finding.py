import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.finding import asked_for, asking_for, normalised


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("#1001", "1001"),
        ("SO-10051", "so10051"),
        (" so 10051 ", "so10051"),
        ("000317", "317"),
        ("0", "0"),
        ("000", "0"),
        ("PO-ACME-7781", "poacme7781"),
        ("1Z 999 AA1 01 2345 6784", "1z999aa10123456784"),
        ("Jane.Doe@Example.com", "janedoe@examplecom"),
        ("\uff11\uff12\uff13", "123"),
        ("---", "---"),
        ("00-17", "17"),
    ],
)
def test_what_is_typed_reads_as_what_is_kept(typed: str, kept: str) -> None:
    assert normalised(typed) == kept


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(value: str) -> None:
    assert normalised(normalised(value)) == normalised(value)


@given(st.text(max_size=40))
def test_case_does_not_matter_where_it_folds_alike(value: str) -> None:
    assert normalised(value.casefold()) == normalised(value)


@given(st.text(max_size=40))
def test_a_question_about_an_identifier_is_told_from_an_object(value: str) -> None:
    assert asked_for(asking_for(value)) == value
    assert asked_for(f"o{value}") is None

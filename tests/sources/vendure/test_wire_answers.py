"""What Vendure answers around its payloads."""

import msgspec

from sources.vendure.wire_answers import DraftBegun, GraphQLError, Result


def test_a_raw_database_message_has_no_code() -> None:
    assert GraphQLError(message="duplicate key").code == ""
    assert GraphQLError(extensions={"code": "FORBIDDEN"}).code == "FORBIDDEN"
    assert GraphQLError(extensions={"code": 7}).code == ""


def test_the_most_telling_words_of_a_refusal_are_kept() -> None:
    said = b'{"__typename":"OrderStateTransitionError","errorCode":"E","message":"m","transitionError":"why"}'
    assert msgspec.json.decode(said, type=Result).words == "why"
    assert msgspec.json.decode(b'{"__typename":"Odd"}', type=Result).words == "Odd"


def test_a_draft_says_in_what_currency_it_will_be_paid() -> None:
    said = b'{"__typename":"Order","id":"7","currencyCode":"EUR"}'
    assert msgspec.json.decode(said, type=DraftBegun) == DraftBegun(id="7", currency_code="EUR")

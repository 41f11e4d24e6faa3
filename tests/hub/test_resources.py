"""Files beside the code are found from a checkout and from a wheel."""

import pytest

from hub.resources import PACKAGE, resource


def test_a_checkout_finds_the_schema_one_level_up() -> None:
    assert resource("schema.graphql") == PACKAGE.parent / "schema.graphql"


def test_what_is_missing_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="nothing-like-this is neither in"):
        resource("nothing-like-this")

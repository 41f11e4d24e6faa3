"""Values become a section, or every mistake is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Misconfigured
from hub.settings import Secret, convert


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What some adapter needs."""

    url: str
    password: Secret
    page: int = 100
    lag: timedelta = timedelta(0)
    channels: tuple[str, ...] = ()


def test_an_adapter_gets_its_own_type() -> None:
    made = convert(Shop, {"url": "x", "password": "pw", "page": "5", "lag": "PT2S", "channels": "a, b"}, "sources.shop")
    assert made == Shop(url="x", password=Secret("pw"), page=5, lag=timedelta(seconds=2), channels=("a", "b"))


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("hunter2\n")
    made = convert(Shop, {"url": "x", "password": {"file": str(tmp_path / "pw")}}, "sources.shop")
    assert made.password.reveal() == "hunter2"


def test_a_secret_that_was_read_before_stays_one() -> None:
    assert convert(Shop, {"url": "x", "password": Secret("hunter2")}, "sources.shop").password.reveal() == "hunter2"


def test_all_mistakes_come_at_once_by_name() -> None:
    with pytest.raises(Misconfigured) as refused:
        convert(Shop, {"ulr": "x", "page": "many", "lag": {"a": 1}, "password": 5}, "sources.shop")
    assert refused.value.message.splitlines() == [
        "sources.shop.ulr is not known; did you mean url?",
        "sources.shop.url is missing (HUB__SOURCES__SHOP__URL)",
        "sources.shop.password: Expected `str`, got `int`",
        "sources.shop.page: Expected `int`, got `str`",
        'sources.shop.lag must be a value, or { file = "..." } for a secret',
    ]


@given(
    st.dictionaries(
        st.sampled_from(["url", "password", "page", "lag", "channels", "other"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2),
    )
)
def test_any_values_give_a_section_or_named_mistakes(values: Mapping[str, object]) -> None:
    try:
        convert(Shop, values, "sources.shop")
    except Misconfigured as refused:
        assert all(line.startswith("sources.shop.") for line in refused.message.splitlines())  # noqa: PT017  # either way is right

"""Fixtures used by two folders or more, nothing else."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ("tests.kit.pg",)

settings.register_profile(
    "house",
    deadline=None,  # no test judges wall-clock time
    suppress_health_check=[HealthCheck.too_slow],  # as above
    derandomize=os.environ.get("CI") == "true",  # CI repeats itself; people explore
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Every async test runs on asyncio, as the product does."""
    return "asyncio"


def pytest_collection_finish() -> None:
    """Let no collection of garbage walk over thousands of modules and tests again, which stay to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)

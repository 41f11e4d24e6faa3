"""Fixtures used by two folders or more, nothing else."""

import gc
import os
import signal
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

gc.disable()  # until all is collected that pytest collects: what is imported stays
pytest_plugins = ("tests.kit.pg",)

settings.register_profile(
    "house",
    deadline=None,  # no test judges wall-clock time
    suppress_health_check=[HealthCheck.too_slow],  # as above
    derandomize=os.environ.get("CI") == "true",  # CI repeats itself; people explore
)
settings.load_profile("house")


ROOT = Path(__file__).parents[1]
LONGEST = (
    "tests/sources/test_contract.py",
    "tests/flows/test_cycle.py",
    "tests/flows/test_story.py",
    "tests/flows/test_exchange.py",
    "tests/root_causes/test_proof.py",
    "tests/hub/test_processes.py",
    "tests/flows/test_returns.py",
    "tests/hub/store/test_tenant.py",
    "tests/flows/test_first_load.py",
    "tests/soak/test_soak.py",
    "tests/hub/demo/test_stage.py",
    "tests/hub/merge/test_apply_properties.py",
    "tests/hub/write/test_delivery_rivals.py",
    "tests/house/test_wheel.py",
    "tests/sku_blocked/test_proof.py",
)
"""The test files that take longest: begun first, so that nobody ends alone with one of them.

None that asks for `running`, which lives until its worker ends: what has a loop of its own must come before it.
"""


def pytest_configure() -> None:
    """Let what tests start hear Ctrl-C, also where we run in the background of a shell, which ignores it for us.

    Tracebacks are logged plain: painted ones take seconds where a test lets much go wrong.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; the rest stays as it was."""
    places = {ROOT / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(LONGEST)))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Every async test runs on asyncio, as the product does."""
    return "asyncio"


def pytest_collection_finish() -> None:
    """Let no collection of garbage walk over thousands of modules and tests again, which stay to the end."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 20, 20)

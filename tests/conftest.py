"""Fixtures used by two folders or more, nothing else."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Every async test runs on asyncio, as the product does."""
    return "asyncio"

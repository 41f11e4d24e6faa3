"""While a process imports what it runs, nobody looks for garbage; afterwards somebody does again."""

import gc

import pytest

from hub.loading import loading


def test_garbage_is_collected_after_the_imports_and_not_among_them() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_import_that_fails_leaves_garbage_collected() -> None:
    with pytest.raises(ModuleNotFoundError), loading():
        raise ModuleNotFoundError
    assert gc.isenabled()

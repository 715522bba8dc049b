"""What every test may rely on."""

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor

import pytest

import layers


@pytest.fixture(autouse=True)
def the_repositorys_layers(monkeypatch):
    """A submission is loaded as the module layers, which is the repository's own afterwards."""
    monkeypatch.setitem(sys.modules, "layers", layers)


@pytest.fixture(scope="module")
def apart():
    """A process that honest files may change as they like, their seeds and settings."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool

"""What every test may rely on."""

import multiprocessing
import signal
import sys
from concurrent.futures import ProcessPoolExecutor

import pytest

import layers
from staff import release
from tests.handed_out import write_few

# A shell that starts this in the background has it ignore Ctrl-C, and so would all that it starts;
# what a test interrupts must not.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def the_repositorys_layers(monkeypatch):
    """A submission is loaded as the module layers, which is the repository's own afterwards."""
    monkeypatch.setitem(sys.modules, "layers", layers)


@pytest.fixture(scope="module")
def apart():
    """A process that honest files may change as they like, their seeds and settings."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="session")
def hidden(tmp_path_factory):
    """A hidden set of four cases, one a question."""
    folder = tmp_path_factory.mktemp("hidden")
    write_few(folder)
    return folder


@pytest.fixture(scope="session")
def archives(hidden, tmp_path_factory):
    """The folder of the three archives, with those cases."""
    folder = tmp_path_factory.mktemp("archives")
    list(release.release(folder, hidden, seed=7))
    return folder

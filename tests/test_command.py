"""Starts the command as a person in a hurry would: without its packages."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
INSTALL = "pip install -r requirements.txt installs them"


def run(*arguments):
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("script", ["autograder.py", "autograder"])
def test_missing_packages_are_named_in_one_line(script):
    """-S leaves out the folder of installed packages."""
    names = "psutil, rich, numpy, safetensors, torch"
    error = f"autograder.py: packages are missing ({names}); {INSTALL}\n"
    assert run(sys.executable, "-S", script, "-q", "q1") == (2, "", error)


def test_help_needs_no_packages():
    status, out, err = run(sys.executable, "-S", "autograder.py", "--help")
    assert (status, err) == (0, "")
    assert "--question Q" in out

"""How the tools of staff and bench end: in one line, where it is no fault of the code's."""

import sys
from argparse import ArgumentTypeError
from collections.abc import Callable

from grading import GraderError
from grading.streams import prepare


def run_tool(name: str, main: Callable[[], None]) -> None:
    """Runs a tool. A reader that goes early, as ``| head``, changes nothing.

    Exit status: the tool's own; 1 if a file cannot be read or written; 130 for Ctrl-C.
    """
    prepare()
    try:
        main()
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        sys.exit(130)
    except (OSError, GraderError) as error:
        sys.exit(f"{name}: {error}")


def positive(text: str) -> int:
    """Reads an option that must be 1 or more."""
    number = int(text)
    if number < 1:
        raise ArgumentTypeError(f"must be positive, got {number}")
    return number

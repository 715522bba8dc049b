"""Writes a file whole or not at all, so that no reader and no second run meets half of one."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from os import PathLike
from pathlib import Path


@contextlib.contextmanager
def whole(path: str | PathLike[str]) -> Iterator[Path]:
    """Yields the path to write to, which takes the place of ``path`` at the end.

    A link stays one, and what it leads to is replaced. A device or a pipe is yielded itself.

    Raises: OSError if nothing can be written there.
    """
    if _is_special(path):
        yield Path(path)
        return
    with _part(path) as part:
        yield part
        part.replace(os.path.realpath(path))


def write_text(path: str | PathLike[str], text: str) -> None:
    """Writes a text in UTF-8. Raises: OSError if it cannot."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")


def clear(path: str | PathLike[str]) -> None:
    """Removes the file at ``path``. Raises: OSError if none can be written there."""
    if _is_special(path):
        return
    with _part(path) as part:
        part.touch()
        Path(os.path.realpath(path)).unlink(missing_ok=True)


def _is_special(path: str | PathLike[str]) -> bool:
    """Whether it is a device or a pipe, such as /dev/null: that is never removed or replaced."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


@contextlib.contextmanager
def _part(path: str | PathLike[str]) -> Iterator[Path]:
    """Yields a path beside the one that is to be written, and leaves nothing there."""
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    place = Path(os.path.realpath(path))
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    try:
        yield part
    except OSError as error:
        error.filename = str(path)  # which the user knows
        raise
    finally:
        part.unlink(missing_ok=True)

"""stdout and stderr, such that no encoding and no reader that goes early decides an exit status."""

from __future__ import annotations

import io
import sys


class Outlet(io.FileIO):
    """A file for our output: what cannot be written is dropped.

    Attributes:
        lost: why, unless it is that nobody reads on, as behind ``| head``.
        is_read: whether somebody may still read.
    """

    lost: OSError | None = None
    is_read = True

    def write(self, data):
        try:
            return super().write(data)
        except BrokenPipeError:
            self.is_read = False
        except OSError as error:
            self.lost = error
        return len(data)


def prepare() -> Outlet | None:
    """Puts an Outlet below stdout and stderr, and returns that of stdout where it has one.

    A sign that a terminal's encoding lacks is written as its number.
    """
    sys.stderr, _ = _prepared(sys.stderr)
    sys.stdout, outlet = _prepared(sys.stdout)
    return outlet


def _prepared(stream):
    if not isinstance(stream, io.TextIOWrapper):  # none at all, where the shell has closed it
        return stream, None
    stream.reconfigure(errors="backslashreplace")
    raw = getattr(stream.buffer, "raw", stream.buffer)
    if type(raw) is not io.FileIO:  # a console of Windows
        return stream, None
    outlet = Outlet(stream.fileno(), "w", closefd=False)
    text = io.TextIOWrapper(
        io.BufferedWriter(outlet),
        stream.encoding,
        stream.errors,
        line_buffering=stream.line_buffering or stream.write_through,
    )
    return text, outlet

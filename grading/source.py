"""Reads a submission, once: what is graded, packed and kept is the text that this returns."""

from __future__ import annotations

import io
import os
import re
import stat
import tokenize
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

LARGEST = 2**20  # bytes of a submission

# The codings that editors write. Others, such as unicode_escape, hide what a file says.
CODINGS = re.compile(
    r"utf-8|utf-8-sig|ascii|us-ascii|latin-1|iso-8859-\d+|iso8859-\d+|cp\d+|windows-\d+|gbk|gb2312"
    r"|gb18030|big5|big5hkscs|shift_jis|shift-jis|sjis|euc-jp|euc_jp|euc-kr|euc_kr|koi8-r|koi8_r"
    r"|mac-roman|mac_roman"
)


class Unreadable(Exception):
    """There is no source to grade; the message says why."""


@dataclass(frozen=True)
class Source:
    """A submission: its path, its bytes, and the text that they are by their declared coding."""

    path: str
    blob: bytes
    text: str


def read_source(path: str | PathLike[str]) -> Source:
    """Reads a regular file of at most 1 MB.

    Raises: Unreadable if it is none, is too large, or is no text in the coding that it declares.
    """
    return decode(path, _read(Path(path)))


def decode(path: str | PathLike[str], blob: bytes) -> Source:
    """Makes a Source of bytes that were read from a path. Raises: Unreadable, as read_source."""
    if len(blob) > LARGEST:
        raise Unreadable(f"cannot read {path}: it must have at most {LARGEST:,} bytes")
    try:
        coding, _ = tokenize.detect_encoding(io.BytesIO(blob).readline)
        if not CODINGS.fullmatch(coding.lower()):
            raise Unreadable(f"cannot read {path}: its coding must be a usual one, got {coding}")
        text = io.TextIOWrapper(io.BytesIO(blob), coding).read()
    except (SyntaxError, UnicodeError, LookupError) as error:
        raise Unreadable(f"cannot read {path}: {error}") from error
    return Source(str(path), blob, text)


def _read(path: Path) -> bytes:
    try:
        # Asked of the path first, since to open a FIFO is to wait for it.
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise Unreadable(f"cannot read {path}: it must be a regular file")
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {error.strerror or error}") from error

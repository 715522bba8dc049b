"""Reads what is no ordinary file: a source is decoded once, by the coding that it declares."""

import os

import pytest

from grading.source import LARGEST, Unreadable, read_source

POSIX = pytest.mark.skipif(os.name != "posix", reason="FIFOs, links and devices")
TEXT = "# 层 é\nx = 'é'\n"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "layers.py"


def reason(file):
    with pytest.raises(Unreadable) as caught:
        read_source(file)
    return str(caught.value)


def test_a_source_is_its_path_its_bytes_and_its_text(file):
    file.write_bytes(TEXT.encode())
    source = read_source(file)
    assert (source.path, source.blob, source.text) == (str(file), TEXT.encode(), TEXT)


def test_an_empty_file_is_a_source(file):
    file.write_bytes(b"")
    assert read_source(file).text == ""


# What stands in the file, and what is read: x is the value of a source with a declared coding.
CODINGS = {
    "utf-8": b"x = '\xc3\xa9'\n",
    "latin-1": b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
    "latin-1 by another name": b"# coding: iso-8859-15\nx = '\xe9'\n",
    "windows": b"# vim: set fileencoding=cp1252 :\nx = '\xe9'\n",
    "in the second line": b"#!/usr/bin/env python\n# coding: latin-1\nx = '\xe9'\n",
    "a byte-order mark": b"\xef\xbb\xbfx = '\xc3\xa9'\n",
    "a byte-order mark and a coding": b"\xef\xbb\xbf# coding: utf-8\nx = '\xc3\xa9'\n",
    "a form feed before the coding": b"\x0c# coding: latin-1\nx = '\xe9'\n",
}


@pytest.mark.parametrize("title", CODINGS)
def test_the_declared_coding_is_obeyed(file, title):
    file.write_bytes(CODINGS[title])
    text = read_source(file).text
    assert text.splitlines()[-1] == "x = 'é'"
    assert "\ufeff" not in text
    namespace = {}
    exec(compile(CODINGS[title], "layers.py", "exec"), namespace)
    assert namespace["x"] == "é"


@pytest.mark.parametrize("coding", ["gbk", "gb18030", "big5", "shift_jis", "euc_kr", "koi8-r"])
def test_the_codings_of_editors_are_read(file, coding):
    letter = "д" if coding == "koi8-r" else "中"
    text = f"# coding: {coding}\nx = '{letter}'\n"
    file.write_bytes(text.encode(coding))
    assert read_source(file).text == text


@pytest.mark.parametrize(
    "ends", [b"x = 1\r\ny = 2\r\n", b"x = 1\ry = 2\r", b"x = 1\r\ny = 2\n"], ids=repr
)
def test_every_line_end_is_one(file, ends):
    file.write_bytes(ends)
    assert read_source(file).text == "x = 1\ny = 2\n"


# They hide what a file says from a person who looks at it.
HIDING = {
    "utf-7": b"# coding: utf-7\n+AGkAbQBwAG8AcgB0 os\n",
    "unicode_escape": b"# coding: unicode_escape\n# \\u000aimport os\n",
    "raw_unicode_escape": b"# coding: raw_unicode_escape\n# \\u000aimport os\n",
    "rot13": b"# coding: rot13\nvzcbeg bf\n",
    "utf-16": b"# coding: utf-16\nx = 1\n",
    "punycode": b"# coding: punycode\nx = 1\n",
    "idna": b"# coding: idna\nx = 1\n",
    "mbcs": b"# coding: undefined\nx = 1\n",
}


@pytest.mark.parametrize("coding", HIDING)
def test_a_coding_that_hides_something_is_refused(file, coding):
    file.write_bytes(HIDING[coding])
    assert reason(file).startswith(f"cannot read {file}: ")


def test_a_coding_that_is_refused_is_named(file):
    file.write_bytes(HIDING["utf-7"])
    assert reason(file) == f"cannot read {file}: its coding must be a usual one, got utf-7"


@pytest.mark.parametrize(
    "blob",
    [
        b"x = '\xe9'\n",
        b"# coding: nothing\nx = 1\n",
        b"# coding: gbk\nx = '\xff\xff'\n",
        b"\xef\xbb\xbf# coding: latin-1\nx = 1\n",
        b"x = '\xed\xa0\x80'\n",
        "x = 1\n".encode("utf-16"),
        "x = 1\n".encode("utf-32"),
        b"x = '\xe4\xb8",
    ],
    ids=repr,
)
def test_what_is_no_text_in_its_coding_is_refused_in_one_line(file, blob):
    file.write_bytes(blob)
    assert reason(file).startswith(f"cannot read {file}: ")
    assert "\n" not in reason(file)


def test_a_file_of_the_most_bytes_is_read_and_one_more_is_refused(file):
    file.write_bytes(b"#" * LARGEST)
    assert len(read_source(file).text) == LARGEST
    file.write_bytes(b"#" * (LARGEST + 1))
    assert reason(file) == f"cannot read {file}: it must have at most 1,048,576 bytes"


def test_a_file_that_is_not_there_is_refused(file):
    assert reason(file) == f"cannot read {file}: No such file or directory"


def test_a_directory_is_refused(tmp_path):
    assert reason(tmp_path) == f"cannot read {tmp_path}: it must be a regular file"


@POSIX
def test_a_fifo_is_refused_and_not_waited_for(file):
    os.mkfifo(file)
    assert reason(file) == f"cannot read {file}: it must be a regular file"


@POSIX
@pytest.mark.parametrize("target", ["/dev/zero", "other.py", "nowhere.py", "layers.py"])
def test_a_link_is_refused_wherever_it_leads(file, target):
    """It could lead to another student's file, or to a device that never ends."""
    (file.parent / "other.py").write_text("x = 1\n")
    file.symlink_to(target)
    assert reason(file) == f"cannot read {file}: it must be a regular file"


@POSIX
def test_a_device_is_refused():
    assert reason("/dev/zero") == "cannot read /dev/zero: it must be a regular file"


@POSIX
def test_a_file_below_a_linked_folder_is_read(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "layers.py").write_text("x = 1\n")
    (tmp_path / "linked").symlink_to("real")
    assert read_source(tmp_path / "linked" / "layers.py").text == "x = 1\n"

"""Makes classes to grade: hand-ins with every oddity that students and platforms bring about."""

import io
import zipfile

import yaml

from tests.submissions import TESTS

RIGHT = (TESTS.parent / "staff" / "plain.py").read_bytes()
PDF = b"%PDF-1.7\n1 0 obj\nendobj\nstartxref\n0\n%%EOF\n"
DAY = (2026, 3, 1, 12, 0, 0)
LATER = (2026, 3, 2, 12, 0, 0)
# Six scripts; a name that Moodle had an underscore in; one with marks that can be composed.
NAMES = [
    "Ada Lovelace",
    "王小明",
    "Ольга Иванова",
    "محمد علي",
    "दीपा शर्मा",
    "김민준",
    "José Núñez",
    "Jose\u0301 Nu\u0301n\u0303ez",
    "O'Brien, Zoë",
]


def zipped(members, date=DAY):
    """A zip's bytes, of contents by name or by ZipInfo."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name, date)
            archive.writestr(info, content, info.compress_type or zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def linked(name):
    """A ZipInfo that says that its member is a link."""
    info = zipfile.ZipInfo(name, DAY)
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    return info


def encrypted(blob):
    """A zip that says of each member that it is encrypted."""
    blob = bytearray(blob)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = blob.find(mark)
        while place >= 0:
            blob[place + offset] |= 1
            place = blob.find(mark, place + 1)
    return bytes(blob)


def damaged(blob):
    """A zip with another byte in the middle of its first member."""
    blob = bytearray(blob)
    blob[200] ^= 0xFF
    return bytes(blob)


def bzipped(content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("layers.py", content)
    return stream.getvalue()


def named_in_gbk():
    """A zip of Windows in Chinese: the names are in GBK and nothing says so."""
    blob = zipped({"AAAA/layers.py": RIGHT, "BBBB.pdf": PDF})
    return blob.replace(b"AAAA", "作业".encode("gbk")).replace(b"BBBB", "报告".encode("gbk"))


def odd_hand_ins():
    """What each oddity holds, {path: contents}, with what is said of it: None if it is graded,
    or the beginning of the fault; then remarks and doubts that are among its own.
    """
    packed = zipped({"layers.py": RIGHT, "answers.pdf": PDF})
    utf16 = RIGHT.decode().encode("utf-16")
    many = {f"part{i}.txt": b"" for i in range(300)}
    no_pdf = "There is no PDF."
    return {
        "as it should be": ({"A3_301.zip": packed}, None, []),
        "the files themselves": ({"layers.py": RIGHT, "answers.pdf": PDF}, None, []),
        "a sub-folder": (
            {"A3_303.zip": zipped({"A3/layers.py": RIGHT, "A3/a.pdf": PDF})},
            None,
            ["Graded is A3_303.zip/A3/layers.py."],
        ),
        "a Mac": (
            {
                "A3_304.zip": zipped(
                    {"layers.py": RIGHT, "__MACOSX/._layers.py": b"\0", "a.pdf": PDF}
                )
            },
            None,
            [],
        ),
        "a capital": (
            {"Layers.py": RIGHT, "a.pdf": PDF},
            None,
            ["Graded is Layers.py."],
        ),
        "a second download": (
            {"layers (1).py": RIGHT, "a.pdf": PDF},
            None,
            ["Graded is layers (1).py."],
        ),
        "CRLF": ({"layers.py": RIGHT.replace(b"\n", b"\r\n"), "a.pdf": PDF}, None, []),
        "a BOM": ({"layers.py": b"\xef\xbb\xbf" + RIGHT, "a.pdf": PDF}, None, []),
        "UTF-16": (
            {"layers.py": utf16},
            "cannot read layers.py: it is in UTF-16, and must be in UTF-8",
            [no_pdf],
        ),
        "a notebook": (
            {"layers.ipynb": b"{}", "a.pdf": PDF},
            "There is no layers.py, but a notebook: layers.ipynb.",
            [],
        ),
        "no layers.py": (
            {"a.pdf": PDF, "notes.txt": b""},
            "There is no layers.py. There is: a.pdf, notes.txt.",
            [],
        ),
        "two zips": (
            {
                "A3_312.zip": zipped({"layers.py": b"raise SystemExit"}, DAY),
                "A3_312 (1).zip": zipped({"layers.py": RIGHT, "a.pdf": PDF}, LATER),
            },
            None,
            ["There are several: A3_312 (1).zip/layers.py, A3_312.zip/layers.py."],
        ),
        "a path that climbs out": (
            {"A3_313.zip": zipped({"../../layers.py": RIGHT})},
            "There is no layers.py. There is: A3_313.zip.",
            ["A3_313.zip/../../layers.py was left out: its path climbs out of the zip.", no_pdf],
        ),
        "an absolute path": (
            {"A3_314.zip": zipped({"/tmp/layers.py": RIGHT, "a.pdf": PDF})},
            "There is no layers.py. There is: A3_314.zip, A3_314.zip/a.pdf.",
            ["A3_314.zip//tmp/layers.py was left out: its path is absolute."],
        ),
        "a drive": (
            {"A3_315.zip": zipped({"C:\\layers.py": RIGHT, "a.pdf": PDF})},
            "There is no layers.py. There is: A3_315.zip, A3_315.zip/a.pdf.",
            ["A3_315.zip/C:/layers.py was left out: its path is absolute."],
        ),
        "a link": (
            {"A3_316.zip": zipped({linked("layers.py"): b"/etc/passwd", "a.pdf": PDF})},
            "There is no layers.py. There is: A3_316.zip, A3_316.zip/a.pdf.",
            ["A3_316.zip/layers.py was left out: a link, or no regular file."],
        ),
        "a bomb": (
            {"A3_317.zip": zipped({"layers.py": bytes(60 * 2**20), "a.pdf": PDF})},
            "cannot read A3_317.zip/layers.py: it must have at most 1,048,576 bytes",
            [],
        ),
        "a bomb of another kind": (
            {"A3_318.zip": bzipped(bytes(30 * 2**20))},
            "There is no layers.py. There is: A3_318.zip.",
            ["A3_318.zip/layers.py was left out: compressed in a way that is not read here."],
        ),
        "a zip in a zip in a zip": (
            {"A3_319.zip": zipped({"b.zip": zipped({"c.zip": packed})})},
            "There is no layers.py. There is: A3_319.zip, A3_319.zip/b.zip, "
            "A3_319.zip/b.zip/c.zip.",
            ["A3_319.zip/b.zip/c.zip was left out: a zip in a zip in a zip."],
        ),
        "a zip in a zip": (
            {"A3_320.zip": zipped({"b.zip": packed})},
            None,
            ["Graded is A3_320.zip/b.zip/layers.py."],
        ),
        "a password": (
            {"A3_321.zip": encrypted(packed)},
            "There is no layers.py. There is: A3_321.zip.",
            ["A3_321.zip/layers.py was left out: encrypted."],
        ),
        "damage": (
            {"A3_322.zip": damaged(packed)},
            "cannot read A3_322.zip/layers.py: ",
            [],
        ),
        "no zip": (
            {"A3_323.zip": b"PK\x03\x04 and no more"},
            "There is no layers.py. There is: A3_323.zip.",
            ["A3_323.zip cannot be read: File is not a zip file."],
        ),
        "hundreds of files": (
            {"A3_324.zip": zipped(many | {"layers.py": RIGHT, "a.pdf": PDF})},
            None,
            ["It holds 303 files."],
        ),
        "names in GBK": (
            {"A3_325.zip": named_in_gbk()},
            None,
            [],
        ),
        "control characters": (
            {"A3_326.zip": zipped({"\x1b[2J/layers.py": RIGHT, "a.pdf": PDF})},
            None,
            ["Graded is A3_326.zip/\N{REPLACEMENT CHARACTER}[2J/layers.py."],
        ),
        "a coding that hides": (
            {"layers.py": b"# coding: unicode_escape\nx = 1\n"},
            "cannot read layers.py: its coding must be a usual one, got unicode_escape",
            [],
        ),
        "no program": ({"layers.py": b"def :\n", "a.pdf": PDF}, None, []),
        "an empty file": ({"layers.py": b"", "a.pdf": PDF}, None, []),
        "a folder of that name": (
            {"layers.py/readme.txt": b""},
            "There is no layers.py. There is: layers.py/readme.txt.",
            [no_pdf],
        ),
        "a zip of a folder only": (
            {"A3_331.zip": zipped({"A3/": b""})},
            "There is no layers.py. There is: A3_331.zip.",
            [],
        ),
    } | {
        "nothing but a link": (
            {"A3_332.zip": zipped({linked("x"): b"/"})},
            "There is no layers.py. There is: A3_332.zip.",
            ["A3_332.zip/x was left out: a link, or no regular file."],
        )
    }


def moodle_class(size=60, folders=True, trailing=False):
    """The members of a Moodle download, {path: contents}, and what is expected of each hand-in.

    Every oddity once, and right hand-ins up to the size.
    """
    cases = odd_hand_ins()
    members = {}
    expected = {}
    for i in range(size):
        kind = list(cases)[i] if i < len(cases) else "as it should be"
        files, fault, remarks = cases[kind]
        name = NAMES[i % len(NAMES)]
        participant = str(7000 + i)
        prefix = f"{name}_{participant}_assignsubmission_file"
        prefix += "_" if trailing or not folders else ""
        for path, content in files.items():
            path = path.replace("A3_301.zip", f"A3_{3000 + i}.zip")
            members[f"{prefix}/{path}" if folders else f"{prefix}{path}"] = content
        expected[participant] = (kind, fault, remarks)
    return members, expected


def write_folder(folder, members):
    for path, content in members.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def gradescope_class():
    """The members of an export of Gradescope, of one student and of a team of two."""
    people = {
        "submission_11": [("Ada Lovelace", "3011")],
        "submission_12": [("王小明", "3012"), ("Ольга Иванова", "3013")],
        "submission_13": [("김민준", "3014")],
    }
    metadata = {
        folder: {
            ":submitters": [{":name": name, ":sid": sid} for name, sid in submitters],
            ":score": None,
        }
        for folder, submitters in people.items()
    }
    return {
        "export/submission_metadata.yml": yaml.safe_dump(metadata, allow_unicode=True).encode(),
        "export/submission_11/layers.py": RIGHT,
        "export/submission_12/A3_3012.zip": zipped({"layers.py": RIGHT, "a.pdf": PDF}),
    }

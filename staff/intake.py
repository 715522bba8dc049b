"""Reads a class as it was downloaded: who handed in what, in memory; nothing is unpacked.

SUBMISSIONS is a zip or a folder, and its layout is told from the names in it:

    Moodle       Full Name_ID_assignsubmission_file/...  or the same as a prefix of the file's name
    Canvas       name_[LATE_]user_file_original
    Gradescope   submission_ID/...  beside submission_metadata.yml
    otherwise    A3_UID.zip, or one zip, folder or file a hand-in

A student's zip is a stranger's file: what is read of it has limits, and whatever is odd about it
becomes a remark, or the reason why there is nothing to grade. None stops the others.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from grading import GraderError
from grading.outcome import clean
from grading.source import LARGEST, Source, Unreadable, decode

LARGEST_ZIP = 64 * 2**20  # bytes of a student's zip; a PDF with pictures takes some
MOST_MEMBERS = 5000  # of a student's zip: reading their list takes memory already
MANY = 100  # files of a hand-in, which are worth a remark
DEEPEST = 2  # zips within each other
MOST_NAMES = 10  # that are listed
LONGEST_NAME = 100  # characters of a name that is shown
LONGEST_LABEL = 60  # characters of a file's name that is made of one

MOODLE = re.compile(r"([^_]+)(?:_(\d+))?_assignsubmission_([a-z]+)_?(.*)", re.DOTALL)
CANVAS = re.compile(r"([^_]+)_(LATE_)?(\d+)_(\d+)_(.+)", re.DOTALL)
UID = re.compile(r"A3_(.+?)(?:\.zip)?", re.IGNORECASE)
# layers.py, and what browsers, Canvas and file managers make of a second one.
LAYERS = re.compile(r"layers ?(\(\d+\)|-\d+|- copy|copy)?\.py", re.IGNORECASE)
METADATA = "submission_metadata.yml"
JUNK = re.compile(r"__MACOSX|\._.*|\.DS_Store|Thumbs\.db|desktop\.ini|__pycache__", re.IGNORECASE)
ENTRY = b"PK\x01\x02"  # begins an entry in the list of a zip's members
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True)
class HandIn:
    """What one student, or one team, handed in.

    Attributes:
        label: by what it is known in the names of files: unlike any other of the class.
        name: of the student or the team, as the download has it.
        participant: the number by which the learning platform knows it; "" if there is none.
        uid: of A3_UID.zip, or the student's number of Gradescope; "" if there is none.
        source: what is to be graded; None where there is nothing.
        fault: why there is nothing.
        remarks: what else is odd, a sentence each.
        doubts: those of the remarks that a person should look into.
    """

    label: str
    name: str
    participant: str = ""
    uid: str = ""
    source: Source | None = None
    fault: str = ""
    remarks: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Member:
    """A file of a folder or of a zip, which has not been read yet.

    Attributes:
        path: parts with "/" between them.
        modified: when, so that two of one kind can be compared.
        problem: why it cannot be read.
        read: returns at most so many bytes.
        archive: when the innermost zip that it lies in is from; () if it lies in none.
    """

    path: str
    modified: tuple[int, ...] = ()
    problem: str = ""
    read: Callable[[int], bytes] = lambda _: b""
    archive: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass
class _Group:
    """The files of one hand-in, by their paths within it, before any is read."""

    name: str
    participant: str = ""
    uid: str = ""
    members: list[_Member] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_class(path: str | os.PathLike[str]) -> list[HandIn]:
    """Returns the hand-ins of a class, in the order of their labels.

    Raises: GraderError if there is no folder and no zip there, or nobody's hand-in in it.
    """
    path = Path(path)
    if path.is_dir():
        groups = _groups(list(_members_of_folder(path)))
    else:
        try:
            with zipfile.ZipFile(path) as archive:
                groups = _groups(list(_members_of_zip(archive)))
                return _finished(path, groups)
        except (OSError, *DAMAGED) as error:
            wanted = "must be a folder or a zip of hand-ins"
            raise GraderError(f"{path} {wanted}: {error}") from error
    return _finished(path, groups)


def _finished(path: Path, groups: list[_Group]) -> list[HandIn]:
    if not groups:
        raise GraderError(f"{path} has nobody's hand-in in it")
    hand_ins = [_hand_in(group) for group in groups]
    return _with_labels(_with_shared_uids(hand_ins))


# What lies there


def _members_of_folder(folder: Path) -> Iterator[_Member]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        linked = [name for name in folders if Path(parent, name).is_symlink()]
        if not folders and not names and Path(parent) != folder:
            yield _Member(f"{Path(parent).relative_to(folder).as_posix()}/")
        for name in sorted([*names, *linked]):
            path = Path(parent, name)
            shown = path.relative_to(folder).as_posix()
            entry = os.lstat(path)
            if not stat.S_ISREG(entry.st_mode):
                yield _Member(shown, problem="a link, or no regular file")
                continue
            modified = time.gmtime(entry.st_mtime)[:6]
            yield _Member(shown, tuple(modified), read=_reader_of_file(path))


def _reader_of_file(path: Path) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        with open(path, "rb") as file:
            return file.read(most)

    return read


def _members_of_zip(archive: zipfile.ZipFile) -> Iterator[_Member]:
    for info in archive.infolist():
        name = _name_of(info)
        yield _Member(name, info.date_time, _problem_of(info, name), _reader_of(archive, info))


def _reader_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        with archive.open(info) as file:
            return file.read(most)

    return read


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name of a zip's member: where its coding is not said, UTF-8 if it can be that."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _problem_of(info: zipfile.ZipInfo, name: str) -> str:
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "its path is absolute"
    if ".." in name.split("/"):
        return "its path climbs out of the zip"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link, or no regular file"
    if info.flag_bits & 1:
        return "encrypted"
    # Of these alone zipfile never takes more apart than it was asked for.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "compressed in a way that is not read here"
    return ""


# Whose it is


def _groups(members: list[_Member]) -> list[_Group]:
    members = _without_a_common_folder([m for m in members if not _is_junk(m.path)])
    tops = {member.path.partition("/")[0] for member in members}
    if METADATA in tops:
        return _gradescope(members)
    if any(MOODLE.fullmatch(top) for top in tops):
        return _grouped(members, _place_in_moodle)
    if tops and all(CANVAS.fullmatch(top) for top in tops):
        return _grouped(members, _place_in_canvas)
    return _grouped(members, _place_by_name)


def _is_junk(path: str) -> bool:
    return any(JUNK.fullmatch(part) for part in path.split("/"))


def _without_a_common_folder(members: list[_Member]) -> list[_Member]:
    """The members without a folder around all of them, as a zip of a folder has it."""
    tops = {member.path.partition("/")[0] for member in members}
    if len(tops) != 1:
        return members
    (top,) = tops
    is_a_hand_in = MOODLE.fullmatch(top) or UID.fullmatch(top)
    inside = [_moved(m, m.path.partition("/")[2]) for m in members if m.path != f"{top}/"]
    if is_a_hand_in or not all(member.path for member in inside):
        return members
    if any(LAYERS.fullmatch(member.path) for member in inside):
        return members
    return _without_a_common_folder(inside)


def _moved(member: _Member, path: str) -> _Member:
    return replace(member, path=path)


def _grouped(
    members: list[_Member], place: Callable[[str, str], tuple[_Group, str]]
) -> list[_Group]:
    """Puts the members together that ``place`` gives the same name and participant.

    Args:
        place: says of the first part of a path, and of the others, whose it is and under which
            path.
    """
    groups: dict[tuple[str, str], _Group] = {}
    for member in members:
        first, _, rest = member.path.partition("/")
        is_folder = member.path.endswith("/")
        group, path = place(first, rest or "/" * is_folder)
        group = groups.setdefault((group.name, group.participant), group)
        if path and not is_folder:
            group.members.append(_moved(member, path))
        group.remarks += [r for r in _place_remarks(first) if r not in group.remarks]
    return list(groups.values())


def _place_in_moodle(first: str, rest: str) -> tuple[_Group, str]:
    found = MOODLE.fullmatch(first)
    if not found:
        return _place_by_name(first, rest)
    name, participant, plugin, own = found.groups()
    path = "/".join(part for part in (own, rest) if part)
    if plugin != "file":
        path = ""
    return _Group(name, participant or ""), path


def _place_in_canvas(first: str, rest: str) -> tuple[_Group, str]:
    name, _, user, _, original = CANVAS.fullmatch(first).groups()  # type: ignore[union-attr]
    return _Group(name, user), "/".join(part for part in (original, rest) if part)


def _place_by_name(first: str, rest: str) -> tuple[_Group, str]:
    """A folder's files lie in it; a zip or another file is a hand-in by itself."""
    found = UID.fullmatch(first)
    name = first if rest else first.rpartition(".")[0] or first
    return _Group(name, uid=found[1] if found else ""), rest or first


def _place_remarks(first: str) -> Iterator[str]:
    moodle = MOODLE.fullmatch(first)
    if moodle and moodle[3] == "onlinetext":
        yield "There is a text that was written online, which is not graded."
    canvas = CANVAS.fullmatch(first)
    if canvas and canvas[2]:
        yield "It was handed in late."


def _gradescope(members: list[_Member]) -> list[_Group]:
    (metadata,) = (member for member in members if member.path == METADATA)
    people = _people(metadata.read(LARGEST_ZIP))
    groups = _grouped([m for m in members if m.path != METADATA], _place_by_name)
    for group in groups:
        submitters = people.pop(group.name, [])
        group.participant = group.name.removeprefix("submission_")
        _name_people(group, submitters)
    for name, submitters in people.items():
        group = _Group(name, name.removeprefix("submission_"))
        _name_people(group, submitters)
        groups.append(group)
    return groups


def _name_people(group: _Group, submitters: list[dict[str, str]]) -> None:
    names = [person["name"] for person in submitters if person["name"]]
    numbers = [person["sid"] for person in submitters if person["sid"]]
    group.name = ", ".join(names) or group.name
    group.uid = numbers[0] if numbers else ""
    if len(submitters) > 1:
        group.remarks.append(f"It is of {len(submitters)} students: {', '.join(numbers)}.")


def _people(blob: bytes) -> dict[str, list[dict[str, str]]]:
    """Returns name and number of who handed in, by the name of the folder."""
    try:
        data = yaml.safe_load(blob)
        return {
            str(folder): [
                {key: str(person.get(f":{key}") or "") for key in ("name", "sid")}
                for person in entry[":submitters"]
            ]
            for folder, entry in data.items()
        }
    except (yaml.YAMLError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise GraderError(f"cannot read {METADATA}: {error}") from error


# What is in it


class _Search:
    """Looks for layers.py among the files of a hand-in, and in their zips."""

    def __init__(self) -> None:
        self.found: list[_Member] = []
        self.others: list[str] = []
        self.remarks: list[str] = []
        self.uids: list[str] = []
        self.count = 0
        self.has_pdf = False

    def look_at(self, members: Iterable[_Member], within: str = "", depth: int = 0) -> None:
        for member in members:
            if member.path.endswith("/") or _is_junk(member.path):
                continue
            self.count += 1
            path = within + member.path
            if member.problem:
                self.remarks.append(f"{_shown(path)} was left out: {member.problem}.")
            elif LAYERS.fullmatch(member.name):
                self.found.append(_moved(member, path))
            else:
                self.others.append(_shown(path))
                self.has_pdf |= member.name.lower().endswith(".pdf")
                if member.name.lower().endswith(".zip"):
                    self._look_into(member, path, depth)

    def _look_into(self, member: _Member, path: str, depth: int) -> None:
        named = UID.fullmatch(member.name)
        if named and not depth:
            self.uids.append(named[1])
        if depth == DEEPEST:
            self.remarks.append(f"{_shown(path)} was left out: a zip in a zip in a zip.")
            return
        try:
            inside = _inside(member)
        except (OSError, Unreadable, *DAMAGED) as error:
            self.remarks.append(f"{_shown(path)} cannot be read: {error}.")
        else:
            self.look_at(inside, f"{path}/", depth + 1)


def _inside(member: _Member) -> list[_Member]:
    """The members of a zip that is a member. Raises: Unreadable if it is too large."""
    blob = member.read(LARGEST_ZIP + 1)
    if len(blob) > LARGEST_ZIP:
        raise Unreadable(f"it must have at most {LARGEST_ZIP >> 20} MB")
    if blob.count(ENTRY) > MOST_MEMBERS:
        raise Unreadable(f"it must hold at most {MOST_MEMBERS:,} files")
    inside = list(_members_of_zip(zipfile.ZipFile(io.BytesIO(blob))))
    newest = max((each.modified for each in inside), default=())
    age = (*member.modified, *newest)
    return [replace(each, archive=age) for each in inside]


def _hand_in(group: _Group) -> HandIn:
    search = _Search()
    search.look_at(group.members)
    remarks = [*group.remarks, *search.remarks]
    doubts = []
    if search.count > MANY:
        remarks.append(f"It holds {search.count} files.")
    chosen = _choose(search.found)
    source = None
    fault = ""
    if chosen is None:
        fault = _nothing(search)
    else:
        if not re.fullmatch(r"([^/]*\.zip/)?layers\.py", chosen.path, re.DOTALL):
            remarks.append(f"Graded is {_shown(chosen.path)}.")
        if len(search.found) > 1:
            doubts.append(f"There are several: {_listed(m.path for m in search.found)}.")
        try:
            source = _source(chosen)
        except Unreadable as error:
            fault = str(error)
    if not search.has_pdf:
        remarks.append("There is no PDF.")
    uid = group.uid or next(iter(search.uids), "")
    name = _shown(group.name)
    return HandIn("", name, group.participant, uid, source, fault, tuple(remarks), tuple(doubts))


def _choose(found: list[_Member]) -> _Member | None:
    """What is nearest to the top, of that what is in the newest zip, of that what has the name."""
    found = sorted(found, key=lambda member: (member.name != "layers.py", member.path))
    found.sort(key=lambda member: member.archive, reverse=True)
    found.sort(key=lambda member: member.path.count("/"))
    return found[0] if found else None


def _nothing(search: _Search) -> str:
    """Says what there is in place of layers.py."""
    if not search.count:
        return "There is no file at all."
    notebooks = [name for name in search.others if name.lower().endswith(".ipynb")]
    if notebooks:
        return f"There is no layers.py, but a notebook: {_listed(notebooks)}."
    if search.others:
        return f"There is no layers.py. There is: {_listed(search.others)}."
    return "There is no layers.py that can be read."


def _source(member: _Member) -> Source:
    name = _shown(member.path)
    try:
        blob = member.read(LARGEST + 1)
    except (OSError, *DAMAGED) as error:
        raise Unreadable(f"cannot read {name}: {error}") from error
    if blob.startswith(UTF_16):
        raise Unreadable(f"cannot read {name}: it is in UTF-16, and must be in UTF-8")
    source = decode(name, blob)
    return Source("layers.py", source.blob, source.text)


def _listed(names: Iterable[str]) -> str:
    names = sorted(map(_shown, names))
    more = len(names) - MOST_NAMES
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown} and {more} more" if more > 0 else shown


def _shown(name: str) -> str:
    """A stranger's name in a line, of a length that can be read."""
    plain = " ".join(clean(unicodedata.normalize("NFC", name)).split())
    return plain if len(plain) <= LONGEST_NAME else f"{plain[:LONGEST_NAME]}…"


def _with_shared_uids(hand_ins: list[HandIn]) -> list[HandIn]:
    """Adds a doubt where two hand-ins have one UID."""
    by_uid: dict[str, list[str]] = {}
    for hand_in in hand_ins:
        by_uid.setdefault(hand_in.uid, []).append(hand_in.name)
    marked = []
    for hand_in in hand_ins:
        others = [name for name in by_uid[hand_in.uid] if name != hand_in.name]
        doubts = hand_in.doubts
        if hand_in.uid and len(by_uid[hand_in.uid]) > 1:
            names = _listed(others) or hand_in.name
            doubts += (f"The UID {hand_in.uid} is also that of {names}.",)
        marked.append(replace(hand_in, doubts=doubts))
    return marked


def _with_labels(hand_ins: list[HandIn]) -> list[HandIn]:
    """Gives each a label that can name a file on any system, and sorts them by it."""
    taken: set[str] = set()
    labelled = []
    for hand_in in sorted(hand_ins, key=lambda h: (h.participant or h.uid or h.name, h.name)):
        wanted = hand_in.participant or hand_in.uid or hand_in.name
        plain = re.sub(r"[^\w-]+", "-", unicodedata.normalize("NFC", wanted)).strip("-_")
        label = plain[:LONGEST_LABEL] or "unnamed"
        number = 1
        while label.casefold() in taken:
            number += 1
            label = f"{plain[:LONGEST_LABEL] or 'unnamed'}-{number}"
        taken.add(label.casefold())
        labelled.append(replace(hand_in, label=label))
    return sorted(labelled, key=lambda hand_in: _natural(hand_in.label))


def _natural(label: str) -> tuple[Any, ...]:
    """Sorts 9 before 10."""
    number = int(label) if label.isascii() and label.isdecimal() else -1
    return number, label

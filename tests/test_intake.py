"""Reads classes as platforms hand them out: every oddity is a row, and none stops the others."""

import os
import tracemalloc

import pytest

from grading import GraderError
from staff import intake
from staff.intake import read_class
from tests.hand_ins import (
    NAMES,
    PDF,
    RIGHT,
    gradescope_class,
    moodle_class,
    odd_hand_ins,
    write_folder,
    zipped,
)


def read(path):
    """The hand-ins of a class by label."""
    return {hand_in.label: hand_in for hand_in in read_class(path)}


def read_zip(folder, members):
    (folder / "class.zip").write_bytes(zipped(members))
    return read(folder / "class.zip")


@pytest.fixture(scope="module")
def sixty(tmp_path_factory):
    members, expected = moodle_class()
    return read_zip(tmp_path_factory.mktemp("class"), members), expected


@pytest.mark.parametrize("place, kind", list(enumerate(odd_hand_ins())))
def test_an_oddity_ends_as_a_row_that_says_so(place, kind, sixty):
    hand_in = sixty[0][str(7000 + place)]
    _, fault, remarks = sixty[1][str(7000 + place)]
    if fault is None:
        assert hand_in.fault == ""
        assert hand_in.source is not None
    else:
        assert hand_in.fault.startswith(fault)
        assert hand_in.source is None
    assert set(remarks) <= {*hand_in.remarks, *hand_in.doubts}


def test_nothing_is_said_of_a_hand_in_as_it_should_be(sixty):
    hand_in = sixty[0]["7000"]
    assert (hand_in.remarks, hand_in.doubts, hand_in.fault) == ((), (), "")
    assert (hand_in.uid, hand_in.participant, hand_in.name) == ("3000", "7000", NAMES[0])
    assert hand_in.source.blob == RIGHT


def test_a_class_of_sixty_has_sixty_rows(sixty):
    assert list(sixty[0]) == [str(7000 + i) for i in range(60)]


@pytest.mark.parametrize("trailing", [False, True])
def test_a_folder_is_read_as_its_zip_is(trailing, sixty, tmp_path):
    members, _ = moodle_class(trailing=trailing)
    found = read(write_folder(tmp_path, members))
    # Which of two zips is newer is told by their files' dates where the zips' own are the same.
    os.utime(next(tmp_path.glob("*_7011_*/A3_312.zip")), (0, 0))
    for label, hand_in in found.items():
        other = sixty[0][label]
        assert (hand_in.fault, hand_in.remarks) == (other.fault, other.remarks)


def test_without_folders_the_name_is_a_prefix_of_the_files(tmp_path):
    found = read_zip(
        tmp_path,
        {
            "王小明_71_assignsubmission_file_A3_3001.zip": zipped({"layers.py": RIGHT}),
            "Ada Lovelace_72_assignsubmission_file_layers.py": RIGHT,
            "Ada Lovelace_72_assignsubmission_file_my_answers.pdf": PDF,
        },
    )
    assert [(h.name, h.participant, h.uid, h.remarks) for h in found.values()] == [
        ("王小明", "71", "3001", ("There is no PDF.",)),
        ("Ada Lovelace", "72", "", ()),
    ]


def test_an_anonymous_download_and_teams_are_told_by_their_numbers(tmp_path):
    found = read_zip(
        tmp_path,
        {
            "Participant_81_assignsubmission_file/layers.py": RIGHT,
            "Team blue_82_assignsubmission_file/layers.py": RIGHT,
            "Default group_assignsubmission_file/layers.py": RIGHT,
        },
    )
    assert [(h.label, h.name, h.participant) for h in found.values()] == [
        ("Default-group", "Default group", ""),
        ("81", "Participant", "81"),
        ("82", "Team blue", "82"),
    ]


def test_a_text_that_was_written_online_is_a_remark(tmp_path):
    found = read_zip(
        tmp_path,
        {
            "Ada_9_assignsubmission_onlinetext/onlinetext.html": b"<p>layers.py",
            "Ada_9_assignsubmission_file/layers.py": RIGHT,
            "Bo_10_assignsubmission_onlinetext/onlinetext.html": b"<p>",
        },
    )
    online = "There is a text that was written online, which is not graded."
    assert found["9"].remarks == (online, "There is no PDF.")
    assert found["9"].source.blob == RIGHT
    assert found["10"].fault == "There is no file at all."


def test_canvas_is_read_by_its_users(tmp_path):
    found = read_zip(
        tmp_path,
        {
            "lovelaceada_501_9001_layers.py": RIGHT,
            "lovelaceada_501_9002_my_answers.pdf": PDF,
            "wangxiaoming_LATE_502_9003_layers-1.py": RIGHT,
        },
    )
    assert [(h.name, h.participant, h.remarks) for h in found.values()] == [
        ("lovelaceada", "501", ()),
        (
            "wangxiaoming",
            "502",
            ("It was handed in late.", "Graded is layers-1.py.", "There is no PDF."),
        ),
    ]


def test_gradescope_is_read_by_its_metadata(tmp_path):
    found = read_zip(tmp_path, gradescope_class())
    assert [(h.label, h.name, h.uid, h.fault, h.remarks) for h in found.values()] == [
        ("11", "Ada Lovelace", "3011", "", ("There is no PDF.",)),
        ("12", "王小明, Ольга Иванова", "3012", "", ("It is of 2 students: 3012, 3013.",)),
        ("13", "김민준", "3014", "There is no file at all.", ("There is no PDF.",)),
    ]


def test_damaged_metadata_says_so(tmp_path):
    members = gradescope_class() | {"export/submission_metadata.yml": b"submission_11: 3\n"}
    with pytest.raises(GraderError, match=r"^cannot read submission_metadata\.yml: "):
        read_zip(tmp_path, members)


def test_a_folder_of_zips_is_read_by_their_uids(tmp_path):
    write_folder(
        tmp_path,
        {
            "A3_3009.zip": zipped({"layers.py": RIGHT, "a.pdf": PDF}),
            "A3_30010.zip": zipped({"layers.py": RIGHT, "a.pdf": PDF}),
            "A3_3011/layers.py": RIGHT,
            "my layers.zip": zipped({"layers.py": RIGHT, "a.pdf": PDF}),
        },
    )
    (tmp_path / "A3_3012").mkdir()
    found = read(tmp_path)
    assert [(h.label, h.uid, h.fault) for h in found.values()] == [
        ("my-layers", "", ""),
        ("3009", "3009", ""),
        ("3011", "3011", ""),
        ("3012", "3012", "There is no file at all."),
        ("30010", "30010", ""),
    ]


def test_one_uid_twice_is_doubted(tmp_path):
    packed = zipped({"layers.py": RIGHT, "a.pdf": PDF})
    found = read_zip(
        tmp_path,
        {
            "Ada_1_assignsubmission_file/A3_30.zip": packed,
            "Bo_2_assignsubmission_file/A3_30.zip": packed,
            "Cy_3_assignsubmission_file/A3_31.zip": packed,
        },
    )
    assert [h.doubts for h in found.values()] == [
        ("The UID 30 is also that of Bo.",),
        ("The UID 30 is also that of Ada.",),
        (),
    ]


def test_labels_name_a_file_on_any_system_and_differ(tmp_path):
    found = read_zip(
        tmp_path,
        {"..": b"", "~a/b": b"", "A/layers.py": RIGHT, "a/layers.py": RIGHT, "a:b/c": b""},
    )
    assert list(found) == ["A", "a-2", "a-3", "a-b", "unnamed"]


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_a_link_in_a_folder_is_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "layers.py").write_text("token")
    write_folder(tmp_path / "class", {"A3_1/a.pdf": PDF, "A3_2/layers.py": RIGHT})
    (tmp_path / "class" / "A3_1" / "layers.py").symlink_to(secret / "layers.py")
    (tmp_path / "class" / "A3_3").symlink_to(secret)
    os.mkfifo(tmp_path / "class" / "A3_1" / "pipe.zip")
    found = read(tmp_path / "class")
    assert found["1"].fault == "There is no layers.py. There is: a.pdf."
    assert "layers.py was left out: a link, or no regular file." in found["1"].remarks
    assert found["3"].source is None


def test_a_bomb_takes_little_memory(tmp_path):
    bomb = zipped({"layers.py": bytes(60 * 2**20)})
    (tmp_path / "class.zip").write_bytes(zipped({"A3_1.zip": bomb, "A3_2.zip": bomb}))
    del bomb
    tracemalloc.start()
    try:
        read_class(tmp_path / "class.zip")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10 * 2**20


@pytest.mark.parametrize(
    "limit, value, said",
    [
        ("LARGEST_ZIP", 2**20, "A3_1.zip cannot be read: it must have at most 1 MB."),
        ("MOST_MEMBERS", 3, "A3_1.zip cannot be read: it must hold at most 3 files."),
    ],
)
def test_a_zip_has_limits(limit, value, said, monkeypatch, tmp_path):
    monkeypatch.setattr(intake, limit, value)
    members = {f"{i}.bin": os.urandom(2**19) for i in range(4)}
    write_folder(tmp_path, {"A3_1.zip": zipped(members), "A3_2.zip": zipped({})})
    assert said in read(tmp_path)["1"].remarks


def test_what_is_no_class_says_so(tmp_path):
    with pytest.raises(GraderError, match=r"has nobody's hand-in in it$"):
        read_class(tmp_path)
    with pytest.raises(GraderError, match=r"missing must be a folder or a zip of hand-ins: "):
        read_class(tmp_path / "missing")
    (tmp_path / "text.zip").write_text("text")
    with pytest.raises(GraderError, match=r"a zip of hand-ins: File is not a zip file$"):
        read_class(tmp_path / "text.zip")

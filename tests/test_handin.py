"""What may be handed in is packed as it is; of what may not all is told, and nothing is written."""

import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from grading.cases import read_questions
from grading.handin import INTERFACE, constructors, pack, problems, slips, uid_fault, whose
from grading.outcome import Ended, Frame, Outcome, Raised, Response
from staff.misconceptions import plain
from tests.test_declaration import IDEAS, INSERT, LEFT, NO_REFERENCE, NO_USE, NONE, NOTHING, TOOL

ROOT = Path(__file__).parent.parent
LOADED = Outcome(Response())


def submission(name, parameters, more=""):
    """The four classes, one of which has the constructor that is given."""
    classes = {**INTERFACE, name: parameters}
    return more + "".join(
        f"class {n}:\n    def __init__(self, {p}):\n        pass\n" for n, p in classes.items()
    )


@pytest.mark.parametrize(
    "name, parameters",
    [
        ("CustomLinear", "in_features: int, out_features: 'int', bias: bool = True"),
        (
            "CustomLinear",
            "in_features, out_features, bias=True, device=None, *rest, dtype=None, **others",
        ),
        ("CustomLinear", "in_features, out_features, bias=True, *args: int, **kwargs: int"),
        (
            "CustomConv2D",
            "in_channels, out_channels, kernel_size, stride=(1), padding=0, *, dilation=1",
        ),
        (
            "CustomMaxPool2D",
            "kernel_size: int | tuple[int, int], stride: int | None = None, padding: int = 0",
        ),
        ("CustomCrossEntropyLoss", 'reduction: str = "mean"'),
    ],
)
def test_a_constructor_that_fits(name, parameters):
    assert constructors(submission(name, parameters)) == []


@pytest.mark.parametrize(
    "name, parameters",
    [
        ("CustomLinear", "out_features, in_features, bias=True"),
        ("CustomLinear", "in_features, out_features"),
        ("CustomLinear", "in_features, out_features, bias"),
        ("CustomLinear", "in_features, out_features, bias=False"),
        ("CustomLinear", "in_features, out_features, *, bias=True"),
        ("CustomLinear", "in_features, /, out_features, bias=True"),
        ("CustomLinear", "*args, **kwargs"),
        ("CustomConv2D", "in_channels, out_channels, kernel_size, stride=1, padding=0, *, groups"),
        ("CustomConv2D", "in_channels, out_channels, kernel_size=3, stride=1, padding=0"),
        ("CustomConv2D", "in_channels, out_channels, kernel_size, padding=0, stride=1"),
        ("CustomMaxPool2D", "kernel_size, stride=1, padding=0"),
        ("CustomMaxPool2D", "kernel, stride=None, padding=0"),
        ("CustomCrossEntropyLoss", "reduction"),
        ("CustomCrossEntropyLoss", "reduction='meaning'"),
        ("CustomCrossEntropyLoss", "size_average=None, reduction='mean'"),
    ],
)
def test_a_constructor_that_does_not_fit_is_echoed(name, parameters):
    wanted = f"{name}.__init__ must begin with (self, {INTERFACE[name]}) and need no more"
    assert constructors(submission(name, parameters)) == [f"{wanted}, got (self, {parameters})"]


def test_a_class_without_a_constructor_of_its_own():
    text = submission("CustomLinear", "in_features").replace(
        "class CustomLinear:\n    def __init__", "def other"
    )
    parents = (
        "class Base:\n    def __init__(self, in_features, out_features, bias=True):\n        pass\n"
    )
    wanted = f"(self, {INTERFACE['CustomLinear']})"
    message = f"CustomLinear.__init__ must begin with {wanted} and need no more"
    assert constructors(f"{parents}{text}class CustomLinear(Base):\n    pass\n") == [
        f"{message}, got (no __init__)"
    ]


@pytest.mark.parametrize(
    "name, other, hint",
    [
        ("CustomConv2D", "CustomConv2d", "; was it renamed to CustomConv2d?"),
        ("CustomMaxPool2D", "CustomMaxPool", "; was it renamed to CustomMaxPool?"),
        ("CustomCrossEntropyLoss", "CustomCrossEntropy", "; was it renamed to CustomCrossEntropy?"),
        ("CustomLinear", "customLinear", "; was it renamed to customLinear?"),
        ("CustomLinear", "CustomReLU", ""),
        ("CustomLinear", "Affine", ""),
    ],
)
def test_a_missing_class_and_the_one_that_it_may_be(name, other, hint):
    text = plain().replace(f"class {name}(", f"class {other}(")
    assert constructors(text) == [f"there is no class {name} at top level{hint}"]
    inner = "def layers():\n    class CustomLinear:\n        pass\n"
    assert constructors(inner + text) == constructors(text)


SLIPS = {
    ("def __init__(self, in_features", "def __int__(self, in_features"): [
        "CustomLinear defines __int__; did you mean __init__?"
    ],
    ("def __init__(self, in_features", "def _init_(self, in_features"): [
        "CustomLinear defines _init_; did you mean __init__?"
    ],
    ("def __init__(self, in_features", "def __inti__(self, in_feature"): [
        "CustomLinear defines __inti__; did you mean __init__?",
        "CustomLinear.__inti__ takes in_feature; did you mean in_features?",
    ],
    ("def forward(self, x", "def foward(self, x"): [
        "CustomLinear defines foward; did you mean forward?"
    ],
    ("def forward(self, x", "def Forward(self, x"): [
        "CustomLinear defines Forward; did you mean forward?"
    ],
    ("def reset_parameters", "def reset_paramters"): [
        "CustomLinear defines reset_paramters; did you mean reset_parameters?"
    ],
    ("out_features, bias=True", "out_features, bais=True"): [
        "CustomLinear.__init__ takes bais; did you mean bias?"
    ],
    # both are there, or neither is near
    ("def forward(self, x", "def forwards(self):\n        pass\n\n    def forward(self, x"): [],
    ("def forward(self, x", "def apply(self, x"): [],
    ("out_features, bias=True", "out_features, with_bias=True"): [],
    ("out_features, bias=True", "out_features, bias=True, biased=True"): [],
}


@pytest.mark.parametrize("change", SLIPS)
def test_a_slip_in_a_name_is_asked_about(change):
    text = plain().replace(*change, 1)
    assert text != plain()
    asked = slips(text)
    assert [question.partition(": ")[2] for question in asked] == SLIPS[change]
    lines = text.splitlines()
    for question in asked:
        number = int(question.partition(":")[0].removeprefix("line "))
        assert "def " in lines[number - 1]


def test_a_slip_is_one_line_of_the_report(tmp_path):
    text = plain().replace("def __init__(self, in_features", "def __int__(self, in_features", 1)
    line = text[: text.index("__int__")].count("\n") + 1
    status, out, err = run(tmp_path, text.encode(), "-q", "q1")
    assert (status, err) == (1, [])
    asked = f"Remark: line {line}: CustomLinear defines __int__; did you mean __init__?"
    assert out.splitlines().count(asked) == 1


@pytest.mark.parametrize(
    "text",
    [
        "class CustomLinear:\n    pass\n",
        "class CustomLinear:\n" + "    def forwar(self): 0\n" * 40000,
        "".join(f"def f{i}(self): 0\n" for i in range(40000)),
        f"class CustomLinear:\n    def {'f' * 10**6}(self): 0\n",
        "class CustomLinear:\n" + "".join(f"    def forwar{i}(self): 0\n" for i in range(20000)),
        f"x = {'-' * 10**5}1\n",
        f"x = {'(' * 10**5}\n",
        "x = '\0'\n",
        "def f(:\n",
    ],
)
def test_whatever_a_file_says_its_slips_are_looked_for_in_no_time(text):
    began = time.process_time()
    assert len(slips(text)) <= 1
    assert time.process_time() - began < 5


def test_right_files_have_nothing_missing():
    assert {question.layer for question in read_questions(ROOT / "test_cases").values()} == set(
        INTERFACE
    )
    for text in (plain(), (ROOT / "layers.py").read_text(encoding="utf-8")):
        assert (constructors(text), slips(text)) == ([], [])
    with pytest.raises(SyntaxError):
        constructors("def f(:\n")


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    from matplotlib.figure import Figure

    path = tmp_path_factory.mktemp("pdf") / "answers.pdf"
    Figure().savefig(path)
    return path.read_bytes()


@pytest.mark.parametrize("uid", ["", "u3035", "3035.zip", "../3035", "3035\n", "-1", "٣", "²"])
def test_a_uid_is_digits_only(uid):
    assert uid_fault(uid) == f"--zip must be a UID, digits only, got {uid!r}"
    assert uid_fault("3035") is None


def test_a_wrong_uid_is_told_before_anything_is_graded(tmp_path):
    status, out, err = run(tmp_path, b"", "--zip", "u3035", "--json", "results.json")
    assert (status, out) == (2, "")
    assert err == ["autograder.py: --zip must be a UID, digits only, got 'u3035'"]
    assert os.listdir(tmp_path) == ["submission.py"]


SMALLEST = b"%PDF-1.4\n%%EOF\n"


def test_a_pdf_is_whole(document, tmp_path):
    path = tmp_path / "my answers.pdf"
    message = f"--pdf must be a whole PDF (%PDF-, objects, startxref, %%EOF), got {path}"
    missing = f"there is no {path}: put your answers there, or name the PDF with --pdf FILE"
    assert problems(plain(), LOADED, path) == [missing]
    path.mkdir()
    assert problems(plain(), LOADED, path) == [f"{message}, which is no file"]
    path.rmdir()
    for content in (
        b"",
        b"\n" + document,
        document[: len(document) // 2],
        document + b"\0" * 2000,
        b"PK\3\4",
        SMALLEST,
        b"%PDF-1.4\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n",
    ):
        path.write_bytes(content)
        assert problems(plain(), LOADED, path) == [message]
    for content in (document, document + b"\r\n" + document[-700:] + b"\n\n"):
        path.write_bytes(content)
        assert problems(plain(), LOADED, path) == []


@pytest.mark.parametrize("name", ["layers.py", "answers", "answers.docx"])
def test_the_name_of_a_pdf_ends_so(name, document, tmp_path):
    path = tmp_path / name
    path.write_bytes(document)
    fault = f"--pdf must be a file whose name ends in .pdf, got {path}"
    assert problems(plain(), LOADED, path) == [fault]


def test_a_pdf_that_cannot_be_read_is_told(tmp_path):
    path = tmp_path / f"{'a' * 300}.pdf"
    fault = f"--pdf must be a whole PDF (%PDF-, objects, startxref, %%EOF), got {path}"
    assert problems(plain(), LOADED, path)[0].startswith(f"{fault}, which ")


def test_the_reference_solutions_answers_are_not_packed_without_a_word(document, tmp_path):
    asked = "answers.pdf has the answers of the reference solution; are they your own?"
    assert whose(ROOT / "answers.pdf") == [asked]
    (tmp_path / "answers.pdf").write_bytes(document)
    assert whose(tmp_path / "answers.pdf") == []
    assert whose(tmp_path / "none.pdf") == []
    arguments = ["--zip", "1", "--pdf", ROOT / "answers.pdf"]
    status, out, err = run(tmp_path, plain().encode(), *arguments)
    assert (status, err) == (0, [])
    assert f"\nRemark: {asked}\n" in out
    assert list(members(tmp_path / "A3_1.zip")) == ["layers.py", "answers.pdf"]


@pytest.mark.parametrize(
    "loaded, reason",
    [
        (Outcome(ended=Ended("timeout", "1 s")), "timeout (1 s)"),
        (
            Outcome(Response(Raised("NameError", "no\n  x", (Frame(3, "<module>", "x"),)))),
            "NameError: no x",
        ),
    ],
)
def test_a_file_loads(loaded, reason, document, tmp_path):
    (tmp_path / "a.pdf").write_bytes(document)
    assert problems(plain(), loaded, tmp_path / "a.pdf") == [f"the file does not load: {reason}"]


def interrupt(_):
    raise KeyboardInterrupt


def test_an_interrupted_run_leaves_the_older_zip(document, tmp_path, monkeypatch):
    pdf = tmp_path / "a.pdf"
    pdf.write_bytes(document)
    path = pack("1", b"old", pdf, tmp_path)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "read_bytes", interrupt)
        pack("1", b"new", pdf, tmp_path)
    assert members(path) == {"layers.py": b"old", "a.pdf": document}
    assert pack("1", b"new", pdf, tmp_path) == path
    assert members(path) == {"layers.py": b"new", "a.pdf": document}
    assert sorted(tmp_path.iterdir()) == [path, pdf]


def members(path):
    with zipfile.ZipFile(path) as archive:
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_DEFLATED}
        return {info.filename: archive.read(info) for info in archive.infolist()}


def run(folder, source, *arguments):
    """Runs the command in a folder on a submission; returns status, stdout and lines of stderr."""
    (folder / "submission.py").write_bytes(source)
    command = [sys.executable, ROOT / "autograder.py", "--layers", "submission.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120)
    return done.returncode, done.stdout, done.stderr.splitlines()


def test_a_complete_hand_in_is_packed_byte_by_byte(document, tmp_path):
    """With a byte order mark and Windows' line ends, which the zip keeps."""
    source = b"\xef\xbb\xbf" + plain().replace("\n", "\r\n").encode()
    (tmp_path / "answers.pdf").write_bytes(document)
    (tmp_path / "A3_3035123456.zip").write_bytes(b"older")
    status, out, err = run(tmp_path, source, "--zip", "3035123456")
    assert (status, err) == (0, [])
    path = tmp_path.resolve() / "A3_3035123456.zip"
    content = [
        f"{path}",
        f"  layers.py {len(source)} bytes",
        f"  answers.pdf {len(document)} bytes",
    ]
    assert out.splitlines()[-5:] == ["Total: 80/80", "", *content]
    assert "Remark" not in out
    assert members(path) == {"layers.py": source, "answers.pdf": document}
    assert sorted(os.listdir(tmp_path)) == ["A3_3035123456.zip", "answers.pdf", "submission.py"]


def test_marks_may_be_lost_and_the_pdf_may_have_another_name(document, tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "Question 5.pdf").write_bytes(document)
    source = plain().replace("return y\n", "return -y\n", 1).encode()
    status, out, err = run(tmp_path, source, "--zip", "1", "--pdf", "texts/Question 5.pdf")
    assert (status, err) == (1, [])
    assert "Total: 80/80" not in out
    assert list(members(tmp_path / "A3_1.zip")) == ["layers.py", "Question 5.pdf"]


def test_everything_that_is_missing_is_told_at_once(tmp_path):
    classes = "class CustomLinear:\n    pass\nclass CustomConv2d:\n    pass\n"
    text = f"{classes}raise ValueError('not\\nyet')\n"
    (tmp_path / "texts.pdf").mkdir()
    arguments = ["--zip", "3035", "--pdf", "texts.pdf", "--json", "results.json"]
    status, out, err = run(tmp_path, text.encode(), *arguments)
    assert status == 2
    faults = [
        "the file does not load: ValueError: not yet",
        "--pdf must be a whole PDF (%PDF-, objects, startxref, %%EOF), got texts.pdf, which is no "
        "file",
        NOTHING,
        "CustomLinear.__init__ must begin with (self, in_features, out_features, bias=True) "
        "and need no more, got (no __init__)",
        "there is no class CustomConv2D at top level; was it renamed to CustomConv2d?",
        "there is no class CustomMaxPool2D at top level",
        "there is no class CustomCrossEntropyLoss at top level",
    ]
    assert err == "\n".join(f"autograder.py: {fault}" for fault in faults).splitlines()
    assert out.splitlines()[-1] == "Total: 0/80"
    assert sorted(os.listdir(tmp_path)) == ["results.json", "submission.py", "texts.pdf"]


def test_a_placeholder_and_a_renamed_class_keep_the_older_zip(document, tmp_path):
    text = (
        plain()
        .replace(NONE, IDEAS.format(INSERT))
        .replace("class CustomConv2D", "class CustomConv2d")
    )
    (tmp_path / "answers.pdf").write_bytes(document)
    (tmp_path / "A3_1.zip").write_bytes(b"older")
    status, out, err = run(tmp_path, text.encode(), "--zip", "1")
    assert (status, out.splitlines()[-1]) == (2, "Total: 60/80")
    renamed = "there is no class CustomConv2D at top level; was it renamed to CustomConv2d?"
    older = "nothing is packed; the A3_1.zip that is there is an older one"
    faults = [LEFT.format(INSERT), NO_USE, NO_REFERENCE, renamed, older]
    assert err == [f"autograder.py: {fault}" for fault in faults]
    assert (tmp_path / "A3_1.zip").read_bytes() == b"older"


def test_a_remark_costs_no_mark(tmp_path):
    text = plain().replace(NONE, "")
    status, out, err = run(tmp_path, text.encode(), "-q", "q1", "--json", "results.json")
    assert (status, err) == (0, [])
    assert out.endswith(
        "Provisional grades\n==================\nQuestion q1: 20/20\nTotal: 20/20\n"
    )
    shown = NOTHING.replace("\n", "\n    ")
    assert out.count(f"\nRemark: {shown}\n\nProvisional grades") == 1
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert (results["score"], results["extra_data"]["remarks"]) == (20, [NOTHING])


def test_what_is_only_asked_keeps_nothing_from_being_packed(document, tmp_path):
    (tmp_path / "answers.pdf").write_bytes(document)
    used = f"I used it to read. {IDEAS.format(TOOL)}"
    text = plain() + f"\n\ndef none():\n    {used!r}\n"
    status, out, err = run(tmp_path, text.encode(), "--zip", "1")
    assert (status, err) == (0, [])
    asked = "which statement on AI is your declaration, "
    assert out.count(f"\nRemark: {asked}{NONE[:-1]!r} or {IDEAS[:24]!r}"[:-1]) == 1
    assert (tmp_path / "A3_1.zip").exists()


def test_a_zip_that_cannot_be_written_is_told(document, tmp_path):
    (tmp_path / "answers.pdf").write_bytes(document)
    (tmp_path / "A3_1.zip" / "full").mkdir(parents=True)
    status, _, err = run(tmp_path, plain().encode(), "--zip", "1")
    assert status == 2
    assert len(err) == 1
    assert err[0].startswith("autograder.py: cannot write: ")
    assert "A3_1.zip" in err[0]
    assert sorted(os.listdir(tmp_path)) == ["A3_1.zip", "answers.pdf", "submission.py"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--zip", "1", "-q", "q1"], "not allowed with argument"),
        (["--zip", "1", "-q", "all"], "not allowed with argument"),
        (["--case", "q3/ties", "--zip", "1"], "not allowed with argument"),
        (["--pdf", "answers.pdf"], "--pdf goes with --zip only"),
    ],
)
def test_bad_usage(tmp_path, arguments, message):
    status, out, err = run(tmp_path, plain().encode(), *arguments)
    assert (status, out, len(err)) == (2, "", 1)
    assert message in err[0]

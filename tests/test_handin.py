"""What may be handed in is packed as it is; of what may not all is told, and nothing is written."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grading.cases import read_questions
from grading.handin import INTERFACE, constructors, declaration, pack, problems
from grading.outcome import Ended, Frame, Outcome, Raised, Response
from staff.misconceptions import plain

ROOT = Path(__file__).parent.parent
LOADED = Outcome(Response())
NONE = "I did not use any AI technologies in preparing or writing up this assignment."
IDEAS = (
    "I acknowledge the use of {} to generate initial ideas for background research in the drafting "
    "of this assignment."
)
MATERIALS = (
    "I acknowledge the use of {} to generate materials that were included within my final "
    "assignment in its "
    "modified form."
)
TOOL = "ChatGPT (https://chat.openai.com)"
USED = "How it was used: to explain unfold to me."
INSERT = "<insert AI system(s) and link>"
FOUND = "the declaration must be one of the handout's three statements on AI; found {}"
LEFT = "the declaration has a placeholder left: {!r}"
NO_TOOL = "the declaration names no tool"
NO_USE = "the declaration does not say how it was used ('I used it ...')"
NO_REFERENCE = "the declaration has no reference to the tool, such as a link"
DECLARED = {
    # the first statement, in any comment or string, wrapped and indented
    f"# {NONE}": [],
    f"x = 1\n{NONE!r}": [],
    f"# {NONE.upper()}": [],
    f"#: {NONE.lower()[:-1]}": [],
    '"""\n' + NONE.replace(" any ", "\n    any\n\n") + '\n"""': [],
    "#  - " + NONE.replace("preparing ", "preparing\n#    "): [],
    "    ## > " + NONE.replace(" ", "\n    ## > "): [],
    "# " + NONE.replace("preparing ", "preparing\r\n# "): [],
    'AI = (\n    "' + NONE.replace("writing ", 'writing "\n    "') + '"\n)': [],
    "AI = '" + NONE.replace("writing ", "writing ' \\\n  '") + "'": [],
    f'class A:\n    def f(x):\n        f"""{NONE}"""': [],
    # the other two name the tool, how it was used and where it is found
    f"# {IDEAS}\n# {USED}".format(TOOL): [],
    f"# {USED}\n# {IDEAS}".format(TOOL): [],
    f"# {MATERIALS}\n# Use: to check shapes. [1] https://claude.ai".format("Claude"): [],
    f'"""{MATERIALS}\nI used it to write the loss. Reference: claude.ai"""'.format("Claude"): [],
    f"# {MATERIALS}\n# It helped me with einsum.".format("DeepSeek,\n# www.deepseek.com,"): [],
    f"# {IDEAS}\n# {USED}".format("o3 (https://chat.openai.com/share/a__b)"): [],
    f"# {IDEAS}".format(TOOL): [NO_USE],
    f'"""Declaration of the use of AI tools\n\n{IDEAS}"""'.format(TOOL): [NO_USE],
    f"# {IDEAS}\nimport torch\n# used by all of the layers below".format(TOOL): [NO_USE],
    f"# {IDEAS}\n# {USED}".format("ChatGPT"): [NO_REFERENCE],
    f"# {MATERIALS}".format("ChatGPT"): [NO_USE, NO_REFERENCE],
    f"# {MATERIALS}".format("https://chat.openai.com"): [NO_TOOL, NO_USE],
    # what the template has is filled in
    f"# {IDEAS}".format(INSERT): [LEFT.format(INSERT), NO_USE, NO_REFERENCE],
    f"# {IDEAS}\n# {USED}".format("<insert AI\n    #   system(s) and link>"): [
        LEFT.format(INSERT),
        NO_REFERENCE,
    ],
    f"# {MATERIALS}\n# {USED}".format(f"TODO, {TOOL}"): [LEFT.format("TODO")],
    f"# {MATERIALS}\n# {USED}".format(f"____ {TOOL}"): [LEFT.format("____")],
    f"# {MATERIALS}\n# {USED}".format(f"ChatGPT <link> {TOOL}"): [LEFT.format("<link>")],
    # one of the three, and only one
    "": [FOUND.format("none")],
    "# I used no AI.": [FOUND.format("none")],
    "# TODO: implement\nx = 1": [FOUND.format("none")],
    "# <insert declaration here>": [FOUND.format("none")],
    f"# {IDEAS}".format(""): [FOUND.format("none")],
    f"# {NONE}".replace("did not use", "did use"): [FOUND.format("none")],
    f"# {NONE}\n# {IDEAS}".format(TOOL): [FOUND.format(2)],
    f"# {NONE}\n# {IDEAS}\n# {MATERIALS}".format(INSERT, INSERT): [FOUND.format(3)],
    f'"""{NONE}"""\nimport torch\n# {IDEAS}'.format(TOOL): [FOUND.format(2)],
}


@pytest.mark.parametrize("text", DECLARED)
def test_the_declaration(text):
    assert declaration(text) == DECLARED[text]


@pytest.mark.parametrize(
    "text", ["a-" * 10**5, "I acknowledge the use of" + " -" * 10**5, "\n" * 10**6, "<" * 10**5]
)
def test_a_hostile_text_is_read_in_no_time(text):
    assert declaration(text) == [FOUND.format("none")]
    assert declaration(f"# {IDEAS}\n{text}".format(INSERT)) == [
        LEFT.format(INSERT),
        NO_USE,
        NO_REFERENCE,
    ]


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


def test_right_files_have_nothing_missing():
    assert {question.layer for question in read_questions(ROOT / "test_cases").values()} == set(
        INTERFACE
    )
    for text in (plain(), (ROOT / "layers.py").read_text(encoding="utf-8")):
        assert (declaration(text), constructors(text)) == ([], [])
    with pytest.raises(SyntaxError):
        constructors("def f(:\n")


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    from matplotlib.figure import Figure

    path = tmp_path_factory.mktemp("pdf") / "answers.pdf"
    Figure().savefig(path)
    return path.read_bytes()


@pytest.mark.parametrize("uid", ["", "u3035", "3035.zip", "../3035", "3035\n", "-1", "٣", "²"])
def test_a_uid_is_digits_only(uid, document, tmp_path):
    (tmp_path / "answers.pdf").write_bytes(document)
    for value, faults in {
        uid: [f"--zip must be a UID, digits only, got {uid!r}"],
        "3035": [],
    }.items():
        assert problems(value, plain(), LOADED, tmp_path / "answers.pdf") == faults


def test_a_pdf_is_whole(document, tmp_path):
    path = tmp_path / "my answers.pdf"
    message = f"--pdf must be a PDF from %PDF- to %%EOF, got {path}"
    assert problems("1", plain(), LOADED, path) == [f"{message}, which is no file"]
    for content in (
        b"",
        b"\n" + document,
        document[: len(document) // 2],
        document + b"\0" * 2000,
        b"PK\3\4",
    ):
        path.write_bytes(content)
        assert problems("1", plain(), LOADED, path) == [message]
    for content in (document, document + b"\r\n" + document[-700:] + b"\n\n"):
        path.write_bytes(content)
        assert problems("1", plain(), LOADED, path) == []


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
    assert problems("1", plain(), loaded, tmp_path / "a.pdf") == [
        f"the file does not load: {reason}"
    ]


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
    (tmp_path / "texts").mkdir()
    status, out, err = run(
        tmp_path, text.encode(), "--zip", "u3035", "--pdf", "texts", "--json", "results.json"
    )
    assert status == 2
    assert err == [
        f"autograder.py: {fault}"
        for fault in [
            "--zip must be a UID, digits only, got 'u3035'",
            "the file does not load: ValueError: not yet",
            "--pdf must be a PDF from %PDF- to %%EOF, got texts, which is no file",
            FOUND.format("none"),
            "CustomLinear.__init__ must begin with (self, in_features, out_features, bias=True) "
            "and need no more, got (no __init__)",
            "there is no class CustomConv2D at top level; was it renamed to CustomConv2d?",
            "there is no class CustomMaxPool2D at top level",
            "there is no class CustomCrossEntropyLoss at top level",
        ]
    ]
    assert out.splitlines()[-1] == "Total: 0/80"
    assert sorted(os.listdir(tmp_path)) == ["results.json", "submission.py", "texts"]


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
    faults = [LEFT.format(INSERT), NO_USE, NO_REFERENCE, renamed]
    assert err == [f"autograder.py: {fault}" for fault in faults]
    assert (tmp_path / "A3_1.zip").read_bytes() == b"older"


def test_a_remark_costs_no_mark(tmp_path):
    text = plain().replace(NONE, "")
    status, out, err = run(tmp_path, text.encode(), "-q", "q1", "--json", "results.json")
    assert (status, err) == (0, [])
    assert out.endswith(
        "Provisional grades\n==================\nQuestion q1: 20/20\nTotal: 20/20\n"
    )
    assert out.count(f"\nRemark: {FOUND.format('none')}\n\nProvisional grades") == 1
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert (results["score"], results["extra_data"]["remarks"]) == (20, [FOUND.format("none")])


def test_a_zip_that_cannot_be_written_is_told(document, tmp_path):
    (tmp_path / "answers.pdf").write_bytes(document)
    (tmp_path / "A3_1.zip" / "full").mkdir(parents=True)
    status, _, err = run(tmp_path, plain().encode(), "--zip", "1")
    assert status == 2
    assert len(err) == 1
    assert err[0].startswith("autograder.py: cannot write: ")
    assert "A3_1.zip" in err[0]


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

"""Holds the ranking of pairs to copies by other hands, and what it reads to its promises."""

import csv
import hashlib
import itertools
import json
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from grading import GraderError
from grading.cases import read_toml
from grading.source import Source
from staff import similarity
from staff.disguises import Shared, disguises, marked
from staff.forms import features
from staff.intake import HandIn
from staff.misconceptions import MISCONCEPTIONS, plain, submission
from staff.starter import starter
from tests import alike_model
from tests.hand_ins import PDF, write_folder, zipped

ALIKE = Path(__file__).parent / "alike"
LABELS = read_toml(ALIKE / "labels.toml")


def file_of(name, text, year=""):
    source = Source("layers.py", text.encode(), text)
    hand_in = HandIn(name, name, source=source)
    found, fault = similarity.look_into(hand_in, {})
    return similarity.File(hand_in, year, found, fault)


def files_of(texts):
    return [file_of(name, text) for name, text in texts.items()]


def ranked(table, names):
    return [(names[i], names[j]) for i, j in table.order()]


# The labelled set


def origins(name, labels):
    """Whom a file was copied from, and whom that was."""
    found = []
    while name in labels:
        name = labels[name]["of"]
        found.append(name)
    return found


def relation(one, other, labels):
    """Whether one was copied from the other; None of two copies of the same, which are neither."""
    lines = [[name, *origins(name, labels)] for name in (one, other)]
    if one in lines[1] or other in lines[0]:
        return True
    return None if lines[0][-1] == lines[1][-1] else False


def precision_and_recall(files, labels):
    return best_of(ranked(similarity.Table(files), [file.name for file in files]), labels)


def best_of(pairs, labels):
    """Precision and recall at the threshold at which the lower of the two is highest."""
    related = [relation(*pair, labels) for pair in pairs]
    is_copy = [each for each in related if each is not None]
    found = []
    for count in range(1, len(is_copy) + 1):
        right = sum(is_copy[:count])
        found.append((right / count, right / sum(is_copy)))
    return max(found, key=min)


def read_set(folder):
    paths = sorted(folder.glob("*.py"))
    files = files_of({path.stem: path.read_text(encoding="utf-8") for path in paths})
    return files, read_toml(folder / "labels.toml")


@pytest.fixture(scope="module")
def labelled():
    files, _ = read_set(ALIKE)
    return files


def whole_copies(files, labels):
    """Without the files of which single layers were copied, and without the labels of these."""
    kept = [file for file in files if "layers" not in labels.get(file.name, {})]
    return kept, {name: label for name, label in labels.items() if "layers" not in label}


def test_copies_stand_before_honest_pairs(labelled):
    of_all = precision_and_recall(labelled, LABELS)
    of_whole = precision_and_recall(*whole_copies(labelled, LABELS))
    for what, (precision, recall) in (("all", of_all), ("whole files", of_whole)):
        print(f"{what}: precision {precision:.3f}, recall {recall:.3f}")
    assert min(of_whole) >= 0.95
    assert min(of_all) >= 0.9


def test_copies_by_a_hand_that_saw_nothing_are_found_better_than_by_their_text():
    """These were written anew from another's, often of the idioms that all use: see labels.toml."""
    files, labels = read_set(Path(__file__).parent / "alike_unseen")
    ours = precision_and_recall(files, labels)
    names = [file.name for file in files]
    texts = {file.name: file.text for file in files}
    by_text = sorted(
        itertools.combinations(names, 2),
        key=lambda pair: -max(similarity.second_opinion(*(texts[name] for name in pair))),
    )
    theirs = best_of(by_text, labels)
    for what, (precision, recall) in (("ours", ours), ("copydetect", theirs)):
        print(f"{what}: precision {precision:.3f}, recall {recall:.3f}")
    assert min(ours) >= 0.7
    assert min(ours) > 2 * min(theirs)


@pytest.mark.parametrize("seed", range(1000, 1004))
def test_in_a_class_of_200_the_five_copied_pairs_are_among_the_first_ten(seed):
    texts, copied = alike_model.simulated(200, 5, seed)
    table = similarity.Table(files_of({str(i): text for i, text in enumerate(texts)}))
    first = table.order()[:10]
    assert {tuple(sorted(pair)) for pair in copied} <= {*first}


def test_the_set_is_as_large_as_it_must_be():
    disguises = {each for label in LABELS.values() for each in label["disguises"]}
    assert len(list(ALIKE.glob("own_*.py"))) >= 12
    assert len(LABELS) >= 40
    assert len(disguises) >= 14
    assert any(label["of"] in LABELS for label in LABELS.values())  # a chain


def test_a_layer_that_was_copied_alone_is_told(labelled):
    """Beside the whole copies, which come near in each layer."""
    partial = {name: label for name, label in LABELS.items() if "layers" in label}
    originals = [file for file in labelled if file.name in partial or file.name not in LABELS]
    table = similarity.Table(originals)
    names = [file.name for file in originals]
    first = table.by_layer()[: 2 * len(partial)]
    told = {frozenset((names[i], names[j])): table.pair(i, j).layer[0] for i, j in first}
    found = {
        name: told[frozenset((name, label["of"]))]
        for name, label in partial.items()
        if frozenset((name, label["of"])) in told
    }
    print(f"{len(found)} of {len(partial)} among the first {len(first)} by layer")
    assert len(found) >= len(partial) - 1
    assert all(layer in LABELS[name]["layers"] for name, layer in found.items())


# What counts as the same

ONE = """
class CustomLinear(nn.Module):
    def forward(self, x):
{body}
"""


def forms(body):
    text = "import torch\n" + ONE.format(body=textwrap.indent(textwrap.dedent(body), " " * 8))
    return {feature for feature in features(text)["CustomLinear"] if feature.kind == "form"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("return x @ self.weight.T", "return torch.matmul(x, self.weight.t())"),
        ("return x @ self.weight.T", "return x.matmul(self.weight.transpose(0, 1))"),
        ("y = x * 2\nreturn y + 1", "return 1 + 2 * x"),
        ("a = x.exp()\nb = x.sum()\nreturn a / b", "q = x.sum()\np = x.exp()\nreturn p / q"),
        ("return torch.einsum('ni,oi->no', x, w)", "return torch.einsum('ab, cb -> ac', x, w)"),
        ("return x.view(2, -1)", "return torch.reshape(x, 2, -1)"),
        ("r = []\nfor a in x:\n    r.append(a * 2)\nreturn r", "return [q * 2 for q in x]"),
        (
            "if x is None:\n    y = 1\nelse:\n    y = x\nreturn y",
            "return x if x is not None else 1",
        ),
        ("return x.amax(3)", "return torch.amax(x, 3)"),
        ("return x + x", "return 2 * x"),
        (
            "h, w = x.shape[0], x.shape[1]\nreturn h - w",
            "a, b = x.size(0), x.size(1)\nreturn a - b",
        ),
        ("y = x.exp()\nprint(y)\nreturn y", "unused = x + 3\nreturn torch.exp(x)"),
        ("x = x.exp()\nx += 1\nreturn x", "return x.exp() + 1"),
        ("def f(a):\n    return a.exp()\nreturn f(x)", "return x.exp()"),
    ],
)
def test_what_computes_the_same_has_one_form(one, other):
    assert forms(one) == forms(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("return x - self.bias", "return self.bias - x"),
        ("return x @ self.weight", "return x * self.weight"),
        ("return x.sum(0)", "return x.sum(1)"),
        ("return x.exp().sum()", "return x.sum().exp()"),
        ("return x[0]", "return x[1]"),
    ],
)
def test_what_computes_something_else_has_another_form(one, other):
    assert forms(one) != forms(other)


def test_a_helper_of_the_file_stands_for_what_it_returns():
    drawn_out = ONE.format(body="        return double(x) @ self.weight")
    helper = "def double(images):\n    twice = 2 * images\n    return twice\n"
    inside = ONE.format(body="        return (2 * x) @ self.weight")
    one, other = features(helper + drawn_out), features(inside)
    assert {f for f in one["CustomLinear"] if f.kind == "form"} == {
        f for f in other["CustomLinear"] if f.kind == "form"
    }


# What does not count


def test_what_the_handout_gives_counts_nothing():
    texts = {f"s{i}": starter() + f"# {'abc'[i]}\n" for i in range(3)}
    table = similarity.Table(files_of(texts))
    assert table.pair(0, 1).weight == 0


def test_what_all_have_counts_next_to_nothing_and_what_two_have_counts_most():
    common = "        y = x @ self.weight.T\n        return y + self.bias"
    rare = "        q = x.cumsum(0).roll(3).cumprod(1)\n        return q + self.bias"
    texts = {f"s{i}": "import torch\n" + ONE.format(body=common) for i in range(20)}
    texts |= {f"r{i}": "import torch\n" + ONE.format(body=rare) for i in range(2)}
    table = similarity.Table(files_of(texts))
    assert table.order()[0] == (20, 21)
    assert table.pair(20, 21).weight > 10 * table.pair(0, 1).weight


def test_how_high_honest_pairs_come_is_told_by_the_class():
    honest, _ = alike_model.simulated(60, 0, 7)
    texts, copied = alike_model.simulated(60, 3, 7)
    tables = [
        similarity.Table(files_of({str(i): text for i, text in enumerate(each)}))
        for each in (honest, texts)
    ]
    highest = tables[0].pair(*tables[0].order()[0]).score
    expected = tables[1].expected()
    assert 0 < expected.half < expected.most < expected.highest
    assert expected.highest == pytest.approx(highest, rel=0.3)
    for pair in copied:
        assert tables[1].pair(*sorted(pair)).score > expected.highest


def test_two_that_share_all_with_each_other_alone_have_a_hundred():
    sums = np.array([[4.0, 4, 0], [4, 4, 0], [0, 0, 9]])
    scores = similarity.partial_correlations(similarity.correlations(sums))
    assert scores[0, 1] == pytest.approx(100)
    assert scores[0, 2] == pytest.approx(0)


def test_what_a_third_has_too_counts_less():
    two = np.array([[1.0, 0.8, 0], [0.8, 1, 0], [0, 0, 1]])
    three = np.array([[1.0, 0.8, 0.8], [0.8, 1, 0.8], [0.8, 0.8, 1]])
    one, other = (similarity.partial_correlations(sums)[0, 1] for sums in (two, three))
    assert one > other > 0


def test_a_pair_of_two_earlier_files_is_none():
    texts = {"a": plain(), "b": plain() + "# b\n"}
    files = [file_of(name, text, "2025") for name, text in texts.items()]
    files.append(file_of("c", plain() + "# c\n"))
    table = similarity.Table(files)
    assert sorted(table.order()) == [(0, 2), (1, 2)]
    assert table.pair(0, 2).one.name == "a (2025)"


# In what two differ


def test_twins_differ_in_nothing():
    assert disguises(plain(), plain()) == []


def test_other_comments_are_told_from_other_names():
    assert disguises("x = 1\n", "# one\nx  =  1\n") == ["comments, docstrings or layout alone"]
    assert disguises("x = 1\ny = x\n", "a = 1\nb = a\n") == ["names alone: x → a, y → b"]
    told = disguises(
        "y = [a @ b for a in z]\n", "y = []\nfor a in z:\n    y.append(torch.matmul(a, b))\n"
    )
    assert "comprehensions: 1 and 0" in told
    assert "operators @: 1 and 0" in told
    assert "calls of matmul: 0 and 1" in told


@pytest.mark.parametrize("terms", [100, 400, 700, 900])
def test_what_is_nested_deeply_is_told_all_the_same(terms):
    text = f"def unused():\n    return {' + '.join(['1'] * terms)}\n"
    told = disguises(text, f"{text}# another\n")
    deep = "what is nested too deeply to be told"
    assert told in (["comments, docstrings or layout alone"], [deep])


def test_a_line_is_marked_by_how_rare_it_is_what_it_shares():
    shared = [
        Shared(frozenset({2}), frozenset({5}), 4.0, 2),
        Shared(frozenset({4}), frozenset({9}), 0.1, 30),
    ]
    lines = marked("a\nb\nc\nd\ne\n", shared)
    assert [(line.number, line.mark, line.partner) for line in lines] == [
        (2, 2, 5),
        (3, 0, None),
        (4, 1, 9),
    ]


# The command


def run(monkeypatch, given, out, *options):
    arguments = ["similarity", str(given), "--out", str(out), *map(str, options)]
    monkeypatch.setattr(sys, "argv", arguments)
    similarity.main()
    with open(out / "pairs.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file)), (out / "similarity.html").read_text(encoding="utf-8")


def test_a_class_with_odd_files(tmp_path, monkeypatch):
    own = [ALIKE / f"own_0{i}.py" for i in range(1, 6)]
    members = {f"{path.stem}/layers.py": path.read_bytes() for path in own}
    members |= {
        "twin/layers.py": own[0].read_bytes(),
        "=cmd()/layers.py": own[1].read_bytes() + b"# <script>alert(1)</script>\n",
        "<b>broken/layers.py": b"def :\n",
        "empty/layers.py": b"",
        "deep/layers.py": b"x = " + b"(" * 150 + b")" * 150 + b"\n",
        "doubles/layers.py": DOUBLES.encode(),
        "wide/layers.py": WIDE.encode(),
        "here/A3_77.zip": zipped({"layers.py": own[2].read_bytes(), "a.pdf": PDF}),
        "there/A3_77.zip": zipped({"layers.py": own[2].read_bytes() + b"\n", "a.pdf": PDF}),
    }
    write_folder(tmp_path / "class", members)
    rows, page = run(monkeypatch, tmp_path / "class", tmp_path / "out")
    found = {frozenset((row["one"], row["other"])): row for row in rows[:8]}
    twins = found[frozenset(("own_01", "twin"))]
    assert twins["remarks"] == "The same, byte for byte."
    twice = found[frozenset(("here", "there"))]
    assert twice["remarks"] == "Both bear the UID 77: one student twice?"
    assert any("'=cmd()" in pair for pair in found)
    assert "<b>broken" not in page
    assert "&lt;b&gt;broken: It is no program: line 1, invalid syntax." in page
    assert "empty: It is empty." in page
    assert "<script" not in page
    assert "wide: It cannot be followed: a layer has more than 20,000 forms." in page
    assert "A score is a reason to look, and no verdict." in page


DOUBLES = (  # as a tree it would have no end
    "class CustomLinear:\n    def forward(self, x):\n"
    + "".join("        x = x * x\n        x = x + x + 1\n" for _ in range(200))
    + "        return x\n"
)
WIDE = "class CustomLinear:\n    def forward(self, x):\n        return (" + ", ".join(
    f"x.a{i}(x.b{j}(x.c{i}(x.d{j}(x))))" for i in range(80) for j in range(80)
)
WIDE += ")\n"


def test_an_earlier_class_is_compared_too(tmp_path, monkeypatch):
    now = {f"own_0{i}/layers.py": (ALIKE / f"own_0{i}.py").read_bytes() for i in range(1, 4)}
    copy = next(name for name, label in LABELS.items() if label["of"] == "own_02")
    before = {f"own_0{i}/layers.py": (ALIKE / f"own_0{i}.py").read_bytes() for i in range(4, 6)}
    before["someone/layers.py"] = (ALIKE / f"{copy}.py").read_bytes()
    write_folder(tmp_path / "now", now)
    write_folder(tmp_path / "2025", before)
    rows, _ = run(monkeypatch, tmp_path / "now", tmp_path / "out", "--earlier", tmp_path / "2025")
    assert {rows[0]["one"], rows[0]["other"]} == {"own_02", "someone (2025)"}


def test_the_same_wrong_numbers_count(tmp_path, monkeypatch):
    texts = {f"right{i}": plain() + f"# {i}\n" for i in range(6)}
    texts |= {f"wrong{i}": submission(MISCONCEPTIONS[0]) + f"# {i}\n" for i in range(2)}
    write_folder(tmp_path / "class", {f"{n}/layers.py": t.encode() for n, t in texts.items()})
    results = tmp_path / "graded" / "results"
    results.mkdir(parents=True)
    before, _ = run(monkeypatch, tmp_path / "class", tmp_path / "a")
    for name in ("wrong0", "wrong1"):
        results.joinpath(f"{name}.json").write_text(json.dumps(record(texts[name])))
    after, page = run(
        monkeypatch, tmp_path / "class", tmp_path / "b", "--graded", tmp_path / "graded"
    )
    assert {after[0]["one"], after[0]["other"]} == {"wrong0", "wrong1"}
    assert float(after[0]["weight"]) > float(before[0]["weight"]) + 10
    assert "the same wrong numbers in all cases of a question: no other has it" in page
    assert "too few to say" in page


def record(text):
    """What grade_class keeps of a submission, as far as it is read here."""
    failure = {"fingerprint": {"sums": [1.25, 3.5]}}
    return {
        "source": hashlib.sha256(text.encode()).hexdigest(),
        "causes": [{"question": "q1", "names": ["linear-no-bias"]}],
        "cases": {"q1/one": {"failure": failure}, "q1/two": {"failure": None}},
    }


def test_a_folder_that_was_not_graded_is_told(tmp_path, monkeypatch):
    write_folder(tmp_path / "class", {f"{n}/layers.py": plain().encode() for n in "ab"})
    with pytest.raises(GraderError, match=r"^--graded must be a folder that grade_class wrote"):
        run(monkeypatch, tmp_path / "class", tmp_path / "out", "--graded", tmp_path)


def test_a_folder_of_another_class_is_told(tmp_path, monkeypatch):
    write_folder(tmp_path / "class", {f"{n}/layers.py": plain().encode() for n in "ab"})
    results = tmp_path / "graded" / "results"
    results.mkdir(parents=True)
    results.joinpath("x.json").write_text(json.dumps(record("another")))
    with pytest.raises(GraderError, match=r"^--graded must be of this class, and .* has none"):
        run(monkeypatch, tmp_path / "class", tmp_path / "o", "--graded", tmp_path / "graded")


def test_exceptions_are_no_wrong_numbers():
    failed = {"failure": {"fingerprint": {"sums": []}}}
    broken = {"source": "", "causes": [], "cases": {"q1/one": failed}}
    assert list(similarity._mistakes(broken, "q1")) == []


def test_two_files_are_too_few_to_mark_their_pair(tmp_path, monkeypatch):
    write_folder(tmp_path / "class", {f"{n}/layers.py": plain().encode() for n in "ab"})
    _, page = run(monkeypatch, tmp_path / "class", tmp_path / "out")
    assert "▲" not in page
    assert "They are too few to say how high honest pairs come." in page


def test_one_file_makes_no_pair(tmp_path, monkeypatch):
    write_folder(tmp_path / "class", {"a/layers.py": plain().encode()})
    with pytest.raises(GraderError, match=r"^there must be two files at least"):
        run(monkeypatch, tmp_path / "class", tmp_path / "out")

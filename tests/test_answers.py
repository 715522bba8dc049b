"""Holds answers.pdf against its source and data, and the experiments against what is known."""

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest
import torch
import torch.nn.functional as F

from answers import build, experiments

ROOT = Path(__file__).parent.parent
DATA = json.loads(build.DATA.read_text())
QUESTIONS = {  # the handout's words, and some that only an answer has
    "Why is a non-linear activation function (e.g., ReLU) necessary after a fully-connected layer "
    "in a CNN? What would happen if we omitted it?": "one matrix and one shift",
    "What is the primary purpose of a max-pooling layer in a CNN? "
    "How does it differ from an average-pooling layer?": "Average pooling passes on the mean",
    "Why is cross-entropy loss preferred over mean squared error (MSE) for classification tasks?": (
        "saturated"
    ),
    "Explain why combining log(softmax(logits)) directly might lead to numerical instability. "
    "How is this addressed in practice?": "log-sum-exp",
    "During training, if the training loss decreases but the validation loss increases, what "
    "might be happening and how can it be addressed?": "overfitting",
}


def words(path):
    """The text of a PDF without hyphens and spaces, which follow from the lines."""
    text = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    return re.sub(r"[\s\u00ad\u2010-]", "", text)


def squeeze(text):
    return re.sub(r"[\s-]", "", text)


def test_the_pdf_is_made_from_the_stored_data_and_the_source(tmp_path):
    build_again = [sys.executable, "-m", "answers.build", "--no-experiments"]
    command = [*build_again, "--out", tmp_path / "answers.pdf"]
    before = build.DATA.read_bytes()
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert build.DATA.read_bytes() == before
    assert words(tmp_path / "answers.pdf") == words(build.PDF)


def test_every_question_is_answered():
    text = words(build.PDF)
    headings = [squeeze(f"{i}. {question}") for i, question in enumerate(QUESTIONS, 1)]
    starts = [text.index(heading) for heading in headings]
    ends = [*starts[1:], text.index("References[1]")]
    for said, heading, start, end in zip(QUESTIONS.values(), headings, starts, ends):
        answer = text[start + len(heading) : end]
        assert len(answer) > 1000
        assert squeeze(said) in answer
        assert "Measured" in answer or "Remedies" in answer
        assert "Figure" in answer


def test_the_use_of_ai_is_declared_in_the_handouts_words():
    text = words(build.PDF)
    declared = (
        "to generate materials that were included within my final assignment in its modified form"
    )
    assert squeeze(declared) in text
    assert text.endswith(squeeze("Reference: https://claude.ai5/5"))


def test_the_pages_and_what_they_carry():
    reader = pypdf.PdfReader(build.PDF)
    assert 4 <= len(reader.pages) <= 6
    assert (reader.metadata.title, bool(reader.metadata.author)) == ("Answers to Question 5", True)
    for page in reader.pages:
        assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
        assert len(page.extract_text()) > 1000
        for font in page["/Resources"]["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            descriptor = inner.get_object()["/FontDescriptor"]
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor


def test_no_measured_number_is_written_into_the_text():
    """Numbers with a decimal point come from the data.

    But for those that the handout prints and the remedies' options.
    """
    source = build.SOURCE.read_text(encoding="utf-8")
    text = re.sub(r"//.*|#let .*|^#set .*|^#show .*", "", source, flags=re.M)
    text = text[: text.index("[References]")]
    prose = re.sub(r"#?\w+\([^\n]*?\)\)?|stroke: 0\.\dpt|\d(\.\d+)?(pt|mm|em|fr)", "", text)
    assert set(re.findall(r"\d+\.\d+", prose)) <= {"3.3", "4.3", "5.3", "0.5", "1.0"}


def test_what_needs_no_training_is_stored_as_it_is_measured():
    assert experiments.pooled_by_hand() == DATA["pooled_by_hand"]
    thresholds = DATA["thresholds"]
    for name, limits in experiments.thresholds().items():
        assert limits == pytest.approx(thresholds[name], rel=1e-6)
    overflow = math.log(torch.finfo(torch.float32).max)
    assert thresholds["float32"]["overflow"] == pytest.approx(overflow, abs=1e-5)
    found = experiments.loss_gradients()
    stored = DATA["loss_gradients"]
    assert found["entropy"] == pytest.approx(stored["entropy"], rel=1e-6)
    assert found["squared"] == pytest.approx(stored["squared"], rel=1e-6, abs=1e-15)


def test_average_pooling_is_torchs():
    x = torch.randn(2, 3, 7, 8)
    torch.testing.assert_close(experiments.AveragePool2D(2)(x), F.avg_pool2d(x, 2))


def test_the_squared_error_has_the_gradient_that_question_3_derives():
    logits = torch.randn(5, 4, dtype=torch.float64, requires_grad=True)
    targets = torch.tensor([0, 1, 2, 3, 1])
    experiments.SquaredError()(logits, targets).backward()
    p = logits.detach().softmax(1)
    error = p - F.one_hot(targets, 4)
    expected = 2 * p * (error - (p * error).sum(1, keepdim=True)) / 5
    torch.testing.assert_close(logits.grad, expected)


@pytest.mark.parametrize("name", experiments.NETWORKS)
def test_the_networks_differ_as_they_say(name):
    model = experiments.network(0, **experiments.NETWORKS[name])
    kinds = [type(layer).__name__ for layer in (*model.features, *model.classifier)]
    assert kinds.count("ReLU") == (0 if name == "linear" else 3)
    assert kinds.count("AveragePool2D") == (2 if name == "average" else 0)
    assert model(torch.zeros(1, 1, 28, 28)).shape == (1, 10)


def test_bad_data_is_one_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "data.json").write_text("{")
    monkeypatch.setattr(build, "DATA", tmp_path / "data.json")
    arguments = ["--no-experiments", "--out", str(tmp_path / "a.pdf")]
    monkeypatch.setattr(sys, "argv", ["build", *arguments])
    with pytest.raises(SystemExit) as stop:
        build.main()
    assert str(stop.value).startswith("answers.build: Expecting property name")
    assert not (tmp_path / "a.pdf").exists()

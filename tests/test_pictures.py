"""Holds the pictures of failed cases against numbers by hand, and their colours to a contrast."""

import re

import numpy as np
import pytest

from grading.cases import Case, read_questions
from grading.heatmap import LEVELS, MINUS, Cell, differences, heat_map, number, values
from grading.judge import Verdict, judge
from grading.outcome import Call, Outcome, Response
from grading.pages import TEMPLATES
from grading.pictures import figures, losses
from tests.test_report import ROOT

QUESTIONS = read_questions(ROOT / "test_cases")


def failed(layer, arguments, given, expected, got, name="output"):
    """The verdict on one call of a layer, of which one result is compared."""
    inputs = [key for key in given if "." not in key]
    request = {
        "layer": layer,
        "calls": [{"inputs": inputs, "arguments": arguments, "strided": False}],
    }
    case = Case(
        "q0/by-hand",
        "by hand",
        "values",
        request,
        {f"0.{key}": np.array(value, np.float32) for key, value in given.items()},
        {f"0.{name}": np.array(expected, np.float64)},
        {f"0.{name}": np.full(np.shape(expected), 1e-3)},
        {},
        {},
        {},
    )
    if "targets" in given:
        case.given["0.targets"] = np.array(given["targets"])
    arrays = {f"0.{name}": np.array(got, np.float32)}
    failure = judge(case, Outcome(Response(calls=(Call({}),)), arrays))
    return Verdict(case, "failed", failure, arrays=arrays)


def drawn(figure):
    """The numbers in the cells of each drawing, by its title."""
    return {
        one.title: re.findall(r'<text class="in(?: l\d)?"[^>]*>([^<]*)<', one.drawing)
        for row in figure.rows
        for one in row
    }


def labels(figure):
    return [re.search('aria-label="([^"]*)"', m.drawing)[1] for row in figure.rows for m in row]


X = [[[[-1, -2], [-3, -4]]]]
POOL = {"kernel_size": 2, "stride": 2, "padding": 1}


def test_a_pool_shows_its_result_and_the_window_of_its_first_wrong_element():
    compared, window = figures(failed("CustomMaxPool2D", POOL, {"x": X}, X, [[[[-1, 0], [0, 0]]]]))
    assert compared.title == "The output: image 0, channel 0"
    assert drawn(compared) == {
        "got": [f"{MINUS}1", "0", "0", "0"],
        "expected": [f"{MINUS}{i}" for i in (1, 2, 3, 4)],
        "difference": ["+2", "+3", "+4"],
    }
    assert compared.notes == ("Outlined are 3 wrong elements, the first more heavily.",)
    assert labels(compared)[2] == (
        "difference, 2 rows and 2 columns, by up to 4; +2 at [0, 0, 0, 1], the first wrong element"
    )
    assert window.title == "The window of x that gives output[0, 0, 0, 1]"
    assert drawn(window) == {"x[0, 0]": [f"{MINUS}∞", f"{MINUS}∞", f"{MINUS}2", f"{MINUS}∞"]}
    assert window.notes == (
        f"Its maximum, outlined, is {MINUS}2; the layer gave 0.",
        f"Cells with a dashed border are padding, which counts as {MINUS}∞.",
    )
    assert window.rows[0][0].drawing.count('class="padding') == 3


def test_a_convolution_shows_the_window_and_the_filter_beside_it():
    given = {
        "x": [[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]],
        "parameter.weight": [[[[1, 2], [3, 4]]]],
        "parameter.bias": [0.5],
    }
    arguments = [1, 1, 2, 3, 1]  # channels in and out, kernel, stride, padding
    expected = [[[[4.5, 9.5], [14.5, 9.5]]]]
    got = [[[[4.5, 0.5], [14.5, 9.5]]]]
    compared, window = figures(failed("CustomConv2D", arguments, given, expected, got))
    assert drawn(compared)["difference"] == [f"{MINUS}9"]
    assert compared.notes == ("Outlined is the wrong element.",)
    # Of the rows -1 and 0 and the columns 2 and 3, only x[0, 2] lies inside.
    assert drawn(window) == {"x[0, 0]": ["0", "0", "3", "0"], "weight[0, 0]": ["1", "2", "3", "4"]}
    assert window.notes[0] == "The sum of x · weight and bias[0] (0.5) is 9.5; the layer gave 0.5."


def test_a_linear_layer_shows_what_it_adds_up():
    given = {"x": [[1, 2]], "parameter.weight": [[1, 0], [3, -1]], "parameter.bias": [0, 10]}
    arguments = {"in_features": 2, "out_features": 2}
    _, made = figures(failed("CustomLinear", arguments, given, [[1, 11]], [[1, 1]]))
    assert made.title == "What output[0, 1] is made of"
    (cells,) = drawn(made).values()
    assert cells == ["1", "2", "3", f"{MINUS}1", "3", f"{MINUS}2"]
    assert made.notes == ("The sum of the products and bias[1] (10) is 11; the layer gave 1.",)


def test_a_gradient_is_shown_where_it_is_what_is_wrong():
    expected, got = np.zeros((1, 1, 20, 30)), np.zeros((1, 1, 20, 30))
    got[0, 0, 19, 20] = 2
    verdict = failed("CustomMaxPool2D", POOL, {"x": X}, expected, got, "grad.x")
    (compared,) = figures(verdict)
    assert compared.title == "The gradient of x: image 0, channel 0"
    assert drawn(compared)["difference"] == ["+"]  # too many columns for numbers
    assert compared.notes == (
        "Outlined is the wrong element.",
        "Of 20 rows, 4 to 19 are shown.",
        "Of 30 columns, 12 to 27 are shown.",
    )


def test_losses_are_a_table_with_the_targets_marked():
    given = {"logits": [[0, 0], [1000, 0]], "targets": [0, 1]}
    verdict = failed(
        "CustomCrossEntropyLoss", {"reduction": "none"}, given, [0.693, 1000], [0.693, np.inf]
    )
    assert figures(verdict) == []
    table = losses(verdict)
    assert table.classes == (0, 1)
    rows = [(r.place, r.logits, r.target, r.expected, r.got, r.is_wrong) for r in table.rows]
    assert rows == [
        ("0", ("[0]", "0"), 0, "0.693", "0.693", False),
        ("1", ("1e+03", "[0]"), 1, "1e+03", "∞", True),
    ]


def test_of_a_mean_the_table_says_both_losses_once():
    given = {"logits": [[0, 0], [0, 0]], "targets": [0, 1]}
    verdict = failed("CustomCrossEntropyLoss", {}, given, 0.693, 1.386)
    table = losses(verdict)
    assert table.note == (
        "Logits and targets of 2 samples; the logit of the target is in brackets. "
        "The loss of all: expected 0.693, got 1.39."
    )
    assert {row.expected for row in table.rows} == {""}


def test_levels_go_from_none_to_full():
    (cells,) = values(np.array([[-1.0, 0.0, 1.0, np.nan]]), -1.0, 1.0, numbers=True)
    assert cells[0] == Cell("value", 0, f"{MINUS}1")
    assert cells[1] == Cell("value", LEVELS // 2, "0")
    assert cells[2] == Cell("value", LEVELS, "1")
    assert cells[3] == Cell("odd", 0, "nan")
    marks = np.array([[True, False, True, True]])
    (cells,) = differences(np.array([[-0.01, 9.0, 4.0, -np.inf]]), marks, 4.0, numbers=False)
    assert cells[0] == Cell("less", 1, MINUS)  # what is wrong is never without colour
    assert cells[1] == Cell("value", 0, "")
    assert cells[2] == Cell("more", LEVELS, "+")
    assert cells[3] == Cell("odd", 0, f"{MINUS}∞")


def test_a_drawing_escapes_what_it_is_given():
    cells = [[Cell("value", 0, "<b>")]]
    drawing = heat_map(cells, '"><script>', ["<i>"], ["&"])
    assert re.findall("<([a-z]+)", drawing) == ["svg", "text", "text", "rect", "text"]
    assert 'aria-label="&#34;&gt;&lt;script&gt;"' in drawing


@pytest.mark.parametrize("name", QUESTIONS)
def test_whatever_comes_back_has_a_picture(name):
    """A fault here would keep a student from the whole report."""
    strange = [np.nan, np.inf, -np.inf, 0.0, 3e38, -3e38, 1e-45]
    count = 0
    for case in QUESTIONS[name].cases:
        for i, value in enumerate(strange):
            arrays = {}
            for key, reference in case.reference.items():
                arrays[key] = reference.astype(np.float32)
                np.put(arrays[key], range(0, reference.size, i + 1), value)
            outcome = Outcome(Response(calls=(Call({}),) * len(case.request["calls"])), arrays)
            failure = judge(case, outcome)
            if failure and failure.result:
                verdict = Verdict(case, "failed", failure, arrays=arrays)
                assert losses(verdict) if name == "q4" and "grad" not in failure.result else True
                count += len(figures(verdict))
    assert count > 0 or name == "q4"


def luminance(colour):
    """Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def colours(scheme):
    """The colours of a scheme by name, of the page and of its pictures."""
    found = {}
    for name in ("base.html.j2", "heatmap.css.j2"):
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        blocks = re.findall(r":root \{(.*?)\}", text, re.DOTALL)
        for key, value in re.findall("--([a-z]+): #([0-9a-f]+);", blocks[scheme == "dark"]):
            digits = value if len(value) == 6 else "".join(2 * digit for digit in value)
            found[key] = np.array([int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)])
    return found


@pytest.mark.parametrize("ink", ["value", "more", "less"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_numbers_in_cells_can_be_read_on_every_level(scheme, ink):
    of = colours(scheme)
    lightness = []
    for level in range(LEVELS + 1):
        share = level / LEVELS
        cell = (1 - share) * of["paper"] + share * of[ink]
        words = of["weak"] if level < 5 else of["strong"]
        if level == 5:
            words = np.zeros(3)
        assert contrast(cell, words) >= 4.5, level
        lightness.append(luminance(cell))
    assert lightness == sorted(lightness, reverse=scheme == "light")


def test_numbers_are_short():
    written = [number(value) for value in (-0.0, 2.41762, -1234.5, np.inf, -np.inf, np.nan)]
    assert written == ["0", "2.42", f"{MINUS}1.23e+03", "∞", f"{MINUS}∞", "nan"]

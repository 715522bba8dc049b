"""Holds the making of cases against those stored, and bounds and labels against a hand."""

import dataclasses

import numpy as np
import pytest

from grading import GraderError
from grading.cases import ABSENT, read_case
from grading.fingerprint import Fingerprint
from staff import make_cases
from staff.misconceptions import MISCONCEPTIONS, submission
from staff.references import rounding, tie_groups


def test_a_hidden_file_is_no_case(tmp_path):
    (tmp_path / "q1").mkdir()
    for name in ("one-row.safetensors", "._one-row.safetensors", "notes.txt"):
        (tmp_path / "q1" / name).touch()
    assert make_cases.stored_names(tmp_path) == {"q1/one-row"}


def test_a_case_is_read_as_it_is_written(tmp_path):
    case = read_case(make_cases.CASES, "q3/ties")
    make_cases.write_case(case, tmp_path)
    written = read_case(tmp_path, "q3/ties")
    assert list(make_cases.differences(written, case)) == []
    assert written.groups.keys() == case.groups.keys() != set()


STORED = read_case(make_cases.CASES, "q1/gradients")


@pytest.mark.parametrize(
    "field, value, message",
    [
        ("title", "another", "title differs"),
        (
            "bound",
            {**STORED.bound, "0.more": STORED.bound["0.output"]},
            "bound holds other tensors",
        ),
        ("given", {**STORED.given, "0.x": STORED.given["0.x"] + 1}, "the inputs differ"),
        (
            "reference",
            {
                **STORED.reference,
                "0.output": STORED.reference["0.output"] + STORED.bound["0.output"],
            },
            "the reference 0.output differs",
        ),
        (
            "mistakes",
            {**STORED.mistakes, "of": np.zeros_like(STORED.mistakes["of"])},
            "other mistakes pass",
        ),
        (
            "bound",
            {**STORED.bound, "0.output": STORED.bound["0.output"] * 1.01},
            "the bound of 0.output differs",
        ),
    ],
)
def test_a_difference_between_what_is_stored_and_made_is_named(field, value, message):
    changed = dataclasses.replace(STORED, **{field: value})
    assert list(make_cases.differences(changed, STORED)) == [message]


def test_a_case_made_for_another_catalogue_is_damaged():
    with pytest.raises(GraderError) as error:
        read_case(make_cases.CASES, "q1/one-row", hints={"a": "A.", "b": "B."})
    sets = len(STORED.mistakes["of"])
    assert str(error.value).endswith(f"2 mistakes make 3 sets, got {sets}: make the case anew")


def test_a_table_holds_equal_fingerprints_once_and_the_passed_case_first():
    table = make_cases.Table()
    one = Fingerprint(7, (1.0, 2.0), slack=(0.1, 0.1))
    for found in (0, one, dataclasses.replace(one, sums=(1.05, 2.0)), ABSENT):
        table.add(found)
    table.add(dataclasses.replace(one, sums=(1.5, 2.0)))
    table.add(dataclasses.replace(one, mark=8))
    arrays = table.arrays()
    assert arrays["of"].tolist() == [0, 1, 1, ABSENT, 2, 3]
    assert arrays["mark"].tolist() == [0, 7, 7, 8]
    assert arrays["sums"].tolist() == [[0, 0], [1, 2], [1.5, 2], [1, 2]]


def test_mistakes_that_touch_the_same_line_or_vary_one_another_make_no_pair():
    by_name = {mistake.name: mistake for mistake in MISCONCEPTIONS}
    zero = by_name["zero-padding"]
    assert make_cases.source(zero, by_name["finite-padding"], pairs=True) is None
    twice = by_name["pool-padded-twice"]
    assert make_cases.source(twice, by_name["pool-padded-twice/sizes"], pairs=True) is None
    both = make_cases.source(zero, twice, pairs=True)
    assert both == submission(zero, twice, layer="CustomMaxPool2D")
    assert "class CustomConv2D" not in both
    assert make_cases.source(zero, twice, pairs=False) is None


def test_a_bound_grows_with_the_square_root_of_the_terms_and_8():
    eps = 2.0**-23
    assert rounding(1) == 12 * eps
    assert rounding(np.array([8, 56])).tolist() == [16 * eps, 32 * eps]


def test_tied_maxima_of_a_window_share_a_label_and_no_others():
    x = np.array([[[[1, 1, 0, 2], [0, 0, 2, 2]]]])
    assert tie_groups(x, kernel=2, padding=0).tolist() == [[[[0, 0, 2, 3], [4, 5, 3, 3]]]]
    padded = tie_groups(x, kernel=2, padding=1)  # the windows' columns are 0, 1 and 2, and 3
    assert padded.tolist() == [[[[0, 1, 2, 3], [4, 5, 6, 7]]]]

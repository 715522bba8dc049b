"""Holds the naming of mistakes against tables by hand, and what is seen against shapes by hand."""

import numpy as np
import pytest

from grading.cases import ABSENT, Case
from grading.diagnosis import causes_of, name_mistakes
from grading.fingerprint import Fingerprint, of_results, of_text
from grading.judge import Failure, Verdict
from grading.observation import of_shape, of_values
from grading.outcome import Raised

BOUND = {"0.output": np.full(3, 1e-6)}


def fingerprint(*values, bounds=BOUND, **groups):
    return of_results({"0.output": np.float32(values)}, bounds, groups)


def is_same(one, other):
    """Whether a result is known as another that is stored."""
    return bool(one.among(np.array([other.mark]), np.array([other.sums]))[0])


def test_rounding_leaves_a_fingerprint_and_a_number_does_not():
    assert is_same(fingerprint(1.0, 2.0, 3.0), fingerprint(1.0, 2.0, 3.000001))
    assert not is_same(fingerprint(1.0, 2.0, 3.0), fingerprint(1.0, 2.0, 3.0001))
    assert not is_same(fingerprint(1.0, 2.0, 3.0), fingerprint(1.0, 3.0, 2.0))


def test_nan_and_infinities_are_compared_as_such_and_by_their_places():
    others = [(np.nan, 2, 3), (np.inf, 2, 3), (-np.inf, 2, 3), (2, np.inf, 3), (0, 2, 3)]
    for one in others:
        for other in others:
            assert is_same(fingerprint(*one), fingerprint(*other)) == (one is other)


def test_a_stored_infinity_is_not_every_number():
    assert not is_same(fingerprint(5.0, 2.0, 3.0), fingerprint(np.inf, 2.0, 3.0))


def test_shape_dtype_and_absence_belong_to_a_fingerprint():
    results = [np.zeros(3, np.float32), np.zeros((3, 1), np.float32), np.zeros(3), None]
    marks = {of_results({"0.output": result}, BOUND, {}).mark for result in results}
    assert len(marks) == 4


def test_elements_that_share_a_gradient_count_as_their_sum():
    groups = {"0.output": np.array([0, 0, 2])}
    one = of_results({"0.output": np.float32([1, 0, 5])}, BOUND, groups)
    other = of_results({"0.output": np.float32([0, 1, 5])}, BOUND, groups)
    assert is_same(one, other)
    assert not is_same(fingerprint(1, 0, 5), fingerprint(0, 1, 5))


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("RuntimeError: (2, 3) meets (3, 4)", "RuntimeError: (3, 4) meets (2, 3)", True),
        ("RuntimeError: (2, 3) meets (3, 4)", "RuntimeError: (2, 3) meets (3, 5)", False),
        ("RuntimeError: a view", "RuntimeError: a reshape", False),
        ("RuntimeError: a view", "TypeError: a view", False),
    ],
)
def test_a_message_is_compared_by_its_words_and_by_its_numbers_in_any_order(one, other, same):
    assert is_same(of_text(one), of_text(other)) == same


SUMS = (1.0, 2.0)

# Three mistakes make six sets: a, a and b, a and c, b, b and c, c.
HINTS = {"a": "A is wrong.", "b": "B is wrong.", "c": "C is wrong."}


def verdict(of, seen=0, hints=HINTS, is_raised=False):
    """A verdict on a case in which each set has the fingerprint of this number; 0 has passed."""
    case = Case(
        name=f"q1/{of}-{seen}",
        title="",
        kind="values",
        request={"layer": "CustomLinear", "calls": []},
        given={},
        reference={},
        bound={},
        groups={},
        mistakes={
            "mark": np.arange(10, dtype=np.uint32),
            "sums": np.full((10, 2), SUMS, np.float32),
            "elements": np.zeros(10, np.int32),
            "of": np.array(of, np.uint16),
        },
        hints=hints,
        points=1.0,
    )
    if not seen:
        return Verdict(case, "passed")
    raised = Raised("RuntimeError", f"saw {seen}") if is_raised else None
    known = Fingerprint(seen, SUMS)
    return Verdict(case, "failed", Failure("output", f"saw {seen}", raised, fingerprint=known))


def test_the_mistake_that_accounts_for_every_case_is_named():
    verdicts = [verdict([1, 1, 1, 0, 0, 0], seen=1), verdict([0, 2, 0, 2, 2, 0])]
    assert name_mistakes(verdicts) == [("a",), ()]


def test_a_mistake_that_would_have_failed_a_case_that_passed_is_not_named():
    alike = verdict([1, 1, 1, 1, 1, 0], seen=1)  # a as well as b
    assert name_mistakes([alike]) == [()]
    assert name_mistakes([alike, verdict([0, 2, 0, 2, 2, 0])]) == [("a",), ()]


def test_of_two_mistakes_those_are_named_that_matter_in_a_case():
    verdicts = [
        verdict([1, 1, 1, 0, 0, 0], seen=1),  # a alone
        verdict([0, 2, 0, 2, 2, 0], seen=2),  # b alone
        verdict([3, 5, 3, 4, 4, 0], seen=5),  # both
        verdict([0, 0, 6, 0, 6, 6]),
    ]
    assert name_mistakes(verdicts) == [("a",), ("b",), ("a", "b"), ()]


def test_pairs_that_nothing_tells_apart_name_what_they_share():
    alike = verdict([1, 2, 2, 3, 4, 5], seen=2)  # a with b is a with c
    alone = verdict([1, 1, 1, 0, 0, 0], seen=1)
    assert name_mistakes([alike, alone]) == [("a",), ("a",)]


def test_beside_a_fault_without_a_name_a_mistake_is_named_where_it_alone_matters():
    verdicts = [
        verdict([1, 1, 1, 0, 0, 0], seen=1),
        verdict([2, 2, 2, 0, 0, 0], seen=2),
        verdict([3, 3, 3, 0, 0, 0], seen=9),
    ]
    assert name_mistakes(verdicts) == [("a",), ("a",), ()]


def test_a_mistake_that_accounts_for_one_case_of_many_that_it_fails_is_not_named():
    verdicts = [verdict([1, 1, 1, 0, 0, 0], seen=seen) for seen in (1, 8, 9)]
    assert name_mistakes(verdicts) == [(), (), ()]


def test_a_message_alone_names_nothing_unless_it_is_there_wherever_it_is_due():
    verdicts = [verdict([1, 1, 1, 0, 0, 0], seen=seen, is_raised=True) for seen in (1, 1, 9)]
    assert name_mistakes(verdicts) == [(), (), ()]


def test_an_exception_that_takes_two_mistakes_names_them_only_where_numbers_do_too():
    of = [0, 1, 0, 0, 0, 0]
    raised = verdict(of, seen=1, is_raised=True)
    assert name_mistakes([raised]) == [()]
    assert name_mistakes([raised, verdict(of, seen=1)]) == [("a", "b"), ("a", "b")]


def test_exceptions_of_many_sizes_that_take_two_mistakes_name_both():
    raised = [verdict([0, seen, 0, 0, 0, 0], seen=seen, is_raised=True) for seen in (1, 2, 3)]
    assert name_mistakes(raised[:2]) == [(), ()]
    assert name_mistakes(raised) == [("a", "b")] * 3


def test_beside_a_fault_without_a_name_one_exception_names_nothing():
    raised = verdict([1, 1, 1, 0, 0, 0], seen=1, is_raised=True)
    unknown = verdict([0] * 6, seen=9)
    assert name_mistakes([raised]) == [("a",)]
    assert name_mistakes([raised, unknown]) == [(), ()]
    assert name_mistakes([raised, raised, unknown]) == [("a",), ("a",), ()]


def test_beside_a_fault_without_a_name_one_case_is_too_few_for_two_mistakes():
    pair = verdict([0, 1, 0, 0, 0, 0], seen=1)
    unknown = verdict([0, 0, 0, 0, 0, 2], seen=9)
    assert name_mistakes([pair, unknown]) == [(), ()]
    assert name_mistakes([pair, pair, unknown]) == [("a", "b"), ("a", "b"), ()]


def test_mistakes_that_do_not_go_together_are_no_pair():
    verdicts = [
        verdict([1, ABSENT, 1, 0, 0, 0], seen=1),
        verdict([0, ABSENT, 0, 2, 2, 0], seen=2),
    ]
    assert name_mistakes(verdicts) == [("a",), ("b",)]


def test_variants_bear_the_name_of_their_mistake():
    hints = {"a": "A is wrong.", "a/other": "A is wrong, otherwise.", "c": "C is wrong."}
    verdicts = [verdict([1, ABSENT, 1, 2, 2, 0], seen=2, hints=hints)]
    assert name_mistakes(verdicts) == [("a/other",)]
    (cause,) = causes_of(verdicts)
    assert (cause.names, cause.text) == (("a",), "A is wrong, otherwise.")


def test_variants_that_nothing_tells_apart_are_one_mistake():
    hints = {"a": "A is wrong.", "a/other": "A is wrong, otherwise.", "c": "C is wrong."}
    verdicts = [verdict([1, ABSENT, 1, 1, 1, 0], seen=1, hints=hints)]
    assert causes_of(verdicts)[0].names == ("a",)


def test_what_alone_passes_is_no_reason_beside_what_alone_fails():
    looped = verdict([1, 2, 1, 0, 0, 0], seen=2)  # b passes, and makes another failure of a's
    alone = verdict([1, 1, 1, 0, 0, 0], seen=1)
    slow = verdict([0, 3, 0, 3, 3, 0], seen=3)
    assert name_mistakes([looped, alone, slow]) == [("a",), ("a",), ("b",)]


def test_a_failure_that_says_nothing_is_no_evidence():
    late = Verdict(verdict([0] * 6).case, "failed", Failure("ended", "out of time"))
    verdicts = [late, verdict([1, 1, 1, 0, 0, 0], seen=1)]
    assert name_mistakes(verdicts) == [(), ("a",)]


def test_a_cause_has_its_cases_and_what_they_cost_and_the_dearest_comes_first():
    verdicts = [
        verdict([0, 2, 0, 2, 2, 0], seen=2),
        verdict([1, 1, 1, 0, 0, 0], seen=1),
        verdict([1, 1, 1, 0, 0, 0], seen=1),
    ]
    causes = causes_of(verdicts)
    assert [cause.names for cause in causes] == [("a",), ("b",)]
    assert [cause.text for cause in causes] == ["A is wrong.", "B is wrong."]
    assert [cause.points for cause in causes] == [2.0, 1.0]
    assert causes[0].verdicts == tuple(verdicts[1:])


@pytest.mark.parametrize(
    "got, expected, text",
    [
        ((), (2, 3), "y is a single number, where several are expected"),
        ((6,), (), "y is not reduced: there are several numbers, where one is expected"),
        ((6, 1), (6,), "y has a dimension of size 1 too many"),
        ((3, 4), (1, 3, 4), "y has lost a dimension of size 1"),
        ((3, 4), (2, 3, 4), "y has no batch dimension"),
        ((1, 3, 4), (2, 3, 4), "y has one item, where the batch has several"),
        ((2, 4, 3), (2, 3, 4), "the dimensions of y are in another order"),
        ((6, 4), (2, 3, 4), "y has as many numbers as expected, in another shape"),
        ((2, 3, 9, 9), (2, 3, 4), "y has too many dimensions"),
        ((2, 7), (2, 3, 4), "y has too few dimensions"),
        ((2, 5, 4, 4), (2, 3, 4, 4), "y has another number of channels"),
        ((2, 3, 5, 6), (2, 3, 4, 4), "the height and width of y are too large"),
        ((2, 3, 3, 2), (2, 3, 4, 4), "the height and width of y are too small"),
        ((2, 3, 5, 4), (2, 3, 4, 4), "the height of y is wrong, its width is right"),
        ((2, 3, 4, 5), (2, 3, 4, 4), "the width of y is wrong, its height is right"),
        ((2, 5), (2, 3), "y has the right number of dimensions, of other sizes"),
    ],
)
def test_what_is_seen_of_a_shape(got, expected, text):
    assert of_shape("y", got, expected) == text


@pytest.mark.parametrize(
    "got, size, text",
    [
        ([[1, np.nan], [3, 4]], 1, "there is nan in y"),
        ([[1, np.nan], [3, 4]], 1e4, "there is nan in y, in a case with large numbers"),
        ([[1, np.inf], [3, 4]], 1, "there is infinity in y"),
        ([[0, 0], [0, 0]], 1, "y is 0 everywhere"),
        ([[1, 2], [1, 2]], 1, "every item of the batch has the same y"),
        ([[-1, -2], [-3, -4]], 1, "y has the wrong sign"),
        ([[1, 3], [2, 4]], 1, "y has the right numbers, in other places"),
        ([[6, 4], [8, 6]], 1, "y is off by the same number in every row"),
        ([[1, 2], [3, 5]], 1, ""),
    ],
)
def test_what_is_seen_of_numbers(got, size, text):
    expected = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert of_values("y", np.float32(got), expected, np.float32([size])) == text


def test_what_all_items_of_a_batch_have_is_told_as_a_sentence():
    got, expected = np.float32([[1, 2], [1, 2]]), np.array([[1.0, 2.0], [3.0, 4.0]])
    said = of_values("the output", got, expected, np.float32([1]))
    assert said == "every item of the batch has the same output"

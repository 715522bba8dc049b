"""Holds the simulated class against what it says of itself."""

import ast
import random
from collections import Counter
from types import SimpleNamespace

import pytest
import torch

from tests.alike_model import (
    BARRED,
    DISGUISES,
    LAYERS,
    WRONG,
    dead_code,
    disguise,
    honest,
    inverted,
    loops_and_comprehensions,
    other_constants,
    other_docstrings,
    renamed_locals,
    reordered_statements,
    simulated,
    written,
)

REFERENCES = ("Linear", "Conv2d", "MaxPool2d", "CrossEntropyLoss")
ARGUMENTS = ((3, 2), (2, 3, 3, 2, 1), (2, 2, 1), ())
INPUTS = (
    (torch.linspace(-2, 3, 12).reshape(2, 2, 3),),
    (torch.linspace(-3, 2, 120).reshape(2, 2, 5, 6).sin(),),
    (torch.linspace(-9, -1, 120).reshape(2, 2, 5, 6),),
    (torch.linspace(-40, 40, 24).reshape(2, 3, 4).cos() * 90, torch.arange(8).reshape(2, 4) % 3),
)


def made(source):
    """What a source defines."""
    names = {"__name__": "layers"}
    exec(compile(source, "layers.py", "exec"), names)
    return SimpleNamespace(**names)


def results(classes):
    """What each layer gives on its input, with made-up parameters; an exception by its type."""
    found = []
    for layer, arguments, inputs in zip(classes, ARGUMENTS, INPUTS):
        try:
            found.append(result(layer(*arguments), inputs))
        except Exception as error:  # whatever a wrong one raises
            found.append(type(error).__name__)
    return found


@torch.no_grad()
def result(layer, inputs):
    for parameter in layer.parameters():
        parameter.copy_(torch.linspace(-1, 2, parameter.numel()).view_as(parameter).cos())
    return layer(*inputs)


def layers(source):
    module = made(source)
    return [getattr(module, name) for name in LAYERS]


def same(one, other):
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str)
    return one.shape == other.shape and torch.allclose(one, other, rtol=1e-4, atol=1e-5)


def all_same(one, other):
    return all(same(*pair) for pair in zip(one, other))


def changed_lines(change, source, seed=0):
    return change(source, random.Random(seed)).splitlines()


def test_a_seed_gives_the_same_file_and_another_seed_another():
    assert honest(5) == honest(5)
    assert disguise(honest(5), 1) == disguise(honest(5), 1)
    assert len({honest(seed) for seed in range(40)}) == 40
    assert disguise(honest(5), 1) != disguise(honest(5), 2)


def test_an_honest_file_has_the_four_layers_and_the_length_of_a_students():
    for seed in range(40):
        source = honest(seed)
        classes = [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
        assert classes == list(LAYERS)
        assert 75 <= source.count("\n") <= 190


def test_an_honest_file_without_a_mistake_computes_what_torch_does():
    expected = results([getattr(torch.nn, name) for name in REFERENCES])
    right = [student.source for student in map(written, range(30)) if not student.slip]
    assert len(right) > 10
    for source in right:
        assert all_same(results(layers(source)), expected), source


def test_as_many_students_slip_as_is_said():
    slips = Counter(bool(written(seed).slip) for seed in range(200))
    assert 0.5 * (WRONG + BARRED) < slips[True] / 200 < 1.2 * (WRONG + BARRED)


def test_the_wrong_ones_compute_something_else():
    expected = results([getattr(torch.nn, name) for name in REFERENCES])
    for seed in range(120):
        student = written(seed)
        if student.slip in ("pool-zero", "conv-bias", "conv-transposed", "loss-unshifted"):
            assert not all_same(results(layers(student.source)), expected), student


@pytest.mark.parametrize("change", DISGUISES, ids=lambda change: change.__name__)
def test_a_disguise_shows_and_keeps_what_is_computed(change):
    shown = 0
    for seed in range(40):
        source = honest(seed)
        copy = change(source, random.Random(seed))
        if copy != source:
            shown += 1
            assert all_same(results(layers(copy)), results(layers(source))), copy
        if shown == 3:
            break
    assert shown


def test_disguises_together_keep_what_is_computed():
    for seed in range(12):
        source = honest(seed)
        copy = disguise(source, seed)
        assert copy != source
        assert all_same(results(layers(copy)), results(layers(source))), copy


def test_constructors_keep_their_parameters_when_locals_are_renamed():
    source = (
        "class A:\n    def __init__(self, size):\n        twice = 2 * size\n        print(twice)\n"
    )
    first, second, third, fourth = changed_lines(renamed_locals, source)
    assert (first, second) == ("class A:", "    def __init__(self, size):")
    name = third.split()[0]
    assert name != "twice"
    assert (third, fourth) == (f"        {name} = 2 * size", f"        print({name})")


def test_statements_that_need_each_other_are_not_swapped():
    source = "def f(x):\n    a = x\n    b = a\n    a = 3\n    return a + b\n"
    for seed in range(10):
        assert reordered_statements(source, random.Random(seed)) == source


def test_constants_are_spelled_otherwise():
    source = "def f(p):\n    return 2 * p + 1\n"
    assert "    return 1 + (p + p)" in changed_lines(other_constants, source, seed=1)


def test_a_condition_is_turned_around():
    source = "def f(a):\n    if a is None:\n        return 1\n    return a\n"
    lines = ["def f(a):", "    if a is not None:", "        return a", "    else:"]
    assert changed_lines(inverted, source) == [*lines, "        return 1"]


def test_a_loop_that_appends_becomes_a_comprehension():
    source = "def f(n):\n    a = []\n    for i in range(n):\n        a.append(i)\n    return a\n"
    lines = ["def f(n):", "    a = [i for i in range(n)]", "    return a"]
    assert changed_lines(loops_and_comprehensions, source) == lines


def test_a_comprehension_whose_variable_is_used_outside_stays():
    source = "def f(n, i):\n    a = [i for i in range(n)]\n    return a, i\n"
    assert changed_lines(loops_and_comprehensions, source) == source.splitlines()


def test_docstrings_go():
    source = 'class A:\n    """What."""\n\n    x = 1\n'
    assert changed_lines(other_docstrings, source) == ["class A:", "", "    x = 1"]


def test_dead_code_stands_inside_of_functions():
    source = "def f(x):\n    y = x\n    return y\n"
    copies = {dead_code(source, random.Random(seed)) for seed in range(20)}
    assert len(copies) > 3
    assert {made(copy).f(7) for copy in copies} == {7}


def test_a_class_has_its_pairs_where_it_says():
    sources, pairs = simulated(30, 4, seed=1)
    assert len(sources) == 30
    assert len(pairs) == 4
    members = [index for pair in pairs for index in pair]
    assert len(set(members)) == 8
    assert simulated(30, 4, seed=1) == (sources, pairs)
    for original, copy in pairs:
        assert sources[original] != sources[copy]
        assert all_same(results(layers(sources[original])), results(layers(sources[copy])))


def test_a_class_needs_an_original_for_each_copy():
    message = "no 4 of 7 can be copies, each of another original"
    with pytest.raises(ValueError, match=f"^{message}$"):
        simulated(7, 4, seed=0)

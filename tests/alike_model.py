"""Makes a simulated class: layers.py as independent students write it, and disguised copies.

It measures a tool that looks for copied code, and knows nothing of how such a tool works. An honest
file is drawn from GRAMMAR, a grammar of independent choices whose weights are guesses at how
popular each idiom is. A copy is another's file after a few changes that keep what it computes.
All is a function of its seed.
"""

import ast
import builtins
import copy
import functools
import io
import itertools
import keyword
import random
import re
import textwrap
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from staff.starter import starter

LAYERS = ("CustomLinear", "CustomConv2D", "CustomMaxPool2D", "CustomCrossEntropyLoss")

# What is drawn once a student: whether a condition of GRAMMAR holds.
HABITS = {
    "alias": 0.6,  # k = self.kernel_size before it is used
    "tuple": 0.12,  # kernel sizes that are pairs
    "pad-helper": 0.22,
    "size-helper": 0.2,
    "window-helper": 0.12,
    "log-helper": 0.12,
    "method": 0.25,  # the size helper is a method
    "below": 0.2,  # helpers below the classes
    "given-docs": 0.3,  # keeps the docstrings that were handed out
    "tight": 0.15,  # no spaces around *
    "single": 0.45,  # single quotes
    "bias-flag": 0.12,
}

WRONG = 0.25  # of the students have one of the mistakes
BARRED = 0.08  # use an operation that is not allowed
# Mistakes and how often one meets them. GRAMMAR marks with ! what is written then.
MISTAKES = {
    "linear-two-dimensions": 10,
    "linear-bias-none": 10,
    "conv-stride": 4,
    "conv-size": 5,
    "conv-bias": 5,
    "conv-transposed": 2,
    "conv-single-precision": 8,
    "pool-zero": 16,
    "pool-stride-default": 7,
    "pool-far-below": 5,
    "loss-unshifted": 9,
    "loss-epsilon": 6,
    "loss-batch-mean": 6,
    "loss-wrong-dimension": 4,
    "loss-global-shift": 5,
    "loss-none-flat": 3,
}
OPERATIONS = {"matmul-linear": 4, "matmul-conv": 3, "pad-function": 4, "log-softmax": 2}
HELPERS = ("tuple", "pad-helper", "size-helper", "window-helper", "log-helper")
# Students by how much they prefer what is popular: weights are raised to this power.
TASTES = {1: 45, 2: 35, 3: 20}
# How parameters begin.
STARTS = {"from-given": 50, "from-bound": 20, "from-rand": 5, "from-zeros": 5, "from-empty": 20}
# What students write for each of the letters of an einsum in GRAMMAR.
LETTERS = {
    "n": "nnnb",
    "c": "ccci",
    "o": "ooofd",
    "k": "kkkpd",
    "l": "lllps",
    "h": "hhhxp",
    "w": "wwwyq",
    "i": "iiiukx",
    "j": "jjjvly",
}


@dataclass(frozen=True)
class Written:
    """What a student hands in.

    Attributes:
        slip: the one of MISTAKES or OPERATIONS that is in it, or "".
    """

    source: str
    slip: str


def honest(seed: int) -> str:
    """Returns the layers.py of a student who works alone."""
    return written(seed).source


def written(seed: int) -> Written:
    """Returns honest's file together with the mistake that is in it."""
    student = Student(random.Random(f"student {seed}"))
    return Written(student.file(), student.slipped)


def disguise(source: str, seed: int) -> str:
    """Returns a copy that computes the same, after 2 to 5 kinds of change that show."""
    rng = random.Random(f"copy {seed}")
    left = list(DISGUISES)
    changes = rng.choices((2, 3, 4, 5), (3, 4, 3, 2))[0]
    while changes and left:
        change = rng.choices(left, [DISGUISES[kind] for kind in left])[0]
        left.remove(change)
        changed = change(source, rng)
        changes -= changed != source
        source = changed
    return source


def simulated(size: int, copies: int, seed: int) -> tuple[list[str], list[tuple[int, int]]]:
    """Returns a class's sources, and the (original, copy) pairs among them, by index.

    Raises: ValueError if there are not as many originals as copies.
    """
    originals = size - copies
    if copies < 0 or originals < copies:
        raise ValueError(f"no {copies} of {size} can be copies, each of another original")
    rng = random.Random(f"class {seed}")
    sources = [honest(rng.getrandbits(64)) for _ in range(originals)]
    copied = rng.sample(range(originals), copies)
    sources += [disguise(sources[original], rng.getrandbits(64)) for original in copied]
    order = rng.sample(range(size), size)
    place = {old: new for new, old in enumerate(order)}
    pairs = [(place[old], place[originals + number]) for number, old in enumerate(copied)]
    return [sources[old] for old in order], sorted(pairs)


# ---- A student ----


@dataclass(frozen=True)
class Option:
    """One of the ways to write something."""

    weight: int
    conditions: tuple[str, ...]
    text: str


@functools.cache
def _grammar() -> dict[str, list[Option]]:
    rules: dict[str, list[Option]] = {}
    options: list[Option] = []
    for line in GRAMMAR.strip().replace("\n ;;", " ;;").splitlines():
        if header := re.fullmatch(r"([\w-]+) =", line):
            options = rules.setdefault(header[1], [])
        elif first := re.fullmatch(r"(\d+)([ !\w-]*)\| ?(.*)", line):
            options.append(Option(int(first[1]), tuple(first[2].split()), first[3]))
        elif more := re.fullmatch(r" \| ?(.*)", line):
            last = options.pop()
            options.append(Option(last.weight, last.conditions, f"{last.text}\n{more[1]}"))
        elif line:
            key, _, choices = line.partition(": ")
            rules[key] = [_short(choice) for choice in choices.split(" ;; ")]
    return rules


def _short(choice: str) -> Option:
    weighted = re.fullmatch(r"(.*)\*(\d+)", choice)
    return Option(int(weighted[2]), (), weighted[1]) if weighted else Option(1, (), choice)


@functools.cache
def _given_docstrings() -> dict[str, str]:
    """The docstrings of the layers that students were handed, with their quotes."""
    classes = {node.name: node for node in ast.parse(starter()).body if _is_class(node)}
    lines = starter().splitlines()
    found = {}
    for name in LAYERS:
        docstring = classes[name].body[0]
        found[name] = textwrap.dedent("\n".join(lines[docstring.lineno - 1 : docstring.end_lineno]))
    return found


def _is_class(node):
    return isinstance(node, ast.ClassDef)


class Student:
    """Draws from GRAMMAR, each choice once.

    Attributes:
        slipped: the mistake that was written down, or "".
    """

    def __init__(self, rng: random.Random):
        self._rng = rng
        self._flags = {habit for habit, share in HABITS.items() if rng.random() < share}
        self._flags.add(rng.choices(list(STARTS), list(STARTS.values()))[0])
        self._slip = self._drawn_slip()
        self._taste = rng.choices(list(TASTES), list(TASTES.values()))[0]
        self._chosen: dict[tuple, str] = {}
        self._names: set[str] = set()
        self._layer = self._class = ""
        self.slipped = ""
        self._rate = {
            "comment": rng.choice((0, 0.15, 0.3, 0.5, 0.7, 0.9)),
            "trailing": rng.choice((0, 0, 0.2, 0.6)),
            "typo": rng.choice((0, 0, 0.04, 0.1)),
            "blank": rng.choice((0, 0.2, 0.6, 1)),
            "docstring": rng.choice((0, 0, 0.5, 1)),
        }
        self._capital = rng.random() < 0.35
        self._letters = {letter: rng.choice(way) for letter, way in LETTERS.items()}
        self._comma = rng.choices((",", ", "), (3, 1))[0]
        self._swaps = rng.random() < 0.2

    def file(self) -> str:
        """Returns a whole layers.py."""
        parts = {}
        for name, layer in zip(LAYERS, ("linear", "conv", "pool", "loss")):
            self._layer, self._class = layer, name
            parts[name] = self._block(name)
        classes = "\n\n\n".join(parts.values())
        helpers = self._helpers(classes)
        below = "below" in self._flags
        blocks = [classes, *helpers] if below else [*helpers, classes]
        top = "\n".join(text for text in (self._block("head"), self._block("imports")) if text)
        text = "\n\n\n".join([top, *blocks]) + "\n"
        main = self._block("main")
        return self._styled(text + main.rstrip("\n") + "\n" if main else text)

    def _helpers(self, classes: str) -> list[str]:
        """The functions beside the classes, those that are called, in any order."""
        blocks = [self._block(key) for key in HELPERS if key in self._flags]
        called = []
        for block in blocks:
            name = block.partition("(")[0].removeprefix("def ")
            if re.search(rf"(?<!\.)(?<!def )\b{name}\(", classes):
                called.append(block)
        self._rng.shuffle(called)
        return called

    def _drawn_slip(self) -> str:
        fate = self._rng.random()
        pool = MISTAKES if fate < WRONG else OPERATIONS if fate < WRONG + BARRED else {"": 1}
        return self._rng.choices(list(pool), list(pool.values()))[0]

    def _choice(self, key: str) -> str:
        """Returns an option's text: always the same one where the same ones are open."""
        options = [option for option in _grammar()[key] if self._open(option)]
        slips = [option for option in options if any(c[0] == "!" for c in option.conditions)]
        if slips:
            options = slips
            self.slipped = self._slip
        memo = (key, *(option.text for option in options))
        if memo not in self._chosen or key.startswith("c_"):
            self._chosen[memo] = self._drawn(key, options)
        return self._chosen[memo]

    def _open(self, option: Option) -> bool:
        held = self._flags | {self._layer, f"!{self._slip}"}
        return all(
            condition[1:] not in held if condition[0] == "-" else condition in held
            for condition in option.conditions
        )

    def _drawn(self, key: str, options: list[Option]) -> str:
        """Draws; two of a student's names are never the same."""
        names = all(option.text.isidentifier() for option in options)
        names = names and not key.endswith("_attr") and key not in ("nn", "F")
        names = names and not key.startswith("c_") and len(options) > 1
        if names:
            free = [option for option in options if option.text not in self._names]
            options = free or [Option(1, (), f"{options[0].text}2")]
        taste = 1 if names or key.startswith("c_") else self._taste
        text = self._rng.choices(options, [option.weight**taste for option in options])[0].text
        if names:
            self._names.add(text)
        return text

    def _block(self, key: str) -> str:
        return "\n".join(self._lines(self._choice(key)))

    def _lines(self, text: str) -> Iterator[str]:
        """Yields the lines of an option with all of its keys replaced."""
        trailing = ""
        for line in text.split("\n"):
            word = line.lstrip()
            indent = line[: len(line) - len(word)]
            if re.fullmatch(r"\$[\w-]+", word):
                inner = self._inner(word[1:])
                yield from (indent + part if part else "" for part in inner)
            elif word.startswith("#c_"):
                comment = self._comment(word[1:])
                if comment and self._happens("trailing"):
                    trailing = f"  {comment}"
                elif comment:
                    yield indent + comment
            elif word == "~":
                yield from [""] * self._happens("blank")
            else:
                yield indent + self._inline(word) + trailing
                trailing = ""

    def _inner(self, key: str) -> list[str]:
        """The lines that stand for a key; none where its option is empty."""
        if key == "docs":
            return self._docstring()
        text = self._choice(key)
        return list(self._lines(text)) if text else []

    def _docstring(self) -> list[str]:
        if "given-docs" in self._flags:
            return [*_given_docstrings()[self._class].splitlines(), ""]
        if self._happens("docstring"):
            return [f'"""{self._inline(self._choice(f"c_doc_{self._layer}"))}"""', ""]
        return []

    def _inline(self, text: str) -> str:
        text = text.replace("$LAYER", self._class)
        while "$" in text:
            text = re.sub(r"\$(\w+)", lambda found: self._choice(found[1]), text)
        return re.sub(r"@e\{([^|{}]+)\|([^|{}]+)\|([^{}]+)\}", self._einsum, text)

    def _einsum(self, found: re.Match) -> str:
        spec, *operands = found.groups()
        letters: dict[str, str] = {}
        for letter in sorted(set(re.findall("[a-z]", spec))):
            free = [self._letters[letter], *LETTERS[letter], *"stuvz"]
            letters[letter] = next(one for one in free if one not in letters.values())
        left, _, right = re.sub("[a-z]", lambda one: letters[one[0]], spec).partition("->")
        terms = left.split(",")
        if self._swaps:
            terms.reverse()
            operands.reverse()
        arrow = "->" if self._comma == "," else " -> "
        return f'torch.einsum("{self._comma.join(terms)}{arrow}{right}", {", ".join(operands)})'

    def _happens(self, what: str) -> bool:
        return self._rng.random() < self._rate[what]

    def _comment(self, key: str) -> str:
        """Returns a comment in words of the student's own, or nothing."""
        if not self._happens("comment"):
            return ""
        text = self._inline(self._choice(key))
        words = text.split(" ")
        for place, word in enumerate(words):
            if len(word) > 3 and word.isalpha() and self._happens("typo"):
                words[place] = _mistyped(word, self._rng)
        text = " ".join(words)
        if self._capital and text[0].isalpha() and len(words) > 1:
            text = text[0].upper() + text[1:]
        return f"# {text}"

    def _styled(self, text: str) -> str:
        """Returns a file with the student's quotes and spaces."""
        text = re.sub(r"(?<=[^\w\])])\((in_features)\)", r"\1", text)
        quote = "'" if "single" in self._flags else '"'
        other = '"' if quote == "'" else "'"
        alone = rf"(?<!{other}){other}(?!{other})([^\"'\n]*){other}(?!{other})"
        lines = []
        for line in text.split("\n"):
            code, mark, comment = line.partition("#")
            code = re.sub(alone, rf"{quote}\1{quote}", code)
            if "tight" in self._flags and "einsum" not in code:
                code = re.sub(r"(?<=[\w)\]]) (\*|//) (?=[\w(])", r"\1", code)
            lines.append(code + mark + comment)
        return "\n".join(lines)


def _mistyped(word: str, rng: random.Random) -> str:
    """Returns a word with two letters swapped, one missing or one twice."""
    place = rng.randrange(1, len(word) - 1)
    before, here, after = word[:place], word[place], word[place + 1 :]
    return rng.choice(
        (before + after[0] + here + after[1:], before + after, before + here * 2 + after)
    )


# ---- A copy ----
# Each way to disguise takes a source and a generator of random numbers, and returns a source that
# computes the same; the same source where there is nothing to change.


@dataclass(frozen=True)
class Edit:
    """Bytes from start to stop are replaced."""

    start: int
    stop: int
    text: str


def _spliced(source: str, edits: list[Edit]) -> str:
    """Makes edits; of two that overlap, the one that begins first."""
    data = source.encode()
    done, end = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.stop)):
        if edit.start >= end:
            done += [data[end : edit.start], edit.text.encode()]
            end = edit.stop
    return b"".join([*done, data[end:]]).decode()


class Places:
    """Where the nodes of a tree stand in its source, in bytes."""

    def __init__(self, source: str):
        self._starts = [0]
        for line in source.encode().splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def start(self, node) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def stop(self, node) -> int:
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def line(self, number: int) -> int:
        """The place where a line begins, counted from 1."""
        return self._starts[number - 1]

    def edit(self, node, text: str) -> Edit:
        return Edit(self.start(node), self.stop(node), text)

    def lines(self, first, last, text: str) -> Edit:
        """Replaces the whole lines of two nodes and those between."""
        return Edit(self.line(first.lineno), self.line(last.end_lineno + 1), text)


def _written_as(node, source: str) -> str:
    """The code of a node, in the quotes that the source has."""
    text = ast.unparse(node)
    if source.count('"') > source.count("'") and '"' not in text:
        text = text.replace("'", '"')
    return text


def _functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def _bodies(tree) -> Iterator[list]:
    """Yields the lists of statements that are inside of functions."""
    for function in _functions(tree):
        for node in ast.walk(function):
            for name in ("body", "orelse"):
                body = getattr(node, name, None)
                if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                    yield body


def _loaded(node) -> list[str]:
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]


def _stored(node) -> set[str]:
    """The names that a function or statement gives values to, parameters among them."""
    names = {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return names | {argument.arg for argument in ast.walk(node) if isinstance(argument, ast.arg)}


def _identifiers(source: str) -> set[str]:
    return set(re.findall(r"[^\W\d]\w*", source)) | set(keyword.kwlist) | set(dir(builtins))


def _other_name(name: str, taken: set[str], rng: random.Random) -> str:
    """Returns a new name: a synonym from the names that students use, or a change of the old."""
    pools = [[option.text for option in options] for options in _grammar().values()]
    synonyms = [word for pool in pools if name in pool for word in pool if word.isidentifier()]
    changed = [f"{name}_", f"my_{name}", f"{name}1", f"the_{name}", f"{name[0]}{len(name)}"]
    changed += [f"{name}_val", f"tmp_{name[:3]}", name.replace("_", "") + "x"]
    free = [word for word in synonyms if word not in taken] if rng.random() < 0.6 else []
    free = free or [word for word in changed if word not in taken] or [f"{name}_{len(taken)}"]
    chosen = rng.choice(free)
    taken.add(chosen)
    return chosen


def renamed_locals(source: str, rng: random.Random) -> str:
    """Renames variables and parameters, each everywhere alike; constructors keep theirs."""
    tree, places, edits = ast.parse(source), Places(source), []
    taken = _identifiers(source)
    new: dict[str, str] = {}
    for function in _functions(tree):
        names = _stored(function) - {"self"}
        if function.name == "__init__":
            names -= {argument.arg for argument in function.args.args}
        for name in sorted(names - new.keys()):
            new[name] = _other_name(name, taken, rng) if rng.random() < 0.85 else name
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in names:
                edits.append(places.edit(node, new[node.id]))
            elif isinstance(node, ast.arg) and node.arg in names:
                start = places.start(node)
                edits.append(Edit(start, start + len(node.arg.encode()), new[node.arg]))
    return _spliced(source, edits)


def renamed_helpers(source: str, rng: random.Random) -> str:
    """Renames functions and attributes of the student's own."""
    tree, places, edits = ast.parse(source), Places(source), []
    taken = _identifiers(source)
    functions = sorted(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    attributes = sorted({node.attr for node in _own_attributes(tree, ast.Store)})
    methods = sorted({node.name for node in _functions(tree)} - GIVEN - set(functions))
    new = {name: _other_name(name, taken, rng) for name in functions + methods}
    own = {name: _other_name(name, taken, rng) for name in attributes if name not in GIVEN}
    own |= {name: new[name] for name in methods}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in new:
            edits.append(places.edit(node, new[node.id]))
        elif isinstance(node, ast.FunctionDef) and node.name in new:
            start = places.start(node) + len("def ")
            edits.append(Edit(start, start + len(node.name.encode()), new[node.name]))
    for node in _own_attributes(tree, (ast.Load, ast.Store)):
        if node.attr in own:
            stop = places.stop(node)
            edits.append(Edit(stop - len(node.attr.encode()), stop, own[node.attr]))
    return _spliced(source, edits)


def _own_attributes(tree, context) -> list:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        and isinstance(node.ctx, context)
    ]


def _comments(source: str) -> list[tokenize.TokenInfo]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token for token in tokens if token.type == tokenize.COMMENT]


def without_comments(source: str, rng: random.Random) -> str:
    lines = source.split("\n")
    dropped = set()
    for token in _comments(source):
        number = token.start[0] - 1
        lines[number] = lines[number][: token.start[1]].rstrip()
        if not lines[number]:
            dropped.add(number)
    return "\n".join(line for number, line in enumerate(lines) if number not in dropped)


def reworded_comments(source: str, rng: random.Random) -> str:
    """Puts other words of the same pool in place of comments, or turns their words around."""
    lines = source.split("\n")
    pools = [options for key, options in _grammar().items() if key.startswith("c_")]
    for token in _comments(source):
        text = token.string[1:].strip()
        same = [pool for pool in pools if any(_says(option, text) for option in pool)]
        others = [option.text for pool in same for option in pool if "$" not in option.text]
        turned = [f"{text} here", f"first {text}", f"we {text}", f"{text[:1].upper()}{text[1:]}."]
        number, column = token.start[0] - 1, token.start[1]
        lines[number] = f"{lines[number][:column]}# {rng.choice(others or turned)}"
    return "\n".join(lines)


def _says(option: Option, text: str) -> bool:
    """Whether a comment is what an option of GRAMMAR becomes."""
    words = [re.escape(word) for word in re.split(r"\$\w+", option.text)]
    return any(words) and re.fullmatch(".+".join(words), text, re.IGNORECASE) is not None


def more_comments(source: str, rng: random.Random) -> str:
    places, edits = Places(source), []
    for body in _bodies(ast.parse(source)):
        for node in body:
            if rng.random() < 0.15 and _begins_line(source, node):
                text = f"{' ' * node.col_offset}# {rng.choice(SAID)}\n"
                edits.append(Edit(places.line(node.lineno), places.line(node.lineno), text))
    return _spliced(source, edits)


def _begins_line(source: str, node) -> bool:
    """Whether a statement stands alone behind its indentation, and is no elif."""
    line = source.encode().splitlines()[node.lineno - 1]
    return not line[: node.col_offset].strip() and not line[node.col_offset :].startswith(b"elif")


def other_docstrings(source: str, rng: random.Random) -> str:
    """Takes docstrings away, or gives some where there are none."""
    tree, places, edits = ast.parse(source), Places(source), []
    for node in ast.walk(tree):
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            continue
        first = node.body[0]
        if ast.get_docstring(node) is not None and len(node.body) > 1:
            edits.append(places.lines(first, first, ""))
        elif ast.get_docstring(node) is None and rng.random() < 0.4:
            text = f'{" " * first.col_offset}"""{rng.choice(DESCRIBED)}"""\n'
            edits.append(Edit(places.line(first.lineno), places.line(first.lineno), text))
    return _spliced(source, edits)


def reordered_definitions(source: str, rng: random.Random) -> str:
    """Puts classes and functions into another order, and the methods of each class."""
    for name in LAYERS:
        tree = ast.parse(source)
        layer = next(node for node in tree.body if _is_class(node) and node.name == name)
        source = _shuffled(source, layer.body, "\n\n", rng)
    return _shuffled(source, ast.parse(source).body, "\n\n\n", rng)


def _shuffled(source: str, body: list, gap: str, rng: random.Random) -> str:
    """Shuffles the definitions of a body, each with the comments above it."""
    kinds = (ast.ClassDef, ast.FunctionDef)
    nodes = [node for node in body if isinstance(node, kinds)]
    lines = source.split("\n")
    first = body.index(nodes[0])
    begin = body[first - 1].end_lineno if first else nodes[0].lineno - 1
    chunks, start = [], begin
    for node in nodes:
        chunks.append("\n".join(lines[start : node.end_lineno]).strip("\n"))
        start = node.end_lineno
    rng.shuffle(chunks)
    above = "\n".join(lines[:begin])
    below = "\n".join(lines[start:])
    lead = gap if first else "\n"
    return f"{above}{lead}{gap.join(chunks)}\n{below}"


def reordered_statements(source: str, rng: random.Random) -> str:
    """Swaps neighbours that are plain assignments of which neither needs the other."""
    tree, places, edits = ast.parse(source), Places(source), []
    for body in _bodies(tree):
        for one, other in itertools.pairwise(body):
            if _is_plain(one) and _is_plain(other) and _independent(one, other):
                first, second = (ast.get_source_segment(source, node) for node in (one, other))
                if rng.random() < 0.6 and _begins_line(source, one):
                    edits.append(_both(places, one, other, second, first))
    return _spliced(source, edits)


def _both(places: Places, one, other, first: str, second: str) -> Edit:
    text = f"{first}\n{' ' * one.col_offset}{second}"
    return Edit(places.start(one), places.stop(other), text)


def _is_plain(node) -> bool:
    """Whether a statement only gives values to names or to attributes of self."""
    if not isinstance(node, ast.Assign) or len(node.targets) > 1:
        return False
    target = node.targets[0]
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    calls = [n.func for n in ast.walk(node.value) if isinstance(n, ast.Call)]
    named = [getattr(call, "attr", getattr(call, "id", "")) for call in calls]
    random_numbers = {"rand", "randn", "Parameter"}
    pure = not any(name.endswith("_") or name in random_numbers for name in named)
    return pure and all(isinstance(part, (ast.Name, ast.Attribute)) for part in parts)


def _independent(one, other) -> bool:
    return not (_gives(one) & (_takes(other) | _gives(other)) or _gives(other) & _takes(one))


def _gives(node) -> set[str]:
    target = node.targets[0]
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return {ast.unparse(part) for part in parts}


def _takes(node) -> set[str]:
    kinds = (ast.Name, ast.Attribute)
    return {ast.unparse(part) for part in ast.walk(node.value) if isinstance(part, kinds)}


def split_expressions(source: str, rng: random.Random) -> str:
    """Gives names to parts of expressions."""
    tree, places, edits = ast.parse(source), Places(source), []
    taken = _identifiers(source)
    for body in _bodies(tree):
        for node in body:
            if not isinstance(node, (ast.Assign, ast.Return)) or node.value is None:
                continue
            parts = [part for part in _parts(node.value) if part is not node.value]
            if not parts or rng.random() > 0.35 or not _begins_line(source, node):
                continue
            part = rng.choice(parts)
            name = _other_name(
                rng.choice(("tmp", "aux", "part", "step", "inner", "mid")), taken, rng
            )
            whole = _Replaced(part, ast.Name(name, ast.Load())).visit(copy.deepcopy(node))
            first = f"{name} = {_written_as(part, source)}"
            text = f"{first}\n{' ' * node.col_offset}{_written_as(whole, source)}"
            edits.append(places.edit(node, text))
    return _spliced(source, edits)


def _parts(node) -> Iterator:
    """Yields the calls and operations in an expression that are sure to be computed once."""
    if isinstance(node, (ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.IfExp, ast.BoolOp)):
        return
    if isinstance(node, (ast.Call, ast.BinOp)):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _parts(child)


class _Replaced(ast.NodeTransformer):
    """Replaces the first node that reads like another."""

    def __init__(self, old, new):
        self._old = ast.dump(old)
        self._new = new

    def generic_visit(self, node):
        if self._old and ast.dump(node) == self._old:
            self._old = ""
            return self._new
        return super().generic_visit(node)


def inlined(source: str, rng: random.Random) -> str:
    """Puts values in place of names that are used once, in the next statement."""
    tree, places, edits = ast.parse(source), Places(source), []
    for function in _functions(tree):
        for body in _bodies(function):
            for one, other in itertools.pairwise(body):
                if _can_inline(function, one, other) and rng.random() < 0.7:
                    whole = copy.deepcopy(other)
                    old = ast.Name(one.targets[0].id, ast.Load())
                    whole.value = _Replaced(old, one.value).visit(whole.value)
                    text = _written_as(whole, source)
                    edits.append(Edit(places.start(one), places.stop(other), text))
    return _spliced(source, edits)


def _can_inline(function, one, other) -> bool:
    simple = isinstance(other, (ast.Assign, ast.Return)) and other.value is not None
    if not simple or not _is_plain(one) or not isinstance(one.targets[0], ast.Name):
        return False
    name = one.targets[0].id
    stores = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name]
    inside = [n for n in ast.walk(other.value) if isinstance(n, (ast.Lambda, ast.ListComp))]
    once = len(stores) == 2 and _loaded(other.value).count(name) == 1
    return once and not inside and not isinstance(one.value, ast.Tuple)


def _statements_rewritten(source: str, rewrite: ast.NodeTransformer, rng, share=0.75) -> str:
    """Rewrites most of the simple statements that a transformer changes."""
    tree, places, edits = ast.parse(source), Places(source), []
    for body in _bodies(tree):
        for node in body:
            if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) and rng.random() < share:
                changed = rewrite.visit(copy.deepcopy(node))
                if ast.dump(changed) != ast.dump(node):
                    edits.append(places.edit(node, _written_as(changed, source)))
    return _spliced(source, edits)


class _Spellings(ast.NodeTransformer):
    """Spells calls otherwise: torch.exp(x) and x.exp(), @ and matmul, [0] and .values."""

    both = frozenset(("exp", "log", "sum", "mean", "max", "amax", "gather", "matmul", "flatten"))

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            return _parsed(f"torch.matmul({ast.unparse(node.left)}, {ast.unparse(node.right)})")
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        called = node.func
        if not isinstance(called, ast.Attribute) or called.attr not in self.both:
            return node
        if isinstance(called.value, ast.Name) and called.value.id == "torch":
            if node.args:
                called.value = node.args.pop(0)
        elif called.attr != "flatten":
            node.args.insert(0, called.value)
            called.value = ast.Name("torch", ast.Load())
        return node

    def visit_Subscript(self, node):
        whole = ast.unparse(node)
        self.generic_visit(node)
        if re.search(r"max\([^()]*\bdim=-?\d[^()]*\)\[0\]$", whole):
            return ast.Attribute(node.value, "values", ast.Load())
        return node

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if node.attr == "values":
            return ast.Subscript(node.value, ast.Constant(0), ast.Load())
        return node


def _parsed(text: str):
    return ast.parse(text, mode="eval").body


def other_spellings(source: str, rng: random.Random) -> str:
    return _statements_rewritten(source, _Spellings(), rng)


class _Shapes(ast.NodeTransformer):
    """Spells reshaping otherwise: view and reshape, permute and transpose, unsqueeze and None."""

    def visit_Call(self, node):
        self.generic_visit(node)
        called, text = node.func, ", ".join(map(ast.unparse, node.args))
        if not isinstance(called, ast.Attribute) or _is_torch(called.value) or node.keywords:
            return node
        owner = ast.unparse(called.value)
        if isinstance(called.value, (ast.BinOp, ast.UnaryOp, ast.Compare)):
            owner = f"({owner})"
        swaps = {"0, 2, 1": "1, 2", "1, 0": "0, 1"}
        changed = {
            "view": f"{owner}.reshape({text})",
            "reshape": f"{owner}.contiguous().view({text})",
            "t": f"{owner}.transpose(0, 1)",
            "transpose": f"{owner}.swapaxes({text})",
            "size": f"{owner}.shape[{text}]" if text else f"{owner}.shape",
        }
        if called.attr == "permute" and text in swaps:
            return _parsed(f"{owner}.transpose({swaps[text]})")
        if called.attr == "unsqueeze" and text == "1":
            return _parsed(f"{owner}[:, None]")
        return _parsed(changed[called.attr]) if called.attr in changed else node


def _is_torch(node) -> bool:
    return isinstance(node, ast.Name) and node.id == "torch"


def other_shapes(source: str, rng: random.Random) -> str:
    return _statements_rewritten(source, _Shapes(), rng)


class _Constants(ast.NodeTransformer):
    """Spells numbers and sums of integers otherwise: 2 * p and p + p, n + 1 and 1 + n."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        left, right = ast.unparse(node.left), ast.unparse(node.right)
        simple = isinstance(node.right, (ast.Name, ast.Attribute))
        if isinstance(node.op, ast.Mult) and left == "2" and simple:
            return _parsed(f"{right} + {right}")
        if isinstance(node.op, ast.Add) and right == "1":
            return ast.BinOp(node.right, ast.Add(), node.left)
        if isinstance(node.op, ast.Pow) and right == "2":
            return _parsed(f"({left}) * ({left})")
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        if ast.unparse(node) == "float('-inf')":
            return _parsed("-float('inf')")
        return node

    def visit_Attribute(self, node):
        return _parsed("float('inf')") if ast.unparse(node) in ("math.inf", "torch.inf") else node

    def visit_Constant(self, node):
        return _parsed("1 / 1e9") if node.value == 1e-9 else node


def other_constants(source: str, rng: random.Random) -> str:
    return _statements_rewritten(source, _Constants(), rng)


class _Letters(ast.NodeTransformer):
    """Gives einsum other letters, and some of its pairs of operands the other order."""

    def __init__(self, rng: random.Random):
        self._rng = rng

    def visit_Call(self, node):
        self.generic_visit(node)
        if ast.unparse(node.func) != "torch.einsum":
            return node
        spec = node.args[0].value
        letters = sorted(set(re.findall("[a-z]", spec)))
        new = dict(zip(letters, self._rng.sample("abcdefghijklmnopqrstuvwxyz", len(letters))))
        spec = re.sub("[a-z]", lambda one: new[one[0]], spec)
        if len(node.args) == 3 and self._rng.random() < 0.5:
            terms, arrow, result = spec.partition("->")
            first, _, second = terms.partition(",")
            spec = f"{second.strip()},{first.strip()}{arrow}{result}"
            node.args[1:] = reversed(node.args[1:])
        node.args[0] = ast.Constant(spec)
        return node


def other_letters(source: str, rng: random.Random) -> str:
    return _statements_rewritten(source, _Letters(rng), rng, share=1)


class _Keywords(ast.NodeTransformer):
    """Turns the order of keyword arguments around."""

    def visit_Call(self, node):
        self.generic_visit(node)
        node.keywords.reverse()
        return node


def other_keyword_order(source: str, rng: random.Random) -> str:
    return _statements_rewritten(source, _Keywords(), rng)


def loops_and_comprehensions(source: str, rng: random.Random) -> str:
    """Turns loops that only append into comprehensions, and comprehensions into loops."""
    tree, places, edits = ast.parse(source), Places(source), []
    for function in _functions(tree):
        for body in _bodies(function):
            for one, other in itertools.pairwise(body):
                if item := _appended(one, other):
                    text = f"{one.targets[0].id} = {_written_as(item, source)}"
                    edits.append(Edit(places.start(one), places.stop(other), text))
            for node in body:
                if isinstance(node, (ast.Assign, ast.Return)):
                    edits += _as_loop(function, node, source, places)
    return _spliced(source, edits)


def _appended(one, other):
    """The comprehension that a list and the loop after it amount to; None if there is none."""
    if not isinstance(one, ast.Assign) or ast.unparse(one.value) != "[]":
        return None
    loops = []
    while isinstance(other, ast.For) and len(other.body) == 1 and not other.orelse:
        loops.append(ast.comprehension(other.target, other.iter, [], 0))
        other = other.body[0]
    if not loops or not isinstance(other, ast.Expr) or not isinstance(other.value, ast.Call):
        return None
    if ast.unparse(other.value.func) != f"{ast.unparse(one.targets[0])}.append":
        return None
    return ast.ListComp(other.value.args[0], loops)


def _as_loop(function, node, source: str, places: Places) -> list[Edit]:
    found = [part for part in ast.walk(node) if isinstance(part, ast.ListComp)]
    if len(found) != 1 or any(loop.ifs for loop in found[0].generators):
        return []
    own = {ast.unparse(loop.target) for loop in found[0].generators}
    outside = copy.deepcopy(function)
    outside = _Replaced(found[0], ast.Constant(None)).visit(outside)
    if own & (_stored(outside) | set(_loaded(outside))) or "items" in _identifiers(source):
        return []
    lines = ["items = []"]
    for depth, loop in enumerate(found[0].generators):
        head = f"for {ast.unparse(loop.target)} in {_written_as(loop.iter, source)}:"
        lines.append("    " * depth + head)
    lines.append("    " * len(own) + f"items.append({_written_as(found[0].elt, source)})")
    whole = _Replaced(found[0], ast.Name("items", ast.Load())).visit(copy.deepcopy(node))
    lines.append(_written_as(whole, source))
    return [places.edit(node, f"\n{' ' * node.col_offset}".join(lines))]


class _Conditionals(ast.NodeTransformer):
    """Turns a if c else b into b if not c else a."""

    def visit_IfExp(self, node):
        self.generic_visit(node)
        return ast.IfExp(_negated(node.test), node.orelse, node.body)


def _negated(test):
    opposites = {ast.Eq: ast.NotEq, ast.Is: ast.IsNot, ast.Gt: ast.LtE, ast.Lt: ast.GtE}
    opposites |= {new: old for old, new in opposites.items()}
    if isinstance(test, ast.Compare) and type(test.ops[0]) in opposites and len(test.ops) == 1:
        return ast.Compare(test.left, [opposites[type(test.ops[0])]()], test.comparators)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.UnaryOp(ast.Not(), test)


def inverted(source: str, rng: random.Random) -> str:
    """Turns conditions around, with what is done in each case."""
    tree, places, edits = ast.parse(source), Places(source), []
    for body in _bodies(tree):
        for place, node in enumerate(body):
            if not isinstance(node, ast.If) or not _begins_line(source, node):
                continue
            rest, last = node.orelse, node
            leaves = isinstance(node.body[-1], ast.Return) and not node.orelse
            if leaves and len(body) == place + 2 and isinstance(body[-1], ast.Return):
                rest, last = [body[-1]], body[-1]
            if rest and not isinstance(rest[0], ast.If):
                turned = ast.If(_negated(node.test), rest, node.body)
                text = _written_as(turned, source).replace("\n", f"\n{' ' * node.col_offset}")
                edits.append(Edit(places.start(node), places.stop(last), text))
    return _statements_rewritten(_spliced(source, edits), _Conditionals(), rng)


def dead_code(source: str, rng: random.Random) -> str:
    """Puts in statements that do nothing."""
    places, edits = Places(source), []
    taken = _identifiers(source)
    for function in _functions(ast.parse(source)):
        nodes = [node for node in function.body[1:] if _begins_line(source, node)]
        if nodes and rng.random() < 0.5:
            node = rng.choice(nodes)
            name = _other_name(rng.choice(("unused", "debug", "check", "count")), taken, rng)
            text = rng.choice(IDLE).replace("NAME", name)
            indent = " " * node.col_offset
            lines = "".join(f"{indent}{line}\n" for line in text.split("\n"))
            edits.append(Edit(places.line(node.lineno), places.line(node.lineno), lines))
    return _spliced(source, edits)


def type_hints(source: str, rng: random.Random) -> str:
    """Takes type hints away if there are any, or gives some to parameters without defaults."""
    places, edits = Places(source), []
    for function in _functions(ast.parse(source)):
        arguments = function.args.args
        plain = arguments[: len(arguments) - len(function.args.defaults)]
        for argument in plain:
            start = places.start(argument)
            stop = start + len(argument.arg.encode())
            if argument.annotation is not None:
                edits.append(Edit(stop, places.stop(argument), ""))
            elif function.name == "__init__" and argument.arg != "self":
                edits.append(Edit(stop, stop, ": int"))
            elif function.name == "forward" and argument.arg != "self":
                edits.append(Edit(stop, stop, ": torch.Tensor"))
    return _spliced(source, edits)


def reformatted(source: str, rng: random.Random) -> str:
    """Writes everything as a formatter would; comments are lost."""
    text = ast.unparse(ast.parse(source))
    text = re.sub(r"\n(?=class |def )", "\n\n", text)
    return text + "\n"


def respaced(source: str, rng: random.Random) -> str:
    """Leaves out spaces around operators, and empty lines inside of functions."""
    lines = []
    for line in source.split("\n"):
        code, mark, comment = line.partition("#")
        if "einsum" not in code and '"""' not in code and "->" not in code:
            code = re.sub(r"(?<=[\w)\]]) ([*/]{1,2}|[+]) (?=[\w(])", r"\1", code)
        lines.append(code + mark + comment)
    text = re.sub(r"\n\n(?=        \S)", "\n", "\n".join(lines))
    return text if _same_tree(source, text) else source


def _same_tree(one: str, other: str) -> bool:
    return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))


def helper_drawn_out(source: str, rng: random.Random) -> str:
    """Moves an expression of a forward into a function of its own."""
    tree, places = ast.parse(source), Places(source)
    layers = [node for node in tree.body if _is_class(node)]
    forwards = [node for node in _functions(tree) if node.name == "forward"]
    options = [
        (forward, node)
        for forward in forwards
        for body in _bodies(forward)
        for node in body
        if isinstance(node, (ast.Assign, ast.Return)) and _can_move(node.value)
    ]
    if not options:
        return source
    forward, node = rng.choice(options)
    taken = _identifiers(source)
    name = _other_name(
        rng.choice(("helper", "compute", "apply_step", "do_it", "_calc")), taken, rng
    )
    value = copy.deepcopy(node.value)
    passed = dict.fromkeys(n for n in _loaded(value) if n in _stored(forward) and n != "self")
    given = {attribute.attr: attribute for attribute in _own_attributes(value, ast.Load)}
    new = {attribute: _other_name(attribute, taken, rng) for attribute in given}
    for attribute in _own_attributes(value, ast.Load):
        value = _Replaced(attribute, ast.Name(new[attribute.attr], ast.Load())).visit(value)
    parameters = ", ".join([*passed, *new.values()])
    call = f"{name}({', '.join([*passed, *(f'self.{attribute}' for attribute in given)])})"
    function = f"def {name}({parameters}):\n    return {_written_as(value, source)}\n\n\n"
    above = Edit(places.line(layers[0].lineno), places.line(layers[0].lineno), function)
    return _spliced(source, [above, places.edit(node.value, call)])


def _can_move(value) -> bool:
    """Whether an expression is worth a function, and needs no more than names and attributes."""
    kinds = (ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.Starred)
    nodes = list(ast.walk(value)) if isinstance(value, (ast.Call, ast.BinOp)) else []
    methods = [node.func for node in nodes if isinstance(node, ast.Call)]
    own = any(ast.unparse(method).startswith("self.") for method in methods)
    return len(nodes) > 8 and not own and not any(isinstance(node, kinds) for node in nodes)


# How often a copy is disguised in each way.
DISGUISES: dict[Callable[[str, random.Random], str], int] = {
    renamed_locals: 12,
    renamed_helpers: 5,
    without_comments: 5,
    reworded_comments: 5,
    more_comments: 4,
    other_docstrings: 4,
    reordered_definitions: 5,
    reordered_statements: 4,
    split_expressions: 5,
    inlined: 4,
    other_spellings: 5,
    other_shapes: 5,
    other_constants: 3,
    other_letters: 4,
    other_keyword_order: 2,
    loops_and_comprehensions: 3,
    inverted: 3,
    dead_code: 4,
    type_hints: 3,
    reformatted: 3,
    respaced: 3,
    helper_drawn_out: 4,
}
# What a layer must have by these names, or was given.
GIVEN = {"__init__", "forward", "reset_parameters", "weight", "bias"}
SAID = (
    "now the main part",
    "next step",
    "this is needed below",
    "see lecture slides",
    "do the actual work",
    "same as in PyTorch",
    "TODO: check",
    "compute this first",
    "works for all shapes",
    "result of the layer",
)
DESCRIBED = (
    "Compute the output.",
    "Implementation of the layer.",
    "See the assignment.",
    "Does the work.",
    "Returns a tensor.",
    "Set everything up.",
)
IDLE = (
    "NAME = 0",
    "NAME = None",
    "NAME = False",
    "assert True",
    "if False:\n    print('debug')",
    "NAME = []",
    "pass",
    "NAME = 1 + 1",
)


# ---- What students write ----
# A rule is "key: option ;; option*weight" or "key =" with an option a line: its weight, conditions
# that are HABITS, layers or !mistakes (- negates), a bar, its text. $key is replaced, and a line
# of $key alone by all of its lines; @e{spec|a|b} is an einsum, #key a comment that may be left out
# and ~ an empty line that may be. A choice is made once a student, but for words of comments.
GRAMMAR = r'''
x: x*5 ;; input ;; inp ;; inputs ;; images ;; batch ;; data ;; X ;; feature_map ;; imgs
y: out*4 ;; y*3 ;; output*3 ;; result*2 ;; res ;; ret ;; z_out ;; outputs ;; conv_out
n: n*3 ;; N*3 ;; B ;; b ;; batch_size*3 ;; bs ;; num_images
c: c*3 ;; C*3 ;; channels ;; in_c ;; c_in ;; num_channels ;; ch
h: h*3 ;; H*3 ;; height*2 ;; in_h ;; h_in ;; H_in
w: w*3 ;; W*3 ;; width*2 ;; in_w ;; w_in ;; W_in
h_out: h_out*3 ;; out_h*3 ;; H_out*2 ;; oh ;; height_out ;; out_height*2 ;; new_h ;; ho ;; Hout
w_out: w_out*3 ;; out_w*3 ;; W_out*2 ;; ow ;; width_out ;; out_width*2 ;; new_w ;; wo ;; Wout
xp: x_pad*2 ;; padded*3 ;; x_padded*2 ;; xp ;; padded_x ;; inp_pad ;; buf ;; big ;; padded_input
k_name: k*4 ;; ks ;; kernel*2 ;; K ;; ksize ;; size
s_name: s*4 ;; st ;; stride*2 ;; S ;; step
p_name: p*4 ;; pad*2 ;; padding ;; P ;; pd
kh_name: kh*3 ;; k_h*2 ;; kernel_h ;; KH
kw_name: kw*3 ;; k_w*2 ;; kernel_w ;; KW
sh_name: sh*3 ;; s_h*2 ;; stride_h ;; SH
sw_name: sw*3 ;; s_w*2 ;; stride_w ;; SW
ph_name: ph*3 ;; p_h*2 ;; pad_h ;; PH
pw_name: pw*3 ;; p_w*2 ;; pad_w ;; PW
k_attr: kernel_size*7 ;; k*2 ;; kernel ;; ks ;; size
s_attr: stride*8 ;; s*2 ;; step
p_attr: padding*7 ;; p*2 ;; pad*2
cols: cols*3 ;; columns*2 ;; patches*3 ;; unfolded*3 ;; x_unf ;; x_col ;; blocks ;; x_unfold
wmat: w_flat*2 ;; weight_flat*2 ;; filters*2 ;; kernels ;; w_mat ;; flat_weight ;; w_row ;; W2
win: windows*4 ;; patches*3 ;; win*2 ;; xw ;; blocks ;; regions ;; x_windows ;; slices
i: i*5 ;; u ;; ki ;; di ;; row ;; r ;; dy
j: j*5 ;; v ;; kj ;; dj ;; col ;; q ;; dx
patch: patch*3 ;; part ;; piece ;; window*2 ;; sub ;; region ;; view ;; crop
best: best*2 ;; out_max ;; current ;; maximum ;; running ;; m ;; largest
rows: rows*3 ;; row_idx*2 ;; idx_h ;; ii ;; h_index ;; top
colsi: cols_idx ;; col_idx*2 ;; idx_w ;; jj ;; w_index ;; left
logits: logits*7 ;; x ;; scores ;; pred ;; outputs ;; preds ;; input
targets: targets*7 ;; target*2 ;; y ;; labels*2 ;; t ;; label ;; gold
m: m*2 ;; max_logits*2 ;; max_val ;; mx ;; maxes ;; shift ;; top ;; max_vals ;; biggest ;; c_max
z: shifted*4 ;; z*2 ;; stable*2 ;; logits_shifted ;; centered ;; s_logits ;; safe ;; normed ;; diff
lse: log_sum*2 ;; lse*3 ;; log_sum_exp*2 ;; log_z ;; logsum ;; log_denom ;; norm ;; log_total
logp: log_probs*4 ;; logp*2 ;; log_p*2 ;; log_softmax*2 ;; lp ;; log_prob ;; lsm
loss: loss*5 ;; losses*3 ;; nll*2 ;; l ;; per_sample ;; ce ;; neg_log ;; loss_all
picked: picked*2 ;; chosen ;; correct*2 ;; target_log_probs ;; true_logp ;; selected*2 ;; right
onehot: one_hot*3 ;; onehot*2 ;; mask*2 ;; hot ;; is_target ;; Y
classes: num_classes*3 ;; C*2 ;; n_classes*2 ;; classes ;; K ;; nc
bound: bound*5 ;; limit ;; lim ;; stdv*2 ;; k ;; b ;; scale ;; r ;; init_range
value: value*3 ;; fill ;; val ;; v ;; fill_value
pad_fn: pad2d*2 ;; pad_input*2 ;; _pad*2 ;; pad_with ;; add_padding*2 ;; apply_padding ;; pad_image
size_fn: out_size*2 ;; output_size*2 ;; _out_dim ;; conv_size ;; calc_out ;; get_output_size ;; osz
win_fn: get_windows*2 ;; sliding_windows*2 ;; windows_of ;; _extract ;; make_patches ;; im2win
log_fn: log_probabilities*2 ;; stable_log_softmax*2 ;; _logsm ;; my_log_softmax ;; log_prob_of
pair_fn: _pair*2 ;; to_tuple*2 ;; pair ;; as_tuple ;; make_pair ;; to_2d
size_arg: n*2 ;; size*2 ;; length ;; dim ;; d ;; L_in
wide: big_h ;; hp*2 ;; H_pad ;; padded_h*2 ;; ph_total ;; h_padded*2
tall: big_w ;; wp*2 ;; W_pad ;; padded_w*2 ;; pw_total ;; w_padded*2

nn: nn*9 ;; torch.nn
F: F*6 ;; nn.functional*2 ;; torch.nn.functional
imports =
50| import math
 | import torch
 | import torch.nn as nn
 | import torch.nn.functional as F
25| import torch
 | import torch.nn as nn
 | import torch.nn.functional as F
 | import math
15| import math
 |
 | import torch
 | from torch import nn
 | from torch.nn import functional as F
10| import torch
 | import math
 | from torch import nn
 | import torch.nn.functional as F
super: super().__init__()*4 ;; super($LAYER, self).__init__()
kh =
1 tuple| $kh_name
1 -tuple alias| $k_name
1 -tuple -alias| self.$k_attr
kw =
1 tuple| $kw_name
1 -tuple alias| $k_name
1 -tuple -alias| self.$k_attr
sh =
1 tuple| $sh_name
1 -tuple alias| $s_name
1 -tuple -alias| self.$s_attr
sw =
1 tuple| $sw_name
1 -tuple alias| $s_name
1 -tuple -alias| self.$s_attr
ph =
1 tuple| $ph_name
1 -tuple alias| $p_name
1 -tuple -alias| self.$p_attr
pw =
1 tuple| $pw_name
1 -tuple alias| $p_name
1 -tuple -alias| self.$p_attr
ksize =
1 tuple| ($kh, $kw)
4 -tuple| $kh
1 -tuple| ($kh, $kw)
1| self.$k_attr
ssize =
1 tuple| ($sh, $sw)
5 -tuple| $sh
1 -tuple| ($sh, $sw)
psize =
1 tuple| ($ph, $pw)
1 -tuple| $ph
area =
1 tuple| $kh * $kw
4 -tuple| $kh * $kw
2 -tuple| $kh ** 2
arguments =
1 tuple| $kh, $kw = self.$k_attr
 | $sh_name, $sw_name = self.$s_attr
 | $ph, $pw = self.$p_attr
3 -tuple alias| $k_name = self.$k_attr
 | $s_name = self.$s_attr
 | $p_name = self.$p_attr
2 -tuple alias| $k_name, $s_name, $p_name = self.$k_attr, self.$s_attr, self.$p_attr
1 -tuple -alias|
shape =
45| $n, $c, $h, $w = $x.shape
15| $n, $c, $h, $w = $x.size()
8| $n, $c = $x.shape[0], $x.shape[1]
 | $h, $w = $x.shape[2], $x.shape[3]
6| $n = $x.shape[0]
 | $c = $x.shape[1]
 | $h = $x.shape[2]
 | $w = $x.shape[3]
4| $n = $x.size(0)
 | $c = $x.size(1)
 | $h, $w = $x.size(2), $x.size(3)
4| ($n, $c), ($h, $w) = $x.shape[:2], $x.shape[2:]
out_sizes =
1 !conv-stride conv| $h_out = $h + 2 * $ph - $kh + 1
 | $w_out = $w + 2 * $pw - $kw + 1
1 !conv-size conv| $h_out = ($h + $ph - $kh) // $sh + 1
 | $w_out = ($w + $pw - $kw) // $sw + 1
1 size-helper| $h_out = $size_call($h, $kh, $sh, $ph)
 | $w_out = $size_call($w, $kw, $sw, $pw)
1 size-helper| $h_out, $w_out = $size_call($h, $kh, $sh, $ph), $size_call($w, $kw, $sw, $pw)
40 -size-helper| $h_out = ($h + 2 * $ph - $kh) // $sh + 1
 | $w_out = ($w + 2 * $pw - $kw) // $sw + 1
15 -size-helper| $h_out = ($h - $kh + 2 * $ph) // $sh + 1
 | $w_out = ($w - $kw + 2 * $pw) // $sw + 1
7 -size-helper| $h_out = math.floor(($h + 2 * $ph - $kh) / $sh) + 1
 | $w_out = math.floor(($w + 2 * $pw - $kw) / $sw) + 1
8 -size-helper| $h_out = int(($h + 2 * $ph - $kh) / $sh + 1)
 | $w_out = int(($w + 2 * $pw - $kw) / $sw + 1)
5 -size-helper| $h_out = 1 + ($h + 2 * $ph - $kh) // $sh
 | $w_out = 1 + ($w + 2 * $pw - $kw) // $sw
5 -size-helper| $h_out, $w_out = ($h + 2 * $ph - $kh) // $sh + 1, ($w + 2 * $pw - $kw) // $sw + 1
8 -size-helper| $wide, $tall = $h + 2 * $ph, $w + 2 * $pw
 | $h_out = ($wide - $kh) // $sh + 1
 | $w_out = ($tall - $kw) // $sw + 1
4 -size-helper -tuple| $h_out, $w_out = [
 |     ($size_arg + 2 * $ph - $kh) // $sh + 1 for $size_arg in ($h, $w)
 | ]
size_call =
1 method| self.$size_fn
1 -method| $size_fn
methods =
1 -method|
1 method -size-helper|
1 method size-helper|
 | def $size_fn(self, $size_arg, k, s, p):
 |     $size_body
size_body =
40| return ($size_arg + 2 * p - k) // s + 1
20| return ($size_arg - k + 2 * p) // s + 1
10| return math.floor(($size_arg + 2 * p - k) / s) + 1
10| $size_arg = $size_arg + 2 * p
 | return ($size_arg - k) // s + 1
10| return int(($size_arg + 2 * p - k) / s) + 1
size_doc: size after sliding ;; output size along one dimension ;; number of positions of the kernel
 ;; how many windows fit ;; (n + 2p - k) / s + 1

minus_inf: float('-inf')*9 ;; -float('inf')*3 ;; -math.inf*5 ;; -torch.inf*2
fill =
1 conv| 0
1 !pool-zero pool| 0
1 !pool-far-below pool| -1000
1 pool| $minus_inf
buffer =
1 !conv-single-precision conv| torch.zeros($n, $c, $h + 2 * $ph, $w + 2 * $pw)
1 !pool-zero pool| torch.zeros(($n, $c, $h + 2 * $ph, $w + 2 * $pw), dtype=$x.dtype)
40 conv| torch.zeros(($n, $c, $h + 2 * $ph, $w + 2 * $pw), dtype=$x.dtype, device=$x.device)
15 conv| torch.zeros($n, $c, $h + 2 * $ph, $w + 2 * $pw, device=$x.device, dtype=$x.dtype)
25 conv| $x.new_zeros($n, $c, $h + 2 * $ph, $w + 2 * $pw)
10 conv| $x.new_zeros(($n, $c, $h + $ph * 2, $w + $pw * 2))
40 pool| torch.full(($n, $c, $h + 2 * $ph, $w + 2 * $pw), $fill, dtype=$x.dtype, device=$x.device)
10 pool| torch.full(($n, $c, $h + 2 * $ph, $w + 2 * $pw), $fill, device=$x.device, dtype=$x.dtype)
25 pool| $x.new_full(($n, $c, $h + 2 * $ph, $w + 2 * $pw), $fill)
6 pool| torch.ones($n, $c, $h + 2 * $ph, $w + 2 * $pw, dtype=$x.dtype) * $fill
6 pool| $x.new_empty($n, $c, $h + 2 * $ph, $w + 2 * $pw).fill_($fill)
inside =
55| $xp[:, :, $ph:$ph + $h, $pw:$pw + $w] = $x
15| $xp[:, :, $ph:$h + $ph, $pw:$w + $pw] = $x
12| $xp[..., $ph:$ph + $h, $pw:$pw + $w] = $x
6| $xp[:, :, $ph:$ph + $h, $pw:$pw + $w].copy_($x)
pad =
1 !pad-function| #c_pad
 | $xp = F.pad($x, ($pw, $pw, $ph, $ph), value=$fill)
1 pad-helper| #c_pad
 | $xp = $pad_fn($x, $ph, $pw, $fill)
55 -pad-helper| #c_pad
 | $xp = $buffer
 | $inside
20 -pad-helper -tuple| $xp = $x
 | if $ph > 0:
 |     #c_pad
 |     $xp = $buffer
 |     $inside
8 -pad-helper -tuple| #c_pad
 | if $ph == 0:
 |     $xp = $x
 | else:
 |     $xp = $buffer
 |     $xp[:, :, $ph:-$ph, $pw:-$pw] = $x
7 -pad-helper| #c_pad
 | side = $x.new_full(($n, $c, $h, $pw), $fill)
 | $xp = torch.cat([side, $x, side], dim=3)
 | edge = $x.new_full(($n, $c, $ph, $w + 2 * $pw), $fill)
 | $xp = torch.cat([edge, $xp, edge], dim=2)
pad_body =
40| n, c, h, w = x.shape
 | $xp = torch.full((n, c, h + 2 * ph, w + 2 * pw), $value, dtype=x.dtype, device=x.device)
 | $xp[:, :, ph:ph + h, pw:pw + w] = x
 | return $xp
25| if ph == 0 and pw == 0:
 |     return x
 | n, c, h, w = x.shape
 | $xp = x.new_full((n, c, h + 2 * ph, w + 2 * pw), $value)
 | $xp[:, :, ph:h + ph, pw:w + pw] = x
 | return $xp
15| h, w = x.shape[-2:]
 | $xp = x.new_full((*x.shape[:2], h + 2 * ph, w + 2 * pw), $value)
 | $xp[..., ph:ph + h, pw:pw + w] = x
 | return $xp
10| n, c, h, w = x.size()
 | side = x.new_full((n, c, h, pw), $value)
 | x = torch.cat((side, x, side), dim=3)
 | edge = x.new_full((n, c, ph, w + 2 * pw), $value)
 | return torch.cat((edge, x, edge), dim=2)

windows =
1 window-helper| #c_windows
 | $win = $win_fn($xp, $kh, $kw, $sh, $sw)
55 -window-helper| #c_windows
 | $win = $xp.unfold(2, $kh, $sh).unfold(3, $kw, $sw)
8 -window-helper| #c_windows
 | $win = $xp.unfold(2, $kh, $sh)
 | $win = $win.unfold(3, $kw, $sw)
7 -window-helper| #c_windows
 | $win = $xp.unfold(dimension=2, size=$kh, step=$sh).unfold(dimension=3, size=$kw, step=$sw)
14 -window-helper| #c_windows
 | $strides
 | $strided
16 -window-helper| #c_index
 | $rows = torch.arange($h_out)[:, None] * $sh + torch.arange($kh)[None, :]
 | $colsi = torch.arange($w_out)[:, None] * $sw + torch.arange($kw)[None, :]
 | $win = $xp[:, :, $rows[:, None, :, None], $colsi[None, :, None, :]]
8 -window-helper| #c_index
 | $rows = torch.arange($h_out).view(-1, 1) * $sh + torch.arange($kh).view(1, -1)
 | $colsi = torch.arange($w_out).view(-1, 1) * $sw + torch.arange($kw).view(1, -1)
 | $win = $xp[:, :, $rows][:, :, :, :, $colsi].permute(0, 1, 2, 4, 3, 5)
strided =
3| $win = $xp.as_strided(
 |     ($n, $c, $h_out, $w_out, $kh, $kw), (sn, sc, sr * $sh, sq * $sw, sr, sq)
 | )
2| $win = torch.as_strided(
 |     $xp,
 |     size=($n, $c, $h_out, $w_out, $kh, $kw),
 |     stride=(sn, sc, sr * $sh, sq * $sw, sr, sq),
 | )
strides: sn, sc, sr, sq = $xp.stride()
win_body =
50| return x.unfold(2, kh, sh).unfold(3, kw, sw)
20| x = x.unfold(2, kh, sh)
 | x = x.unfold(3, kw, sw)
 | return x
15| n, c, h, w = x.shape
 | a, b, r, q = x.stride()
 | size = (n, c, (h - kh) // sh + 1, (w - kw) // sw + 1, kh, kw)
 | return x.as_strided(size, (a, b, r * sh, q * sw, r, q))
15| rows = torch.arange(0, x.shape[2] - kh + 1, sh)[:, None] + torch.arange(kh)
 | cols = torch.arange(0, x.shape[3] - kw + 1, sw)[:, None] + torch.arange(kw)
 | return x[:, :, rows[:, None, :, None], cols[None, :, None, :]]
a_patch =
50| $xp[:, :, $i:$i + $sh * $h_out:$sh, $j:$j + $sw * $w_out:$sw]
25| $xp[:, :, $i:$i + $h_out * $sh:$sh, $j:$j + $w_out * $sw:$sw]
15| $xp[:, :, $i:$i + ($h_out - 1) * $sh + 1:$sh, $j:$j + ($w_out - 1) * $sw + 1:$sw]
stacked =
5| #c_loops
 | $win = []
 | for $i in range($kh):
 |     for $j in range($kw):
 |         $win.append($a_patch)
 | $win = torch.stack($win, dim=2)
2| #c_loops
 | $win = torch.stack([
 |     $a_patch
 |     for $i in range($kh) for $j in range($kw)
 | ], dim=2)
2| #c_loops
 | $win = []
 | for idx in range($area):
 |     $i, $j = idx // $kw, idx % $kw
 |     $win.append($a_patch)
 | $win = torch.stack($win, 2)

linear_forward =
1 !linear-two-dimensions| #c_linear
 | $y = @e{ni,oi->no|$x|self.weight}
 | $linear_bias
1 !matmul-linear| #c_linear
 | $y = $x @ self.weight.t()
 | $linear_bias
30| #c_linear
 | $y = @e{...i,oi->...o|$x|self.weight}
 | $linear_bias
7| #c_linear
 | $y = @e{...i,io->...o|$x|self.weight.t()}
 | $linear_bias
5| #c_linear
 | $wmat = self.weight.T
 | $y = @e{...i,io->...o|$x|$wmat}
 | $linear_bias
4| #c_linear
 | $y = @e{...i,io->...o|$x|self.weight.transpose(0, 1)}
 | $linear_bias
6| #c_flat
 | flat = $x.reshape(-1, $x.shape[-1])
 | $y = @e{ni,oi->no|flat|self.weight}
 | $y = $y.reshape(*$x.shape[:-1], self.weight.shape[0])
 | $linear_bias
4| lead = $x.shape[:-1]
 | #c_flat
 | $y = @e{ni,oi->no|$x.reshape(-1, self.in_features)|self.weight}
 | $y = $y.view(*lead, -1)
 | $linear_bias
3| #c_linear
 | $y = torch.einsum("...oi->...o", $x.unsqueeze(-2) * self.weight)
 | $linear_bias
linear_bias =
1 !linear-bias-none| #c_bias
 | return $y + self.bias
1 bias-flag| if self.use_bias:
 |     #c_bias
 |     $y = $y + self.bias
 | return $y
40| #c_bias
 | if self.bias is not None:
 |     $y = $y + self.bias
 | return $y
18| if self.bias is not None:
 |     $y += self.bias
 | return $y
12| #c_bias
 | if self.bias is None:
 |     return $y
 | return $y + self.bias
8| return $y if self.bias is None else $y + self.bias
6| if self.bias is not None:
 |     return $y + self.bias
 | else:
 |     return $y
4| return $y + (self.bias if self.bias is not None else 0)
check_images =
70|
6| assert $x.dim() == 4, "$check_words"
4| if $x.dim() != 4:
 |     raise ValueError(f"$check_words, got {$x.dim()} dimensions")
3| if $x.dim() != 4:
 |     raise ValueError("$check_words, got shape {}".format(tuple($x.shape)))
check_words: expected 4D input*2 ;; input must be (N, C, H, W) ;; x should be 4 dimensional
 ;; need a batch of images ;; input has to have 4 dims ;; wrong number of dimensions
conv_forward =
4| $check_images
 | #c_shape
 | $shape
 | $arguments
 | #c_size
 | $out_sizes
 | ~
 | $conv_body
2| $arguments
 | $check_images
 | $shape
 | ~
 | #c_size
 | $out_sizes
 | $conv_body
conv_body =
1 !conv-stride| $conv_columns
1 !pad-function| $pad
 | $windows
 | ~
 | $conv_windows
1 !conv-single-precision| $pad
 | $conv_unfold
30| $conv_columns
12| $pad
 | ~
 | $conv_unfold
24| $pad
 | $windows
 | ~
 | $conv_windows
9| $pad
 | ~
 | $conv_shifts
6| $pad
 | $stacked
 | ~
 | $conv_stacked
conv_columns =
1 !conv-stride| #c_unfold
 | $cols = $F.unfold($x, $ksize, padding=$psize)
 | $multiply_columns
40| #c_unfold
 | $cols = $F.unfold($x, $ksize, stride=$ssize, padding=$psize)
 | $multiply_columns
20| #c_unfold
 | $cols = $F.unfold($x, kernel_size=$ksize, padding=$psize, stride=$ssize)
 | $multiply_columns
15| #c_unfold
 | $cols = $F.unfold($x, kernel_size=$ksize, stride=$ssize, padding=$psize)
 | $multiply_columns
conv_unfold =
1| #c_unfold
 | $cols = $F.unfold($xp, $ksize, stride=$ssize)
 | $multiply_columns
1| #c_unfold
 | $cols = $F.unfold($xp, kernel_size=$ksize, stride=$ssize)
 | $multiply_columns
flat_weight =
4| self.weight.view(self.out_channels, -1)
3| self.weight.reshape(self.out_channels, -1)
1| self.weight.flatten(1)
1| self.weight.view(self.weight.shape[0], -1)
1| self.weight.flatten(start_dim=1)
multiply_columns =
1 !conv-transposed| $wmat = self.weight.transpose(2, 3).reshape(self.out_channels, -1)
 | $y = @e{nkl,ok->nol|$cols|$wmat}
 | $columns_out
1 !matmul-conv| $wmat = $flat_weight
 | $y = $wmat @ $cols
 | $columns_out
40| #c_weight
 | $wmat = $flat_weight
 | #c_multiply
 | $y = @e{nkl,ok->nol|$cols|$wmat}
 | $columns_out
14| #c_multiply
 | $y = @e{ok,nkl->nol|$flat_weight|$cols}
 | $columns_out
8| $cols = $cols.transpose(1, 2)
 | $wmat = $flat_weight
 | #c_multiply
 | $y = @e{nlk,ok->nlo|$cols|$wmat}
 | $y = $y.permute(0, 2, 1)
 | $columns_out
4| $cols = $cols.permute(0, 2, 1)
 | #c_multiply
 | $y = @e{nlk,ok->nlo|$cols|$flat_weight}.transpose(1, 2)
 | $columns_out
6| $cols = $cols.view($n, $c, $area, -1)
 | $wmat = self.weight.view(self.out_channels, $c, $area)
 | #c_multiply
 | $y = @e{nckl,ock->nol|$cols|$wmat}
 | $columns_out
4| $cols = $cols.view($n, $c, $kh, $kw, $h_out, $w_out)
 | #c_multiply
 | $y = @e{ncijhw,ocij->nohw|$cols|self.weight}
 | $image_bias
columns_out =
1 !conv-bias| return $y.reshape($n, self.out_channels, $h_out, $w_out)
35| #c_bias
 | $y = $y + self.bias.view(1, -1, 1)
 | #c_fold
 | return $y.reshape($n, self.out_channels, $h_out, $w_out)
12| #c_bias
 | $y = $y + self.bias[:, None]
 | $y = $y.reshape($n, -1, $h_out, $w_out)
 | return $y
8| #c_bias
 | $y += self.bias.reshape(1, -1, 1)
 | return $y.reshape($n, self.out_channels, $h_out, $w_out)
6| #c_bias
 | $y = $y + self.bias.unsqueeze(-1)
 | return $y.reshape($n, self.out_channels, $h_out, $w_out)
25| #c_fold
 | $y = $y.reshape($n, self.out_channels, $h_out, $w_out)
 | $image_bias
6| $y = $y.unflatten(2, ($h_out, $w_out))
 | $image_bias
image_bias =
1 !conv-bias| return $y
36| #c_bias
 | $y = $y + self.bias.view(1, -1, 1, 1)
 | return $y
18| return $y + self.bias.view(1, -1, 1, 1)
9| #c_bias
 | return $y + self.bias.reshape(1, -1, 1, 1)
8| #c_bias
 | $y += self.bias.view(1, self.out_channels, 1, 1)
 | return $y
8| #c_bias
 | return $y + self.bias[None, :, None, None]
7| return $y + self.bias[:, None, None]
5| $y = $y + self.bias.unsqueeze(-1).unsqueeze(-1)
 | return $y
4| $y = torch.add($y, self.bias.view(-1, 1, 1))
 | return $y
conv_windows =
1 !conv-transposed| $y = @e{nchwij,ocji->nohw|$win|self.weight}
 | $image_bias
1 !matmul-conv| $win = $win.permute(0, 2, 3, 1, 4, 5).reshape($n, $h_out * $w_out, -1)
 | $y = torch.matmul($win, $flat_weight.t()).transpose(1, 2)
 | $columns_out
40| #c_multiply
 | $y = @e{nchwij,ocij->nohw|$win|self.weight}
 | $image_bias
6| #c_multiply
 | $win = $win.permute(0, 2, 3, 1, 4, 5).reshape($n, $h_out * $w_out, -1)
 | $wmat = $flat_weight
 | $y = @e{nlk,ok->nol|$win|$wmat}
 | $columns_out
5| $win = $win.contiguous().view($n, $c, $h_out, $w_out, -1)
 | $wmat = self.weight.view(self.out_channels, $c, -1)
 | #c_multiply
 | $y = @e{nchwk,ock->nohw|$win|$wmat}
 | $image_bias
conv_shifts =
1 !conv-transposed| $y = 0
 | for $i in range($kh):
 |     for $j in range($kw):
 |         $patch = $a_patch
 |         $y = $y + @e{nchw,oc->nohw|$patch|self.weight[:, :, $j, $i]}
 | $image_bias
5| #c_loops
 | $y = 0
 | for $i in range($kh):
 |     for $j in range($kw):
 |         $patch = $a_patch
 |         $y = $y + @e{nchw,oc->nohw|$patch|self.weight[:, :, $i, $j]}
 | $image_bias
4| #c_loops
 | $y = $x.new_zeros($n, self.out_channels, $h_out, $w_out)
 | for $i in range($kh):
 |     for $j in range($kw):
 |         $patch = $a_patch
 |         $y += @e{nchw,oc->nohw|$patch|self.weight[:, :, $i, $j]}
 | $image_bias
conv_stacked =
1 !conv-transposed| $wmat = self.weight.transpose(2, 3).flatten(2)
 | $y = @e{nckhw,ock->nohw|$win|$wmat}
 | $image_bias
2| #c_weight
 | $wmat = self.weight.reshape(self.out_channels, $c, -1)
 | $y = @e{nckhw,ock->nohw|$win|$wmat}
 | $image_bias
1| #c_multiply
 | $y = @e{nckhw,ock->nohw|$win|self.weight.flatten(2)}
 | $image_bias

pool_forward =
4| $check_images
 | #c_shape
 | $shape
 | $arguments
 | #c_size
 | $out_sizes
 | ~
 | $pool_body
2| $arguments
 | $shape
 | #c_size
 | $out_sizes
 | $pool_body
pool_body =
1 !pad-function| $pad
 | $windows
 | $pool_windows
36| $pad
 | ~
 | $pool_unfold
36| $pad
 | $windows
 | ~
 | $pool_windows
14| $pad
 | $stacked
 | $pool_stacked
9| $pad
 | ~
 | $pool_running
pool_unfold =
25| #c_unfold
 | $cols = $F.unfold($xp, $ksize, stride=$ssize)
 | $cols = $cols.view($n, $c, $area, -1)
 | #c_max
 | $y = $max_second
 | return $y.view($n, $c, $h_out, $w_out)
15| #c_unfold
 | $cols = $F.unfold($xp, kernel_size=$ksize, stride=$ssize)
 | $cols = $cols.reshape($n, $c, $area, $h_out * $w_out)
 | $y = $max_second
 | return $y.reshape($n, $c, $h_out, $w_out)
10| #c_unfold
 | $cols = $F.unfold($xp, $ksize, stride=$ssize).view($n, $c, $area, $h_out, $w_out)
 | #c_max
 | return $max_second
8| #c_channels
 | $xp = $xp.reshape($n * $c, 1, $xp.shape[2], $xp.shape[3])
 | $cols = $F.unfold($xp, kernel_size=$ksize, stride=$ssize)
 | #c_max
 | $y = $cols.max(dim=1)[0]
 | return $y.view($n, $c, $h_out, $w_out)
max_second: $cols.max(dim=2)[0]*8 ;; $cols.max(dim=2).values*3 ;; torch.max($cols, dim=2)[0]*3
 ;; $cols.amax(dim=2)*2 ;; torch.max($cols, 2).values ;; torch.amax($cols, dim=2) ;; $cols.max(2)[0]
pool_windows =
25| #c_max
 | return $win.reshape($n, $c, $h_out, $w_out, -1).max(dim=-1)[0]
8| $win = $win.contiguous().view($n, $c, $h_out, $w_out, -1)
 | #c_max
 | $y = $win.max(dim=-1)[0]
 | return $y
6| $win = $win.reshape($n, $c, $h_out, $w_out, $area)
 | #c_max
 | $y, _ = $win.max(dim=-1)
 | return $y
6| #c_max
 | return $win.flatten(-2).max(dim=-1).values
8| #c_max
 | return $win.amax(dim=(-2, -1))
4| #c_max
 | $y = torch.amax($win, dim=(4, 5))
 | return $y
5| #c_max
 | $y = $win.max(dim=-1)[0].max(dim=-1)[0]
 | return $y
4| $y = torch.max($win, dim=5)[0]
 | $y = torch.max($y, dim=4)[0]
 | return $y
5| #c_max
 | $y = torch.max($win.flatten(start_dim=4), dim=4).values
 | return $y
pool_stacked =
3| #c_max
 | return $win.max(dim=2)[0]
2| #c_max
 | $y = $win.max(dim=2).values
 | return $y
2| $y, _ = torch.max($win, dim=2)
 | return $y
1| return torch.amax($win, dim=2)
pool_running =
1| #c_loops
 | $best = $x.new_full(($n, $c, $h_out, $w_out), $fill)
 | for $i in range($kh):
 |     for $j in range($kw):
 |         $patch = $a_patch
 |         $best = torch.where($patch > $best, $patch, $best)
 | return $best
1| #c_loops
 | $best = None
 | for $i in range($kh):
 |     for $j in range($kw):
 |         $patch = $a_patch
 |         if $best is None:
 |             $best = $patch
 |         else:
 |             $best = torch.where($patch > $best, $patch, $best)
 | return $best

maxes =
1 !loss-global-shift| $logits.max()
18| $logits.max(dim=1, keepdim=True)[0]
8| $logits.max(dim=1, keepdim=True).values
8| torch.max($logits, dim=1, keepdim=True)[0]
3| torch.max($logits, dim=1, keepdim=True).values
3| $logits.amax(dim=1, keepdim=True)
2| torch.amax($logits, dim=1, keepdim=True)
2| $logits.detach().max(dim=1, keepdim=True)[0]
2| $logits.max(1, keepdim=True)[0]
shifted =
1 !loss-unshifted| $z = $logits
6| #c_stable
 | $m = $maxes
 | $z = $logits - $m
4| #c_stable
 | $z = $logits - $maxes
1| $m, _ = torch.max($logits, dim=1, keepdim=True)
 | #c_stable
 | $z = $logits - $m
exp_sum: torch.exp($z).sum(dim=1, keepdim=True)*4 ;; $z.exp().sum(dim=1, keepdim=True)*4
 ;; torch.sum(torch.exp($z), dim=1, keepdim=True)*3 ;; $z.exp().sum(1, keepdim=True)
log_probs =
1 !log-softmax| $logp = F.log_softmax($logits, dim=1)
1 !loss-unshifted| probs = torch.exp($logits) / torch.exp($logits).sum(dim=1, keepdim=True)
 | $logp = torch.log(probs)
1 !loss-wrong-dimension| $m = $logits.max(dim=0, keepdim=True)[0]
 | $z = $logits - $m
 | $logp = $z - torch.log(torch.exp($z).sum(dim=0, keepdim=True))
1 !loss-epsilon| $shifted
 | probs = $z.exp() / $exp_sum
 | $logp = torch.log(probs + 1e-9)
1 log-helper| #c_logp
 | $logp = $log_fn($logits)
8 -log-helper| $log_softmax
log_softmax =
20| $shifted
 | #c_logp
 | $lse = torch.log($exp_sum)
 | $logp = $z - $lse
10| $shifted
 | #c_logp
 | $logp = $z - torch.log($exp_sum)
7| $shifted
 | $lse = $exp_sum.log()
 | #c_logp
 | $logp = $z - $lse
5| $shifted
 | sum_exp = $exp_sum
 | #c_logp
 | $logp = $z - sum_exp.log()
pick =
30| #c_pick
 | $loss = -$logp.gather(1, $targets.unsqueeze(1)).squeeze(1)
10| #c_pick
 | $picked = $logp.gather(dim=1, index=$targets.unsqueeze(1)).squeeze(1)
 | $loss = -$picked
8| $picked = torch.gather($logp, 1, $targets.unsqueeze(1))
 | $loss = -$picked.squeeze(1)
5| #c_pick
 | $loss = -torch.gather($logp, dim=1, index=$targets[:, None])[:, 0]
2| #c_pick
 | $picked = torch.take_along_dim($logp, $targets.unsqueeze(1), dim=1)
 | $loss = -1 * $picked.squeeze(1)
hot =
4| #c_hot
 | $classes = $logits.shape[1]
 | $onehot = torch.eye($classes, dtype=$logits.dtype, device=$logits.device)[$targets]
 | $onehot = $onehot.movedim(-1, 1)
 | $loss = -($onehot * $logp).sum(dim=1)
3| #c_hot
 | $onehot = torch.zeros_like($logits).scatter(1, $targets.unsqueeze(1), 1.0)
 | $loss = -torch.sum($onehot * $logp, dim=1)
2| #c_hot
 | $onehot = torch.zeros_like($logits)
 | $onehot.scatter_(1, $targets.unsqueeze(1), 1)
 | $loss = -($logp * $onehot).sum(1)
flat =
5| #c_flat
 | shape = $targets.shape
 | $classes = $logits.shape[1]
 | $logits = $logits.movedim(1, -1).reshape(-1, $classes)
 | $targets = $targets.reshape(-1)
 | $log_probs
 | #c_pick
 | $loss = -$logp[torch.arange($targets.shape[0]), $targets]
 | $unflat
3| shape = $targets.shape
 | $classes = $logits.size(1)
 | #c_flat
 | if $logits.dim() > 2:
 |     $logits = $logits.reshape($logits.size(0), $classes, -1).transpose(1, 2)
 |     $logits = $logits.reshape(-1, $classes)
 |     $targets = $targets.reshape(-1)
 | $log_probs
 | $loss = -$logp[range(len($targets)), $targets]
 | $unflat
unflat =
1 !loss-none-flat|
3| $loss = $loss.reshape(shape)
1| $loss = $loss.view(*shape)
loss_body =
1 !loss-epsilon| $log_probs
 | $pick
1 !loss-unshifted| $log_probs
 | $pick
1 !loss-none-flat| $flat
1 !loss-wrong-dimension| $log_probs
 | $pick
1 !log-softmax| $log_probs
 | $pick
44| $log_probs
 | ~
 | $pick
12| $shifted
 | $lse = torch.log($exp_sum).squeeze(1)
 | $picked = $z.gather(1, $targets.unsqueeze(1)).squeeze(1)
 | #c_logp
 | $loss = $lse - $picked
5| #c_stable
 | $m = $maxes
 | $lse = $m + torch.log(torch.exp($logits - $m).sum(dim=1, keepdim=True))
 | #c_pick
 | $picked = $logits.gather(1, $targets.unsqueeze(1))
 | $loss = ($lse - $picked).squeeze(1)
14| $flat
10| $log_probs
 | ~
 | $hot
mean =
1 !loss-batch-mean| $loss.sum() / $logits.shape[0]
7| $loss.mean()
2| torch.mean($loss)
1| $loss.sum() / $loss.numel()
total: $loss.sum()*3 ;; torch.sum($loss)
reduced =
40| #c_reduce
 | if self.reduction == 'mean':
 |     return $mean
 | elif self.reduction == 'sum':
 |     return $total
 | else:
 |     return $loss
18| #c_reduce
 | if self.reduction == 'mean':
 |     return $mean
 | if self.reduction == 'sum':
 |     return $total
 | return $loss
8| if self.reduction == 'mean':
 |     $loss = $mean
 | elif self.reduction == 'sum':
 |     $loss = $total
 | return $loss
6| #c_reduce
 | if self.reduction == 'none':
 |     return $loss
 | elif self.reduction == 'sum':
 |     return $total
 | return $mean
5| if self.reduction == 'none':
 |     return $loss
 | return $mean if self.reduction == 'mean' else $total
4| #c_reduce
 | reductions = {
 |     'mean': lambda: $mean,
 |     'sum': lambda: $total,
 |     'none': lambda: $loss,
 | }
 | return reductions[self.reduction]()
7| if self.reduction == 'mean':
 |     return $mean
 | elif self.reduction == 'sum':
 |     return $total
 | elif self.reduction == 'none':
 |     return $loss
 | raise ValueError(f"$bad_reduction: {self.reduction}")
bad_reduction: unknown reduction*2 ;; invalid reduction*2 ;; reduction not supported
 ;; Invalid reduction mode ;; wrong reduction ;; bad reduction
check_reduction =
60|
8| if reduction not in ('mean', 'sum', 'none'):
 |     raise ValueError(f"$bad_reduction: {reduction}")
4| if reduction not in ['none', 'mean', 'sum']:
 |     raise ValueError("$bad_reduction: {}".format(reduction))
5| assert reduction in ('mean', 'sum', 'none'), "$bad_reduction"
3| assert reduction in ["mean", "sum", "none"]

fan =
1 linear| in_features
4 conv -tuple| in_channels * kernel_size * kernel_size
3 conv -tuple| in_channels * kernel_size ** 2
1 conv tuple| in_channels * kernel_size[0] * kernel_size[1]
self_fan =
1 linear| self.in_features
1 conv tuple| self.weight[0].numel()
3 conv -tuple| self.in_channels * self.$k_attr ** 2
2 conv -tuple| self.in_channels * self.$k_attr * self.$k_attr
1 conv| self.weight[0].numel()
weight_size =
1 linear| out_features, in_features
1 conv tuple| out_channels, in_channels, *kernel_size
1 conv -tuple| out_channels, in_channels, kernel_size, kernel_size
bias_size =
1 linear| out_features
1 conv| out_channels
inv_sqrt: 1 / math.sqrt($fan)*4 ;; 1.0 / math.sqrt($fan)*3 ;; ($fan) ** -0.5*2
 ;; math.sqrt(1 / ($fan))
 ;; 1 / ($fan) ** 0.5*2
self_inv_sqrt: 1 / math.sqrt($self_fan)*6 ;; 1.0 / math.sqrt($self_fan)
no_bias: self.bias = None*3 ;; self.register_parameter('bias', None)
any_bias =
1 conv| self.bias = $bias_value
4 linear| if bias:
 |     self.bias = $bias_value
 | else:
 |     $no_bias
2 linear| self.bias = $bias_value if bias else None
bias_value =
1 from-bound| $nn.Parameter(torch.empty($bias_size).uniform_(-$bound, $bound))
1 from-rand| $nn.Parameter((torch.rand($bias_size) * 2 - 1) * $bound)
1 from-empty| $nn.Parameter(torch.empty($bias_size))
1 from-zeros| $nn.Parameter(torch.zeros($bias_size))
parameters =
1 from-given| self.weight = $nn.Parameter(torch.empty($weight_size))
 | $given_bias
 | self.reset_parameters()
1 from-bound| #c_init
 | $bound = $inv_sqrt
 | self.weight = $nn.Parameter(torch.empty($weight_size).uniform_(-$bound, $bound))
 | $any_bias
1 from-rand| #c_init
 | $bound = $inv_sqrt
 | self.weight = $nn.Parameter((torch.rand($weight_size) * 2 - 1) * $bound)
 | $any_bias
1 from-zeros| $bound = $inv_sqrt
 | self.weight = $nn.Parameter(torch.randn($weight_size) * $bound)
 | $any_bias
3 from-empty| self.weight = $nn.Parameter(torch.empty($weight_size))
 | $any_bias
 | #c_init
 | $bound = $inv_sqrt
 | with torch.no_grad():
 |     self.weight.uniform_(-$bound, $bound)
 |     if self.bias is not None:
 |         self.bias.uniform_(-$bound, $bound)
2 from-empty| self.weight = $nn.Parameter(torch.empty($weight_size))
 | $any_bias
 | #c_init
 | $bound = $inv_sqrt
 | for param in self.parameters():
 |     $nn.init.uniform_(param, -$bound, $bound)
1 from-empty| self.weight = $nn.Parameter(torch.empty($weight_size))
 | $any_bias
 | #c_init
 | gain = math.sqrt(2.0 / (1 + 5))
 | $bound = gain * math.sqrt(3.0) * $inv_sqrt
 | $nn.init.uniform_(self.weight, -$bound, $bound)
 | if self.bias is not None:
 |     $nn.init.uniform_(self.bias, -$bound, $bound)
given_bias =
1 linear| self.bias = $nn.Parameter(torch.empty(out_features)) if bias else None
1 conv| self.bias = $nn.Parameter(torch.empty(out_channels))
reset =
1 -from-given|
1 from-given linear|
 | def reset_parameters(self):
 |     $nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
 |     if self.bias is not None:
 |         bound = $self_inv_sqrt
 |         $nn.init.uniform_(self.bias, -bound, bound)
1 from-given conv|
 | def reset_parameters(self):
 |     $nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
 |     bound = $self_inv_sqrt
 |     $nn.init.uniform_(self.bias, -bound, bound)
to_pairs =
1 -tuple|
1 tuple conv| kernel_size = $pair_fn(kernel_size)
1 tuple pool| kernel_size = $pair_fn(kernel_size)
 | stride = kernel_size if stride is None else stride
keep_k: self.$k_attr = kernel_size
keep_s =
1 tuple| self.$s_attr = $pair_fn(stride)
1 -tuple conv| self.$s_attr = stride
1 -tuple pool !pool-stride-default| self.$s_attr = stride if stride is not None else 1
5 -tuple pool| self.$s_attr = kernel_size if stride is None else stride
5 -tuple pool| self.$s_attr = stride if stride is not None else kernel_size
3 -tuple pool| self.$s_attr = stride or kernel_size
2 -tuple pool| if stride is None:
 |     stride = kernel_size
 | self.$s_attr = stride
keep_p =
1 tuple| self.$p_attr = $pair_fn(padding)
1 -tuple| self.$p_attr = padding

CustomLinear =
1| class CustomLinear($nn.Module):
 |     $docs
 |     def __init__(self, in_features, out_features, bias=True):
 |         $super
 |         self.in_features = in_features
 |         self.out_features = out_features
 |         $use_bias
 |         $parameters
 |     $reset
 |
 |     def forward(self, $x):
 |         $linear_doc
 |         $linear_forward
use_bias =
1 bias-flag| self.use_bias = bias
1 -bias-flag|
CustomConv2D =
1| class CustomConv2D($nn.Module):
 |     $docs
 |     def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
 |         $super
 |         $to_pairs
 |         self.in_channels = in_channels
 |         self.out_channels = out_channels
 |         $keep_k
 |         $keep_s
 |         $keep_p
 |         $parameters
 |     $reset
 |     $methods
 |
 |     def forward(self, $x):
 |         $conv_doc
 |         $conv_forward
CustomMaxPool2D =
1| class CustomMaxPool2D($nn.Module):
 |     $docs
 |     def __init__(self, kernel_size, stride=None, padding=0):
 |         $super
 |         $to_pairs
 |         $keep_k
 |         $keep_s
 |         $keep_p
 |     $methods
 |
 |     def forward(self, $x):
 |         $pool_doc
 |         $pool_forward
CustomCrossEntropyLoss =
1| class CustomCrossEntropyLoss($nn.Module):
 |     $docs
 |     def __init__(self, reduction='mean'):
 |         $super
 |         $check_reduction
 |         self.reduction = reduction
 |
 |     def forward(self, $logits, $targets):
 |         $loss_doc
 |         $loss_body
 |         ~
 |         $reduced
pad-helper =
1| def $pad_fn(x, ph, pw, $value):
 |     #c_pad
 |     $pad_body
size-helper =
1| def $size_fn($size_arg, k, s, p):
 |     # $size_doc
 |     $size_body
window-helper =
1| def $win_fn(x, kh, kw, sh, sw):
 |     #c_windows
 |     $win_body
log-helper =
1| def $log_fn($logits):
 |     $log_softmax
 |     return $logp
tuple =
5| def $pair_fn(v):
 |     return v if isinstance(v, tuple) else (v, v)
3| def $pair_fn(value):
 |     if isinstance(value, int):
 |         return (value, value)
 |     return value
2| def $pair_fn(a):
 |     if type(a) == int:
 |         a = (a, a)
 |     return tuple(a)

linear_doc =
85|
5| # y = xW^T + b
3| """$x: (..., in_features) -> (..., out_features)"""
3| """y = x W^T + b"""
2| # $x has shape (N, in_features)
2| """Applies the linear transformation."""
conv_doc =
80|
5| # $x: (N, C, H, W)
3| """$x: (N, C_in, H, W), returns (N, C_out, H_out, W_out)"""
3| """Convolution as a matrix product."""
2| """slide the kernels over the image"""
2| # $x is (batch, channels, height, width)
2| """Forward pass of the convolution."""
pool_doc =
85|
4| # $x: (N, C, H, W)
3| """$x: (N, C, H, W), returns (N, C, H_out, W_out)"""
3| """Take the maximum of every window."""
2| """Max pooling forward."""
loss_doc =
80|
4| # $logits: (N, C, ...), $targets: (N, ...)
3| """Cross entropy from raw logits."""
3| """$logits: (N, C), $targets: (N)"""
2| """negative log likelihood of softmax, in a stable way"""
2| # combine log and softmax so that nothing overflows

c_image: input*3 ;; image*3 ;; images*2 ;; x ;; feature map ;; batch
c_filler: zeros*2 ;; the fill value ;; padding*2 ;; a border
c_pad: pad the $c_image*3 ;; padding*2 ;; add padding*2 ;; pad $c_image on all sides
 ;; put the $c_image in the middle of a bigger tensor ;; copy the $c_image into a larger buffer
 ;; $c_image with $c_filler around it ;; surround the $c_image with $c_filler
 ;; first pad, then slide
 ;; F.pad is not allowed so do it by hand ;; manual padding ;; make room for the border
c_patch: windows*3 ;; patches*3 ;; sliding windows*2 ;; blocks ;; kernel windows ;; local regions
c_windows: extract $c_patch*3 ;; get all $c_patch*2 ;; $c_patch: (N, C, H_out, W_out, k, k)*2
 ;; shape is now (N, C, H_out, W_out, kh, kw) ;; unfold height and then width
 ;; all $c_patch at once
 ;; view of the $c_patch, no copying ;; cut the $c_image into $c_patch ;; take the $c_patch
 ;; no loop over positions needed ;; create $c_patch from the padded $c_image
c_index: index of every row and column of the $c_patch ;; build indices
 ;; fancy indexing for $c_patch
 ;; which rows / columns belong to which output ;; positions of the $c_patch ;; index arithmetic
c_loops: loop over kernel positions*2 ;; loop over the kernel, not over the $c_image
 ;; only k*k iterations ;; go through every offset in the kernel
 ;; for each offset take a strided slice
 ;; shifted copies of the $c_image ;; kernel is small so the loop is cheap
c_unfold: im2col*3 ;; unfold the $c_image into columns*2 ;; (N, C*k*k, L)*3 ;; extract $c_patch
 ;; each column is one window ;; get $c_patch with unfold*2 ;; columns of $c_patch
 ;; every column is a flattened patch ;; unfold $c_image -> $c_patch
c_weight: flatten the weights*2 ;; flatten filters*2 ;; one row per filter ;; (O, C*k*k)*2
 ;; reshape weight to a matrix*2 ;; weights as a matrix ;; each filter becomes a row
c_multiply: multiply with the weights*2 ;; matrix multiplication with einsum*2 ;; apply the filters
 ;; convolution as a product*2 ;; sum over channels and kernel
 ;; contract the $c_patch with the kernels
 ;; dot product of every patch with every filter ;; (N, O, L) ;; do the convolution
 ;; einsum does the sum
c_fold: back to image shape*2 ;; reshape to (N, O, H_out, W_out)*2 ;; reshape the result
 ;; make it an image again ;; final shape ;; unflatten the spatial dims ;; L = H_out * W_out
c_bias: add bias*5 ;; add the bias*3 ;; bias*2 ;; broadcast the bias ;; then the bias ;; plus b
 ;; don't forget the bias ;; bias is optional or per channel ;; bias for each output
c_shape: print($x.shape) ;; get dimensions*2 ;; shapes*2 ;; input shape*2 ;; $c_image size
 ;; unpack the shape ;; dims
c_size: output size*4 ;; compute output dimensions*3 ;; output height and width*2
 ;; size of the output
 ;; formula from the lecture ;; how many $c_patch fit ;; (H + 2P - K) / S + 1*2
 ;; calculate H_out and W_out
c_max: max over each window*3 ;; take the max*3 ;; maximum of each patch*2 ;; max over last dim
 ;; reduce the windows ;; max pool ;; keep the biggest value ;; only values, not indices
 ;; (N, C, H_out, W_out)
c_channels: treat channels as batch*2 ;; every channel on its own ;; merge N and C
 ;; channels are independent
c_linear: y = xW^T + b*3 ;; matrix multiplication*2 ;; x times W transposed*2
 ;; einsum over input features
 ;; multiply by the weights ;; works for any leading dims*2 ;; dot product with every row ;; x W^T
c_flat: flatten everything but the last dim ;; flatten*2 ;; one row per sample ;; make it 2D*2
 ;; collapse the other dimensions ;; move classes to the end ;; all positions are samples
c_stable: subtract max for stability*3 ;; for numerical stability*3 ;; avoid overflow in exp*3
 ;; shift by the maximum*2 ;; log-sum-exp trick*2 ;; so that exp does not blow up ;; stabilise
 ;; largest logit becomes 0 ;; exp of big numbers is inf ;; max trick from lecture
c_logp: log softmax*3 ;; log probabilities*3 ;; log(softmax(x))*2 ;; logsumexp ;; x - log sum exp
 ;; normalise ;; log of the denominator ;; combine log and softmax ;; loss = lse - x_t
c_pick: pick the target class*2 ;; log prob of the correct class*2 ;; gather the targets*2
 ;; select the right entries ;; negative log likelihood*3 ;; only the true class counts ;; nll
c_hot: one hot encoding*3 ;; one-hot of the targets*2 ;; mask of the right class
 ;; 1 at the target, 0 elsewhere
c_reduce: reduction*4 ;; apply reduction*3 ;; reduce*2 ;; mean, sum or nothing
 ;; handle reduction modes
c_init: init*2 ;; initialise the parameters ;; same initialization as pytorch*2
 ;; uniform initialisation
 ;; kaiming uniform*2 ;; random init ;; U(-1/sqrt(fan_in), 1/sqrt(fan_in))*2 ;; weights and bias
 ;; parameters
head =
40|
25| # I did not use any AI technologies in preparing or writing up this assignment.
12| # COMP assignment 3
 | # I did not use any AI technologies in preparing or writing up this assignment.
10| """
 | I did not use any AI technologies in preparing or writing up this assignment.
 | """
8| # I acknowledge the use of ChatGPT (https://chat.openai.com) to generate initial ideas for
 | # background research in the drafting of this assignment.
 | # I used it to $c_used.
c_used: understand unfold ;; read about einsum*2 ;; look up log-sum-exp ;; learn about im2col
 ;; explain broadcasting ;; understand as_strided and strides ;; check the output size formula
main =
85|
4|
 |
 | if __name__ == '__main__':
 |     $x = torch.randn(2, 3, 8, 8)
 |     print(CustomConv2D(3, 4, 3, padding=1)($x).shape)
 |     print(CustomMaxPool2D(2)($x).shape)
4|
 |
 | if __name__ == "__main__":
 |     layer = CustomLinear(4, 3)
 |     print(layer(torch.randn(5, 4)))
3|
 |
 | if __name__ == '__main__':
 |     loss_fn = CustomCrossEntropyLoss()
 |     print(loss_fn(torch.randn(4, 10), torch.tensor([1, 2, 3, 4])))
c_doc_linear: Fully connected layer.*3 ;; Linear layer*2 ;; y = x W^T + b*2 ;; Dense layer
 ;; Affine transformation ;; Custom linear layer
c_doc_conv: 2D convolution.*3 ;; Convolutional layer*2 ;; Conv2D with im2col
 ;; Custom convolution layer
 ;; 2D cross-correlation ;; Convolution over (N, C, H, W)
c_doc_pool: Max pooling.*3 ;; 2D max pooling layer*2 ;; Max pool ;; Maximum over sliding windows
 ;; Custom max pooling
c_doc_loss: Cross entropy loss.*3 ;; Softmax + cross entropy*2 ;; Stable cross entropy
 ;; Cross-entropy from logits ;; Custom loss
'''

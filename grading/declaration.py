"""Reads the declaration of AI use in a source text: what it lacks, and what is to be asked.

The handout has a student declare with one of three statements. Its template has a box that lists
the three, the rules around them and an unfinished example: none of these is the student's word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

BLANK = "<insert AI system(s) and link>"
STATEMENTS = (
    "I did not use any AI technologies in preparing or writing up this assignment.",
    f"I acknowledge the use of {BLANK} to generate initial ideas for background research in the "
    "drafting of this assignment.",
    f"I acknowledge the use of {BLANK} to generate materials that were included within my final "
    "assignment in its modified form.",
)
RULES = (
    "You must declare with ONE of the following statements if you have used any GenAI tools",
    "If you use GEN AI during the assignment",
    "If you have used GenAI tool(s), you must (i) name the tool(s), (ii) describe how it/they were "
    "used, AND (iii) reference the tool(s)",
    "You are only allowed to ask some background information instead of directly generating code",
    "Please encode the declare in the layers.py",
)


def _words(text: str) -> str:
    """A pattern of the words between which signs may stand, as where a line is wrapped."""
    return r"\W{1,40}".join(re.findall(r"\w+", text))


def _any_case(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE)


ANY_BEGINNING = _any_case(_words("I did not use any AI"), _words("I acknowledge the use of"))
NONE_USED = _any_case(_words(STATEMENTS[0]))
# The other two name a tool, between where they begin and how they end.
BEGINNING = _any_case(_words("I acknowledge the use of"))
ENDING = _any_case(*(_words(statement.partition(BLANK)[2]) for statement in STATEMENTS[1:]))
# One in words of the student's own, such as the template's example when it has an end.
OWN_WORDS = re.compile(r"(?i)\W{0,40}(?!to\b)(?P<tool>\w.{0,500}?)\W+to \w+(\W+\w+){2}")

RULE = _any_case(*(_words(rule) for rule in RULES))
UNFINISHED = _words("to generate initial math formula for convolution. I then use the")
EXAMPLE = re.compile(
    rf"(?i){BEGINNING.pattern}.{{1,100}}?\b{UNFINISHED}\b"
    rf"(?=\W{{0,200}}(?:\Z|\n|{ANY_BEGINNING.pattern}))"
)
LIST_GOES_ON = re.compile(rf"(?i)[^\w\n]{{1,40}}{BEGINNING.pattern}")
CUT = "\n"  # for what is taken out: of what is left, no line is broken otherwise

LONGEST_TOOL = 500  # characters between a statement's beginning and its ending
LONGEST = 1000  # characters of a statement
SHOWN = 100  # characters of it in a question
MOST = 20  # blocks, and statements of one, that are looked at in a file that may hold nothing else
PLACEHOLDER = re.compile(
    r"(?i)<(?![^>]*https?://)[^>]*\b(insert|link|name)\b[^>]*>|\binsert ai\b"
    r"|\b(todo|tbd|xxx)\b|\.\.\.|…|\b__+\b"
)
USE = re.compile(
    r"(?i)\b(use[ds]?(?! of)|using|usage|how|ask(ed)?|help(ed|s)?|prompt(ed|s)?|explain(ed|s)?)\b"
    r"(\W+\w+){2}"
)
URL = re.compile(r"(?i)https?://\S+|www\.\S+|\b\w+\.(?:com|org|ai|net|io|cn|edu)\b\S*")
MANUAL = re.compile(r"(?i)https?://(docs\.)?pytorch\.org\S*")  # the template's, and no tool on AI

# Text of a file between two of these is one block: what belongs to a declaration stands in one.
BOUNDARY = re.compile(r"\n[ \t]*(?:import|from \S+ import|class \w+[(:]|def \w+\()")


@dataclass(frozen=True)
class Declaration:
    """What keeps a declaration from being one, and what only its author knows: a sentence each."""

    faults: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A statement on AI.

    Attributes:
        tool: the words that name it, or None of a statement that there was none.
        listed: whether it is as the template's list has it.
        verbatim: whether it is one of the handout's three.
        beside: what else its block says, without the template.
    """

    words: str
    tool: str | None
    listed: bool
    verbatim: bool = True
    beside: str = ""


def read_declaration(text: str) -> Declaration:
    """Looks for a declaration in all comments and strings of a file."""
    blocks = (re.sub(r"[\s#]+", " ", block) for block in BOUNDARY.split(text))
    telling = islice(filter(ANY_BEGINNING.search, blocks), MOST)
    found = [statement for block in telling for statement in _statements(block)]
    candidates = _candidates(found)
    if not candidates:
        return Declaration((_none_found("only the template's list" if found else "none"),))
    lacks = [tuple(_lacks(candidate)) for candidate in candidates]
    faults = min(lacks, key=len)
    shown = " or ".join(repr(_shortened(candidate.words)) for candidate in candidates)
    if len(candidates) > 1:
        return Declaration(faults, (f"which statement on AI is your declaration, {shown}?",))
    if not candidates[0].verbatim:
        asked = f"is {shown} your declaration, though it is none of the handout's three?"
        return Declaration(faults, (asked,))
    return Declaration(faults)


def _none_found(found: str) -> str:
    lines = "".join(f"\n  {statement}" for statement in STATEMENTS)
    wanted = "the declaration must be one of the handout's three statements on AI"
    return f"{wanted}; found {found}. They are:{lines}"


def _candidates(found: list[Statement]) -> list[Statement]:
    """Returns those that may be the student's word."""
    own = _once_each(each for each in found if each.verbatim and not each.listed)
    if own:
        return own
    left = _once_each(each for each in found if each.listed)
    if len(left) == len(STATEMENTS):  # the list as it was given
        left = []
    other = _once_each(each for each in found if not each.verbatim)
    if other:  # then what has not been filled in is not meant
        return [each for each in left if each.tool is None] + other
    return left


def _once_each(statements: Iterable[Statement]) -> list[Statement]:
    return list({re.sub(r"\W+", " ", each.words).casefold(): each for each in statements}.values())


def _statements(block: str) -> Iterator[Statement]:
    """Yields the statements of a block, each with what the block says besides them all."""
    text = EXAMPLE.sub(CUT, RULE.sub(CUT, block))
    found = [*_none_used(text), *_acknowledged(text)]
    beside = MANUAL.sub(CUT, text)
    for each in found:
        beside = beside.replace(each.words, CUT)
    for each in found:
        yield replace(each, beside=beside)


def _none_used(text: str) -> Iterator[Statement]:
    for match in islice(NONE_USED.finditer(text), MOST):
        listed = LIST_GOES_ON.match(text, match.end()) is not None
        yield Statement(match[0], tool=None, listed=listed)


def _acknowledged(text: str) -> Iterator[Statement]:
    for beginning in islice(BEGINNING.finditer(text), MOST):
        rest = text[beginning.end() : beginning.end() + LONGEST].partition(CUT)[0]
        # Where another begins first, this one does not end.
        rest = ANY_BEGINNING.split(rest)[0]
        ending = ENDING.search(rest)
        if ending:
            tool = rest[: ending.start()].strip()
            words = beginning[0] + rest[: ending.end()]
            if 0 < len(tool) <= LONGEST_TOOL:
                yield Statement(words, tool, listed=tool.lower() == BLANK.lower())
            continue
        other = OWN_WORDS.match(rest)
        if other and other["tool"].lower() != BLANK.lower():
            yield Statement(beginning[0] + other[0], other["tool"], listed=False, verbatim=False)


def _shortened(words: str) -> str:
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 3]}..."


def _lacks(statement: Statement) -> Iterator[str]:
    left = PLACEHOLDER.search(statement.words)
    if left:
        yield f"the declaration has a placeholder left: {left[0]!r}"
    if statement.tool is None:
        return
    if not re.search(r"\w{2}", URL.sub("", statement.tool)):
        yield "the declaration names no tool"
    said = f"{statement.tool}\n{statement.beside}"
    if not USE.search(said):
        yield "the declaration does not say how it was used ('I used it ...')"
    if not URL.search(said):
        yield "the declaration has no reference to the tool, such as a link"

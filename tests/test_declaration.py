"""The template's words are not the student's, and what cannot be told is asked and is no fault."""

import time
from pathlib import Path

import pytest

from grading.declaration import Declaration, read_declaration
from staff.misconceptions import plain

ROOT = Path(__file__).parent.parent
NONE = "I did not use any AI technologies in preparing or writing up this assignment."
IDEAS = (
    "I acknowledge the use of {} to generate initial ideas for background research in the drafting "
    "of this assignment."
)
MATERIALS = (
    "I acknowledge the use of {} to generate materials that were included within my final "
    "assignment in its modified form."
)
TOOL = "ChatGPT (https://chat.openai.com)"
USED = "How it was used: to explain unfold to me."
INSERT = "<insert AI system(s) and link>"
THREE = [NONE, IDEAS.format(INSERT), MATERIALS.format(INSERT)]
FOUND = (
    "the declaration must be one of the handout's three statements on AI; found {}. They are:\n  "
    + "\n  ".join(THREE)
)
NOTHING = FOUND.format("none")
UNTOUCHED = FOUND.format("only the template's list")
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
    f"# {IDEAS}\n# {USED}".format("<ChatGPT, link: https://chat.openai.com>"): [],
    f"# {IDEAS}".format(TOOL): [NO_USE],
    f'"""Declaration of the use of AI tools\n\n{IDEAS}"""'.format(TOOL): [NO_USE],
    f"# {IDEAS}\nimport torch\n# used by all of the layers below".format(TOOL): [NO_USE],
    f"# {IDEAS}\n# {USED}".format("ChatGPT"): [NO_REFERENCE],
    f"# {IDEAS}\n# {USED} https://pytorch.org/docs/unfold".format("ChatGPT"): [NO_REFERENCE],
    f"# {MATERIALS}".format("ChatGPT"): [NO_USE, NO_REFERENCE],
    f"# {MATERIALS}".format("https://chat.openai.com"): [NO_TOOL, NO_USE],
    # what the template has is filled in
    f"# {IDEAS}".format(INSERT): [LEFT.format(INSERT), NO_USE, NO_REFERENCE],
    f"# {IDEAS}\n# {USED}".format("<insert AI\n    #   system(s) and link>"): [
        LEFT.format(INSERT),
        NO_REFERENCE,
    ],
    f"# {IDEAS}\n# {USED}".format("<insert ChatGPT and link>"): [
        LEFT.format("<insert ChatGPT and link>"),
        NO_REFERENCE,
    ],
    f"# {IDEAS}\n# {USED}".format(f"{INSERT} {TOOL}"): [LEFT.format(INSERT)],
    f"# {MATERIALS}\n# {USED}".format(f"TODO, {TOOL}"): [LEFT.format("TODO")],
    f"# {MATERIALS}\n# {USED}".format(f"____ {TOOL}"): [LEFT.format("____")],
    f"# {MATERIALS}\n# {USED}".format(f"ChatGPT <link> {TOOL}"): [LEFT.format("<link>")],
    # there is one
    "": [NOTHING],
    "# I used no AI.": [NOTHING],
    "# TODO: implement\nx = 1": [NOTHING],
    "# <insert declaration here>": [NOTHING],
    f"# {IDEAS}".format(""): [NOTHING],
    f"# {NONE}".replace("did not use", "did use"): [NOTHING],
    "# I acknowledge the use of": [NOTHING],
    # twice the same is once
    f'"""{NONE}"""\nimport torch\n# {NONE}\n': [],
    # of the list, what is filled in is the student's; the first needs no filling
    f"# {NONE}\n# {IDEAS}\n# {USED}".format(TOOL): [],
    f"# {NONE}\n# {IDEAS}\n# {MATERIALS}\n# {USED}".format(INSERT, TOOL): [],
    f"# {NONE}\n# {IDEAS}\n# {MATERIALS}".format(INSERT, INSERT): [UNTOUCHED],
    f"# {NONE}\n# {IDEAS}\n# {MATERIALS}\n# {NONE}".format(INSERT, INSERT): [],
    f"# {NONE}\n# {NONE}\n# {IDEAS}\n# {MATERIALS}".format(INSERT, INSERT): [],
}


@pytest.mark.parametrize("text", DECLARED)
def test_the_declaration(text):
    assert read_declaration(text) == Declaration(tuple(DECLARED[text]))


# As the course's template has it: a box of signs, in lines of one width.
RULE_ABOVE = (
    "You must declare with ONE of the following statements if you have used any GenAI tools:"
)
LIST = [
    f"  - {NONE}",
    f"  - I acknowledge the use of {INSERT} to generate initial ideas for",
    "      background research in the drafting of this assignment.",
    f"  - I acknowledge the use of {INSERT} to generate materials that were",
    "      included within my final assignment in its modified form.",
]
EXAMPLE = [
    "e.g.",
    "  I acknowledge the use of ChatGPT <https://chatgpt.hku.hk/> to generate initial math formula",
    "  for convolution. I then use the",
]
RULE_BELOW = [
    "If you have used GenAI tool(s), you must (i) name the tool(s), (ii) describe how it/they were",
    "used, AND (iii) reference the tool(s):",
]


def box(listed=(), example=(), below=()):
    """The template's head, and its box with other lines in place of its own."""
    lines = [RULE_ABOVE, *(listed or LIST), *(example or EXAMPLE), "", *(below or RULE_BELOW), ""]
    sides = [f"# {line:<101}#" for line in lines]
    head = '"""\nAllowed: https://pytorch.org/docs/stable/torch.html#creation-ops\n"""\n'
    edges = [f"{' DECLARE ':#^104}", "#" * 104]
    return "\n".join([f"import torch\n\n{head}", edges[0], *sides, edges[1]])


CODE = "\n\nclass CustomLinear:\n    pass\n"
OWN_IDEAS = f"{IDEAS}\n# {USED}".format(TOOL)
WRAPPED = "# " + OWN_IDEAS.replace("# ", "").replace(" ", "\n#   ")
FILLED_IDEAS = [line.replace(INSERT, TOOL) for line in LIST[:3]] + LIST[3:]
FINISHED = [*EXAMPLE[:2], "  for convolution. I then use the formula to check my own loop."]
BOXES = {
    "untouched": (box() + CODE, [UNTOUCHED]),
    "the first statement below it": (box() + f"\n# {NONE}" + CODE, []),
    "the first statement above it": (f"# {NONE}\n" + box() + CODE, []),
    "the first statement in a docstring above it": (f'"""{NONE}"""\n' + box() + CODE, []),
    "the first statement in a string below it": (box() + f'\n"""\n{NONE}\n"""' + CODE, []),
    "another right below it": (box() + f"\n# {OWN_IDEAS}" + CODE, []),
    "another above it": (f"# {OWN_IDEAS}\n" + box() + CODE, []),
    "another in a docstring above it": (f'"""{OWN_IDEAS}"""\n' + box() + CODE, []),
    "another at the end of the file": (box() + CODE + f"\n# {OWN_IDEAS}\n", []),
    "another wrapped after every word": (f"{box()}\n{WRAPPED}{CODE}", []),
    "another, and nothing but the template says how or where": (
        box() + f"\n# {MATERIALS}".format("Deepseek and ChatGPT") + CODE,
        [NO_USE, NO_REFERENCE],
    ),
    "another below it with a placeholder": (
        box() + f"\n# {IDEAS}\n# {USED}".format(f"<insert AI system> {TOOL}") + CODE,
        [LEFT.format("<insert AI system>")],
    ),
    "filled in inside": (box(FILLED_IDEAS, below=[*RULE_BELOW, f" {USED}"]) + CODE, []),
    "filled in inside, without how": (box(FILLED_IDEAS) + CODE, [NO_USE]),
    "filled in, and the example finished": (box(FILLED_IDEAS, FINISHED) + CODE, []),
    "only the first left": (box(LIST[:1]) + CODE, []),
    "only another left, filled in": (box(FILLED_IDEAS[1:3], below=[USED]) + CODE, []),
    "only another left, blank": (
        box(LIST[1:3]) + CODE,
        [LEFT.format(INSERT), NO_USE, NO_REFERENCE],
    ),
    "the first and another that is filled in left": (
        box(FILLED_IDEAS[:3], below=[USED]) + CODE,
        [],
    ),
    "the rules answered one by one": (
        box(
            FILLED_IDEAS,
            below=[
                "If you have used GenAI tool(s), you must (i) name the tool(s): ChatGPT",
                "(ii) describe how it/they were used: as a tutor AND (iii) reference: openai.com",
            ],
        )
        + CODE,
        [],
    ),
}


@pytest.mark.parametrize("name", BOXES)
def test_the_templates_box_is_not_the_students_word(name):
    text, faults = BOXES[name]
    assert read_declaration(text) == Declaration(tuple(faults))


HANDOUT = f"""
# If you use GEN AI during the assignment, You must declare with ONE of the following statements if
# you have used any GenAI tools:
#
# - {THREE[0]}
# - {THREE[1]}
# - {THREE[2]}
#
# If you have used GenAI tool(s), you must (i) name the tool(s), (ii) describe how it/they were
# used,
#
# AND (iii) reference the tool(s). You are only allowed to ask some background information instead
# of directly generating code. Please encode the declare in the `layers.py`.
"""


def test_the_handouts_own_words_are_template_as_well():
    assert read_declaration(HANDOUT) == Declaration((UNTOUCHED,))
    assert read_declaration(f"{HANDOUT}# {NONE}\n") == Declaration()
    assert read_declaration(HANDOUT.replace(INSERT, TOOL, 1)) == Declaration((NO_USE,))
    bare = HANDOUT + f"# {MATERIALS}\n".format("Claude")
    assert read_declaration(bare) == Declaration((NO_USE, NO_REFERENCE))


def shown(words):
    return repr(words if len(words) <= 100 else words[:97] + "...")


def which(*statements):
    words = " or ".join(shown(statement) for statement in statements)
    return f"which statement on AI is your declaration, {words}?"


def whether(statement):
    return f"is {shown(statement)} your declaration, though it is none of the handout's three?"


EXAMPLE_STARTS = (
    "I acknowledge the use of ChatGPT <https://chatgpt.hku.hk/> to generate initial math"
)
ASKED = {
    "two, in two places": (
        f'"""{NONE}"""\nimport torch\n# {OWN_IDEAS}',
        [],
        which(NONE[:-1], IDEAS.format(TOOL)),
    ),
    "two, beside the box": (
        f"# {NONE}\n{box()}\n# {OWN_IDEAS}{CODE}",
        [],
        which(NONE[:-1], IDEAS.format(TOOL)),
    ),
    "two filled in inside": (
        box([line.replace(INSERT, TOOL) for line in LIST], below=[USED]) + CODE,
        [],
        which(IDEAS.format(TOOL), MATERIALS.format(TOOL)),
    ),
    "one of three deleted": (
        box(LIST[:3]) + CODE,
        [],
        which(NONE[:-1], IDEAS.format(INSERT)),
    ),
    "one of three deleted, and whichever is meant is not filled in": (
        box(LIST[1:]) + CODE,
        [LEFT.format(INSERT), NO_USE, NO_REFERENCE],
        which(IDEAS.format(INSERT), MATERIALS.format(INSERT)),
    ),
    "the example finished": (box(example=FINISHED) + CODE, [], EXAMPLE_STARTS),
    "words of one's own": (
        f"{box()}\n# I acknowledge the use of {TOOL} to debug my own code. {USED}\n{CODE}",
        [],
        f"I acknowledge the use of {TOOL} to debug my own",
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_cannot_be_told_is_asked_in_one_sentence(name):
    text, faults, question = ASKED[name]
    if not question.startswith("which"):
        question = whether(question)
    assert read_declaration(text) == Declaration(tuple(faults), (question,))


PARTS = [
    "a-", " -", "\n", "<", "#", "\nimport", "I acknowledge the use of ", "I did not use any AI ",
    f"{NONE}\n", f"{IDEAS}\n".format("x"), f"{IDEAS}\n".format(INSERT), f"{EXAMPLE[1]}\n",
    f"\nimport x\n# {NONE}", "I acknowledge the use of x to ", "You must declare with ONE of the ",
    "I acknowledge the use of " + "x " * 400, "_", "www.", "to generate initial ",
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_a_hostile_text_is_read_in_no_time(part):
    """The largest that is read, 1 MB of one part over and over, alone and in a declaration."""
    text = part * (2**20 // len(part))
    began = time.process_time()
    read_declaration(text)
    read_declaration(f"# {IDEAS}\n{text}".format("<insert"))
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "text", ["a-" * 10**5, "I acknowledge the use of" + " -" * 10**5, "\n" * 10**6, "<" * 10**5]
)
def test_what_stands_around_a_declaration_does_not_matter(text):
    assert read_declaration(text) == Declaration((NOTHING,))
    faults = (LEFT.format(INSERT), NO_USE, NO_REFERENCE)
    assert read_declaration(f"# {IDEAS}\n{text}".format(INSERT)) == Declaration(faults)


def test_the_projects_own_files_declare():
    for text in (plain(), (ROOT / "layers.py").read_text(encoding="utf-8")):
        assert read_declaration(text) == Declaration()

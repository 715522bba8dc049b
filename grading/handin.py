"""Checks what a student hands in, layers.py and a PDF, and packs it. It reads source text and never runs it."""

import ast
import difflib
import re
import zipfile

INTERFACE = {
    "CustomLinear": "in_features, out_features, bias=True",
    "CustomConv2D": "in_channels, out_channels, kernel_size, stride=1, padding=0",
    "CustomMaxPool2D": "kernel_size, stride=None, padding=0",
    "CustomCrossEntropyLoss": "reduction='mean'",
}
STATEMENTS = (
    "(?i)I did not use any AI technologies in preparing or writing up this assignment|I acknowledge the use of "
    "(.{1,500}?) to generate (?:initial ideas for background research in the drafting of this assignment|materials "
    "that were included within my final assignment in its modified form)"
).replace(" ", r"\W{1,40}")  # where a line is wrapped, quotes and comment signs may stand between two words
PLACEHOLDER = r"(?i)<[^>]*\b(insert|link|name)\b[^>]*>|\binsert ai\b|\b(todo|tbd|xxx)\b|\.\.\.|…|\b__+\b"
USE = r"(?i)\b(use[ds]?(?! of)|using|usage|how|ask(ed)?|help(ed|s)?|prompt(ed|s)?|explain(ed|s)?)\b(\W+\w+){2}"
URL = r"(?i)https?://\S+|www\.\S+|\b\w+\.(?:com|org|ai|net|io|cn|edu)\b\S*"


def declaration(text):
    """Returns what the declaration of AI use lacks, a sentence each. It may be in any comment or string of a file."""
    blocks = re.split(r"\n[ \t]*(?:import|from \S+ import|class \w+[(:]|def \w+\()", text)
    found = [m for block in blocks for m in re.finditer(STATEMENTS, re.sub(r"[\s#]+", " ", block))]
    if len(found) != 1:
        return [f"the declaration must be one of the handout's three statements on AI; found {len(found) or 'none'}"]
    said, left = found[0], re.search(PLACEHOLDER, found[0][0])
    faults = {
        f"the declaration has a placeholder left: {left and left[0]!r}": left,
        "the declaration names no tool": said[1] and not re.search(r"\w{2}", re.sub(URL, "", said[1])),
        "the declaration does not say how it was used ('I used it ...')": said[1] and not re.search(USE, said.string),
        "the declaration has no reference to the tool, such as a link": said[1] and not re.search(URL, said.string),
    }
    return [sentence for sentence, fault in faults.items() if fault]


def constructors(text):
    """Returns where the classes depart from INTERFACE, a sentence each. Raises SyntaxError as ast.parse does."""
    tree, faults = ast.parse(text), []
    for argument in (node for node in ast.walk(tree) if isinstance(node, ast.arg)):
        argument.annotation = None  # it does not matter
    classes = {node.name: node.body for node in tree.body if isinstance(node, ast.ClassDef)}
    for name, parameters in INTERFACE.items():
        inits = [n.args for n in classes.get(name, ()) if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
        got = ast.unparse(inits[-1]) if inits else "no __init__"
        if name not in classes:
            near = difflib.get_close_matches(name, classes.keys() - INTERFACE, 1, 0.75)
            faults.append(f"there is no class {name} at top level{f'; was it renamed to {near[0]}?' if near else ''}")
        elif not f"{got}, ".startswith(f"self, {parameters}, ") or None in inits[-1].kw_defaults:
            faults.append(f"{name}.__init__ must begin with (self, {parameters}) and need no more, got ({got})")
    return faults


def problems(uid, text, loaded, pdf):
    """Returns all that keeps the file, ``loaded`` by the runner, and the PDF from being packed, a sentence each."""
    error = " ".join((loaded.ended or loaded.response["error"]).partition("\n  line ")[0].split())
    whole = pdf.is_file() and re.match(rb"(?s)%PDF-.*%%EOF.{,1024}\Z", pdf.read_bytes())
    faults = {
        f"--zip must be a UID, digits only, got {uid!r}": not re.fullmatch("[0-9]+", uid),
        f"the file does not load: {error}": error,
        f"--pdf must be a PDF from %PDF- to %%EOF, got {pdf}{'' if pdf.is_file() else ', which is no file'}": not whole,
    }
    return [sentence for sentence, fault in faults.items() if fault] + declaration(text) + constructors(text)


def pack(uid, source, pdf, folder):
    """Writes A3_{uid}.zip, of the bytes of layers.py and a PDF, and returns its path. Raises OSError."""
    path, part = folder / f"A3_{uid}.zip", folder / f"A3_{uid}.zip.part"
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("layers.py", source)
        archive.writestr(pdf.name, pdf.read_bytes())
    return part.replace(path)  # only now, so that an interrupted run leaves no half zip

"""Draws the README's pictures, what the grader says of a wrong layer:

    python -m staff.picture

The submission is the plain right one with a mistake of the catalogue in it, and the words are those
that the real command prints: on a terminal, of which the same code draws the same bytes, and on the
page of --html, of which a browser takes a photograph (Debian's chromium and chromium-driver).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grading import GraderError
from staff.command import run_tool
from staff.misconceptions import MISCONCEPTIONS, submission

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / ".github" / "failed-case.svg"
PHOTOGRAPH = ROOT / ".github" / "failed-case.png"
SIZE = 900, 670  # pixels of the window
MISTAKE = "zero-padding"
CASE = "q3/negative-padding"
HIDDEN_CURSOR = r"\x1b\[\?25[lh]"  # from a progress bar, even where it shows nothing

# rich's own frame loads a font from the network, which a picture in a README may not. Any font of
# one width will do, since every piece of text says how long it is.
FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"
  xml:space="preserve">
<title>A failed case, as the grader shows it</title>
<style>
.{unique_id}-matrix {{
    font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
    font-size: {char_height}px;
    line-height: {line_height}px;
}}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def wrong_submission() -> str:
    """Returns the source of a submission with the mistake in it."""
    by_name = {misconception.name: misconception for misconception in MISCONCEPTIONS}
    return submission(by_name[MISTAKE])


def graded(source: str) -> str:
    """Returns what the grader prints of the source, with a terminal's colours."""
    terminal = {"FORCE_COLOR": "1", "TTY_INTERACTIVE": "0", "TERM": "xterm-256color"}
    terminal["COLUMNS"] = "80"
    environment = os.environ | terminal
    environment.pop("NO_COLOR", None)
    with tempfile.TemporaryDirectory() as folder:
        printed = _grade(source, Path(folder), ["--case", CASE], environment)
    return re.sub(HIDDEN_CURSOR, "", printed).strip()


def _grade(source: str, folder: Path, options: list[str], environment=None) -> str:
    layers = folder / "layers.py"
    layers.write_text(source, encoding="utf-8")
    command = [sys.executable, str(ROOT / "autograder.py"), "--layers", str(layers), *options]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")
    if done.returncode != 1:  # the status for marks lost
        raise RuntimeError(f"the grader ended with status {done.returncode}: {done.stderr}")
    return done.stdout


def photograph(source: str) -> bytes:
    """Returns a picture of the page, where the case is unfolded, as PNG.

    Raises: GraderError if there is no browser.
    """
    from selenium import webdriver

    driver = shutil.which("chromedriver")
    program = shutil.which("chromium")
    if not driver or not program:
        raise GraderError("chromium and chromedriver must be installed for the page's picture")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in ("--headless=new", "--no-sandbox", "--hide-scrollbars"):
        options.add_argument(argument)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        _grade(source, Path(folder), ["-q", "q3", "--html", str(page)])
        browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        try:
            width, height = SIZE
            metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            browser.get(f"{page.as_uri()}#{CASE.replace('/', '-')}")
            anchor = CASE.replace("/", "-")
            browser.execute_script(
                f"const one = document.getElementById('{anchor}').parentElement;"
                "one.open = true; one.scrollIntoView();"
            )
            return browser.get_screenshot_as_png()
        finally:
            browser.quit()


def draw(printed: str) -> str:
    """Returns an SVG of a terminal in which the command was typed and has printed this."""
    text = Text.from_ansi(f"$ python autograder.py --case {CASE}\n\n{printed}")
    width = max(line.cell_len for line in text.split())
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=width, file=nowhere, force_terminal=True)
        console.print(text, highlight=False)
    return console.export_svg(title="layers.py, padded with 0", code_format=FRAME)


def main() -> None:
    source = wrong_submission()
    PICTURE.write_text(draw(graded(source)), encoding="utf-8", newline="\n")
    PHOTOGRAPH.write_bytes(photograph(source))


if __name__ == "__main__":
    run_tool("staff.picture", main)

"""Opens the report's page in a real browser, at phone and desktop width, in light and dark.

Without a browser it is held that the page stands alone, is small, and takes what a submission says
for text.
"""

import argparse
import base64
import dataclasses
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from grading.cases import read_questions
from grading.operations import TABLES
from grading.pipeline import grade
from grading.report_page import MOST, reason_page
from grading.runner import Runner
from grading.source import Source
from staff import similarity
from staff.grades import Row
from staff.intake import HandIn
from staff.misconceptions import MISCONCEPTIONS, submission
from staff.starter import starter
from staff.summary import write_summary
from tests.hand_ins import write_folder

ROOT = Path(__file__).parent.parent
QUESTIONS = read_questions(ROOT / "test_cases")
HALF_RIGHT = (
    "linear-strided-view",
    "backward-weight-averaged",
    "conv-padding-one-sided",
    "zero-padding",
    "gradient-to-every-tie",
    "maximum-from-zero",
    "exp-without-shift",
)
ALL_WRONG = ("last-input-missing", "flipped-kernel", "average-pool", "log-missing")
SUBMISSIONS = ("perfect", "half right", "empty", "hostile")
OTHERS = ("a class", "who wrote alike", "a training run")
WIDTHS = {"phone": 375, "desktop": 1280}
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 23, 27)"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def wrong(*names):
    by_name = {mistake.name: mistake for mistake in MISCONCEPTIONS}
    return submission(*(by_name[name] for name in names))


def page_of(folder, name, text, *arguments):
    """Grades a submission's text by the command, and returns the file of its page."""
    layers, page = folder / f"{name}.py", folder / f"{name}.html"
    layers.write_text(text, encoding="utf-8")
    command = [sys.executable, ROOT / "autograder.py", "--layers", layers, "--html", page]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr
    return page


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The pages of four submissions, by what they are."""
    folder = tmp_path_factory.mktemp("pages")
    texts = {
        "perfect": (ROOT / "layers.py").read_text(encoding="utf-8"),
        "half right": wrong(*HALF_RIGHT),
        "empty": starter(),
        "hostile": (ROOT / "tests/pages/hostile.py").read_text(encoding="utf-8"),
    }
    return {name: page_of(folder, name, text) for name, text in texts.items()}


LONG = "<script>alert(1)</script> " + "Wolfeschlegelsteinhausenbergerdorff" * 5


def page_of_a_class(folder):
    """With a student whose name tries to be more, and with mistakes of each question."""
    runner = Runner(Source("layers.py", b"", wrong(*HALF_RIGHT)), TABLES)
    with runner:
        results = list(grade(QUESTIONS.values(), runner, lambda outcomes, _: outcomes))
    points = {result.question.name: result.score for result in results}
    row = Row(HandIn("71", LONG, "71"), "needs a look", results, points, reasons=[LONG], report="x")
    others = [Row(HandIn(f"{i}", f"Ada {i}", f"{i}"), "graded", points=points) for i in range(80)]
    path = folder / "summary.html"
    write_summary(path, [row, *others], QUESTIONS)
    return path


def page_of_alike(folder):
    """With few pairs, since a browser's rules look at each line."""
    names = [LONG, "own_02", "copy_05"]
    alike = ROOT / "tests" / "alike"
    texts = [(alike / f"{name}.py").read_bytes() for name in ("own_01", *names[1:])]
    members = {f"{i}/layers.py": text for i, text in enumerate(texts)}
    members["broken/layers.py"] = f"def :  # {LONG}".encode()
    write_folder(folder / "class", members)
    asked = argparse.Namespace(submissions=folder / "class", earlier=[], graded=None)
    files = similarity.read_files(asked)
    for file, name in zip(files, names):
        file.hand_in = dataclasses.replace(file.hand_in, name=name)
    similarity.write_all(folder, files, pairs=2)
    return folder / "similarity.html"


def page_of_a_run(folder):
    from grading.run_page import run_page

    png = folder / "picture.png"
    png.write_bytes(base64.b64decode(PIXEL))
    draw = np.random.default_rng(0)
    history = [
        {
            "epoch": i,
            "train_loss": 1 / i,
            "train_accuracy": 0.9,
            "validation_loss": 1 / i,
            "validation_accuracy": 0.95,
        }
        for i in range(1, 11)
    ]
    page = run_page(
        history,
        {"test_accuracy": 0.9912, "layers": "custom", "device": "cpu", "out": "runs/" + LONG},
        draw.integers(0, 50, (10, 10)),
        draw.normal(size=(32, 5, 5)),
        draw.integers(0, 255, (28, 28)),
        [("CustomConv2D", draw.normal(size=(32, 24, 24))), ("ReLU", np.zeros((32, 24, 24)))],
        png,
        png,
    )
    path = folder / "index.html"
    path.write_text(page, encoding="utf-8")
    return path


# One grey point.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def all_pages(pages, tmp_path_factory):
    folder = tmp_path_factory.mktemp("others")
    others = page_of_a_class(folder), page_of_alike(folder), page_of_a_run(folder)
    return pages | dict(zip(OTHERS, others))


@pytest.fixture(scope="module")
def browser():
    """One browser for all, with a log of what it asked for and of what it complained about."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is missing")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("no browser; Debian's packages chromium and chromium-driver install one")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    options.add_argument("--headless=new")
    options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    opened.set_script_timeout(60)
    yield opened
    opened.quit()


def prefer(browser, scheme):
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)


def visit(browser, page, width=1280, height=800):
    """Opens a page as a device of that width has it, and forgets what was logged before."""
    prefer(browser, "light")
    metrics = {
        "width": width,
        "height": height,
        "deviceScaleFactor": 1,
        "mobile": width < 500,
    }
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(page.as_uri())


def asked_for(browser):
    """The addresses that were asked for since the page was opened."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [one for one in messages if one["method"] == "Network.requestWillBeSent"]
    return [one["params"]["request"]["url"] for one in sent]


def extent(browser):
    """How wide the page is: a phone's window would grow with what sticks out."""
    return browser.execute_script("return document.scrollingElement.scrollWidth")


def unfold_all(browser):
    browser.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*SUBMISSIONS, *OTHERS])
def test_a_page_fits_asks_for_nothing_and_can_be_read_by_all(name, width, all_pages, browser):
    axe = pytest.importorskip("axe_selenium_python").Axe(browser)
    visit(browser, all_pages[name], WIDTHS[width])
    assert extent(browser) <= WIDTHS[width]
    unfold_all(browser)
    assert extent(browser) <= WIDTHS[width]
    axe.inject()
    assert violations(axe, {}) == []
    for scheme, paper in PAPER.items():
        prefer(browser, scheme)
        found = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert found == paper
        assert violations(axe, {"runOnly": {"type": "rule", "values": ["color-contrast"]}}) == []
    asked = [address for address in asked_for(browser) if not address.startswith("data:")]
    assert asked == [all_pages[name].as_uri()]
    assert browser.get_log("browser") == []


def violations(axe, options):
    found = axe.run(options=options | {"resultTypes": ["violations"]})
    assert found["passes"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]


TAB_STOPS = (
    "[...document.querySelectorAll('a, summary, [tabindex]')].filter(e => e.checkVisibility())"
)


def unfolded(browser):
    return browser.execute_script("return document.querySelectorAll('details[open]').length")


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_every_case_unfolds_and_folds_by_key(name, pages, browser):
    """From the last one backwards, then forwards: so that what unfolds is never on the way."""
    from selenium.webdriver import ActionChains, Keys

    visit(browser, pages[name])
    stops = browser.execute_script(f"return {TAB_STOPS}.map(one => one.tagName)")
    count = sum(len(question.cases) for question in QUESTIONS.values())
    assert stops.count("SUMMARY") == count
    assert stops[-1] == "SUMMARY"
    browser.execute_script(f"{TAB_STOPS}.at(-1).focus()")
    keys = ActionChains(browser, duration=0).key_down(Keys.SHIFT)
    for stop in reversed(stops):
        keys.send_keys(Keys.ENTER if stop == "SUMMARY" else "", Keys.TAB)
    keys.key_up(Keys.SHIFT).perform()
    assert unfolded(browser) == count
    browser.execute_script(f"{TAB_STOPS}.at(0).focus()")
    keys = ActionChains(browser, duration=0)
    for stop in stops:
        keys.send_keys(Keys.ENTER if stop == "SUMMARY" else "", Keys.TAB)
    keys.perform()
    assert unfolded(browser) == 0


def test_every_case_unfolds_and_folds_by_click(pages, browser):
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    # All is in sight, so that one chain of actions can click all.
    visit(browser, pages["hostile"], height=30_000)
    summaries = browser.find_elements(By.TAG_NAME, "summary")
    for order, after in ((reversed(summaries), len(summaries)), (summaries, 0)):
        clicks = ActionChains(browser, duration=0)
        for summary in order:
            clicks.click(summary)
        clicks.perform()
        assert unfolded(browser) == after


def test_a_link_to_a_case_unfolds_it(pages, browser):
    from selenium.webdriver.common.by import By

    visit(browser, pages["half right"])
    browser.find_element(By.CSS_SELECTOR, "a[href='#q3-far-below']").click()
    name = "return [...document.querySelectorAll('details[open] .inside')].map(one => one.id)"
    assert browser.execute_script(name) == ["q3-far-below"]


class Elements(HTMLParser):
    """The names of a page's elements, and their attributes."""

    def __init__(self, page):
        super().__init__()
        self.names, self.attributes = set(), set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, name, attributes):
        self.names.add(name)
        self.attributes |= set(attributes)


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_a_page_stands_alone(name, pages):
    elements = Elements(pages[name])
    known = """html head meta title style body main h1 h2 h3 h4 p ul ol li a b span section details
        summary div dl dt dd pre code table caption thead tbody tr th td figure figcaption svg rect
        text path"""
    assert elements.names <= set(known.split())
    known = """lang charset name content http-equiv id class style href scope tabindex role
        aria-label aria-labelledby aria-hidden width height viewbox x y d"""
    assert {key for key, _ in elements.attributes} <= set(known.split())
    assert "//" not in pages[name].read_text(encoding="utf-8")
    anchors = {value for key, value in elements.attributes if key == "id"}
    linked = {value for key, value in elements.attributes if key == "href"}
    assert linked <= {f"#{anchor}" for anchor in anchors}


def test_what_a_submission_says_is_text_and_clipped(pages):
    text = pages["hostile"].read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 7 * 7 }}" not in text  # it stands behind what is clipped
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "characters more" in text
    assert max(map(len, text.split("<"))) < 8 * MOST


def test_the_page_of_layers_that_are_all_wrong_is_small(tmp_path):
    page = page_of(tmp_path, "wrong", wrong(*ALL_WRONG))
    text = page.read_text(encoding="utf-8")
    assert text.count('<b class="wrong">Failed</b>') == 80
    assert len(text) < 1_000_000


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["--html", ""], "--html must be a file, got ''"),
        (
            ["--html", "x.html", "--list"],
            "--html goes with a report only, not with --list or --show",
        ),
        (
            ["--html", "x.html", "--case", "q3/ties", "--show"],
            "--html goes with a report only, not with --list or --show",
        ),
        (["--html", "layers.py"], "--html must not be the file that is graded"),
    ],
)
def test_what_makes_no_page_is_refused_in_a_line(tmp_path, arguments, told):
    shutil.copy(ROOT / "layers.py", tmp_path)
    command = [sys.executable, ROOT / "autograder.py", "--layers", "layers.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    said = f"autograder.py: {told} (--help lists the options)\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
    assert [path.name for path in tmp_path.iterdir()] == ["layers.py"]


def test_an_older_page_is_gone_if_nothing_is_graded(tmp_path):
    page = tmp_path / "perfect.html"
    page.write_text("80 of 80 points")
    page_of(tmp_path, "perfect", "", "-q", "q9")
    assert not page.exists()


def test_a_source_that_cannot_be_read_gets_a_page_that_says_why(tmp_path):
    page = page_of(tmp_path, "broken", "def f(:\n")
    text = page.read_text(encoding="utf-8")
    assert "<h1>broken.py: not graded</h1>" in text
    assert "broken.py, line 1: invalid syntax" in text
    assert "points" not in text


def test_the_name_of_a_file_is_text_too():
    text = reason_page("</title><script>\x1b\udc80.py", "no \udc80")
    assert "<h1>title&gt;&lt;script&gt;\ufffd\ufffd.py: not graded</h1>" in text
    assert '<p class="said wrong">no \ufffd</p>' in text

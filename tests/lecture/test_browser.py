"""The page in a real browser: quiet, whole, readable by all, with and without scripts.

Skipped where Playwright or a Chromium is missing; .ci/run tries to install both.
"""

import pathlib
import re
import shutil

import pytest
from pages import build

api = pytest.importorskip(
    "playwright.sync_api", reason="NO BROWSER TEST: no Playwright"
)
FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync""".split()
LOOKS = [
    dict(language=language, width=width, scheme=scheme, scripts=scripts)
    for language in ("en", "zh")
    for width in (1300, 400)
    for scheme in ("light", "dark")
    for scripts in (True, False)
]
# Elements that hide what does not fit into them, or stand out of the window.
CUT = """() => [...document.querySelectorAll("main *:not(.switch)")].filter(each => {
    const box = each.getBoundingClientRect(), style = getComputedStyle(each);
    return box.width && !each.closest("svg") && (box.right > innerWidth + 1 ||
        style.overflowX != "visible" && each.scrollWidth > each.clientWidth + 1);
}).map(each => each.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def browser():
    with api.sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        try:
            chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        except api.Error as error:
            first = str(error).strip().splitlines()[0]
            pytest.skip("NO BROWSER TEST: no Chromium starts here: " + first)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "lecture.html"
    file.write_text(build(), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def opened(browser, address):
    """Return a function that opens the page in a way of LOOKS; it notes all noise."""
    contexts = []

    def look(language="en", width=1300, scheme="light", scripts=True):
        # Our policy forbids eval, which the tests' own questions to the page need.
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
            bypass_csp=True,
        )
        context.set_default_timeout(180e3)  # a busy or stopped machine fails no test
        contexts.append(context)
        page = context.new_page()
        page.noise = []
        page.on("console", lambda message: page.noise.append(message.text))
        page.on("pageerror", lambda error: page.noise.append(str(error)))
        page.on("request", lambda request: page.noise.append(request.url))
        page.goto(address)
        page.click("label[for=lang-%s]" % language)
        return page

    yield look
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    "look", LOOKS, ids=lambda look: "-".join(map(str, look.values()))
)
def test_page_is_quiet_and_whole(opened, address, look):
    page = opened(**look)
    assert page.noise == [address]  # itself, and nothing else
    assert page.evaluate("document.documentElement.scrollWidth") <= look["width"]
    assert page.evaluate(CUT) == []
    other = {"en": "zh", "zh": "en"}[look["language"]]
    assert page.locator("h3 ." + look["language"]).first.is_visible()
    assert not page.locator("h3 ." + other).first.is_visible()
    assert page.locator("#bench").is_visible() == look["scripts"]
    pictures = page.locator("noscript svg")
    assert pictures.count() == (0 if look["scripts"] else 8)
    assert look["scripts"] or pictures.first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_finds_nothing(opened, language, scheme):
    axe = pytest.importorskip("axe_playwright_python", reason="NO axe-core TEST")
    page = opened(language, 400, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    script = pathlib.Path(axe.__file__).with_name("axe.min.js")
    page.evaluate(script.read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run().then(found => found.violations)")
    faults = [(v["id"], node["html"][:90]) for v in violations for node in v["nodes"]]
    assert faults == []


def line(page, figure):
    """Return the d of the bench's line in a figure."""
    return page.get_attribute("#bench-%s-run-line path" % figure, "d")


def test_slider_moves_the_path(opened):
    page = opened()
    slider, said = page.locator("#bench-rate"), page.locator("#bench-said")
    before = line(page, "path"), line(page, "loss")
    assert "on the floor" in said.text_content()
    slider.focus()
    slider.press("ArrowRight")  # by the keyboard
    assert slider.get_attribute("aria-valuetext") == "1"
    assert line(page, "path") != before[0] and line(page, "loss") != before[1]
    slider.press("End")
    assert (
        "diverged" in said.text_content() and said.get_attribute("class") == "diverged"
    )
    page.check("input[name=bench-batch][value='1000']")
    assert "all examples at once, 3 steps" in said.text_content()
    page.click("label[for=lang-zh]")
    assert (
        "发散" in said.text_content()
        and page.evaluate("document.documentElement.lang") == "zh"
    )


def test_end_of_the_path_is_where_training_ended(opened):
    page = opened()
    star = page.locator("#bench-path-best use").bounding_box()
    end = [float(number) for number in line(page, "path").split("L")[-1].split()]
    point = page.evaluate(
        """([x, y]) => {
        const group = document.querySelector("#bench-path-run-line path");
        const at = new DOMPoint(x, y).matrixTransform(group.getScreenCTM());
        return [at.x, at.y]; }""",
        end,
    )
    middle = star["x"] + star["width"] / 2, star["y"] + star["height"] / 2
    assert point == pytest.approx(middle, abs=3)  # pixels; the star is 20 wide


def test_code_is_copied_as_it_is(opened):
    from linreg_gluon.lecture import STEPS

    page = opened(width=400)  # where lines are wrapped
    copied = page.evaluate(
        """() => [...document.querySelectorAll(".code > pre")].map(pre => {
        getSelection().selectAllChildren(pre); return getSelection().toString(); })"""
    )
    assert [each.strip() for each in copied] == [step.cell.strip() for step in STEPS]


def test_chinese_page_has_no_english_sentence(opened):
    page = opened("zh")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    seen = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter(each =>
        !each.closest("code, pre, style, .file, footer, .languages") &&
        each.getClientRects().length).flatMap(each => [...each.childNodes].filter(
        node => node.nodeType == 3).map(node => node.data))"""
    )
    # What the tests' page has of their own, and a term that a note explains.
    own = "Yes: .*|measured .*|fully connected layer"
    said = " | ".join(re.sub(own, "", text) for text in seen)
    assert not re.findall("(?:[A-Za-z]{2,}[ ,;]+){2,}[A-Za-z]{2,}", said)


def test_language_is_remembered(opened):
    page = opened("zh")
    page.reload()
    assert page.locator("#lang-zh").is_checked() and page.title().startswith("《动手学")


def test_contents_follow_the_reading(opened):
    page = opened()
    page.evaluate("document.getElementById('step-7').scrollIntoView()")
    page.wait_for_function("document.querySelector('.toc a[aria-current]')")
    current = page.locator(".toc a[aria-current]")
    assert current.count() == 1 and current.get_attribute("href") == "#step-7"


def test_steps_fit_on_a_sheet_of_paper(opened):
    page = opened(width=718)  # A4 less two margins of a centimetre, at 96 to the inch
    page.emulate_media(media="print")
    tall = page.evaluate(
        "[...document.querySelectorAll('.step')].filter(step => step.offsetHeight > 1046"
        " || getComputedStyle(step).breakInside != 'avoid').map(step => step.id)"
    )
    assert not tall

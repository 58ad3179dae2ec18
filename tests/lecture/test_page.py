"""The page: whole, self-contained, every claim and figure in it, nothing unescaped."""

import dataclasses
import html.parser
import inspect
import re
import sys

import pytest

from linreg_gluon.lecture import STEPS, document, listing
from linreg_gluon.lecture import Lab, rates as sweep, record as lecture, report

HERE = {"system": "Linux", "dataset": "mxnet-linux", "losses": {"0.1": [[0.04, 0.05]] * 3}}


class Page(html.parser.HTMLParser):
    """Collects ids, images' labels, outside references and unclosed tags."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.labels, self.references, self.open = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.labels += [attributes["aria-label"]] if tag == "svg" else []
        names = ("src", "href", "xlink:href", "action", "data")
        self.references += [attributes[name] for name in names if name in attributes]
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def results():
    return tuple(
        lecture.Result(number, claim, "measured %d" % number, claim.verdict)
        for number, claim in enumerate(lecture.CLAIMS, 1)
    )


@pytest.fixture(scope="module")
def text(results):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "LRS", (0.03, 3.0))
        return report.page(results, Lab(2), HERE)


def test_page_is_well_formed(text):
    page = Page(text)
    assert page.open == [] and text.startswith("<!DOCTYPE html>")
    assert len(page.ids) == len(set(page.ids))


def test_page_asks_nothing_outside(text):
    # Namespaces look like addresses; nothing loads them.
    rest = text.replace("http://www.w3.org/2000/svg", "")
    rest = rest.replace("http://www.w3.org/1999/xlink", "")
    assert not re.search(r"https?://|@import|<script|<link", rest)
    assert all(each.startswith("#") for each in Page(text).references)
    assert not re.search(r"url\((?!#)", text)


def test_every_claim_is_shown(text, results):
    for result in results:
        row = text.split('id="claim-%d"' % result.number)[1].split("</div>")[0]
        assert "measured %d<" % result.number in row and result.verdict in row
        assert result.claim.code.split("(")[0] in row
    assert text.count('class="verdict fails"') == 1
    assert text.count('class="verdict remark"') == 3  # one is a time


def test_figures_have_alternatives(text):
    labels = Page(text).labels
    assert labels == ["The data", "The losses", "The learning rate", "The parameters"]
    assert text.count("<figcaption>") == 4


def test_figures_follow_dark_mode(text):
    assert "prefers-color-scheme: dark" in text and "currentColor" in text
    assert "#000000" not in text and "fill: #ffffff" not in text


def test_text_is_escaped(results):
    changes = {"measured": "a < b & c", "verdict": lecture.FAILS}
    wrong = dataclasses.replace(results[0], **changes)
    lab = Lab(2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "figures", lambda lab: [])
        text = report.page([wrong], lab, HERE)
    assert "a &lt; b &amp; c" in text and "(recorded: holds)" in text
    assert "NOT AS RECORDED: claim 1" in text


def test_advice_names_platform():
    assert "--dataset mxnet-linux" in report.advice(HERE)
    mac = {"system": "Darwin", "dataset": "lecture", "losses": {"0.1": [[0.03, 0.04]] * 3}}
    assert "the lecture's own data set" in report.advice(mac)
    other = {"system": "Windows", "dataset": None, "losses": {}}
    assert "no package for Windows" in report.advice(other)


@pytest.mark.parametrize("lr", [0.1, 0.03])
def test_losses_to_expect_are_the_notebooks(monkeypatch, lr):
    monkeypatch.setattr(report, "SHUFFLES", 200)
    ranges = report.ranges_at(lr, "mxnet-linux")
    lab = Lab(2, "mxnet-linux")
    losses = lab.train("scratch", lr=lr, seed=1000).losses  # none of those shuffles
    assert all(low <= loss <= high for (low, high), loss in zip(ranges, losses))
    assert all(0.7 * high < low < high for low, high in ranges)  # a shuffle moves little


def test_every_step_stands_beside_its_code(text):
    for step in STEPS:
        part = text.split('id="step-%d"' % step.number)[1].split("</section>")[0]
        plain = html.unescape(re.sub("<[^>]*>", "", part))
        assert step.cell.strip() in plain and '#step-%d"' % step.number in text
        for name in step.functions:
            source = inspect.unwrap(document.function(name))
            assert inspect.getsource(source).strip() in plain
        for words in (step.title, *step.questions[0]):
            assert all(each.replace("`", "") in plain for each in words.values())


def test_answer_stands_first(text):
    head = text.split("<h2>", 2)
    assert "all as recorded" in head[0] and "全部与记录相符" in head[0]
    assert text.count("<strong>0.04 – 0.05</strong>") == 3


def test_both_languages_are_marked(text):
    body = text.split("<main>")[1].split('<div class="figures">')[0]
    assert body.count('class="en" lang="en"') == body.count('lang="zh">') - 18
    assert '#lang-zh:checked ~ * .en' in text and len(text) < 1.5e6


def test_page_works_without_highlighting(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygments", None)
    assert listing.highlighted("a < b") == "a &lt; b"

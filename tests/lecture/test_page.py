"""The page: whole, self-contained, every claim and figure in it, nothing unescaped."""

import dataclasses
import html.parser
import inspect
import re
import sys

import pytest
from pages import HERE, RESULTS, build

from linreg_gluon.lecture import EXERCISES, STEPS, Lab, document, record, report
from linreg_gluon.lecture.page import drawn, listing, plainly
from linreg_gluon.lecture.page.typeset import typeset

NAMES = ["data", "trap-pairs", "trap-paths", "losses", "parameters", "rates"]


class Page(html.parser.HTMLParser):
    """Collects ids, the ids of images' labels, references and unclosed tags."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.labels, self.references, self.open = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.labels += [attributes["aria-labelledby"]] if tag == "svg" else []
        names = ("src", "href", "xlink:href", "action", "data")
        self.references += [attributes[name] for name in names if name in attributes]
        if tag not in ("meta", "br", "link", "img", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def text():
    return build()


def test_page_is_well_formed(text):
    parsed = Page(text)
    assert parsed.open == [] and text.startswith("<!DOCTYPE html>")
    assert len(parsed.ids) == len(set(parsed.ids))
    inside = [each[1:] for each in parsed.references]
    assert set(inside) <= set(parsed.ids) and set(parsed.labels) <= set(parsed.ids)


def test_page_asks_nothing_outside(text):
    # Namespaces look like addresses; nothing loads them.
    rest = text.replace("http://www.w3.org/2000/svg", "")
    rest = rest.replace("http://www.w3.org/1999/xlink", "")
    assert not re.search(r"https?://|@import|<script[^>]* src|<link", rest)
    assert all(each.startswith("#") for each in Page(text).references)
    assert not re.search(r"url\((?!#)", text)


def test_every_claim_is_shown(text):
    for result in RESULTS:
        row = text.split('id="claim-%d"' % result.number)[1].split("</details>")[0]
        assert "measured %d<" % result.number in row and result.verdict in row
        assert result.claim.code.split("(")[0] in row
        assert row.index("verdict") < row.index("measured")  # the verdict comes first
    assert text.count('class="verdict fails"') == 1
    assert text.count('class="verdict remark"') == 3  # one is a time


def test_figures_have_captions_to_be_read_out(text):
    labels = Page(text).labels
    figures = ["figure-%s-caption" % name for name in NAMES]
    assert [label for label in labels if label in figures] == figures
    assert len(labels) == len(NAMES) + 2 + 8  # the bench, and four rates in pictures


def test_figures_follow_dark_mode(text):
    assert "prefers-color-scheme: dark" in text and "currentColor" in text
    assert "#000000" not in text and "fill: #ffffff" not in text


def test_text_is_escaped_and_change_is_told():
    changes = {"measured": "a < b & c", "verdict": record.FAILS}
    text = build((dataclasses.replace(RESULTS[0], **changes),))
    assert "a &lt; b &amp; c" in text and "the record says “holds”" in text
    assert "记录为“成立”" in text and "NOT AS RECORDED: claim 1" in text
    assert "Not in every point." in text and ">Yes. <" not in text


def test_language_of_opening():
    text = build(RESULTS[:1], "zh")
    assert '<html lang="zh">' in text and "<title>《动手学深度学习》" in text
    assert re.search(r'id="lang-zh"[^>]* checked>', text)
    assert not re.search(r'id="lang-en"[^>]* checked>', text)


def test_advice_names_platform():
    assert "--dataset mxnet-linux" in report.advice(HERE)
    mac = {
        "system": "Darwin",
        "dataset": "lecture",
        "losses": {"0.1": [[0.03, 0.04]] * 3},
    }
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
    assert all(
        0.7 * high < low < high for low, high in ranges
    )  # a shuffle moves little


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


def test_code_is_open_at_one_step_at_most(text):
    opened = re.findall(r"<details open><summary>.*?<code>([^<]*)</code>", text)
    assert len(opened) == len(set(opened)) and "scratch.train" in opened


def test_exercises_stand_at_their_step(text):
    for each in EXERCISES:
        part = text.split('id="step-%d"' % each.step)[1].split("</section>")[0]
        plain = html.unescape(re.sub("<[^>]*>", "", part))
        assert "Yes: " + each.id in plain and each.code.strip() in plain


def test_answer_stands_first(text):
    head = text.split("<h2>", 2)
    assert ">Yes. <" in head[0] and ">一样。<" in head[0]
    assert "all as recorded" in head[0] and "全部与记录相符" in head[0]
    assert text.count("<strong>0.040000 – 0.050000</strong>") == 3


def test_foot_tells_how_it_was_made(text):
    foot = text.split("<footer>")[1]
    assert "compare_lecture.py --runs 2 --html" in foot and "mxnet 1.9.1" in foot
    assert re.search(r'<time datetime="\d{4}-\d\d-\d\d">', foot)


def test_numbers_stand_beside_the_notebooks(text):
    part = text.split('id="step-9"')[1].split("</section>")[0]
    rows = part.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")
    assert "0.000048" in rows[0] and "±" in rows[1]
    assert "spreads" in rows[2] and "0.040000 –\u2060\u00a00.050000" in rows[3]


def test_both_languages_are_marked(text):
    body = text.split("<main>")[1]
    assert body.count('class="en" lang="en"') == body.count('class="zh" lang="zh"')
    assert "#lang-zh:checked ~ * .en" in text and len(text.encode()) < 1.5e6


def test_words_of_figures_are_translated(text):
    words = r'<text class="en"[^>]*>([^<]*)</text><text class="zh"[^>]*>([^<]*)<'
    pairs = dict(re.findall(words, text))
    assert pairs["noise floor"] == "噪声下限"
    assert pairs["part 2 at lr 0.03, 2 reruns"] == "第 2 部分，学习率 0.03，重跑 2 次"
    left = re.findall(r"<text (?!class)[^>]*>([^<]*[a-z]{3}[^<]*)</text>", text)
    assert not left  # no English word stands there for both


def test_page_works_without_highlighting(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygments", None)
    assert listing.highlighted("a < b") == '<span class="line">a &lt; b\n</span>'


def test_wrapped_code_keeps_its_indent():
    shown = listing.highlighted('def f():\n    """Two\n\n    lines."""\n')
    lines = re.findall(r'<span class="line"([^>]*)>(.*?)\n</span>', shown)
    deep = ' style="--in:4ch"'
    assert [style for style, _ in lines] == ["", deep, "", deep]
    assert all(line.count("<span") == line.count("</span") for _, line in lines)


SET = [
    ("4.9e-05 +- 4e-07", "4.9 × 10⁻⁵ ± 4 × 10⁻⁷"),
    ("N(0, 0.01^2), w = [2, -3.4]", "N(0, 0.01²), w = [2, −3.4]"),
    ("scratch 0.034-0.036, 3..4", "scratch 0.034–0.036, 3–4"),
    ("z -2.1", "2.1 standard deviations below"),
    ("z +0.1, -0.4", "0.1 standard deviations above, 0.4 standard deviations below"),
]


@pytest.mark.parametrize("printed, shown", SET)
def test_printed_sentences_are_set(printed, shown):
    assert typeset(printed) == shown


def test_scores_are_words_in_chinese():
    assert typeset("z +0.1, -0.4", "zh") == "高 0.1 个标准差、低 0.4 个标准差"


def test_every_claim_has_its_sentence():
    from linreg_gluon.lecture.chinese import VERDICTS

    told = [plainly(result, VERDICTS) for result in RESULTS]
    assert (
        len({each["en"] for each in told})
        == len(RESULTS)
        == len({e["zh"] for e in told})
    )


def test_place_is_where_the_svg_has_it():
    def draw(axes):
        axes.plot([0, 1, 2], [0, 5, 1], gid="line")

    body, axes = drawn.svg(draw, "name")
    d = re.search(r'id="name-line">\s*<path d="M ([\d.]+) ([\d.]+)', body)
    assert drawn.place(axes, [0], [0])[0] == pytest.approx(
        [float(number) for number in d.groups()], abs=0.01
    )

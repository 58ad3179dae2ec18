"""How the page sets what a terminal prints: escaped, with ±, ², 10⁻⁵ and z in words."""

import html
import re

SHORT = 40  # signs, of which 43 fit
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
Z_SCORES = r"z ([+-]\d+\.\d(?:, [+-]\d+\.\d)*)( of the difference)?"
APART = {
    "en": {"+": "%s standard deviations above", "-": "%s standard deviations below"},
    "zh": {"+": "高 %s 个标准差", "-": "低 %s 个标准差"},
}


def inline(text):
    """Return text as HTML: escaped, and what stands in backticks as code.

    Code that fits on a phone's line is not broken.
    """
    text = html.escape(text, quote=False)
    text = re.sub(r"`([^`]{,%d})`" % SHORT, r'<code class="short">\1</code>', text)
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text)


def typeset(text, language="en"):
    """Return a printed sentence with its signs and numbers as in a book."""
    text = re.sub(Z_SCORES, lambda match: in_words(match[1], language), text)
    text = re.sub(r"\+-", "±", text).replace("^2", "²").replace("<= ", "≤ ")
    text = re.sub(r"(?<=\d)e([+-]\d+)", power, text)
    text = re.sub(r"(?<=\d)(-|\.\.)(?=\d)", "–", text)
    return re.sub(r"(?<![\w.)])-(?=\d)", "−", text)


def power(match):
    """Return an exponent such as e-05 as × 10⁻⁵."""
    return " × 10" + str(int(match[1])).translate(RAISED)


def in_words(scores, language):
    """Return z-scores, "+0.3, -1.2", as distances that can be read out."""
    words, joint = APART[language], "、" if language == "zh" else ", "
    return joint.join(words[z[0]] % z[1:] for z in scores.split(", "))

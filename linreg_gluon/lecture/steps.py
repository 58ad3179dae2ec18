"""The lecture's eighteen steps as data: the one source of page, notebooks and docs.

The words stand in steps.en.md and steps.zh.md, what they share in steps.code.md. Their
form: ``## number. title``, paragraphs, one that begins with Note:, pairs of Q: and A:.
"""

import functools
import pathlib
import re
from typing import NamedTuple, Tuple

LANGUAGES = ("en", "zh")
MARKS = {"en": ("Note: ", "Q: ", "A: "), "zh": ("注：", "问：", "答：")}
FENCE = re.compile(r"^```python (\w+)\n(.*?)^```$", re.M | re.S)


class Step(NamedTuple):
    """One step of the lecture. Texts are {"en": ..., "zh": ...}.

    number: 1 to 18; part: 1 or 2. title, text, note: what happens, and where
    transcript, lecturer or our code differ. functions: ours that do it, as
    "scratch.data_iter". cell: the lecture's plain code. ours: a cell that ends in ours
    and asserts that both agree. figure: a name, or "". questions: pairs (question,
    answer) of texts. transcript: a short quotation, Chinese.
    """

    number: int
    part: int
    title: dict
    text: dict
    note: dict
    functions: Tuple[str, ...]
    cell: str
    ours: str
    figure: str
    questions: Tuple[Tuple[dict, dict], ...]
    transcript: str

    @property
    def claims(self):
        """Return the numbers of the claims that are measured at this step."""
        from .record import CLAIMS  # it loads what measures them, MXNet with it

        here = [str(self.number) in claim.step.split(", ") for claim in CLAIMS]
        return tuple(number for number, is_here in enumerate(here, 1) if is_here)

    @property
    def exercises(self):
        """Return the Exercises of this step."""
        from .exercises import EXERCISES

        return tuple(each for each in EXERCISES if each.step == self.number)


def sections(name):
    """Return {number: (title, body)} of a file of steps."""
    file = pathlib.Path(__file__).with_name(name)
    parts = re.split(r"^## (\d+)\.?", file.read_text(encoding="utf-8"), flags=re.M)
    found = {}
    for number, part in zip(parts[1::2], parts[2::2]):
        title, _, body = part.partition("\n")
        found[int(number)] = title.strip(), body.strip()
    return found


def words(language):
    """Return {number: {"title", "text", "note", "questions"}} in one language."""
    note, question, answer = MARKS[language]
    found = {}
    for number, (title, body) in sections("steps.%s.md" % language).items():
        step = {"title": title, "text": "", "note": "", "questions": []}
        for paragraph in body.split("\n\n"):
            if paragraph.startswith(note):
                step["note"] = paragraph[len(note) :]
            elif paragraph.startswith(question):
                asked, answered = paragraph[len(question) :].split("\n" + answer)
                step["questions"].append((asked, answered))
            else:
                step["text"] += paragraph
        found[number] = step
    return found


def shared():
    """Return {number: {field: text}}, the code cells as "lecture" and "ours" """
    found = {}
    for number, (_, body) in sections("steps.code.md").items():
        fields = dict(re.findall(r"^(\w+):[ ]?(.*)$", body.split("```")[0], re.M))
        found[number] = {**fields, **dict(FENCE.findall(body))}
    return found


def names(text):
    """Return the names of a comma-separated list."""
    return tuple(name for name in text.split(", ") if name)


@functools.lru_cache(maxsize=None)
def read_steps():
    """Return the tuple of Steps."""
    code, said = shared(), {language: words(language) for language in LANGUAGES}
    steps = []
    for number, fields in code.items():
        each = {language: said[language][number] for language in LANGUAGES}
        title, text, note = (
            {language: each[language][field] for language in LANGUAGES}
            for field in ("title", "text", "note")
        )
        pairs = zip(*(each[language]["questions"] for language in LANGUAGES))
        questions = tuple(
            tuple(dict(zip(LANGUAGES, texts)) for texts in zip(*pair)) for pair in pairs
        )
        steps.append(
            Step(
                number=number,
                part=1 if number <= 11 else 2,
                title=title,
                text=text,
                note=note,
                functions=names(fields["functions"]),
                cell=fields["lecture"],
                ours=fields["ours"],
                figure=fields.get("figure", ""),
                questions=questions,
                transcript=fields["transcript"],
            )
        )
    return tuple(steps)


STEPS = read_steps()

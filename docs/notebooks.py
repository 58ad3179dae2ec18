"""Write and run the notebooks in docs/notebooks: python docs/notebooks.py [NAME ...]

The lecture's two are made of linreg_gluon.lecture.STEPS, your_own_data of the file
docs/notebooks/your_own_data.md. The Chinese ones, in zh/, have the same cells of code,
so the outputs are run once. What the clock wrote is replaced in them by three dots.
"""

import inspect
import pathlib
import re
import sys

import nbclient
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from linreg_gluon.lecture import STEPS, document

FOLDER = pathlib.Path(__file__).resolve().with_name("notebooks")
NAMES = ("part1_scratch", "part2_gluon", "your_own_data")
HAN = re.compile("[\u4e00-\u9fff]")
PYTHON = re.compile(r"^```python\n(.*?)\n```$", re.M | re.S)
WORDS = {
    "en": {
        1: "# Part 1: linear regression from scratch",
        2: "# Part 2: linear regression with Gluon",
        "lead": "Steps %d to %d of the lecture, to be run from top to bottom. Each has "
        "the cell as the lecture types it, our function, and a cell that ends in ours "
        "and asserts that both agree. What was measured of the lecture's claims is in "
        "[lecture.md](%s).",
        "opening": "The lecture seeds no shuffle, and its losses differ from run to "
        "run. This cell does, so that yours are the ones below (on Linux; a Mac draws "
        "other data, as step 1 says). Without it they move a little.",
        "note": "*Note.* %s",
        "ours": "Ours, %s:",
        "above": "Ours is shown above: %s.",
        "exercises": "Exercises, each with an answer that runs by "
        '`exercise("...").answer()` of `linreg_gluon.lecture`:',
        "answer": "The answer to `%s`, as code and as what it measures:",
    },
    "zh": {
        1: "# 第一部分：从零开始实现线性回归",
        2: "# 第二部分：用 Gluon 实现线性回归",
        "lead": "课程的第 %d 到第 %d 步，请从上到下依次运行。每一步都有课上的写法、我"
        "们的函数，以及一格以我们的函数收尾、并检查两者一致的代码。对课上各条论断的测"
        "量见 [lecture.zh-CN.md](%s)。",
        "opening": "课上打乱数据时没有设置种子，所以每次运行的损失都不同。这一格设置"
        "了种子，因此你看到的就是下面这些数（在 Linux 上；Mac 生成的数据不同，见第 1 "
        "步）。去掉它，损失会略有变化。",
        "note": "*注* %s",
        "ours": "我们的写法，%s：",
        "above": "我们的写法见上文：%s。",
        "exercises": '练习，每题的答案都可以用 `linreg_gluon.lecture` 的 '
        '`exercise("...").answer()` 运行：',
        "answer": "`%s` 的答案：代码，以及测量的结果：",
    },
}
# An exercise whose answer a notebook runs, by the step at which it is asked: short ones.
RUN = {3: "remainder", 6: "quadratic", 16: "averaged-loss"}
ANSWER = """from linreg_gluon.lecture import exercise

asked = exercise("%s")
print(asked.code)
measured, said = asked.answer()
print(said["en"], said["zh"], sep="\\n")"""
OPENING = {
    1: "%matplotlib inline\nimport random\n\nrandom.seed(0)",
    2: "%matplotlib inline\nimport numpy as np\n\nnp.random.seed(0)",
}


def path_of(name, language):
    """Return where a notebook is kept."""
    return FOLDER / ("" if language == "en" else language) / (name + ".ipynb")


def built(name, language):
    """Return a notebook as it is made now, not yet run."""
    if name == "your_own_data":
        cells = own_cells(language)
    else:
        cells = lecture_cells(1 + NAMES.index(name), language)
    made = [
        (new_code_cell if kind == "code" else new_markdown_cell)(source, id=id)
        for kind, id, source in cells
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    told = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return new_notebook(cells=made, metadata=told)


def lecture_cells(part, language):
    """Yield (kind, id, source) of the cells of a part of the lecture."""
    words = WORDS[language]
    steps = [step for step in STEPS if step.part == part]
    up = "../" if language == "en" else "../../"
    ends = steps[0].number, steps[-1].number, up + document.FILES[language]
    yield "markdown", "title", words[part] + "\n\n" + words["lead"] % ends
    yield "markdown", "why-seeded", words["opening"]
    yield "code", "seeded", OPENING[part]
    seen = set()
    for step in steps:
        id = "step-%d" % step.number
        said = ["## %d. %s" % (step.number, step.title[language]), step.text[language]]
        said.append(words["note"] % step.note[language])
        yield "markdown", id, "\n\n".join(said)
        yield "code", id + "-lecture", step.cell.rstrip()
        yield "markdown", id + "-shown", "\n\n".join(shown(step, seen, up, words))
        yield "code", id + "-ours", step.ours.rstrip()
        yield "markdown", id + "-asked", "\n\n".join(asked(step, up, language))
        if step.number in RUN:
            yield "markdown", id + "-exercise", words["answer"] % RUN[step.number]
            yield "code", id + "-answer", ANSWER % RUN[step.number]


def shown(step, seen, up, words):
    """Yield our functions of a step as they stand in the package; each only once."""
    names = dict.fromkeys(step.functions)
    for name in names:
        if name not in seen:
            thing = inspect.unwrap(document.function(name))
            code = "```python\n%s```" % inspect.getsource(thing)
            yield words["ours"] % link(thing, name, up) + "\n\n" + code
    again = ["`%s`" % name for name in names if name in seen]
    if again:
        yield words["above"] % ", ".join(again)
    seen.update(names)


def asked(step, up, language):
    """Yield a step's questions with their answers, and its exercises."""
    for question, answer in step.questions:
        yield "**%s** %s" % (question[language], answer[language])
    lines = [
        "- %s (%s)" % (each.question[language], link(each.run, each.id, up))
        for each in step.exercises
    ]
    if lines:
        yield WORDS[language]["exercises"] + "\n\n" + "\n".join(lines)


def link(thing, name, up):
    """Return a link to the file in which a function was written; up leads to docs/."""
    file = pathlib.Path(inspect.getsourcefile(thing)).resolve()
    inside = file.relative_to(document.PACKAGE.parent).as_posix()
    return "[`%s`](%s../%s)" % (name, up, inside)


def own_cells(language):
    """Yield (kind, id, source) of the cells on one's own data."""
    text = (FOLDER / "your_own_data.md").read_text(encoding="utf-8")
    head, *sections = re.split("^## ", text, flags=re.M)
    title = head.splitlines()[0].split(" | ")[0 if language == "en" else 1]
    title = title if title.startswith("# ") else "# " + title
    lead = spoken(head.partition("\n")[2], language)
    yield "markdown", "title", title + "\n\n" + lead
    for section in sections:
        id, _, body = section.partition("\n")
        yield "markdown", id, spoken(PYTHON.sub("", body), language)
        for number, code in enumerate(PYTHON.findall(body), 1):
            yield "code", "%s-%d" % (id, number), code


def spoken(text, language):
    """Return the paragraphs that are in a language, links seen from its folder."""
    parts = [part for part in text.strip().split("\n\n") if part.strip()]
    chosen = [part for part in parts if bool(HAN.search(part)) == (language == "zh")]
    said = "\n\n".join(chosen)
    return said if language == "en" else said.replace("](../", "](../../")


def ran(notebook):
    """Run a notebook's cells in a kernel; return it with its outputs, made steady."""
    quiet = {"record_timing": False, "extra_arguments": ["--log-level=40"]}
    nbclient.NotebookClient(notebook, timeout=300, **quiet).execute(cwd=str(FOLDER))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata.clear()
            cell.outputs = steady(cell.outputs)
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def steady(outputs):
    """Return outputs as every run gives them: streams in one piece, without times."""
    kept = []
    for output in outputs:
        if kept and output.get("name") == kept[-1].get("name", "other"):
            kept[-1].text += output.text
        else:
            kept.append(output)
    for output in kept:
        if output.output_type == "stream":
            output.text = timeless(output.text)
    return kept


def timeless(text):
    """Return a text as a terminal leaves it, with dots for the seconds of a run.

    A bar writes its line again and again, each after a carriage return.
    """
    lines = [line.rpartition("\r")[2] for line in text.split("\n")]
    text = "\n".join(lines)
    text = re.sub(r"\[\d\d:\d\d<.*?(?=, loss|\])", "[...", text)
    return re.sub(r"\b\d+\.\d+ s\b", "... s", text)


def main(names):
    for name in names or NAMES:
        run = ran(built(name, "en"))
        outputs = {cell.id: cell for cell in run.cells if cell.cell_type == "code"}
        for language in WORDS:
            notebook = built(name, language)
            notebook.cells = [outputs.get(cell.id, cell) for cell in notebook.cells]
            nbformat.validate(notebook)
            nbformat.write(notebook, str(path_of(name, language)))
        print("wrote", name)


if __name__ == "__main__":
    main(sys.argv[1:])

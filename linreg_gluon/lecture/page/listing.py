"""What the page shows of a step: our code, highlighted if Pygments is there."""

import html
import inspect
import pathlib
import re

from ..document import PACKAGE, function
from ..steps import STEPS


def highlighted(code):
    """Return Python as HTML for a <pre>; plain, escaped text without Pygments."""
    try:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return hung(html.escape(code))
    return hung(highlight(code, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip())


def hung(code):
    """Return code's lines, each an element: what is wrapped of it keeps its indent."""
    lines = []
    for line in code.split("\n"):
        plain = re.sub("<[^>]*>", "", line)
        indent = len(plain) - len(plain.lstrip())
        style = ' style="--in:%dch"' % indent if indent else ""
        lines.append('<span class="line"%s>%s\n</span>' % (style, line))
    return "".join(lines)


def listings(step):
    """Return [{"name", "file", "code", "open"}] of a step's functions, as they stand.

    open: whether it is unfolded: a step's first one, but at the last step that has it.
    """
    shown, later = [], [each.functions[0] for each in STEPS[step.number :]]
    for name in dict.fromkeys(step.functions):
        thing = inspect.unwrap(function(name))
        file = pathlib.Path(inspect.getsourcefile(thing)).resolve()
        source = inspect.getsource(thing)
        place = file.relative_to(PACKAGE.parent).as_posix()
        is_open = not shown and name not in later
        code = highlighted(source)
        shown.append({"name": name, "file": place, "code": code, "open": is_open})
    return shown

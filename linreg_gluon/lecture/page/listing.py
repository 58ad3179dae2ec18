"""What the page shows of a step: our code, highlighted if Pygments is there."""

import html
import inspect
import pathlib

from ..document import PACKAGE, function
from ..steps import STEPS


def highlighted(code):
    """Return Python as HTML for a <pre>; plain, escaped text without Pygments."""
    try:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return html.escape(code)
    return highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))


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

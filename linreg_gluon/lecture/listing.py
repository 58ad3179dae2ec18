"""What the page shows of a step: our code, highlighted if Pygments is there; words."""

import html
import inspect
import pathlib
import re

from .document import PACKAGE, function


def inline(text):
    """Return text as HTML: escaped, and what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


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
    """Return [{"name", "file", "code"}] of a step's functions, as they stand."""
    shown = []
    for name in dict.fromkeys(step.functions):
        thing = inspect.unwrap(function(name))
        file = pathlib.Path(inspect.getsourcefile(thing)).resolve()
        code = highlighted(inspect.getsource(thing))
        place = file.relative_to(PACKAGE.parent).as_posix()
        shown.append({"name": name, "file": place, "code": code})
    return shown

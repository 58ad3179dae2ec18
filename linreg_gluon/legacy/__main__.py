"""The command line: python -m linreg_gluon.legacy SCRIPT.py | -m MODULE | ... | on."""

import sys

from . import hook, running

USAGE = """\
usage: python -m linreg_gluon.legacy [--report] SCRIPT.py [ARGS ...]
       python -m linreg_gluon.legacy [--report] -m MODULE [ARGS ...]
       python -m linreg_gluon.legacy [--report] NOTEBOOK.ipynb [--out FILE]
       python -m linreg_gluon.legacy on | off | status

Run a program that was written for MXNet as it is, on today's Python and NumPy.
--report lists at the end which names of an older time it used, and where.
on opens the door for every program of this virtual environment; off closes it.
"""
STATUS = {
    "on": "on: import mxnet works in every program of this environment ({path})",
    "off": "off: type  python -m linreg_gluon.legacy on",
    "outdated": "on, from another version ({path}): type  "
    "python -m linreg_gluon.legacy on",
}


class WrongUse(Exception):
    """One line on what was typed."""


def switch(word):
    """Carry out on, off or status, and say how things stand."""
    if word != "status":
        getattr(hook, word)()
    print(STATUS[hook.status()].format(path=hook.path()))
    return 0


def run_notebook(words, with_report):
    """Run NOTEBOOK.ipynb [--out FILE]."""
    from . import notebook

    path, *rest = words
    if rest and (rest[0] != "--out" or len(rest) != 2):
        raise WrongUse(f"after {path} there may stand --out FILE, got {' '.join(rest)}")
    try:
        return notebook.run(path, *rest[1:], with_report=with_report)
    except notebook.NotebookError as error:
        raise WrongUse(str(error)) from None


def main(words):
    """Do what the words of a command line say; return the exit status."""
    if words in ([], ["-h"], ["--help"]):
        print(USAGE, end="", file=sys.stdout if words else sys.stderr)
        return 0 if words else 2
    with_report = words[0] == "--report"
    words = words[with_report:]
    if len(words) == 1 and words[0] in ("on", "off", "status") and not with_report:
        return switch(words[0])
    if not words or (words[0].startswith("-") and words[0] != "-m"):
        raise WrongUse(f"a SCRIPT.py, -m MODULE or NOTEBOOK.ipynb is missing\n{USAGE}")
    if words == ["-m"]:
        raise WrongUse("-m needs the name of a MODULE")
    if words[0].endswith(".ipynb"):
        return run_notebook(words, with_report)
    if sys.flags.ignore_environment:
        raise WrongUse("python -E and -I keep the door shut: run python without them")
    return running.execute(words, with_report)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (WrongUse, hook.HookError) as error:
        print(f"linreg_gluon.legacy: {error}", file=sys.stderr)
        sys.exit(2)

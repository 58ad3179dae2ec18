"""Runs a notebook of MXNet's time, cell after cell, with the door open."""

import os
import re
import sys

from .running import REPORT, environment, tell


class NotebookError(Exception):
    """One line: a notebook that cannot be read, or what is not installed."""


def tools():
    """Return the modules nbformat and nbclient, or raise NotebookError."""
    try:
        import ipykernel  # noqa: F401
        import nbclient
        import nbformat
    except ImportError as error:
        raise NotebookError(
            f"a notebook needs {error.name}: type  pip install nbclient ipykernel"
        ) from None
    return nbformat, nbclient


def read(path, nbformat):
    try:
        with open(path, encoding="utf-8") as file:
            return nbformat.read(file, as_version=4)
    except OSError as error:
        raise NotebookError(f"{path}: {error.strerror}") from None
    except Exception as error:  # each version of nbformat has its own
        first = str(error).split("\n")[0]
        raise NotebookError(f"{path}: is no notebook ({first})") from None


def text(output):
    """Return what a cell printed as plain text."""
    if output["output_type"] == "stream":
        return output["text"]
    if output["output_type"] == "error":
        return "\n".join(output["traceback"]) + "\n"
    shown = output.get("data", {}).get("text/plain", "")
    return shown + "\n" if shown else ""


def run(path, out=None, with_report=False):
    """Run a notebook and return 0, or 1 if a cell failed; the rest is then not run.

    out: the file in which the notebook is kept with its outputs; without it, what the
    cells print is printed. Raises NotebookError.
    """
    nbformat, nbclient = tools()
    notebook = read(path, nbformat)
    os.environ.update(environment(with_report))
    # Its own kernel's name may stand for an environment that is long gone.
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    folder = os.path.dirname(os.path.abspath(path))
    client = nbclient.NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=None,
        startup_timeout=600,
        extra_arguments=["--log-level=40"],  # errors alone
        resources={"metadata": {"path": folder}},
    )
    failure = None
    try:
        client.execute()
    except nbclient.exceptions.CellExecutionError as error:
        failure = error
    cells = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    if out:
        with open(out, "w", encoding="utf-8") as file:
            nbformat.write(notebook, file)
    else:
        outputs = [output for cell in cells for output in cell.outputs]
        print("".join(map(text, outputs)), end="")
    conclude(path, cells, failure)
    if with_report:
        tell(os.environ[REPORT].partition(":")[2], lambda text: by_cell(text, cells))
    return 1 if failure else 0


def by_cell(report, cells):
    """Return the report with the kernel's names of files put as numbers of cells."""
    from ipykernel.compiler import get_file_name

    for at, cell in enumerate(cells, 1):
        file = re.escape(os.path.basename(get_file_name(cell.source)))
        report = re.sub(r"\S*ipykernel_\d+/" + file, f"cell {at}, line ", report)
    return report.replace("line :", "line ")


def conclude(path, cells, failure):
    """Say on standard error how far the notebook came."""
    if failure is None:
        print(f"{path}: all {len(cells)} cells ran", file=sys.stderr)
        return
    at = next(i for i, cell in enumerate(cells, 1) if any(map(is_error, cell.outputs)))
    print(
        f"{path}: cell {at} of {len(cells)} failed: {failure.ename}: {failure.evalue}",
        file=sys.stderr,
    )


def is_error(output):
    return output["output_type"] == "error"

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
    """Return the notebook in a file; NotebookError where there is none."""
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
    if out:
        check_place(out)
    cells = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    for cell in cells:  # else those that do not run now would show an earlier run's
        cell.outputs, cell.execution_count = [], None
    os.environ.update(environment(with_report))
    last, failure = execute(client_of(notebook, path, nbclient), nbclient.exceptions)
    if out:
        replace(out, nbformat.writes(notebook))
    else:
        outputs = [output for cell in cells for output in cell.outputs]
        print("".join(map(text, outputs)), end="")
    told = f"all {len(cells)} cells ran"
    if failure:
        at = next(i for i, cell in enumerate(cells, 1) if cell is last)
        told = f"cell {at} of {len(cells)} failed: {failure}"
    print(f"{path}: {told}", file=sys.stderr)
    if with_report:
        tell(os.environ[REPORT].partition(":")[2], lambda text: by_cell(text, cells))
    return 1 if failure else 0


def client_of(notebook, path, nbclient):
    """Return nbclient's client, which runs the notebook in its folder."""
    # Its own kernel's name may stand for an environment that is long gone.
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    folder = os.path.dirname(os.path.abspath(path))
    return nbclient.NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=None,
        startup_timeout=600,
        extra_arguments=["--log-level=40"],  # errors alone
        resources={"metadata": {"path": folder}},
    )


def execute(client, exceptions):
    """Run the cells; return the last one begun, and why it failed or None."""
    begun, failure = [None], None
    client.on_cell_start = lambda cell, cell_index: begun.append(cell)
    try:
        client.execute()
    except exceptions.CellExecutionError as error:
        failure = f"{error.ename}: {error.evalue}"
    except exceptions.DeadKernelError:
        failure = "it ended the notebook's process"
    return begun[-1], failure


def check_place(out):
    """Raise NotebookError where no file can be written, before a long run is lost."""
    folder = os.path.dirname(os.path.abspath(out))
    if not os.path.isdir(folder):
        raise NotebookError(f"--out {out}: no such folder; type  mkdir -p {folder}")
    if os.path.isdir(out) or not os.access(folder, os.W_OK):
        raise NotebookError(f"--out {out}: no file can be written there")


def replace(out, text):
    """Write a file whole or not at all."""
    with open(out + ".new", "w", encoding="utf-8") as file:
        file.write(text + "\n")
    os.replace(out + ".new", out)


def by_cell(report, cells):
    """Return the report with the kernel's names of files put as numbers of cells."""
    from ipykernel.compiler import get_file_name

    for at, cell in enumerate(cells, 1):
        file = re.escape(os.path.basename(get_file_name(cell.source)))
        report = re.sub(r"\S*ipykernel_\d+/" + file, f"cell {at}, line ", report)
    return report.replace("line :", "line ")

"""The house: which room may import which, and who knows of command-line flags."""

import ast
import pytest
from conftest import ROOT

PACKAGE = ROOT / "linreg_gluon"
CORE = ["compat", "theory", "config", "normal", "data", "guard"]
CORE += ["scratch", "concise", "plots", "versions"]
WINGS = ["fused", "lecture", "kept", "tabular", "parallel"]
DOORS = ["sklearn", "cli"]
# Who may import whom; "__init__" is the front door and the version's home.
BELOW = {
    "lent": [],
    "operators": [],
    "door": ["lent", "operators"],
    "compat": ["door"],
    "normal": [],
    "theory": [],
    "config": ["theory"],
    "data": ["config", "theory"],
    "guard": ["config", "compat"],
    "versions": [],
    "progress": [],
    "scratch": ["compat", "config", "data", "normal", "theory", "guard"],
    "concise": ["compat", "config", "data", "normal", "theory", "guard", "scratch"],
    "plots": ["theory", "config", "data"],
    "fused": ["config", "data", "guard", "normal", "theory"],  # so without MXNet
    "lecture": [*CORE, "fused"],
    "kept": CORE,
    "tabular": [*CORE, "kept"],
    "parallel": [*CORE, "fused"],
    "sklearn": [*CORE, *WINGS],
    "cli": [*CORE, *WINGS],
    "legacy": ["door", "lent"],
}
FREE = {"__init__", "_lazy"}


def rooms(package=PACKAGE):
    return sorted(package.rglob("*.py"))


def home(path, package=PACKAGE):
    """Return the name of a file's room or wing at the top level."""
    return path.relative_to(package).parts[0].replace(".py", "")


def targets(path, package=PACKAGE):
    """Yield (top-level name, whole dotted name) of each import of ours in a file."""
    parts = ["linreg_gluon", *path.relative_to(package).with_suffix("").parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = parts[: -node.level] if node.level else []
            base = base + (node.module or "").split(".") if node.module else base
            names = [".".join([*base, alias.name]) for alias in node.names]
        else:
            continue
        for name in names:
            words = name.split(".")
            if words[0] == "linreg_gluon" and len(words) > 1:
                yield words[1], name


def offences(package=PACKAGE):
    """Return the imports that the plan of the house forbids, as (file, name)."""
    found = []
    for path in rooms(package):
        here = home(path, package)
        if here in FREE:
            continue
        for top, name in targets(path, package):
            known = (package / top).exists() or (package / (top + ".py")).exists()
            if top == here or top in FREE or not known:
                inside = True  # a name of the front door, or a wing's own room
            else:
                inside = top in BELOW[here]
            reaches_in = top in WINGS and top != here and deep(package, name)
            if not inside or reaches_in:
                found.append((str(path.relative_to(package)), name))
    return found


def deep(package, name):
    """Return whether a dotted name stands for what lies inside a wing's room."""
    words = name.split(".")
    return len(words) > 3 and (package / words[1] / (words[2] + ".py")).exists()


def test_every_room_has_its_place():
    assert {home(path) for path in rooms()} - FREE <= set(BELOW)


def test_imports_run_one_way():
    assert offences() == []


def knows_flags(text):
    """Return whether a room imports argparse or has a parameter named args."""
    nodes = list(ast.walk(ast.parse(text)))
    names = [a.name for n in nodes if isinstance(n, ast.Import) for a in n.names]
    names += [n.module for n in nodes if isinstance(n, ast.ImportFrom)]
    told = [n for n in nodes if isinstance(n, ast.arguments)]
    parameters = {a.arg for each in told for a in each.args + each.kwonlyargs}
    return "argparse" in names or "args" in parameters


def test_cli_alone_knows_a_namespace():
    assert {home(path) for path in rooms() if knows_flags(path.read_text())} == {"cli"}
    assert knows_flags("def f(args):\n    pass") and not knows_flags("def f(*args): 0")


def test_no_circle_between_rooms():
    graph = {}
    for path in rooms():
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        here = "linreg_gluon." + ".".join(parts)
        graph[here] = {
            target
            for _, name in targets(path)
            for target in (name, name.rpartition(".")[0])
            if (ROOT / (target.replace(".", "/") + ".py")).exists() and target != here
        }
    seen, open_ = set(), []

    def visit(room):
        assert room not in open_, open_[open_.index(room) :] + [room]
        if room not in seen:
            open_.append(room)
            for other in graph.get(room, ()):
                visit(other)
            seen.add(open_.pop())

    for room in graph:
        visit(room)


FORBIDDEN = [
    ("data.py", "from .tabular import read_csv"),
    ("scratch.py", "def f():\n    from . import concise"),
    ("kept/model.py", "def f():\n    from ..tabular import Table"),
    ("tabular/table.py", "from ..kept.saving import force"),
    ("theory.py", "import linreg_gluon.data"),
    ("lecture/record.py", "if True:\n    from ..cli import flags"),
]


@pytest.mark.parametrize("room, line", FORBIDDEN)
def test_forbidden_import_is_found(tmp_path, room, line):
    copy = tmp_path / "linreg_gluon"
    for path in rooms():
        target = copy / path.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    assert offences(copy) == offences()
    with open(str(copy / room), "a", encoding="utf-8") as file:
        file.write("\n" + line + "\n")
    assert len(offences(copy)) == len(offences()) + 1


ROOM, FUNCTION, LINE = 220, 40, 88  # lines, lines, characters: at most


def too_long(path):
    """Yield what is longer in a file than a reader takes in at once."""
    text = path.read_text(encoding="utf-8")
    if text.count("\n") > ROOM:
        yield f"{path.name}: {text.count(chr(10))} lines"
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LINE:
            yield f"{path.name}:{number}: {len(line)} characters"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION:
                yield f"{path.name}: {node.name} has {lines} lines"


def test_rooms_and_functions_are_short():
    paths = [*rooms(), *rooms(ROOT / "scripts")]
    assert [fault for path in paths for fault in too_long(path)] == []


@pytest.mark.parametrize(
    "text", ["x = 1\n" * 221, "def f():\n" + "    x = 1\n" * 40, "#" * 89 + "\n"]
)
def test_what_is_too_long_is_found(tmp_path, text):
    path = tmp_path / "room.py"
    path.write_text(text, encoding="utf-8")
    assert len(list(too_long(path))) == 1


def test_wings_load_nothing_heavy(run):
    names = ", ".join([*WINGS, "cli"])
    code = "import sys; from linreg_gluon import %s; print(*sys.modules)" % names
    loaded = set(run("python", "-c", code).stdout.split())
    assert not loaded & {"mxnet", "matplotlib", "pandas", "tqdm", "argparse"}

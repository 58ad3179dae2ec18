"""Try programs of MXNet's time, plain and through the door, and keep what came of it.

    python tests/legacy/old_programs.py FOLDER [--only packages|notebooks] --json OUT

FOLDER holds folders of notebooks (docs/legacy.md says of which books). Packages are
tried as far as they are installed beside this one; each imports and does the first
thing that it is for. Nothing of either is kept here.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

PATIENCE = 400  # seconds for a notebook, far more than any that ends takes
DOOR = ["-m", "linreg_gluon.legacy"]
# What each package is for, in a line or two that print something computed.
FIRSTS = {
    "d2lzh": """import d2lzh as d2l; from mxnet import nd
X = next(d2l.data_iter(2, nd.ones((4, 3)), nd.ones(4)))[0]
print(d2l.linreg(X, nd.ones((3, 1)), nd.zeros(1)).asnumpy().ravel())""",
    "d2l": """from d2l import mxnet as d2l; from mxnet import np, npx; npx.set_np()
X, y = d2l.synthetic_data(np.array([2, -3.4]), 4.2, 10); print(X.shape, y.shape)""",
    "gluoncv": """import mxnet as mx, gluoncv
net = gluoncv.model_zoo.get_model('cifar_resnet20_v1', classes=10); net.initialize()
print(net(mx.nd.ones((1, 3, 32, 32))).shape)""",
    "gluonnlp": """import gluonnlp as nlp
counter = nlp.data.count_tokens('a b a'.split()); print(nlp.Vocab(counter)['a'])""",
    "gluonts": """import numpy as np
from gluonts.dataset.common import ListDataset
from gluonts.model.simple_feedforward import SimpleFeedForwardEstimator as Estimator
from gluonts.mx.trainer import Trainer
data = ListDataset([{'start': '2020-01-01', 'target': np.arange(100.)}], freq='D')
trainer = Trainer(epochs=1, num_batches_per_epoch=2)
model = Estimator(prediction_length=3, trainer=trainer).train(data)
print(next(iter(model.predict(data))).mean.shape)""",
    "keras-mxnet": """import os; os.environ['KERAS_BACKEND'] = 'mxnet'
import keras, numpy as np
net = keras.models.Sequential([keras.layers.Dense(1, input_dim=2)])
net.compile('sgd', 'mse'); net.fit(np.ones((10, 2)), np.ones(10), verbose=0)
print(net.predict(np.ones((1, 2))).shape)""",
    "mxboard": """import mxboard, mxnet as mx, tempfile
with mxboard.SummaryWriter(logdir=tempfile.mkdtemp()) as writer:
    writer.add_histogram('w', mx.nd.ones(10), global_step=0)
print('written')""",
    "mxfusion": """import mxnet as mx, mxfusion as mf
from mxfusion.components.distributions import Normal
m = mf.Model(); m.mu = mf.Variable(); m.y = Normal.define_variable(
    mean=m.mu, variance=mf.Variable(value=mx.nd.array([1])), shape=(10,))
print(len(m.variables) > 0)""",
    "sockeye": """import sockeye.vocab as vocab
print(vocab.build_vocab(['a b a'])['a'])""",
    "xfer-ml": """import mxnet as mx, numpy as np, xfer
d = mx.sym.FullyConnected(mx.sym.var('data'), num_hidden=2, name='fc')
mod = mx.mod.Module(mx.sym.SoftmaxOutput(d, name='softmax'))
print(xfer.model_handler.ModelHandler(mod).layer_names)""",
    "insightface": """import insightface, mxnet as mx
print(len(insightface.model_zoo.get_model_list()) > 0)""",
    "autogluon.mxnet": "import autogluon.mxnet; print(autogluon.mxnet.__name__)",
    "gluonfr": """import gluonfr, mxnet as mx
loss = gluonfr.loss.ArcLoss(3, 0.5, 10); print(type(loss).__name__)""",
    "mxnet-model-server": "import mms; print(mms.__version__)",
}


def run(words, **options):
    """Return (status, output, errors) of Python with these words."""
    try:
        done = subprocess.run(
            [sys.executable, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            timeout=PATIENCE,
            **options,
        )
    except subprocess.TimeoutExpired:
        return None, "", f"no end within {PATIENCE} s"
    return done.returncode, done.stdout, done.stderr


def last(text):
    """Return the last line that names an error, cut to what a table bears."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception)\b", line)]
    told = (errors or lines or [""])[-1]
    return "a download" if "ConnectionError" in told else told.replace("|", "/")[:100]


def try_package(name, folder):
    """Return how a package's first thing went: version, plain and through the door."""
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return {"version": "-", "plain": "", "door": "cannot be installed here"}
    script = Path(folder, "first.py")
    script.write_text(FIRSTS[name] + "\n")
    told = {"version": version}
    for key, words in ("plain", []), ("door", [*DOOR, "--report"]):
        status, _, errors = run([*words, str(script)], cwd=folder)
        ended, _, lent = errors.partition(" of an older time ")
        told[key] = "works" if status == 0 else last(ended)
        told["lent"] = sorted({line.split()[0] for line in lent.splitlines()[1:]})
    return told


PLAIN = """import nbclient, nbformat, sys
book = nbformat.read(sys.argv[1], 4)
book.metadata["kernelspec"] = {"name": "python3", "display_name": "3"}
try:
    nbclient.NotebookClient(book, kernel_name="python3", timeout=None,
        startup_timeout=600).execute()
finally:
    nbformat.write(book, sys.argv[2])
"""


def cells(path):
    """Return (run, all, the error) of a kept notebook."""
    try:
        kept = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError):
        return 0, 0, "did not end"
    code = [c for c in kept if c["cell_type"] == "code"]
    code = [c for c in code if "".join(c["source"]).strip()]
    for ran, cell in enumerate(code):  # later ones keep what they were kept with
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                told = "{ename}: {evalue}".format(**output)
                return ran, len(code), last(told.split("\n")[0])
    return len(code), len(code), ""


def try_notebook(path, folder):
    """Return {"plain": ..., "door": ...}: cells run, cells, why it stopped."""
    told = {}
    for key, words in ("plain", ["-c", PLAIN]), ("door", DOOR):
        out = Path(folder, key + ".ipynb")
        between = ["--out"] if key == "door" else []
        run([*words, str(path), *between, str(out)], cwd=str(path.parent))
        told[key] = cells(out)
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=["packages", "notebooks"])
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    args = parser.parse_args()
    kept = json.loads(args.json.read_text()) if args.json.exists() else {}
    kept["python"] = platform.python_version()
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        for name in FIRSTS if args.only != "notebooks" else ():
            kept.setdefault("packages", {})[name] = try_package(name, folder)
            print(name, kept["packages"][name], flush=True)
            args.json.write_text(json.dumps(kept, indent=1, sort_keys=True))
        for path in sorted(args.folder.resolve().glob("*/*.ipynb")):
            if args.only == "packages":
                break
            name = f"{path.parent.name}/{path.stem}"
            kept.setdefault("notebooks", {})[name] = try_notebook(path, folder)
            print(name, kept["notebooks"][name], flush=True)
            args.json.write_text(json.dumps(kept, indent=1, sort_keys=True))


def package_table(packages):
    yield "| package | version | plain | through the door | lent |\n| - | - | - | - | - |"
    for name, told in packages.items():
        lent = ", ".join(told.get("lent", ()))
        cells = name, told["version"], told["plain"], told["door"], lent
        yield "| " + " | ".join(cells) + " |"


def notebook_table(notebooks):
    yield "| notebook | cells | plain | through the door | stopped by |"
    yield "| - | - | - | - | - |"
    for name, told in notebooks.items():
        (plain, count, _), (door, total, why) = told["plain"], told["door"]
        yield f"| {name} | {max(count, total)} | {plain} | {door} | {why} |"


def table(kept):
    """Return the tables of docs/legacy.md as Markdown."""
    lines = [*package_table(kept["packages"]), "", *notebook_table(kept["notebooks"])]
    return f"Python {kept['python']}.\n\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

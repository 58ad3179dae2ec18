"""Try programs of MXNet's time, plain and through the door, and keep what came of it.

    python tests/legacy/old_programs.py CHECKOUTS [NAME ...] --json OUT

CHECKOUTS holds the books (old_notebooks.py says which). Packages are tried as far as
they are installed beside this one; each imports and does the first thing that it is
for. Nothing of either is kept here; of OUT, what another Python has tried stays.
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

import old_notebooks

PATIENCE = 3600  # seconds for a notebook: some take minutes, more on a busy machine
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
try:
    from gluonts.mx import SimpleFeedForwardEstimator as Estimator, Trainer
except ImportError:
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
    "autogluon.mxnet": """from autogluon.mxnet.optimizer import SGD
print(type(SGD(learning_rate=0.1)).__name__)""",
    "gluonfr": """import gluonfr, mxnet as mx
loss = gluonfr.loss.ArcLoss(3, 0.5, 10)
print(loss(mx.nd.ones((2, 3)) / 2, mx.nd.array([0, 1])).shape)""",
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
    if "ConnectionError" in told or "URLError" in told:
        return old_notebooks.DOWNLOAD
    return told.replace("|", "/")[:100]


def try_package(name, folder):
    """Return how a package's first thing went: version, plain and through the door."""
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return {"version": "", "plain": "", "door": "not installed", "lent": []}
    script = Path(folder, "first.py")
    script.write_text(FIRSTS[name] + "\n")
    told = {"version": version}
    for key, words in ("plain", []), ("door", [*old_notebooks.DOOR, "--report"]):
        status, _, errors = run([*words, str(script)], cwd=folder)
        ended, _, lent = errors.partition(" of an older time ")
        told[key] = "works" if status == 0 else last(ended)
        told["lent"] = sorted({line.split()[0] for line in lent.splitlines()[1:]})
    return told


def keep(path, results, kind, name, told):
    """Write what came of one program beside the others that this Python tried."""
    here = results.setdefault(platform.python_version(), {})
    here.setdefault(kind, {})[name] = told
    print(name, told, flush=True)
    path.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    args = parser.parse_args()
    results = json.loads(args.json.read_text()) if args.json.exists() else {}
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        for name in FIRSTS:
            if not args.names or name in args.names:
                told = try_package(name, folder)
                version = f"{name} {told.pop('version')}"
                keep(args.json, results, "packages", version, told)
        for name, path in old_notebooks.notebooks(args.checkouts.resolve()):
            if not args.names or name in args.names:
                told = old_notebooks.try_notebook(path, folder, run, last)
                keep(args.json, results, "notebooks", name, told)


def package_table(results):
    """Yield the table's lines: each package, by the Pythons on which it was tried."""
    yield "| package | Python | plain | through the door | lent |"
    yield "| - | - | - | - | - |"
    for name in sorted({n for kept in results.values() for n in kept["packages"]}):
        for python, kept in results.items():
            told = kept["packages"].get(name)
            if told:
                lent = ", ".join(told["lent"])
                cells = name, python, told["plain"], told["door"], lent
                yield "| " + " | ".join(cells) + " |"


def table(results):
    """Return the tables of docs/legacy.md as Markdown."""
    lines = [*package_table(results)]
    for python, kept in results.items():
        if "notebooks" in kept:
            lines += ["", f"Python {python}:", ""]
            lines += old_notebooks.table(kept["notebooks"])
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
